/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-fanout.h"

#include <string.h>
#include "fw-i18n.h"

struct RelayFanout
{
  RelayFanoutLimits limits;
  const RelayStreamName *streams;
  guint n_streams;
  RelayFeed **feeds;
  GHashTable *shelves;     /* ch -> RelayShelf */
  GPtrArray *clients;      /* by slot; NULL where free */
  GArray *generations;     /* guint32 by slot */
  GArray *free_slots;      /* guint32 */
  GQueue asks;
  RelayClient *ready_first, *ready_last;
  FwBytes *notices[RELAY_N_NOTICES];
  guint notice_serials[RELAY_N_NOTICES];
  gboolean notice_is_for_newcomers[RELAY_N_NOTICES];
  guint n_conflated;       /* subscriptions */
  RelayFanoutCounts counts;
};

RelayFanout *
relay_fanout_new (const RelayFanoutLimits *limits, const RelayStreamName *streams, guint n_streams)
{
  RelayFanout *fanout = g_new0 (RelayFanout, 1);

  fanout->limits = *limits;
  fanout->streams = streams;
  fanout->n_streams = n_streams;
  fanout->feeds = g_new0 (RelayFeed *, n_streams);
  for (guint i = 0; i < n_streams; i++)
    fanout->feeds[i] = relay_feed_new (i, streams[i].ch, limits->block_memory_max);
  fanout->shelves = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) relay_shelf_free);
  fanout->clients = g_ptr_array_new ();
  fanout->generations = g_array_new (FALSE, TRUE, sizeof (guint32));
  fanout->free_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_queue_init (&fanout->asks);
  return fanout;
}

void
relay_fanout_free (RelayFanout *fanout)
{
  if (!fanout)
    return;
  for (guint i = 0; i < fanout->clients->len; i++)
    if (relay_fanout_client (fanout, i))
      relay_fanout_remove (fanout, relay_fanout_client (fanout, i));
  for (guint i = 0; i < fanout->n_streams; i++)
    relay_feed_free (fanout->feeds[i]);
  for (guint i = 0; i < RELAY_N_NOTICES; i++)
    fw_bytes_unref (fanout->notices[i]);
  g_free (fanout->feeds);
  g_hash_table_unref (fanout->shelves);
  g_ptr_array_unref (fanout->clients);
  g_array_unref (fanout->generations);
  g_array_unref (fanout->free_slots);
  g_queue_clear_full (&fanout->asks, (GDestroyNotify) relay_ask_free);
  g_free (fanout);
}

/* A key is slot and generation, so that an answer for a client that went finds nobody. */
static guint64
take_slot (RelayFanout *fanout, RelayClient *client)
{
  guint32 slot, generation = 0;

  if (fanout->free_slots->len > 0)
    {
      slot = g_array_index (fanout->free_slots, guint32, fanout->free_slots->len - 1);
      g_array_set_size (fanout->free_slots, fanout->free_slots->len - 1);
      g_ptr_array_index (fanout->clients, slot) = client;
    }
  else
    {
      slot = fanout->clients->len;
      g_ptr_array_add (fanout->clients, client);
      g_array_append_val (fanout->generations, generation);
    }
  generation = ++g_array_index (fanout->generations, guint32, slot);
  return ((guint64) generation << 32) | slot;
}

static RelayClient *
find_client (const RelayFanout *fanout, guint64 key)
{
  guint32 slot = (guint32) key;
  RelayClient *client = slot < fanout->clients->len ? g_ptr_array_index (fanout->clients, slot) : NULL;

  return client && client->key == key ? client : NULL;
}

static void
make_ready (RelayFanout *fanout, RelayClient *client)
{
  if (client->is_ready || client->is_choked)
    return;
  client->is_ready = TRUE;
  client->next_ready = NULL;
  if (fanout->ready_last)
    fanout->ready_last->next_ready = client;
  else
    fanout->ready_first = client;
  fanout->ready_last = client;
}

RelayClient *
relay_fanout_pop_ready (RelayFanout *fanout)
{
  RelayClient *client = fanout->ready_first;

  if (!client)
    return NULL;
  fanout->ready_first = client->next_ready;
  if (!fanout->ready_first)
    fanout->ready_last = NULL;
  client->is_ready = FALSE;
  return client;
}

static void
leave_ready (RelayFanout *fanout, RelayClient *client)
{
  RelayClient *before = NULL;

  if (!client->is_ready)
    return;
  for (RelayClient *at = fanout->ready_first; at != client; at = at->next_ready)
    before = at;
  if (before)
    before->next_ready = client->next_ready;
  else
    fanout->ready_first = client->next_ready;
  if (fanout->ready_last == client)
    fanout->ready_last = before;
  client->is_ready = FALSE;
}

RelayClient *
relay_fanout_add (RelayFanout *fanout, gpointer conn, gboolean is_plain, gint64 now_us)
{
  RelayClient *client = relay_client_new (0, conn, is_plain, now_us);

  client->key = take_slot (fanout, client);
  for (guint i = 0; i < RELAY_N_NOTICES; i++)
    client->notices[i] = fanout->notice_serials[i] - (fanout->notice_is_for_newcomers[i] ? 1 : 0);
  if (is_plain)
    relay_fanout_read_feed (fanout, client, fanout->feeds[0], NULL, FALSE);
  else
    make_ready (fanout, client);
  return client;
}

void
relay_fanout_remove (RelayFanout *fanout, RelayClient *client)
{
  guint32 slot = (guint32) client->key;

  while (relay_client_n_subs (client) > 0)
    relay_fanout_end_sub (fanout, relay_client_sub (client, 0));
  leave_ready (fanout, client);
  g_ptr_array_index (fanout->clients, slot) = NULL;
  g_array_append_val (fanout->free_slots, slot);
  relay_client_free (client);
}

guint
relay_fanout_n_slots (const RelayFanout *fanout)
{
  return fanout->clients->len;
}

RelayClient *
relay_fanout_client (const RelayFanout *fanout, guint slot)
{
  return g_ptr_array_index (fanout->clients, slot);
}

static void
queue_ask (RelayFanout *fanout, RelayAsk *ask)
{
  g_queue_push_tail (&fanout->asks, ask);
}

RelayAsk *
relay_fanout_pop_ask (RelayFanout *fanout)
{
  return g_queue_pop_head (&fanout->asks);
}

void
relay_fanout_ask (RelayFanout *fanout, RelayClient *client, RelayAsk *ask)
{
  ask->client = client->key;
  client->n_unanswered++;
  queue_ask (fanout, ask);
}

static void
ask_for_feed (RelayFanout *fanout, RelayFeed *feed, gboolean is_wanted)
{
  RelayAsk *ask = relay_ask_new (is_wanted ? RELAY_ASK_WANT : RELAY_ASK_UNWANT);

  feed->is_wanted = is_wanted;
  if (is_wanted)
    feed->serial++;
  ask->stream = feed->stream;
  ask->serial = feed->serial;
  queue_ask (fanout, ask);
}

static void
ask_to_leave (RelayFanout *fanout, guint64 ch)
{
  RelayAsk *ask = relay_ask_new (RELAY_ASK_LEAVE);

  ask->ch = ch;
  queue_ask (fanout, ask);
}

static void
ask_to_catch_up (RelayFanout *fanout, RelaySub *sub)
{
  RelayAsk *ask = relay_ask_new (RELAY_ASK_CATCH_UP);

  sub->waits_for_hub = TRUE;
  ask->client = sub->client->key;
  ask->ch = sub->shelf->ch;
  ask->rev = sub->rev;
  queue_ask (fanout, ask);
  fanout->counts.n_catch_ups++;
}

const RelayFanoutLimits *
relay_fanout_limits (const RelayFanout *fanout)
{
  return &fanout->limits;
}

void
relay_fanout_say (RelayFanout *fanout, RelayClient *client, const GString *text)
{
  relay_client_say (client, text, fanout->limits.control_backlog_max);
  make_ready (fanout, client);
}

void
relay_fanout_say_error (RelayFanout *fanout, RelayClient *client, const char *id, FwWireCode code, const char *message,
                        const char *at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  fanout->counts.n_errors[code]++;
  relay_say_error (text, id, code, message, at);
  relay_fanout_say (fanout, client, text);
}

static void
set_lane (RelayFanout *fanout, RelaySub *sub, RelayLane lane)
{
  g_autoptr (GString) text = NULL;

  if (sub->lane == lane)
    return;
  sub->lane = lane;
  fanout->n_conflated += lane == RELAY_LANE_CONFLATED ? 1 : -1;
  if (sub->client->is_plain)
    return;
  text = g_string_new (NULL);
  relay_say_lane (text, sub->feed ? sub->feed->ch : sub->shelf->ch, lane);
  relay_fanout_say (fanout, sub->client, text);
}

RelayFeed *
relay_fanout_find_feed (RelayFanout *fanout, const char *topic)
{
  for (guint i = 1; i < fanout->n_streams; i++)
    if (strcmp (fanout->streams[i].topic, topic) == 0)
      return fanout->feeds[i];
  return NULL;
}

/* A log subscription is answered when the stream has begun: from then on nothing is missed unsaid. */
static void
answer_begun (RelayFanout *fanout, RelaySub *sub)
{
  g_autoptr (GString) text = NULL;

  if (sub->client->is_plain || !sub->id)
    return;
  text = g_string_new (NULL);
  relay_say_subscribed (text, sub->id, sub->feed->ch);
  relay_fanout_say (fanout, sub->client, text);
  if (sub->has_since)
    {
      g_string_truncate (text, 0);
      relay_say_reset (text, sub->feed->ch, "resume_not_supported");
      relay_fanout_say (fanout, sub->client, text);
    }
  g_clear_pointer (&sub->id, g_free);
}

void
relay_fanout_read_feed (RelayFanout *fanout, RelayClient *client, RelayFeed *feed, const char *id, gboolean has_since)
{
  RelaySub *sub = relay_client_add_sub (client);

  sub->id = client->is_plain ? NULL : g_strdup (id ? id : "null");
  sub->has_since = has_since;
  relay_feed_join (feed, sub);
  if (!feed->is_wanted)
    ask_for_feed (fanout, feed, TRUE);
  if (feed->is_begun)
    answer_begun (fanout, sub);
}

RelaySub *
relay_fanout_find_sub (RelayFanout *fanout, RelayClient *client, guint64 ch)
{
  for (guint i = 1; i < fanout->n_streams; i++)
    if (fanout->feeds[i]->ch == ch)
      return relay_client_find_feed (client, fanout->feeds[i]);
  return relay_client_find_shelf (client, ch);
}

void
relay_fanout_end_sub (RelayFanout *fanout, RelaySub *sub)
{
  RelayFeed *feed = sub->feed;
  RelayShelf *shelf = sub->shelf;

  if (sub->lane == RELAY_LANE_CONFLATED)
    fanout->n_conflated--;
  if (feed)
    {
      relay_feed_leave (feed, sub);
      if (feed->subs->len == 0)
        ask_for_feed (fanout, feed, FALSE);
    }
  else
    {
      ask_to_leave (fanout, shelf->ch);
      relay_shelf_leave (shelf, sub);
      if (shelf->subs->len == 0)
        g_hash_table_remove (fanout->shelves, &shelf->ch);
    }
  relay_client_drop_sub (sub->client, sub);
}

static void
apply_join (RelayFanout *fanout, RelayPush *push)
{
  RelayFeed *feed = fanout->feeds[push->stream];

  if (!feed->is_wanted || feed->serial != push->serial)
    return;
  if (feed->is_begun && feed->newest->block == push->block)
    return;
  relay_feed_begin (feed, push->block, push->at, push->n_frames);
  for (guint i = 0; i < feed->subs->len; i++)
    {
      RelaySub *sub = g_ptr_array_index (feed->subs, i);

      answer_begun (fanout, sub);
      make_ready (fanout, sub->client);
    }
}

static void
apply_block (RelayFanout *fanout, RelayPush *push)
{
  RelayFeed *feed = fanout->feeds[push->stream];

  if (feed->is_begun)
    relay_feed_extend (feed, push->block);
}

static void
ready_all (RelayFanout *fanout, RelayShelf *shelf)
{
  for (guint i = 0; i < shelf->subs->len; i++)
    make_ready (fanout, ((RelaySub *) g_ptr_array_index (shelf->subs, i))->client);
}

static void
apply_parcel (RelayFanout *fanout, RelayPush *push)
{
  RelayShelf *shelf = g_hash_table_lookup (fanout->shelves, &push->ch);

  if (!shelf)
    return;
  relay_shelf_put (shelf, relay_parcel_new (push->frames, push->from_rev, push->rev));
  ready_all (fanout, shelf);
}

static RelayShelf *
need_shelf (RelayFanout *fanout, const RelayPush *push)
{
  RelayShelf *shelf = g_hash_table_lookup (fanout->shelves, &push->ch);

  if (!shelf)
    {
      shelf = relay_shelf_new (push->ch, push->is_window, push->rev, fanout->limits.patch_backlog);
      g_hash_table_insert (fanout->shelves, &shelf->ch, shelf);
    }
  if (shelf->rev == G_MAXUINT64 || shelf->rev < push->rev)
    shelf->rev = push->rev;
  return shelf;
}

static void
give_frames (RelayFanout *fanout, RelaySub *sub, const RelayPush *push)
{
  if (push->reset_why)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      relay_say_reset (text, push->ch, push->reset_why);
      relay_fanout_say (fanout, sub->client, text);
    }
  if (push->frames)
    {
      sub->parcel = relay_parcel_new (push->frames, push->from_rev, push->rev);
      sub->parcel_at = 0;
    }
  else
    sub->rev = push->rev;
  make_ready (fanout, sub->client);
}

static void
apply_caught_up (RelayFanout *fanout, RelayClient *client, const RelayPush *push)
{
  RelaySub *sub = relay_client_find_shelf (client, push->ch);

  if (!sub || !sub->waits_for_hub)
    return;
  sub->waits_for_hub = FALSE;
  need_shelf (fanout, push);
  give_frames (fanout, sub, push);
}

static void
apply_subscribed (RelayFanout *fanout, RelayClient *client, const RelayPush *push)
{
  RelaySub *old = push->old_ch ? relay_client_find_shelf (client, push->old_ch) : NULL;
  RelaySub *equal = relay_client_find_shelf (client, push->ch);
  RelaySub *sub;
  g_autoptr (GString) text = NULL;

  if (equal && equal != old)
    {
      ask_to_leave (fanout, push->ch);
      relay_fanout_say_error (fanout, client, push->id, FW_CODE_ALREADY_SUBSCRIBED,
                              _ ("This client has an equal subscription already"), NULL);
      return;
    }
  text = g_string_new (NULL);
  relay_say_subscribed (text, push->id, push->ch);
  relay_fanout_say (fanout, client, text);
  sub = relay_client_add_sub (client);
  relay_shelf_join (need_shelf (fanout, push), sub);
  if (old)
    relay_fanout_end_sub (fanout, old);
  give_frames (fanout, sub, push);
}

static void
apply_answer (RelayFanout *fanout, RelayPush *push)
{
  RelayClient *client = find_client (fanout, push->client);

  if (!client)
    {
      if (!push->is_refused && !push->is_catch_up)
        ask_to_leave (fanout, push->ch);
      return;
    }
  if (push->is_catch_up)
    {
      apply_caught_up (fanout, client, push);
      return;
    }
  client->n_unanswered--;
  if (push->is_refused)
    relay_fanout_say_error (fanout, client, push->id, push->code, push->text, NULL);
  else
    apply_subscribed (fanout, client, push);
}

static void
apply_notice (RelayFanout *fanout, RelayPush *push)
{
  fw_bytes_unref (fanout->notices[push->notice]);
  fanout->notices[push->notice] = g_steal_pointer (&push->frames);
  fanout->notice_serials[push->notice]++;
  fanout->notice_is_for_newcomers[push->notice] = push->for_newcomers;
  for (guint i = 0; i < fanout->clients->len; i++)
    {
      RelayClient *client = g_ptr_array_index (fanout->clients, i);

      if (client && !client->is_plain)
        make_ready (fanout, client);
    }
}

/* Feeds are joined anew by the pushes that follow; shelves must ask. */
static void
apply_resync (RelayFanout *fanout)
{
  GHashTableIter iter;
  gpointer shelf;

  fanout->counts.n_resyncs++;
  g_hash_table_iter_init (&iter, fanout->shelves);
  while (g_hash_table_iter_next (&iter, NULL, &shelf))
    {
      relay_shelf_doubt (shelf);
      ready_all (fanout, shelf);
    }
}

void
relay_fanout_apply (RelayFanout *fanout, RelayPush *push)
{
  switch (push->type)
    {
    case RELAY_PUSH_JOIN:
      apply_join (fanout, push);
      break;
    case RELAY_PUSH_BLOCK:
      apply_block (fanout, push);
      break;
    case RELAY_PUSH_PARCEL:
      apply_parcel (fanout, push);
      break;
    case RELAY_PUSH_ANSWER:
      apply_answer (fanout, push);
      break;
    case RELAY_PUSH_NOTICE:
      apply_notice (fanout, push);
      break;
    case RELAY_PUSH_RESYNC:
      apply_resync (fanout);
      break;
    }
  relay_push_free (push);
}

void
relay_fanout_round (RelayFanout *fanout, gint64 now_us)
{
  for (guint f = 0; f < fanout->n_streams; f++)
    {
      RelayFeed *feed = fanout->feeds[f];

      if (!relay_feed_has_moved (feed))
        continue;
      for (guint i = 0; i < feed->subs->len; i++)
        {
          RelaySub *sub = g_ptr_array_index (feed->subs, i);

          if (!sub->client->is_choked)
            make_ready (fanout, sub->client);
          else if (sub->behind_since_us == 0)
            sub->behind_since_us = now_us;
        }
    }
}

static gboolean
next_control (RelayFanout *fanout, RelayClient *client, RelayTurn *ret)
{
  if (client->out)
    {
      ret->frames.data = client->out->data + client->out_at;
      ret->frames.len = relay_frames_cut (ret->frames.data, client->out->len - client->out_at, RELAY_TURN_BYTES,
                                          &ret->frames.n_frames);
      return TRUE;
    }
  for (guint i = 0; i < RELAY_N_NOTICES && !client->is_plain; i++)
    if (client->notices[i] != fanout->notice_serials[i])
      {
        ret->notice = (gint) i;
        ret->frames = (RelayFrames){ fanout->notices[i]->data, fanout->notices[i]->len, 1 };
        return TRUE;
      }
  return FALSE;
}

static void
conflate (RelayFanout *fanout, RelaySub *sub, gint64 now_us)
{
  sub->conflated_us = now_us;
  set_lane (fanout, sub, RELAY_LANE_CONFLATED);
}

static void
say_lost (RelayFanout *fanout, RelaySub *sub, gint64 now_us)
{
  g_autoptr (GString) text = g_string_new (NULL);

  conflate (fanout, sub, now_us);
  relay_feed_say_gap (sub->feed, sub, text);
  relay_fanout_say (fanout, sub->client, text);
}

static gboolean
next_of_feed (RelayFanout *fanout, RelaySub *sub, gint64 now_us, RelayFrames *ret)
{
  if (sub->behind_since_us > 0 && now_us - sub->behind_since_us > fanout->limits.lag_max_us)
    {
      relay_feed_jump (sub->feed, sub);
      conflate (fanout, sub, now_us);
    }
  if (sub->lost_from)
    say_lost (fanout, sub, now_us);
  return !sub->client->out && relay_feed_next (sub->feed, sub, RELAY_TURN_BYTES, ret);
}

static gboolean
next_of_shelf (RelayFanout *fanout, RelaySub *sub, gint64 now_us, RelayFrames *ret)
{
  switch (relay_shelf_next (sub->shelf, sub, RELAY_TURN_BYTES, ret))
    {
    case RELAY_SHELF_FRAMES:
      return TRUE;
    case RELAY_SHELF_MISSED:
      ask_to_catch_up (fanout, sub);
      conflate (fanout, sub, now_us);
      return FALSE;
    case RELAY_SHELF_LEVEL:
      break;
    }
  return FALSE;
}

static gboolean
next_of_subs (RelayFanout *fanout, RelayClient *client, gint64 now_us, RelayTurn *ret)
{
  guint n = relay_client_n_subs (client);

  for (guint i = 0; i < n; i++)
    {
      RelaySub *sub = relay_client_sub (client, (client->turn + i) % n);

      ret->sub = sub;
      if (sub->feed ? next_of_feed (fanout, sub, now_us, &ret->frames) : next_of_shelf (fanout, sub, now_us, &ret->frames))
        {
          client->turn = (client->turn + i + 1) % n;
          return TRUE;
        }
      ret->sub = NULL;
      if (client->out)
        return next_control (fanout, client, ret);
    }
  return FALSE;
}

gboolean
relay_fanout_next (RelayFanout *fanout, RelayClient *client, gint64 now_us, RelayTurn *ret)
{
  *ret = (RelayTurn){ .notice = -1 };
  if (client->closing || client->is_choked)
    return FALSE;
  return next_control (fanout, client, ret) || next_of_subs (fanout, client, now_us, ret);
}

static gboolean
is_level (const RelaySub *sub)
{
  return sub->feed ? relay_feed_is_level (sub) : relay_shelf_is_level (sub);
}

static void
took_control (RelayFanout *fanout, RelayClient *client, const RelayTurn *turn, gsize taken)
{
  if (turn->notice >= 0)
    {
      if (taken > 0)
        client->notices[turn->notice] = fanout->notice_serials[turn->notice];
      return;
    }
  client->out_at += (guint) taken;
  if (client->out_at < client->out->len)
    return;
  g_clear_pointer (&client->out, g_byte_array_unref);
  client->out_at = 0;
}

static void
took_of_sub (RelaySub *sub, gsize taken, guint n_frames, gboolean is_choked, gint64 now_us)
{
  if (sub->feed)
    relay_feed_took (sub->feed, sub, (guint32) taken, n_frames);
  else
    relay_shelf_took (sub, taken);
  if (is_level (sub))
    sub->behind_since_us = 0;
  else if (is_choked && sub->behind_since_us == 0)
    sub->behind_since_us = now_us;
}

void
relay_fanout_took (RelayFanout *fanout, RelayClient *client, const RelayTurn *turn, gsize taken, gboolean is_choked,
                   gint64 now_us)
{
  guint n_frames = turn->frames.n_frames;

  if (taken < turn->frames.len)
    relay_frames_cut (turn->frames.data, taken, taken, &n_frames);
  if (turn->sub)
    took_of_sub (turn->sub, taken, n_frames, is_choked, now_us);
  else
    took_control (fanout, client, turn, taken);
  fanout->counts.n_turns++;
  fanout->counts.n_deliveries += n_frames;
  client->is_choked = is_choked;
  if (taken > 0 || !is_choked)
    client->progress_us = now_us;
}

void
relay_fanout_unchoke (RelayFanout *fanout, RelayClient *client)
{
  client->is_choked = FALSE;
  make_ready (fanout, client);
}

static void
sweep_client (RelayFanout *fanout, RelayClient *client, gint64 now_us)
{
  if (client->is_choked && now_us - client->progress_us > fanout->limits.client_timeout_us)
    {
      client->closing = RELAY_CLOSE_STALLED;
      return;
    }
  if (!client->is_choked)
    client->progress_us = now_us;
  for (guint i = 0; i < relay_client_n_subs (client); i++)
    {
      RelaySub *sub = relay_client_sub (client, i);

      if (sub->lane == RELAY_LANE_CONFLATED && is_level (sub) && !client->is_choked
          && now_us - sub->conflated_us > fanout->limits.lag_max_us)
        set_lane (fanout, sub, RELAY_LANE_LIVE);
    }
}

void
relay_fanout_sweep (RelayFanout *fanout, gint64 now_us)
{
  for (guint i = 0; i < fanout->clients->len; i++)
    {
      RelayClient *client = g_ptr_array_index (fanout->clients, i);

      if (client && !client->closing)
        sweep_client (fanout, client, now_us);
    }
}

RelayFanoutCounts
relay_fanout_counts (const RelayFanout *fanout)
{
  RelayFanoutCounts counts = fanout->counts;

  for (guint i = 0; i < fanout->n_streams; i++)
    counts.n_gaps += fanout->feeds[i]->n_jumps;
  return counts;
}

guint
relay_fanout_n_conflated (const RelayFanout *fanout)
{
  return fanout->n_conflated;
}

gsize
relay_fanout_block_bytes (const RelayFanout *fanout)
{
  gsize bytes = 0;

  for (guint i = 0; i < fanout->n_streams; i++)
    bytes += fanout->feeds[i]->bytes;
  return bytes;
}
