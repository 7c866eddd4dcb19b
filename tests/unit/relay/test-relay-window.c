/* SPDX-License-Identifier: Apache-2.0 */
/* A window is the first rows in an order, how many match, and totals over all of them. */
#include <string.h>

#include "world.h"

static View *
ask_window (World *world, Peer *peer, const char *members)
{
  peer_ask (peer, "subscribe", 0, members);
  world_settle (world);
  return peer_the_view (peer, NULL);
}

static void
add_devices (World *world, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"device_id\":\"d%03u\",\"temp_c\":%u%s}", i,
                                               i * 37 % 101, i % 4 == 0 ? ",\"speed_kmh\":50" : "");

      world_event (world, json);
    }
}

static const char *
id_at (const View *view, guint i)
{
  return json_tree_text (json_tree_at (json_tree_get (view->window, "rows"), i), "device_id");
}

static double
temp_at (const View *view, guint i)
{
  return g_ascii_strtod (
      json_tree_text (json_tree_at (json_tree_get (view->window, "rows"), i), "temp_c"), NULL);
}

static void
test_rows_are_the_first_in_order (void)
{
  g_autoptr (World) world = world_new (NULL);
  View *view;

  add_devices (world, 100);
  view = ask_window (world, world_peer (world, FALSE), "\"first\":10,\"order\":\"-temp_c\",");
  g_assert_cmpuint (json_tree_n (json_tree_get (view->window, "rows")), ==, 10);
  g_assert_cmpuint (json_tree_count (view->window, "n_match"), ==, 100);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpfloat (temp_at (view, i), >=, temp_at (view, i + 1));
  g_assert_cmpfloat (temp_at (view, 0), ==, 100);
}

static void
test_absent_comes_last_in_either_direction (void)
{
  static const char *const orders[]
      = { "\"first\":3,\"order\":\"temp_c\",", "\"first\":3,\"order\":\"-temp_c\"," };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (World) world = world_new (NULL);
      View *view;

      world_event (world, "{\"device_id\":\"none\"}");
      world_event (world, "{\"device_id\":\"cold\",\"temp_c\":1}");
      world_event (world, "{\"device_id\":\"warm\",\"temp_c\":2}");
      view = ask_window (world, world_peer (world, FALSE), orders[i]);
      g_assert_cmpstr (id_at (view, 0), ==, i == 0 ? "cold" : "warm");
      g_assert_cmpstr (id_at (view, 2), ==, "none");
    }
}

static void
test_totals_are_over_all_that_match (void)
{
  g_autoptr (World) world = world_new (NULL);
  const JsonTree *totals, *temp;
  View *view;

  add_devices (world, 100);
  world_event (world, "{\"device_id\":\"hot\",\"temp_c\":1000}");
  view = ask_window (
      world, world_peer (world, FALSE),
      "\"first\":1,\"where\":\"temp_c <= 100\",\"totals\":[\"status\",\"severity\",\"temp_c\"],");
  totals = json_tree_get (view->window, "totals");
  temp = json_tree_get (totals, "temp_c");
  g_assert_cmpuint (json_tree_count (temp, "n"), ==, 100);
  g_assert_cmpuint (json_tree_count (temp, "max"), ==, 100);
  g_assert_cmpuint (json_tree_count (temp, "min"), ==, 0);
  g_assert_nonnull (json_tree_text (temp, "mean"));
  g_assert_nonnull (json_tree_get (json_tree_get (totals, "severity"), "critical"));
  g_assert_nonnull (json_tree_get (json_tree_get (totals, "status"), "offline"));
}

static void
test_it_follows_the_fleet (void)
{
  g_autoptr (World) world = world_new (NULL);
  View *view;

  add_devices (world, 20);
  view = ask_window (world, world_peer (world, FALSE), "\"first\":2,\"order\":\"-temp_c\",");
  world_event (world, "{\"device_id\":\"hot\",\"temp_c\":500}");
  world_settle (world);
  g_assert_cmpstr (id_at (view, 0), ==, "hot");
}

static void
test_it_is_not_said_again_unchanged (void)
{
  g_autoptr (World) world = world_new (NULL);
  View *view;
  guint before;

  add_devices (world, 20);
  view = ask_window (world, world_peer (world, FALSE),
                     "\"first\":2,\"where\":\"temp_c > 50\",\"order\":\"-temp_c\",");
  before = view->n_windows;
  for (guint i = 0; i < 10; i++)
    {
      world_event (world, "{\"device_id\":\"other\",\"temp_c\":3}");
      world_pass (world, 600);
    }
  g_assert_cmpuint (view->n_windows, ==, before);
}

static void
test_it_comes_at_most_every_250_ms (void)
{
  g_autoptr (World) world = world_new (NULL);
  View *view;
  guint before;

  add_devices (world, 20);
  view = ask_window (world, world_peer (world, FALSE),
                     "\"first\":2,\"interval_ms\":100,\"order\":\"-last_seen_ms\",");
  before = view->n_windows;
  for (guint i = 0; i < 100; i++)
    {
      world_advance (world, 10);
      world_event (world, "{\"device_id\":\"other\",\"temp_c\":3}");
      world_turn (world);
    }
  g_assert_cmpuint (view->n_windows - before, >=, 3);
  g_assert_cmpuint (view->n_windows - before, <=, 5);
}

static void
test_a_slow_reader_gets_the_newest_only (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);
  View *view;
  guint before;

  add_devices (world, 20);
  view = ask_window (world, peer, "\"first\":1,\"order\":\"-temp_c\",");
  before = view->n_windows;
  peer->budget = 0;
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"device_id\":\"hot\",\"temp_c\":%u}", 500 + i);

      world_event (world, json);
      world_pass (world, 600);
    }
  world_settle (world);
  g_assert_cmpuint (view->n_windows - before, <=, 2);
  g_assert_cmpfloat (temp_at (view, 0), ==, 519);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/window/rows-are-the-first-in-order", test_rows_are_the_first_in_order);
  g_test_add_func ("/relay/window/absent-comes-last-in-either-direction",
                   test_absent_comes_last_in_either_direction);
  g_test_add_func ("/relay/window/totals-are-over-all-that-match",
                   test_totals_are_over_all_that_match);
  g_test_add_func ("/relay/window/it-follows-the-fleet", test_it_follows_the_fleet);
  g_test_add_func ("/relay/window/it-is-not-said-again-unchanged",
                   test_it_is_not_said_again_unchanged);
  g_test_add_func ("/relay/window/it-comes-at-most-every-250-ms",
                   test_it_comes_at_most_every_250_ms);
  g_test_add_func ("/relay/window/a-slow-reader-gets-the-newest-only",
                   test_a_slow_reader_gets_the_newest_only);
  return g_test_run ();
}
