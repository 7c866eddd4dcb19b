/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-fanout-private.h"

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
            relay_roster_make_ready (fanout->roster, sub->client);
          else
            relay_feed_judge (feed, sub, now_us);
        }
    }
}

static gboolean
next_control (RelayFanout *fanout, RelayClient *client, RelayTurn *ret)
{
  if (client->out)
    {
      ret->frames.data = client->out->data + client->out_at;
      ret->frames.len = relay_frames_cut (ret->frames.data, client->out->len - client->out_at,
                                          RELAY_TURN_BYTES, &ret->frames.n_frames);
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
  relay_fanout_set_lane (fanout, sub, RELAY_LANE_CONFLATED);
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
  switch (relay_patch_shelf_next (sub->shelf, sub, RELAY_TURN_BYTES, ret))
    {
    case RELAY_SHELF_FRAMES:
      return TRUE;
    case RELAY_SHELF_MISSED:
      relay_fanout_ask_to_catch_up (fanout, sub);
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
      if (sub->feed ? next_of_feed (fanout, sub, now_us, &ret->frames)
                    : next_of_shelf (fanout, sub, now_us, &ret->frames))
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
  return sub->feed ? relay_feed_is_level (sub) : relay_patch_shelf_is_level (sub);
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
took_of_sub (RelaySub *sub, gsize taken, guint n_frames, gint64 now_us)
{
  if (sub->feed)
    {
      relay_feed_took (sub->feed, sub, (guint32) taken, n_frames);
      relay_feed_judge (sub->feed, sub, now_us);
    }
  else
    relay_patch_shelf_took (sub, taken);
}

void
relay_fanout_took (RelayFanout *fanout, RelayClient *client, const RelayTurn *turn, gsize taken,
                   gboolean is_choked, gint64 now_us)
{
  guint n_frames = turn->frames.n_frames;

  if (taken < turn->frames.len)
    relay_frames_cut (turn->frames.data, taken, taken, &n_frames);
  if (turn->sub)
    took_of_sub (turn->sub, taken, n_frames, now_us);
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
  relay_roster_make_ready (fanout->roster, client);
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
        relay_fanout_set_lane (fanout, sub, RELAY_LANE_LIVE);
    }
}

void
relay_fanout_sweep (RelayFanout *fanout, gint64 now_us)
{
  for (guint i = 0; i < relay_roster_n_slots (fanout->roster); i++)
    {
      RelayClient *client = relay_roster_at (fanout->roster, i);

      if (client && !client->closing)
        sweep_client (fanout, client, now_us);
    }
}
