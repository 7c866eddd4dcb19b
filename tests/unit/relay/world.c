/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>
#include "fw-event-json.h"
#include "relay-request.h"

static const RelayStreamName streams[] = { { NULL, 0 }, { "t", 1 } };

WorldLimits
world_limits (void)
{
  WorldLimits limits = {
    .fanout = { .lag_max_us = 2 * G_USEC_PER_SEC,
                .client_timeout_us = 20 * G_USEC_PER_SEC,
                .block_memory_max = 16 << 20,
                .control_backlog_max = 256 << 10,
                .patch_backlog = 4,
                .subscriptions_max = 32,
                .unanswered_max = 64 },
    .fleet = { .devices_max = 100000, .forget_after_ms = 24 * 3600 * 1000 },
    .groups = { .groups_max = 1000, .windows_max = 8, .leaves_max = 64 },
    .ring_slots = 1024,
  };

  fw_thresholds_default (&limits.fleet.thresholds);
  return limits;
}

static void
forget (gpointer user, const RelayDevice *dev, RelayLeft why, guint64 rev)
{
  relay_groups_forget (((World *) user)->groups, dev, why, rev);
}

World *
world_new (const WorldLimits *limits)
{
  World *world = g_new0 (World, 1);

  world->now_ms = G_GINT64_CONSTANT (1700000000000);
  world->now_us = 1000000;
  world->logs[0] = relay_log_new (0);
  world->logs[1] = relay_log_new (1);
  world->link = relay_link_new (limits->ring_slots);
  world->fleet = relay_fleet_new (&limits->fleet, forget, world);
  world->groups = relay_groups_new (&limits->groups, world->fleet, &world->link, 1, 2);
  world->hand = relay_hand_new (world->logs, 2, &world->link, 1);
  world->fanout = relay_fanout_new (&limits->fanout, streams, 2);
  world->peers = g_ptr_array_new ();
  return world;
}

static void
view_free (gpointer data)
{
  View *view = data;

  g_hash_table_unref (view->rows);
  relay_spec_unref (view->spec);
  json_tree_free (view->window);
  g_free (view);
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

void
world_free (World *world)
{
  while (world->peers->len > 0)
    world_remove_peer (world, g_ptr_array_index (world->peers, 0));
  g_ptr_array_unref (world->peers);
  relay_fanout_free (world->fanout);
  relay_hand_free (world->hand);
  relay_groups_free (world->groups);
  relay_fleet_free (world->fleet);
  relay_link_free (world->link);
  relay_log_free (world->logs[0]);
  relay_log_free (world->logs[1]);
  g_free (world);
}

Peer *
world_peer (World *world, gboolean is_plain)
{
  Peer *peer = g_new0 (Peer, 1);

  peer->world = world;
  peer->budget = G_MAXSIZE;
  peer->unread = g_byte_array_new ();
  peer->views = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, view_free);
  peer->said = g_ptr_array_new_with_free_func (g_free);
  peer->offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  peer->asked
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) relay_spec_unref);
  peer->lost = g_hash_table_new (g_direct_hash, g_direct_equal);
  peer->client = relay_fanout_add (world->fanout, peer, is_plain, world->now_us);
  g_ptr_array_add (world->peers, peer);
  return peer;
}

/* What a peer does with a message. */

View *
peer_view (Peer *peer, guint64 ch)
{
  return g_hash_table_lookup (peer->views, &ch);
}

static View *
add_view (Peer *peer, guint64 ch, RelaySpec *spec)
{
  View *view = g_new0 (View, 1);

  view->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) g_hash_table_unref);
  view->spec = relay_spec_ref (spec);
  g_hash_table_insert (peer->views, g_memdup2 (&ch, sizeof ch), view);
  return view;
}

/* Absent, null and `clock_bad: false` say the same. */
static void
put_member (GHashTable *row, const char *key, const JsonTree *value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  json_tree_print (value, text);
  if (value->type == 'n' || (value->type == 'f' && strcmp (key, "clock_bad") == 0))
    g_hash_table_remove (row, key);
  else
    g_hash_table_insert (row, g_strdup (key), g_strdup (text->str));
}

static GHashTable *
row_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
merge_row (GHashTable *row, const JsonTree *told)
{
  for (guint i = 0; i < json_tree_n (told); i++)
    put_member (row, g_ptr_array_index (told->keys, i), json_tree_at (told, i));
}

static void
take_rows (View *view, const JsonTree *rows)
{
  for (guint i = 0; i < json_tree_n (rows); i++)
    {
      const JsonTree *told = json_tree_at (rows, i);
      char *key = g_strdup_printf ("%s/%s", json_tree_text (told, "fleet"),
                                   json_tree_text (told, "device_id"));
      GHashTable *row = g_hash_table_lookup (view->rows, key);

      if (row)
        g_free (key);
      else
        g_hash_table_insert (view->rows, key, row = row_new ());
      merge_row (row, told);
    }
}

static void
take_snapshot (View *view, const JsonTree *message)
{
  if (json_tree_count (message, "part") == 0)
    g_hash_table_remove_all (view->rows);
  take_rows (view, json_tree_get (message, "rows"));
  view->is_whole = json_tree_get (message, "last")->type == 't';
  view->rev = json_tree_count (message, "rev");
  view->n_snapshots += view->is_whole;
}

static void
take_patch (View *view, const JsonTree *message)
{
  const JsonTree *left = json_tree_get (message, "left");

  g_assert_true (view->is_whole);
  g_assert_cmpuint (json_tree_count (message, "from_rev"), <=, view->rev);
  g_assert_cmpuint (json_tree_count (message, "rev"), >=, view->rev);
  take_rows (view, json_tree_get (message, "set"));
  for (guint i = 0; i < json_tree_n (left); i++)
    {
      const JsonTree *one = json_tree_at (left, i);
      g_autofree char *key
          = g_strdup_printf ("%s/%s", json_tree_at (one, 0)->text, json_tree_at (one, 1)->text);

      g_hash_table_remove (view->rows, key);
    }
  view->rev = json_tree_count (message, "rev");
  view->n_patches++;
}

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
  view = add_view (peer, ch, spec);
  if (old)
    { /* an update goes on from what was held */
      guint64 old_ch = GPOINTER_TO_SIZE (old);
      View *held = peer_view (peer, old_ch);

      g_hash_table_steal (peer->asked, replaced);
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
    take_snapshot (view, message);
  else if (view && strcmp (op, "patch") == 0)
    take_patch (view, message);
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

static void
take_frames (Peer *peer)
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

/* Turns. */

/* The kernel takes whole frames up to the peer's budget; one that is cut counts as taken, as in
 * fw_ws_conn_send. */
static gboolean
serve (World *world, Peer *peer, gsize *budget)
{
  RelayTurn turn;
  gboolean moved = FALSE;

  while (relay_fanout_next (world->fanout, peer->client, world->now_us, &turn))
    {
      guint n;
      gsize taken = MIN (turn.frames.len, *budget);

      if (taken > 0 && taken < turn.frames.len)
        taken = relay_frames_cut (turn.frames.data, turn.frames.len, taken, &n);
      g_byte_array_append (peer->unread, turn.frames.data, (guint) taken);
      relay_fanout_took (world->fanout, peer->client, &turn, taken, taken < turn.frames.len,
                         world->now_us);
      *budget -= MIN (*budget, taken);
      peer->n_turns++;
      moved |= taken > 0;
      if (peer->client->is_choked)
        break;
    }
  take_frames (peer);
  return moved;
}

static gboolean
serve_all (World *world)
{
  gboolean moved = FALSE;

  while (relay_fanout_pop_ready (world->fanout))
    ;
  for (guint i = 0; i < world->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (world->peers, i);
      gsize budget = peer->budget;

      if (budget > 0 && peer->client->is_choked)
        relay_fanout_unchoke (world->fanout, peer->client);
      moved |= serve (world, peer, &budget);
    }
  while (relay_fanout_pop_ready (world->fanout))
    ;
  return moved;
}

static gboolean
turn_hub (World *world)
{
  RelayAsk *ask;
  gboolean any = FALSE;

  relay_hand_commit (world->hand, world->now_us);
  while ((ask = relay_link_take_ask (world->link)))
    {
      any = TRUE;
      if (ask->type == RELAY_ASK_WANT || ask->type == RELAY_ASK_UNWANT)
        relay_hand_ask (world->hand, 0, ask);
      else
        relay_groups_ask (world->groups, 0, ask, world->now_us, world->now_ms);
    }
  relay_fleet_advance (world->fleet, world->now_ms);
  relay_groups_tick (world->groups, world->now_us, world->now_ms);
  relay_hand_settle (world->hand);
  return any;
}

static gboolean
turn_socket (World *world)
{
  RelayPush *push;
  RelayAsk *ask;
  gboolean moved = FALSE;

  while ((push = relay_link_take_push (world->link)))
    {
      relay_fanout_apply (world->fanout, push);
      moved = TRUE;
    }
  relay_fanout_round (world->fanout, world->now_us);
  moved |= serve_all (world);
  while ((ask = relay_fanout_pop_ask (world->fanout)))
    relay_link_ask (world->link, ask);
  relay_link_flush_asks (world->link);
  return moved;
}

void
world_turn (World *world)
{
  turn_hub (world);
  turn_socket (world);
}

void
world_advance (World *world, gint64 ms)
{
  world->now_ms += ms;
  world->now_us += ms * 1000;
}

void
world_settle (World *world)
{
  for (guint i = 0; i < world->peers->len; i++)
    ((Peer *) g_ptr_array_index (world->peers, i))->budget = G_MAXSIZE;
  for (guint quiet = 0; quiet < 4;)
    {
      gboolean asked, moved;

      world_advance (world, 500);
      asked = turn_hub (world);
      moved = turn_socket (world);
      quiet = asked || moved ? 0 : quiet + 1;
    }
}

void
world_event (World *world, const char *json)
{
  g_autoptr (FwEventReader) reader = fw_event_reader_new (NULL);
  FwArrival arrival = { world->now_ms, 0, world->next_offset };
  RelayRecord record = { .offset = world->next_offset++,
                         .t_ms = world->now_ms,
                         .value = json,
                         .value_len = strlen (json),
                         .value_is_utf8 = TRUE };
  FwEvent ev;

  for (guint i = 0; i < 2; i++)
    relay_log_add (world->logs[i], &record);
  if (fw_event_read (reader, json, strlen (json), &ev) == FW_REJECT_NONE)
    relay_fleet_apply (world->fleet, &ev, &arrival, world->now_ms);
}

/* Asking and looking. */

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

static gboolean
matches (const World *world, const RelaySpec *spec, const RelayDevice *dev)
{
  FwQuerySubject subject
      = { dev->state, &dev->attention, relay_fleet_thresholds (world->fleet), world->now_ms };
  FwPoint at;

  return fw_query_matches (spec->query, &subject)
         && (!spec->has_bbox
             || (fw_device_number (dev->state, FW_FIELD_LAT, &at.lat)
                 && fw_device_number (dev->state, FW_FIELD_LON, &at.lon)
                 && fw_box_has (&spec->bbox, at)));
}

static void
assert_row (const World *world, const View *view, const RelayDevice *dev)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", dev->key.fleet.data, dev->key.id.data);
  GHashTable *held = g_hash_table_lookup (view->rows, key);
  g_autoptr (GHashTable) expected = row_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonTree) tree = NULL;
  GHashTableIter iter;
  gpointer name, value;

  fw_row_write (text, dev->state, &dev->attention, relay_fleet_thresholds (world->fleet),
                dev->status, view->spec->fields, FW_ROW_META_ALL, FALSE);
  tree = json_tree_new (text->str, text->len);
  merge_row (expected, tree);
  g_assert_nonnull (held);
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_assert_cmpstr (g_hash_table_lookup (held, name), ==, value);
  if (view->spec->fields == G_MAXUINT64)
    g_assert_cmpuint (g_hash_table_size (held), ==, g_hash_table_size (expected));
}

void
view_assert_converged (const World *world, const View *view)
{
  guint n = 0;

  g_assert_true (view->is_whole);
  for (RelayDevice *dev = relay_fleet_newest (world->fleet); dev; dev = dev->older)
    if (matches (world, view->spec, dev))
      {
        assert_row (world, view, dev);
        n++;
      }
  g_assert_cmpuint (g_hash_table_size (view->rows), ==, n);
}
