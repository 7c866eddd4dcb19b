/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-subs.h"

typedef struct
{
  FwClientMessage *wish; /* NULL: not wanted */
  char *asked;           /* the wish that was last sent, as text; NULL: none */
  gint64 ch;             /* -1: not subscribed */
  gint64 pending_id;     /* -1: no answer is due */
} Slot;

struct DashSubs
{
  Slot slots[DASH_N_SUBS];
  gint64 next_id;
};

static FwClientMessage *
copy_wish (const FwClientMessage *wish)
{
  FwClientMessage *copy = g_memdup2 (wish, sizeof *wish);

  copy->op = FW_OP_SUBSCRIBE;
  copy->id = NULL;
  copy->ch = 0;
  copy->topic = g_strdup (wish->topic);
  copy->where = g_strdup (wish->where);
  copy->order = g_strdup (wish->order);
  copy->totals = g_strdupv (wish->totals);
  copy->since = g_strdup (wish->since);
  return copy;
}

static void
free_wish (FwClientMessage *wish)
{
  if (wish == NULL)
    return;
  fw_client_message_clear (wish);
  g_free (wish);
}

static char *
wish_text (const FwClientMessage *wish)
{
  GString *text = g_string_new (NULL);

  fw_client_message_write (wish, text);
  return g_string_free (text, FALSE);
}

DashSubs *
dash_subs_new (void)
{
  DashSubs *subs = g_new0 (DashSubs, 1);

  dash_subs_forget (subs);
  return subs;
}

void
dash_subs_free (DashSubs *subs)
{
  if (subs == NULL)
    return;
  for (guint i = 0; i < DASH_N_SUBS; i++)
    {
      free_wish (subs->slots[i].wish);
      g_free (subs->slots[i].asked);
    }
  g_free (subs);
}

void
dash_subs_want (DashSubs *subs, DashSub sub, const FwClientMessage *wish)
{
  Slot *slot = &subs->slots[sub];

  free_wish (slot->wish);
  slot->wish = wish != NULL ? copy_wish (wish) : NULL;
}

static char *
ask (DashSubs *subs, Slot *slot, FwClientOp op)
{
  FwClientMessage message = slot->wish != NULL ? *slot->wish : (FwClientMessage){ 0 };
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, ++subs->next_id);

  message.op = op;
  message.id = id;
  message.ch = slot->ch >= 0 ? (guint64) slot->ch : 0;
  return wish_text (&message);
}

static char *
next_of_slot (DashSubs *subs, Slot *slot)
{
  g_autofree char *wanted = slot->wish != NULL ? wish_text (slot->wish) : NULL;

  if (slot->pending_id >= 0 || g_strcmp0 (wanted, slot->asked) == 0)
    return NULL;
  g_free (slot->asked);
  slot->asked = g_steal_pointer (&wanted);
  if (slot->wish == NULL)
    {
      char *text = slot->ch >= 0 ? ask (subs, slot, FW_OP_UNSUBSCRIBE) : NULL;

      slot->ch = -1;
      return text;
    }
  slot->pending_id = subs->next_id + 1;
  return ask (subs, slot, slot->ch >= 0 ? FW_OP_UPDATE : FW_OP_SUBSCRIBE);
}

char *
dash_subs_next (DashSubs *subs)
{
  for (guint i = 0; i < DASH_N_SUBS; i++)
    {
      char *text = next_of_slot (subs, &subs->slots[i]);

      if (text != NULL)
        return text;
    }
  return NULL;
}

static Slot *
find_pending (DashSubs *subs, gint64 id, DashSub *ret_sub)
{
  for (guint i = 0; id >= 0 && i < DASH_N_SUBS; i++)
    if (subs->slots[i].pending_id == id)
      {
        *ret_sub = i;
        return &subs->slots[i];
      }
  return NULL;
}

gboolean
dash_subs_answered (DashSubs *subs, gint64 id, gint64 ch, DashSub *ret_sub)
{
  Slot *slot = find_pending (subs, id, ret_sub);

  if (slot == NULL)
    return FALSE;
  slot->pending_id = -1;
  slot->ch = ch;
  return TRUE;
}

gboolean
dash_subs_refused (DashSubs *subs, gint64 id, DashSub *ret_sub)
{
  Slot *slot = find_pending (subs, id, ret_sub);

  if (slot == NULL)
    return FALSE;
  slot->pending_id = -1;
  return TRUE;
}

gboolean
dash_subs_find (const DashSubs *subs, gint64 ch, DashSub *ret_sub)
{
  for (guint i = 0; ch >= 0 && i < DASH_N_SUBS; i++)
    if (subs->slots[i].ch == ch)
      {
        *ret_sub = i;
        return TRUE;
      }
  return FALSE;
}

void
dash_subs_forget (DashSubs *subs)
{
  for (guint i = 0; i < DASH_N_SUBS; i++)
    {
      Slot *slot = &subs->slots[i];

      g_clear_pointer (&slot->asked, g_free);
      slot->ch = -1;
      slot->pending_id = -1;
    }
}
