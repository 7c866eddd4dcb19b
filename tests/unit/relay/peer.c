/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>
#include "relay-request.h"

Peer *
world_peer (World *world, gboolean is_plain)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->world = world;
  peer->budget = G_MAXSIZE;
  peer->unread = g_byte_array_new ();
  peer->views
      = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) view_free);
  peer->said = g_ptr_array_new_with_free_func (g_free);
  peer->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  peer->asked
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) relay_spec_unref);
  peer->lost = g_hash_table_new (g_direct_hash, g_direct_equal);
  peer->client = relay_fanout_add (world->fanout, peer, is_plain, world->now_us);
  g_ptr_array_add (world->peers, peer);
  return peer;
}

void
world_remove_peer (World *world, Peer *peer)
{
  relay_fanout_remove (world->fanout, peer->client);
  g_ptr_array_remove (world->peers, peer);
  g_byte_array_unref (peer->unread);
  g_hash_table_unref (peer->views);
  g_hash_table_unref (peer->asked);
  g_hash_table_unref (peer->lost);
  g_ptr_array_unref (peer->said);
  g_array_unref (peer->offsets);
  g_free (peer);
}

View *
peer_view (const Peer *peer, guint64 ch)
{
  return g_hash_table_lookup (peer->views, &ch);
}

/* What it is told. */

static void
take_log (Peer *peer, const JsonTree *message)
{
  const JsonTree *records = json_tree_get (message, "records");

  for (guint i = 0; i < json_tree_n (records); i++)
    {
      gint64 offset = (gint64) json_tree_count (json_tree_at (records, i), "o");

      g_array_append_val (peer->offsets, offset);
    }
}

static void
take_gap (Peer *peer, const JsonTree *message)
{
  const JsonTree *ranges = json_tree_get (message, "ranges");

  for (guint i = 0; i < json_tree_n (ranges); i++)
    for (guint64 o = json_tree_count (json_tree_at (ranges, i), "from");
         o < json_tree_count (json_tree_at (ranges, i), "to"); o++)
      g_assert_true (g_hash_table_add (peer->lost, GSIZE_TO_POINTER (o + 1)));
}

static void
take_subscribed (Peer *peer, const JsonTree *message)
{
  guint64 ch = json_tree_count (message, "ch");
  const char *id = json_tree_text (message, "id");
  RelaySpec *spec = g_hash_table_lookup (peer->asked, id);
  g_autofree char *replaced = g_strdup_printf ("%s replaces", id);
  gpointer old = g_hash_table_lookup (peer->asked, replaced);
  View *view;

  if (!spec || peer_view (peer, ch))
    return;
  view = view_new (spec);
  g_hash_table_insert (peer->views, g_memdup2 (&ch, sizeof ch), view);
  if (old)
    { /* an update goes on from what was held */
      guint64 old_ch = GPOINTER_TO_SIZE (old);
      View *held = peer_view (peer, old_ch);
      g_autofree char *key = NULL;

      g_hash_table_steal_extended (peer->asked, replaced, (gpointer *) &key, NULL);
      g_hash_table_unref (view->rows);
      view->rows = g_hash_table_ref (held->rows);
      view->rev = held->rev;
      view->is_whole = held->is_whole;
      g_hash_table_remove (peer->views, &old_ch);
    }
}

static void
take_message (Peer *peer, const char *text, gsize len)
{
  g_autoptr (JsonTree) message = json_tree_new (text, len);
  const char *op = json_tree_text (message, "op");
  guint64 ch = json_tree_get (message, "ch") ? json_tree_count (message, "ch") : 0;
  View *view = ch ? peer_view (peer, ch) : NULL;

  if (view && strcmp (op, "snapshot") == 0)
    view_take_snapshot (view, message);
  else if (view && strcmp (op, "patch") == 0)
    view_take_patch (view, message);
  else if (view && strcmp (op, "window") == 0)
    {
      json_tree_free (view->window);
      view->window = g_steal_pointer (&message);
      view->n_windows++;
    }
  else if (strcmp (op, "log") == 0)
    take_log (peer, message);
  else if (strcmp (op, "gap") == 0)
    take_gap (peer, message);
  else if (strcmp (op, "subscribed") == 0)
    take_subscribed (peer, message);
  g_ptr_array_add (peer->said, g_strndup (text, len));
}

void
peer_take_frames (Peer *peer)
{
  gsize at = 0, len;

  while (at < peer->unread->len
         && (len = fw_frame_len (peer->unread->data + at, peer->unread->len - at)) > 0
         && at + len <= peer->unread->len)
    {
      gsize payload = len;

      while (fw_frame_header_size (payload) + payload != len)
        payload--;
      if (!peer->client->is_plain)
        take_message (peer, (char *) peer->unread->data + at + (len - payload), payload);
      peer->n_frames++;
      at += len;
    }
  g_byte_array_remove_range (peer->unread, 0, (guint) at);
}

/* What it asks, and heard. */

void
peer_say (Peer *peer, const char *json)
{
  relay_request (peer->world->fanout, peer->client, json, strlen (json));
}

void
peer_ask (Peer *peer, const char *op, guint64 ch, const char *members)
{
  guint id = ++peer->world->next_id;
  g_autofree char *which = ch ? g_strdup_printf (",\"ch\":%" G_GUINT64_FORMAT, ch) : g_strdup ("");
  g_autofree char *text = g_strdup_printf ("{\"op\":\"%s\",\"id\":%u,%s\"channel\":\"fleet\"%s}",
                                           op, id, members, which);
  FwClientMessage msg = { 0 };
  FwWireCode code;
  char *message = NULL, *at = NULL;

  g_assert_true (fw_client_message_read (&msg, text, strlen (text), &code, &message, &at));
  g_hash_table_insert (peer->asked, g_strdup_printf ("%u", id),
                       relay_spec_new (&msg, &code, &message, &at));
  if (ch)
    g_hash_table_insert (peer->asked, g_strdup_printf ("%u replaces", id), GSIZE_TO_POINTER (ch));
  fw_client_message_clear (&msg);
  peer_say (peer, text);
}

View *
peer_the_view (Peer *peer, guint64 *ret_ch)
{
  GHashTableIter iter;
  gpointer ch, view;

  g_assert_cmpuint (g_hash_table_size (peer->views), ==, 1);
  g_hash_table_iter_init (&iter, peer->views);
  g_assert_true (g_hash_table_iter_next (&iter, &ch, &view));
  if (ret_ch)
    *ret_ch = *(guint64 *) ch;
  return view;
}

static gboolean
is_op (const char *text, const char *op)
{
  g_autofree char *begin = g_strdup_printf ("{\"op\":\"%s\"", op);

  return g_str_has_prefix (text, begin);
}

const char *
peer_heard (const Peer *peer, const char *op)
{
  for (guint i = peer->said->len; i > 0; i--)
    if (is_op (g_ptr_array_index (peer->said, i - 1), op))
      return g_ptr_array_index (peer->said, i - 1);
  return NULL;
}

guint
peer_n_heard (const Peer *peer, const char *op)
{
  guint n = 0;

  for (guint i = 0; i < peer->said->len; i++)
    n += is_op (g_ptr_array_index (peer->said, i), op);
  return n;
}
