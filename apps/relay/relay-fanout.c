/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-fanout-private.h"

#include <string.h>
#include "fw-i18n.h"

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
  fanout->shelves = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                           (GDestroyNotify) relay_patch_shelf_free);
  fanout->roster = relay_roster_new ();
  g_queue_init (&fanout->asks);
  return fanout;
}

void
relay_fanout_free (RelayFanout *fanout)
{
  if (!fanout)
    return;
  for (guint i = 0; i < relay_roster_n_slots (fanout->roster); i++)
    if (relay_fanout_client (fanout, i))
      relay_fanout_remove (fanout, relay_fanout_client (fanout, i));
  for (guint i = 0; i < fanout->n_streams; i++)
    relay_feed_free (fanout->feeds[i]);
  for (guint i = 0; i < RELAY_N_NOTICES; i++)
    fw_bytes_unref (fanout->notices[i]);
  g_free (fanout->feeds);
  g_hash_table_unref (fanout->shelves);
  relay_roster_free (fanout->roster);
  g_queue_clear_full (&fanout->asks, (GDestroyNotify) relay_ask_free);
  g_free (fanout);
}

RelayClient *
relay_fanout_add (RelayFanout *fanout, gpointer conn, gboolean is_plain, gint64 now_us)
{
  RelayClient *client = relay_client_new (0, conn, is_plain, now_us);

  relay_roster_add (fanout->roster, client);
  for (guint i = 0; i < RELAY_N_NOTICES; i++)
    client->notices[i] = fanout->notice_serials[i] - (fanout->notice_is_for_newcomers[i] ? 1 : 0);
  if (is_plain)
    relay_fanout_read_feed (fanout, client, fanout->feeds[0], NULL, FALSE);
  else
    relay_roster_make_ready (fanout->roster, client);
  return client;
}

void
relay_fanout_remove (RelayFanout *fanout, RelayClient *client)
{
  while (relay_client_n_subs (client) > 0)
    relay_fanout_end_sub (fanout, relay_client_sub (client, 0));
  relay_roster_remove (fanout->roster, client);
  relay_client_free (client);
}

RelayClient *
relay_fanout_pop_ready (RelayFanout *fanout)
{
  return relay_roster_pop_ready (fanout->roster);
}

guint
relay_fanout_n_slots (const RelayFanout *fanout)
{
  return relay_roster_n_slots (fanout->roster);
}

RelayClient *
relay_fanout_client (const RelayFanout *fanout, guint slot)
{
  return relay_roster_at (fanout->roster, slot);
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

void
relay_fanout_ask_for_feed (RelayFanout *fanout, RelayFeed *feed, gboolean is_wanted)
{
  RelayAsk *ask = relay_ask_new (is_wanted ? RELAY_ASK_WANT : RELAY_ASK_UNWANT);

  feed->is_wanted = is_wanted;
  if (is_wanted)
    feed->serial++;
  ask->stream = feed->stream;
  ask->serial = feed->serial;
  queue_ask (fanout, ask);
}

void
relay_fanout_ask_to_leave (RelayFanout *fanout, guint64 ch)
{
  RelayAsk *ask = relay_ask_new (RELAY_ASK_LEAVE);

  ask->ch = ch;
  queue_ask (fanout, ask);
}

void
relay_fanout_ask_to_catch_up (RelayFanout *fanout, RelaySub *sub)
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
  relay_roster_make_ready (fanout->roster, client);
}

void
relay_fanout_say_error (RelayFanout *fanout, RelayClient *client, const char *id, FwWireCode code,
                        const char *message, const char *at)
{
  g_autoptr (GString) text = g_string_new (NULL);

  fanout->counts.n_errors[code]++;
  relay_say_error (text, id, code, message, at);
  relay_fanout_say (fanout, client, text);
}

void
relay_fanout_refuse (RelayFanout *fanout, RelayClient *client, const char *id, RelayLimit limit)
{
  fanout->counts.n_refused[limit]++;
  if (limit == RELAY_LIMIT_SUBSCRIPTIONS)
    relay_fanout_say_error (
        fanout, client, id, FW_CODE_TOO_MANY_SUBSCRIPTIONS,
        _ ("This client has as many subscriptions as one may have; unsubscribe from one first"),
        NULL);
  else
    relay_fanout_say_error (
        fanout, client, id, FW_CODE_OVERLOADED,
        _ ("Too many requests are waiting for an answer; wait for some, then ask again"), NULL);
}

void
relay_fanout_set_lane (RelayFanout *fanout, RelaySub *sub, RelayLane lane)
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

void
relay_fanout_answer_begun (RelayFanout *fanout, RelaySub *sub)
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
relay_fanout_read_feed (RelayFanout *fanout, RelayClient *client, RelayFeed *feed, const char *id,
                        gboolean has_since)
{
  RelaySub *sub = relay_client_add_sub (client);

  sub->id = client->is_plain ? NULL : g_strdup (id ? id : "null");
  sub->has_since = has_since;
  relay_feed_join (feed, sub);
  if (!feed->is_wanted)
    relay_fanout_ask_for_feed (fanout, feed, TRUE);
  if (feed->is_begun)
    relay_fanout_answer_begun (fanout, sub);
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
  RelayPatchShelf *shelf = sub->shelf;

  if (sub->lane == RELAY_LANE_CONFLATED)
    fanout->n_conflated--;
  if (feed)
    {
      gboolean is_answered = feed->is_begun; /* else the join that comes sees that nobody reads */

      relay_feed_leave (feed, sub);
      if (is_answered && feed->subs->len == 0)
        relay_fanout_ask_for_feed (fanout, feed, FALSE);
    }
  else
    {
      relay_fanout_ask_to_leave (fanout, shelf->ch);
      relay_patch_shelf_leave (shelf, sub);
      if (shelf->subs->len == 0)
        g_hash_table_remove (fanout->shelves, &shelf->ch);
    }
  relay_client_drop_sub (sub->client, sub);
}

RelayFanoutCounts
relay_fanout_counts (const RelayFanout *fanout)
{
  RelayFanoutCounts counts = fanout->counts;

  for (guint i = 0; i < fanout->n_streams; i++)
    for (guint why = 0; why < RELAY_N_JUMPS; why++)
      counts.n_gaps[why] += fanout->feeds[i]->n_jumps[why];
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
