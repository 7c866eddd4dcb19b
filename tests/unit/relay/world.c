/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

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
  WorldLimits usual = world_limits ();

  if (!limits)
    limits = &usual;
  world->now_ms = G_GINT64_CONSTANT (1700000000000);
  world->now_us = 1000000;
  world->logs[0] = relay_log_new (0);
  world->logs[1] = relay_log_new (1);
  world->link = relay_link_new (limits->ring_slots);
  world->fleet = relay_fleet_new (&limits->fleet, forget, world);
  world->groups = relay_groups_new (&limits->groups, world->fleet, &world->link, 1, 2);
  world->hand = relay_hand_new (world->logs, 2, &world->link, 1);
  world->fanout = relay_fanout_new (&limits->fanout, streams, 2);
  world->reader = fw_event_reader_new (NULL);
  world->peers = g_ptr_array_new ();
  return world;
}

void
world_free (World *world)
{
  while (world->peers->len > 0)
    world_remove_peer (world, g_ptr_array_index (world->peers, 0));
  g_ptr_array_unref (world->peers);
  fw_event_reader_free (world->reader);
  relay_fanout_free (world->fanout);
  relay_hand_free (world->hand);
  relay_groups_free (world->groups);
  relay_fleet_free (world->fleet);
  relay_link_free (world->link);
  relay_log_free (world->logs[0]);
  relay_log_free (world->logs[1]);
  g_free (world);
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
  peer_take_frames (peer);
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
world_pass (World *world, gint64 ms)
{
  world_advance (world, ms);
  world_turn (world);
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
  FwArrival arrival = { world->now_ms, 0, world->next_offset };
  RelayRecord record = { .offset = world->next_offset++,
                         .t_ms = world->now_ms,
                         .value = json,
                         .value_len = strlen (json),
                         .value_is_utf8 = TRUE };
  FwEvent ev;

  for (guint i = 0; i < 2; i++)
    relay_log_add (world->logs[i], &record);
  if (fw_event_read (world->reader, json, strlen (json), &ev) == FW_REJECT_NONE)
    relay_fleet_apply (world->fleet, &ev, &arrival, world->now_ms);
}

static void
try_one (const WorldTrial *trial, const WorldLimits *limits, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  g_autoptr (World) world = world_new (limits);

  g_test_message ("seed %u", seed);
  for (guint i = 0; i < 4; i++)
    world_peer (world, trial->has_firehose && i == 3);
  for (guint step = 0; step < trial->n_steps; step++)
    {
      guint which = (guint) g_rand_int_range (rand, 0, (gint32) world->peers->len);

      trial->step (world, g_ptr_array_index (world->peers, which), rand);
      world_turn (world);
    }
  world_settle (world);
  for (guint i = 0; i < world->peers->len; i++)
    trial->check (world, g_ptr_array_index (world->peers, i));
}

void
world_try (const WorldTrial *trial, const WorldLimits *limits, guint32 first_seed, guint n_seeds)
{
  if (g_test_slow ())
    n_seeds *= 20;
  for (guint32 seed = first_seed; seed < first_seed + n_seeds; seed++)
    try_one (trial, limits, seed);
}
