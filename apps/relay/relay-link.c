/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-link.h"

struct RelayLink
{
  FwRing *pushes, *asks;
  GQueue kept_answers;     /* hub */
  gboolean is_behind;      /* hub */
  gboolean is_dirty;       /* hub: something was handed over since the last look at wants_wake */
  GQueue kept_asks;        /* socket thread */
  guint64 n_behind;        /* atomic */
  gint64 pending_since_us; /* atomic */
  gint has_news;   /* atomic, with wants_wake: each side writes its own, then reads the other's */
  gint wants_wake; /* atomic */
};

RelayPush *
relay_push_new (RelayPushType type)
{
  RelayPush *push = g_new0 (RelayPush, 1);

  push->type = type;
  return push;
}

void
relay_push_free (RelayPush *push)
{
  if (!push)
    return;
  relay_block_unref (push->block);
  fw_bytes_unref (push->frames);
  g_free (push->id);
  g_free (push->text);
  g_free (push);
}

RelayAsk *
relay_ask_new (RelayAskType type)
{
  RelayAsk *ask = g_new0 (RelayAsk, 1);

  ask->type = type;
  return ask;
}

void
relay_ask_free (RelayAsk *ask)
{
  if (!ask)
    return;
  relay_spec_unref (ask->spec);
  g_free (ask->id);
  g_free (ask);
}

RelayLink *
relay_link_new (guint n_slots)
{
  RelayLink *link = g_new0 (RelayLink, 1);

  link->pushes = fw_ring_new (n_slots, (GDestroyNotify) relay_push_free);
  link->asks = fw_ring_new (n_slots, (GDestroyNotify) relay_ask_free);
  g_queue_init (&link->kept_answers);
  g_queue_init (&link->kept_asks);
  return link;
}

void
relay_link_free (RelayLink *link)
{
  if (!link)
    return;
  g_queue_clear_full (&link->kept_answers, (GDestroyNotify) relay_push_free);
  g_queue_clear_full (&link->kept_asks, (GDestroyNotify) relay_ask_free);
  fw_ring_free (link->pushes);
  fw_ring_free (link->asks);
  g_free (link);
}

static void
fall_behind (RelayLink *link)
{
  if (!link->is_behind)
    __atomic_fetch_add (&link->n_behind, 1, __ATOMIC_RELAXED);
  link->is_behind = TRUE;
}

static gboolean
try_push (RelayLink *link, RelayPush *push)
{
  if (!g_queue_is_empty (&link->kept_answers) || !fw_ring_push (link->pushes, push))
    return FALSE;
  link->is_dirty = TRUE;
  return TRUE;
}

void
relay_link_push (RelayLink *link, RelayPush *push)
{
  gboolean is_answer = push->type == RELAY_PUSH_ANSWER;

  if ((is_answer || !link->is_behind) && try_push (link, push))
    return;
  fall_behind (link);
  if (is_answer)
    g_queue_push_tail (&link->kept_answers, push);
  else
    relay_push_free (push);
}

static gboolean
push_kept_answers (RelayLink *link)
{
  while (!g_queue_is_empty (&link->kept_answers))
    {
      if (!fw_ring_push (link->pushes, g_queue_peek_head (&link->kept_answers)))
        return FALSE;
      g_queue_pop_head (&link->kept_answers);
      link->is_dirty = TRUE;
    }
  return TRUE;
}

gboolean
relay_link_settle (RelayLink *link)
{
  RelayPush *resync;

  if (!link->is_behind || !push_kept_answers (link))
    return FALSE;
  resync = relay_push_new (RELAY_PUSH_RESYNC);
  if (!try_push (link, resync))
    {
      relay_push_free (resync);
      return FALSE;
    }
  link->is_behind = FALSE;
  return TRUE;
}

RelayAsk *
relay_link_take_ask (RelayLink *link)
{
  return g_queue_is_empty (&link->kept_answers) ? fw_ring_pop (link->asks) : NULL;
}

void
relay_link_mark_pending (RelayLink *link, gint64 now_us)
{
  gint64 nothing = 0;

  link->is_dirty = TRUE;
  __atomic_compare_exchange_n (&link->pending_since_us, &nothing, now_us, FALSE, __ATOMIC_SEQ_CST,
                               __ATOMIC_RELAXED);
}

gboolean
relay_link_should_wake (RelayLink *link)
{
  if (!link->is_dirty)
    return FALSE;
  link->is_dirty = FALSE;
  __atomic_exchange_n (&link->has_news, 1, __ATOMIC_SEQ_CST);
  return __atomic_exchange_n (&link->wants_wake, 0, __ATOMIC_SEQ_CST) == 1;
}

void
relay_link_ask (RelayLink *link, RelayAsk *ask)
{
  if (!g_queue_is_empty (&link->kept_asks) || !fw_ring_push (link->asks, ask))
    g_queue_push_tail (&link->kept_asks, ask);
}

void
relay_link_flush_asks (RelayLink *link)
{
  while (!g_queue_is_empty (&link->kept_asks)
         && fw_ring_push (link->asks, g_queue_peek_head (&link->kept_asks)))
    g_queue_pop_head (&link->kept_asks);
}

RelayPush *
relay_link_take_push (RelayLink *link)
{
  return fw_ring_pop (link->pushes);
}

gint64
relay_link_take_pending (RelayLink *link)
{
  return __atomic_exchange_n (&link->pending_since_us, 0, __ATOMIC_SEQ_CST);
}

gboolean
relay_link_want_wake (RelayLink *link)
{
  __atomic_exchange_n (&link->wants_wake, 1, __ATOMIC_SEQ_CST);
  return __atomic_exchange_n (&link->has_news, 0, __ATOMIC_SEQ_CST) == 1;
}

guint64
relay_link_n_behind (const RelayLink *link)
{
  return __atomic_load_n (&link->n_behind, __ATOMIC_RELAXED);
}
