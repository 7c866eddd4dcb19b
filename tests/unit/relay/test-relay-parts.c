/* SPDX-License-Identifier: Apache-2.0 */
/* The small parts: timer, pace, link, fleet limits, block. */
#include <string.h>

#include "relay-pace.h"
#include "relay-timer.h"
#include "world.h"

static void
test_timer_gives_the_earliest_first (void)
{
  g_autoptr (RelayTimer) timer = relay_timer_new ();
  GRand *rand = g_rand_new_with_seed (7);
  gint64 last = 0, at;
  guint32 slot;

  for (guint32 i = 0; i < 1000; i++)
    relay_timer_add (timer, g_rand_int_range (rand, 1, 100000), i);
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (relay_timer_pop (timer, 100000, &at, &slot));
      g_assert_cmpint (at, >=, last);
      last = at;
    }
  g_assert_false (relay_timer_pop (timer, G_MAXINT64 - 1, &at, &slot));
  g_rand_free (rand);
}

static void
test_timer_waits_until_it_is_due (void)
{
  g_autoptr (RelayTimer) timer = relay_timer_new ();
  gint64 at;
  guint32 slot;

  relay_timer_add (timer, 500, 3);
  g_assert_false (relay_timer_pop (timer, 499, &at, &slot));
  g_assert_true (relay_timer_pop (timer, 500, &at, &slot));
  g_assert_cmpuint (slot, ==, 3);
}

static void
test_the_first_event_after_a_pause_does_not_wait (void)
{
  RelayPace pace = { .budget_us = 10000, .began_us = 0 };

  g_assert_cmpint (relay_pace_wait_us (&pace, 1000000), ==, 0);
}

static void
test_the_gap_is_the_budget_less_the_usual_round (void)
{
  RelayPace pace = { .budget_us = 10000 };
  gint64 now = 1000000;

  for (guint i = 0; i < 100; i++, now += 10000)
    {
      relay_pace_began (&pace, now);
      relay_pace_ended (&pace, now + 4000);
    }
  relay_pace_began (&pace, now);
  g_assert_cmpint (relay_pace_wait_us (&pace, now + 1000), >=, 3900);
  g_assert_cmpint (relay_pace_wait_us (&pace, now + 1000), <=, 4100);
  pace.smoothed_us = 20000;
  g_assert_cmpint (relay_pace_wait_us (&pace, now), ==, 0);
}

static RelayPush *
answer (guint64 client)
{
  RelayPush *push = relay_push_new (RELAY_PUSH_ANSWER);

  push->client = client;
  return push;
}

static void
test_a_full_ring_keeps_answers_drops_the_rest_and_says_so (void)
{
  g_autoptr (RelayLink) link = relay_link_new (2);
  static const RelayPushType expected[] = { RELAY_PUSH_PARCEL, RELAY_PUSH_PARCEL, RELAY_PUSH_ANSWER,
                                            RELAY_PUSH_ANSWER, RELAY_PUSH_RESYNC };
  guint n = 0;

  relay_link_push (link, relay_push_new (RELAY_PUSH_PARCEL));
  relay_link_push (link, relay_push_new (RELAY_PUSH_PARCEL));
  relay_link_push (link, relay_push_new (RELAY_PUSH_PARCEL));
  relay_link_push (link, answer (1));
  relay_link_push (link, answer (2));
  relay_link_ask (link, relay_ask_new (RELAY_ASK_LEAVE));
  g_assert_null (relay_link_take_ask (link));
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (RelayPush) push = relay_link_take_push (link);

      relay_link_settle (link);
      if (push)
        g_assert_cmpint (push->type, ==, expected[n++]);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  g_assert_cmpuint (relay_link_n_behind (link), ==, 1);
  {
    g_autoptr (RelayAsk) ask = relay_link_take_ask (link);

    g_assert_nonnull (ask);
  }
}

static void
test_a_thread_is_woken_once_per_sleep (void)
{
  g_autoptr (RelayLink) link = relay_link_new (8);

  g_assert_false (relay_link_want_wake (link));
  relay_link_mark_pending (link, 5);
  g_assert_true (relay_link_should_wake (link));
  relay_link_mark_pending (link, 6);
  g_assert_false (relay_link_should_wake (link));
  g_assert_cmpint (relay_link_take_pending (link), ==, 5);
  g_assert_true (relay_link_want_wake (link));
}

static void
test_devices_beyond_the_limit_are_refused (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;

  limits.fleet.devices_max = 2;
  world = world_new (&limits);
  world_event (world, "{\"device_id\":1,\"temp_c\":1}");
  world_event (world, "{\"device_id\":2,\"temp_c\":1}");
  world_event (world, "{\"device_id\":3,\"temp_c\":1}");
  g_assert_cmpuint (relay_fleet_n (world->fleet), ==, 2);
}

static void
test_the_silent_are_forgotten (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;

  limits.fleet.forget_after_ms = 60000;
  world = world_new (&limits);
  world_event (world, "{\"device_id\":1,\"temp_c\":1}");
  world_pass (world, 59999);
  g_assert_cmpuint (relay_fleet_n (world->fleet), ==, 1);
  world_pass (world, 1);
  g_assert_cmpuint (relay_fleet_n (world->fleet), ==, 0);
}

static void
test_a_copy_changes_nothing (void)
{
  g_autoptr (World) world = world_new (NULL);
  guint64 rev;

  world_event (world, "{\"device_id\":1,\"ts_ms\":1700000000000,\"seq\":1,\"temp_c\":1}");
  rev = relay_fleet_rev (world->fleet);
  world_event (world, "{\"device_id\":1,\"ts_ms\":1700000000000,\"seq\":1,\"temp_c\":1}");
  g_assert_cmpuint (relay_fleet_rev (world->fleet), ==, rev);
}

static void
test_a_block_knows_which_offsets_a_reader_has (void)
{
  const gint64 next[] = { 10, 20 };
  g_autoptr (RelayBlock) block = relay_block_new (1000, 8, next, 2);
  const RelayMark first = { .partition = 0, .offset = 10 },
                  second = { .partition = 1, .offset = 25 };
  gint64 at[3];

  g_assert_true (relay_block_append (block, FW_FRAME_TEXT, "one", 3, &first, 1));
  g_assert_cmpuint (relay_block_extent (block).len, ==, 0);
  g_assert_true (relay_block_append (block, FW_FRAME_TEXT, "two", 3, &second, 1));
  relay_block_commit (block);
  g_assert_cmpuint (relay_block_extent (block).n_frames, ==, 2);
  relay_block_offsets_at (block, 5, at, 3);
  g_assert_cmpint (at[0], ==, 11);
  g_assert_cmpint (at[1], ==, 20);
  g_assert_cmpint (at[2], ==, -1);
  g_assert_false (relay_block_append (block, FW_FRAME_TEXT, (char *) next, 999, &first, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/timer/gives-the-earliest-first", test_timer_gives_the_earliest_first);
  g_test_add_func ("/relay/timer/waits-until-it-is-due", test_timer_waits_until_it_is_due);
  g_test_add_func ("/relay/pace/the-first-event-after-a-pause-does-not-wait",
                   test_the_first_event_after_a_pause_does_not_wait);
  g_test_add_func ("/relay/pace/the-gap-is-the-budget-less-the-usual-round",
                   test_the_gap_is_the_budget_less_the_usual_round);
  g_test_add_func ("/relay/link/a-full-ring-keeps-answers-drops-the-rest-and-says-so",
                   test_a_full_ring_keeps_answers_drops_the_rest_and_says_so);
  g_test_add_func ("/relay/link/a-thread-is-woken-once-per-sleep",
                   test_a_thread_is_woken_once_per_sleep);
  g_test_add_func ("/relay/fleet/devices-beyond-the-limit-are-refused",
                   test_devices_beyond_the_limit_are_refused);
  g_test_add_func ("/relay/fleet/the-silent-are-forgotten", test_the_silent_are_forgotten);
  g_test_add_func ("/relay/fleet/a-copy-changes-nothing", test_a_copy_changes_nothing);
  g_test_add_func ("/relay/block/knows-which-offsets-a-reader-has",
                   test_a_block_knows_which_offsets_a_reader_has);
  return g_test_run ();
}
