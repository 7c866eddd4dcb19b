/* SPDX-License-Identifier: Apache-2.0 */
/* The promise of the log channel: every record once and in order, or a gap that names what is
 * missing. */
#include <string.h>

#include "world.h"

static void
add_records (World *world, guint n, guint bytes)
{
  g_autofree char *filling = g_strnfill (bytes, 'x');
  g_autofree char *json = g_strdup_printf ("{\"device_id\":1,\"note\":\"%s\"}", filling);

  for (guint i = 0; i < n; i++)
    world_event (world, json);
}

static gint64
offset_at (const Peer *peer, guint i)
{
  return g_array_index (peer->offsets, gint64, i);
}

/* From the first it saw to the last there is. */
static void
assert_all_or_told (const World *world, const Peer *peer)
{
  guint next = 0;

  if (peer->offsets->len == 0)
    return;
  for (gint64 o = offset_at (peer, 0); o < world->next_offset; o++)
    if (next < peer->offsets->len && offset_at (peer, next) == o)
      {
        g_assert_false (g_hash_table_contains (peer->lost, GSIZE_TO_POINTER (o + 1)));
        next++;
      }
    else
      g_assert_true (g_hash_table_contains (peer->lost, GSIZE_TO_POINTER (o + 1)));
  g_assert_cmpuint (next, ==, peer->offsets->len);
}

static void
subscribe (Peer *peer)
{
  peer_say (peer, "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"log/t\"}");
}

static void
random_step (World *world, Peer *peer, GRand *rand)
{
  if (g_rand_boolean (rand))
    add_records (world, (guint) g_rand_int_range (rand, 0, 60),
                 (guint) g_rand_int_range (rand, 1, 3000));
  if (g_rand_int_range (rand, 0, 10) == 0)
    subscribe (peer);
  if (g_rand_int_range (rand, 0, 4) == 0)
    peer->budget = g_rand_boolean (rand) ? G_MAXSIZE : (gsize) g_rand_int_range (rand, 0, 40000);
  world_advance (world, g_rand_int_range (rand, 0, 700));
}

static const WorldTrial trial
    = { .n_steps = 150, .has_firehose = TRUE, .step = random_step, .check = assert_all_or_told };

static void
test_every_record_once_or_a_gap (void)
{
  world_try (&trial, NULL, 1, 6);
}

static void
test_also_with_tiny_limits (void)
{
  WorldLimits limits = world_limits ();

  limits.ring_slots = 2;
  limits.fanout.block_memory_max = 300000;
  world_try (&trial, &limits, 1001, 6);
}

static void
test_the_firehose_is_byte_for_byte (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, TRUE);
  RelayRecord null_value = { .offset = 1 };
  RelayRecord binary = { .offset = 2, .value = "\xff\x00\xfe", .value_len = 3 };
  static const guint8 expected[] = "\x81\x11{\"device_id\": 1 }\x82\x03\xff\x00\xfe";

  world_turn (world);
  world_turn (world);
  world_event (world, "{\"device_id\": 1 }");
  relay_log_add (world->logs[0], &null_value);
  relay_log_add (world->logs[0], &binary);
  relay_hand_commit (world->hand, world->now_us);
  {
    RelayTurn turn;

    relay_fanout_round (world->fanout, world->now_us);
    g_assert_true (relay_fanout_next (world->fanout, peer->client, world->now_us, &turn));
    g_assert_cmpmem (turn.frames.data, turn.frames.len, expected, sizeof expected - 1);
    g_assert_cmpuint (turn.frames.n_frames, ==, 2);
  }
}

static void
test_a_newcomer_begins_at_the_live_end (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *first = world_peer (world, FALSE), *second;

  subscribe (first);
  world_settle (world);
  add_records (world, 5, 10);
  world_settle (world);
  second = world_peer (world, FALSE);
  subscribe (second);
  world_settle (world);
  add_records (world, 2, 10);
  world_settle (world);
  g_assert_cmpuint (first->offsets->len, ==, 7);
  g_assert_cmpuint (second->offsets->len, ==, 2);
  g_assert_cmpint (offset_at (second, 0), ==, 5);
}

static void
test_a_slow_reader_skips_ahead_is_told_and_recovers (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  subscribe (peer);
  world_settle (world);
  peer->budget = 0;
  for (guint i = 0; i < 10; i++)
    {
      add_records (world, 20, 1000);
      world_pass (world, 500);
    }
  peer->budget = G_MAXSIZE;
  world_turn (world);
  g_assert_nonnull (strstr (peer_heard (peer, "lane"), "\"conflated\""));
  g_assert_cmpuint (peer_n_heard (peer, "gap"), ==, 1);
  world_settle (world);
  for (guint i = 0; i < 5; i++)
    {
      world_advance (world, 1000);
      relay_fanout_sweep (world->fanout, world->now_us);
      world_turn (world);
    }
  g_assert_nonnull (strstr (peer_heard (peer, "lane"), "\"live\""));
  assert_all_or_told (world, peer);
  g_assert_cmpuint (relay_fanout_counts (world->fanout).n_gaps[RELAY_JUMP_LAG], ==, 1);
}

/* Never level, but never more than half a second late: that is no reason to lose anything. */
static void
test_a_steady_reader_is_not_slow_however_long (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  subscribe (peer);
  world_settle (world);
  peer->budget = 0;
  for (guint i = 0; i < 40; i++)
    {
      add_records (world, 2, 15000); /* a message each */
      world_pass (world, 500);
      peer->budget = 31000; /* from now on two of them each turn */
    }
  g_assert_cmpuint (peer->offsets->len, >, 70);
  g_assert_cmpuint (peer->offsets->len, <, 80);
  g_assert_cmpuint (peer_n_heard (peer, "gap"), ==, 0);
  g_assert_null (peer_heard (peer, "lane"));
}

static void
test_block_memory_is_bounded (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *stuck, *healthy;

  limits.fanout.block_memory_max = 1 << 20;
  world = world_new (&limits);
  stuck = world_peer (world, FALSE);
  healthy = world_peer (world, FALSE);
  subscribe (stuck);
  subscribe (healthy);
  world_settle (world);
  stuck->budget = 0;
  for (guint i = 0; i < 100; i++)
    {
      add_records (world, 20, 4000);
      world_turn (world);
      g_assert_cmpuint (relay_fanout_block_bytes (world->fanout), <=,
                        (1 << 20) + RELAY_BLOCK_BYTES);
    }
  g_assert_cmpuint (healthy->offsets->len, ==, 2000);
  g_assert_cmpuint (relay_fanout_counts (world->fanout).n_gaps[RELAY_JUMP_BLOCK_MEMORY], >, 0);
  world_settle (world);
  assert_all_or_told (world, stuck);
}

static void
test_a_thread_behind_the_hub_skips_ahead_and_says_so (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *peer;

  limits.ring_slots = 2;
  world = world_new (&limits);
  peer = world_peer (world, FALSE);
  subscribe (peer);
  world_settle (world);
  add_records (world, 1, 10);
  world_settle (world);
  add_records (world, 500, 4000); /* four blocks in one turn */
  world_settle (world);
  add_records (world, 1, 10);
  world_settle (world);
  assert_all_or_told (world, peer);
  g_assert_cmpuint (peer_n_heard (peer, "gap"), ==, 1);
  g_assert_cmpuint (relay_fanout_counts (world->fanout).n_gaps[RELAY_JUMP_RING_SLOTS], ==, 1);
  g_assert_cmpuint (relay_link_n_behind (world->link), ==, 1);
}

static void
test_who_takes_nothing_is_closed (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *stuck = world_peer (world, FALSE), *idle = world_peer (world, FALSE);

  subscribe (stuck);
  world_settle (world);
  stuck->budget = 0;
  for (guint i = 0; i < 30; i++)
    {
      add_records (world, 1, 10);
      world_pass (world, 1000);
      relay_fanout_sweep (world->fanout, world->now_us);
    }
  g_assert_cmpint (stuck->client->closing, ==, RELAY_CLOSE_STALLED);
  g_assert_cmpint (idle->client->closing, ==, RELAY_CLOSE_NONE);
}

static void
test_a_turn_is_at_most_64_kb (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, TRUE);
  guint64 before;

  world_settle (world);
  add_records (world, 60, 200);
  before = peer->n_turns;
  world_turn (world);
  g_assert_cmpuint (peer->n_turns - before, ==, 1);
  add_records (world, 640, 200);
  before = peer->n_turns;
  world_turn (world);
  g_assert_cmpuint (peer->n_turns - before, ==, 3);
  g_assert_cmpuint (peer->n_frames, ==, 700);
}

/* However often a client changes its mind, one question waits for the hub. */
static void
test_coming_and_going_does_not_pile_up_asks (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE), *other = world_peer (world, FALSE);
  RelayAsk *ask;

  for (guint i = 0; i < 1000; i++)
    {
      subscribe (peer);
      peer_say (peer, "{\"op\":\"unsubscribe\",\"ch\":1}");
    }
  ask = relay_fanout_pop_ask (world->fanout);
  g_assert_cmpint (ask->type, ==, RELAY_ASK_WANT);
  relay_link_ask (world->link, ask);
  g_assert_null (relay_fanout_pop_ask (world->fanout));
  world_settle (world);
  g_assert_false (relay_log_is_read (world->logs[1]));
  subscribe (other);
  world_settle (world);
  add_records (world, 2, 10);
  world_settle (world);
  g_assert_cmpuint (peer->offsets->len, ==, 0);
  g_assert_cmpuint (other->offsets->len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/log-channel/every-record-once-or-a-gap",
                   test_every_record_once_or_a_gap);
  g_test_add_func ("/relay/log-channel/also-with-tiny-limits", test_also_with_tiny_limits);
  g_test_add_func ("/relay/log-channel/the-firehose-is-byte-for-byte",
                   test_the_firehose_is_byte_for_byte);
  g_test_add_func ("/relay/log-channel/a-newcomer-begins-at-the-live-end",
                   test_a_newcomer_begins_at_the_live_end);
  g_test_add_func ("/relay/log-channel/a-slow-reader-skips-ahead-is-told-and-recovers",
                   test_a_slow_reader_skips_ahead_is_told_and_recovers);
  g_test_add_func ("/relay/log-channel/a-steady-reader-is-not-slow-however-long",
                   test_a_steady_reader_is_not_slow_however_long);
  g_test_add_func ("/relay/log-channel/block-memory-is-bounded", test_block_memory_is_bounded);
  g_test_add_func ("/relay/log-channel/a-thread-behind-the-hub-skips-ahead-and-says-so",
                   test_a_thread_behind_the_hub_skips_ahead_and_says_so);
  g_test_add_func ("/relay/log-channel/who-takes-nothing-is-closed",
                   test_who_takes_nothing_is_closed);
  g_test_add_func ("/relay/log-channel/coming-and-going-does-not-pile-up-asks",
                   test_coming_and_going_does_not_pile_up_asks);
  g_test_add_func ("/relay/log-channel/a-turn-is-at-most-64-kb", test_a_turn_is_at_most_64_kb);
  return g_test_run ();
}
