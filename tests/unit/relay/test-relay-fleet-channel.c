/* SPDX-License-Identifier: Apache-2.0 */
/* The promise of the fleet channel: whoever applies snapshot, patches and `left` holds exactly what
 * matches, however slow it reads and whatever it asks in between. */
#include <string.h>
#include "world.h"

static const char *const questions[] = {
  "",
  "\"where\":\"temp_c > 8\",",
  "\"where\":\"speed_kmh > 50 and not fleet = north\",",
  "\"where\":\"status = offline\",",
  "\"where\":\"age > 45s\",",
  "\"bbox\":[-98,30,-97,31],",
  "\"bbox\":[-97.5,30.2,-97,31],\"where\":\"has temp_c\",",
  "\"fields\":[\"temp_c\",\"driver\"],",
  "\"fields\":[\"status\"],",
  "\"where\":\"stale\",\"interval_ms\":100,",
  "\"where\":\"severity = critical\",",
};

static void
random_event (World *world, GRand *rand, guint n_devices)
{
  g_autoptr (GString) json = g_string_new (NULL);
  guint id = (guint) g_rand_int_range (rand, 0, (gint32) n_devices);

  g_string_printf (json, "{\"device_id\":%u,\"fleet\":\"%s\"", id, id % 3 == 0 ? "north" : "south");
  if (g_rand_boolean (rand))
    g_string_append_printf (json, ",\"temp_c\":%d", g_rand_int_range (rand, -5, 20));
  else if (g_rand_int_range (rand, 0, 8) == 0)
    g_string_append (json, ",\"temp_c\":null");
  if (g_rand_boolean (rand))
    g_string_append_printf (json, ",\"speed_kmh\":%d,\"ignition\":%s",
                            g_rand_int_range (rand, 0, 100),
                            g_rand_boolean (rand) ? "true" : "false");
  if (g_rand_boolean (rand))
    g_string_append_printf (json, ",\"lat\":30.%d,\"lon\":-97.%d", g_rand_int_range (rand, 0, 9),
                            g_rand_int_range (rand, 0, 9));
  if (g_rand_int_range (rand, 0, 5) == 0)
    g_string_append_printf (json, ",\"driver\":\"d%d\"", g_rand_int_range (rand, 0, 4));
  if (g_rand_int_range (rand, 0, 10) == 0)
    g_string_append (json, ",\"driver\":null,\"lat\":null,\"lon\":null");
  g_string_append_c (json, '}');
  world_event (world, json->str);
}

static const char *
random_question (GRand *rand)
{
  return questions[g_rand_int_range (rand, 0, G_N_ELEMENTS (questions))];
}

static void
random_request (Peer *peer, GRand *rand)
{
  GHashTableIter iter;
  gpointer ch, view;

  g_hash_table_iter_init (&iter, peer->views);
  if (!g_hash_table_iter_next (&iter, &ch, &view) || g_rand_int_range (rand, 0, 3) == 0)
    peer_ask (peer, "subscribe", 0, random_question (rand));
  else if (g_rand_boolean (rand) && g_hash_table_size (peer->asked) == 0)
    peer_ask (peer, "update", *(guint64 *) ch, random_question (rand));
}

static void
random_step (World *world, Peer *peer, GRand *rand)
{
  for (gint n = g_rand_int_range (rand, 0, 6); n > 0; n--)
    random_event (world, rand, 40);
  if (g_rand_int_range (rand, 0, 12) == 0)
    random_request (peer, rand);
  if (g_rand_int_range (rand, 0, 6) == 0)
    peer->budget = g_rand_boolean (rand) ? G_MAXSIZE : (gsize) g_rand_int_range (rand, 0, 2000);
  if (g_rand_int_range (rand, 0, 40) == 0)
    world_advance (world, g_rand_int_range (rand, 0, 60000));
  world_advance (world, g_rand_int_range (rand, 0, 400));
}

static void
assert_converged (const World *world, const Peer *peer)
{
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, peer->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    view_assert_converged (world, view);
}

static const WorldTrial trial = { .n_steps = 400, .step = random_step, .check = assert_converged };

static void
test_slow_clients_converge (void)
{
  world_try (&trial, NULL, 1, 10);
}

static void
test_converges_with_tiny_limits (void)
{
  WorldLimits limits = world_limits ();

  limits.ring_slots = 2;
  limits.groups.leaves_max = 2;
  limits.fanout.patch_backlog = 1;
  world_try (&trial, &limits, 1001, 6);
}

static void
test_converges_when_devices_are_forgotten (void)
{
  WorldLimits limits = world_limits ();

  limits.fleet.forget_after_ms = 50000;
  world_try (&trial, &limits, 2001, 6);
}

static void
let_temperature (World *world, guint id, guint temp_c)
{
  g_autofree char *json = g_strdup_printf ("{\"device_id\":%u,\"temp_c\":%u}", id, temp_c);

  world_event (world, json);
}

static void
test_equal_questions_share_a_number (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *a = world_peer (world, FALSE), *b = world_peer (world, FALSE);
  guint64 ch_a, ch_b;

  peer_ask (a, "subscribe", 0, "\"where\":\"temp_c>8\",");
  peer_ask (b, "subscribe", 0, "\"where\":\"  temp_c  >  8\",");
  world_settle (world);
  peer_the_view (a, &ch_a);
  peer_the_view (b, &ch_b);
  g_assert_cmpuint (ch_a, ==, ch_b);
  g_assert_cmpuint (relay_groups_n (world->groups), ==, 1);
  world_remove_peer (world, a);
  world_remove_peer (world, b);
  world_turn (world);
  world_turn (world);
  g_assert_cmpuint (relay_groups_n (world->groups), ==, 0);
}

static void
test_an_equal_one_of_the_same_client_is_refused (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  peer_ask (peer, "subscribe", 0, "");
  world_settle (world);
  peer_ask (peer, "subscribe", 0, "");
  world_settle (world);
  g_assert_nonnull (strstr (peer_heard (peer, "error"), "\"already_subscribed\""));
  peer_ask (peer, "subscribe", 0, "\"where\":\"temp_c > 1\",");
  world_settle (world);
  g_assert_cmpuint (relay_groups_n (world->groups), ==, 2);
}

static void
test_left_says_why (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *peer;

  limits.fleet.forget_after_ms = 100000;
  world = world_new (&limits);
  peer = world_peer (world, FALSE);
  world_event (world, "{\"device_id\":\"a\",\"temp_c\":9,\"lat\":30.5,\"lon\":-97.5}");
  world_event (world, "{\"device_id\":\"b\",\"temp_c\":9,\"lat\":30.5,\"lon\":-97.5}");
  world_event (world, "{\"device_id\":\"c\",\"temp_c\":9,\"lat\":30.5,\"lon\":-97.5}");
  peer_ask (peer, "subscribe", 0, "\"where\":\"temp_c > 8\",\"bbox\":[-98,30,-97,31],");
  world_settle (world);
  world_event (world, "{\"device_id\":\"a\",\"temp_c\":1}");
  world_event (world, "{\"device_id\":\"b\",\"lat\":50,\"lon\":-97.5}");
  world_settle (world);
  g_assert_nonnull (strstr (peer_heard (peer, "patch"), "[\"default\",\"a\",\"unmatched\"]"));
  g_assert_nonnull (strstr (peer_heard (peer, "patch"), "[\"default\",\"b\",\"out_of_view\"]"));
  world_advance (world, 200000);
  world_settle (world);
  g_assert_nonnull (strstr (peer_heard (peer, "patch"), "[\"default\",\"c\",\"expired\"]"));
  relay_fleet_clear (world->fleet, RELAY_LEFT_DELETED);
  world_settle (world);
  view_assert_converged (world, peer_the_view (peer, NULL));
}

static void
test_the_clock_alone_moves_devices (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  world_event (world, "{\"device_id\":1,\"speed_kmh\":50}");
  peer_ask (peer, "subscribe", 0, "\"where\":\"age > 45s\",");
  world_turn (world);
  world_turn (world);
  g_assert_cmpuint (g_hash_table_size (peer_the_view (peer, NULL)->rows), ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      world_pass (world, 500);
    }
  g_assert_cmpuint (g_hash_table_size (peer_the_view (peer, NULL)->rows), ==, 1);
  world_event (world, "{\"device_id\":1,\"speed_kmh\":51}");
  world_settle (world);
  g_assert_cmpuint (g_hash_table_size (peer_the_view (peer, NULL)->rows), ==, 0);
}

static void
test_a_patch_row_says_only_what_changed (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  world_event (world, "{\"device_id\":1,\"temp_c\":4,\"fuel_pct\":50}");
  peer_ask (peer, "subscribe", 0, "");
  world_settle (world);
  world_advance (world, 1000);
  world_event (world, "{\"device_id\":1,\"temp_c\":5,\"fuel_pct\":50}");
  world_settle (world);
  g_assert_nonnull (strstr (peer_heard (peer, "patch"), "\"temp_c\":5"));
  g_assert_null (strstr (peer_heard (peer, "patch"), "fuel_pct"));
}

static void
test_nothing_is_said_when_nothing_matches (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  peer_ask (peer, "subscribe", 0, "\"where\":\"temp_c > 100\",");
  world_settle (world);
  for (guint i = 0; i < 20; i++)
    {
      world_event (world, "{\"device_id\":1,\"temp_c\":4}");
      world_pass (world, 600);
    }
  g_assert_cmpuint (peer_n_heard (peer, "patch"), ==, 0);
}

static void
test_a_client_behind_gets_one_joined_patch_and_is_told (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);
  guint before;

  peer_ask (peer, "subscribe", 0, "");
  world_settle (world);
  before = peer_n_heard (peer, "patch");
  peer->budget = 0;
  for (guint i = 0; i < 60; i++)
    {
      let_temperature (world, i % 5, i);
      world_pass (world, 500);
    }
  world_settle (world);
  g_assert_cmpuint (peer_n_heard (peer, "patch") - before, <=, 3);
  g_assert_nonnull (strstr (peer->said->pdata[peer->said->len - 1], "\"op\":"));
  g_assert_nonnull (peer_heard (peer, "lane"));
  g_assert_cmpuint (relay_fanout_counts (world->fanout).n_catch_ups, ==, 1);
  view_assert_converged (world, peer_the_view (peer, NULL));
}

/* A world that remembers two devices that left, with four of them; its peer holds all four. */
static World *
world_of_two_leaves (Peer **ret_peer)
{
  WorldLimits limits = world_limits ();
  World *world;

  limits.groups.leaves_max = 2;
  limits.fanout.patch_backlog = 1;
  world = world_new (&limits);
  *ret_peer = world_peer (world, FALSE);
  for (guint i = 0; i < 4; i++)
    let_temperature (world, i, 9);
  peer_ask (*ret_peer, "subscribe", 0, "\"where\":\"temp_c > 8\",");
  world_settle (world);
  g_assert_cmpuint (g_hash_table_size (peer_the_view (*ret_peer, NULL)->rows), ==, 4);
  return world;
}

static void
assert_resets (const World *world, const Peer *peer, guint n)
{
  g_assert_cmpuint (peer_n_heard (peer, "reset"), ==, n);
  g_assert_cmpuint (relay_groups_counts (world->groups).n_resets, ==, n);
  if (n > 0)
    g_assert_nonnull (strstr (peer_heard (peer, "reset"), "too_far_behind"));
}

/* The first one is on its way already when the others leave. */
static void
test_who_missed_more_leaves_than_are_remembered_begins_anew (void)
{
  for (guint n_leave = 3; n_leave <= 4; n_leave++)
    {
      Peer *peer;
      g_autoptr (World) world = world_of_two_leaves (&peer);

      peer->budget = 0;
      for (guint i = 0; i < n_leave; i++)
        {
          let_temperature (world, i, 1);
          world_pass (world, 600);
        }
      world_settle (world);
      assert_resets (world, peer, n_leave > 3 ? 1 : 0);
      view_assert_converged (world, peer_the_view (peer, NULL));
    }
}

static void
test_a_group_that_many_leave_at_once_begins_anew (void)
{
  Peer *peer;
  g_autoptr (World) world = world_of_two_leaves (&peer);

  for (guint i = 0; i < 3; i++)
    let_temperature (world, i, 1);
  world_settle (world);
  assert_resets (world, peer, 1);
  view_assert_converged (world, peer_the_view (peer, NULL));
}

static void
test_a_window_that_is_updated_is_no_reset (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);
  guint64 ch;

  let_temperature (world, 1, 9);
  peer_ask (peer, "subscribe", 0, "\"first\":3,");
  world_settle (world);
  peer_the_view (peer, &ch);
  peer_ask (peer, "update", ch, "\"first\":4,");
  world_settle (world);
  peer_the_view (peer, &ch);
  peer_ask (peer, "update", ch, "");
  world_settle (world);
  assert_resets (world, peer, 0);
  view_assert_converged (world, peer_the_view (peer, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/fleet-channel/slow-clients-converge", test_slow_clients_converge);
  g_test_add_func ("/relay/fleet-channel/converges-with-tiny-limits",
                   test_converges_with_tiny_limits);
  g_test_add_func ("/relay/fleet-channel/converges-when-devices-are-forgotten",
                   test_converges_when_devices_are_forgotten);
  g_test_add_func ("/relay/fleet-channel/equal-questions-share-a-number",
                   test_equal_questions_share_a_number);
  g_test_add_func ("/relay/fleet-channel/an-equal-one-of-the-same-client-is-refused",
                   test_an_equal_one_of_the_same_client_is_refused);
  g_test_add_func ("/relay/fleet-channel/left-says-why", test_left_says_why);
  g_test_add_func ("/relay/fleet-channel/the-clock-alone-moves-devices",
                   test_the_clock_alone_moves_devices);
  g_test_add_func ("/relay/fleet-channel/a-patch-row-says-only-what-changed",
                   test_a_patch_row_says_only_what_changed);
  g_test_add_func ("/relay/fleet-channel/nothing-is-said-when-nothing-matches",
                   test_nothing_is_said_when_nothing_matches);
  g_test_add_func ("/relay/fleet-channel/a-client-behind-gets-one-joined-patch-and-is-told",
                   test_a_client_behind_gets_one_joined_patch_and_is_told);
  g_test_add_func ("/relay/fleet-channel/who-missed-more-leaves-than-are-remembered-begins-anew",
                   test_who_missed_more_leaves_than_are_remembered_begins_anew);
  g_test_add_func ("/relay/fleet-channel/a-group-that-many-leave-at-once-begins-anew",
                   test_a_group_that_many_leave_at_once_begins_anew);
  g_test_add_func ("/relay/fleet-channel/a-window-that-is-updated-is-no-reset",
                   test_a_window_that_is_updated_is_no_reset);
  return g_test_run ();
}
