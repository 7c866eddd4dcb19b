/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-drive.h"
#include "sim-town.h"

#define N_TRIPS 60

static SimTown *town;
static const FwPoint austin = { 30.27, -97.743 };

static void
test_every_stop_has_a_name_of_its_own (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < town->stops->len; i++)
    g_assert_true (g_hash_table_add (names, sim_stop (town, i)->name));
  g_assert_cmpuint (town->stops->len, ==, SIM_N_DEPOTS + SIM_N_CUSTOMERS);
}

static void
test_it_is_a_town (void)
{
  double length_m[SIM_N_ROADS] = { 0.0 };
  guint n_crossings = 0, n_dead_ends = 0;
  for (guint e = 0; e < town->net->edges->len; e++)
    length_m[sim_edge (town->net, e)->road] += sim_edge (town->net, e)->length_m;
  for (guint i = 0; i < town->net->nodes->len; i++)
    {
      n_crossings += sim_node (town->net, i)->n_arcs >= 3;
      n_dead_ends += sim_node (town->net, i)->n_arcs == 1;
    }
  g_assert_cmpfloat (length_m[SIM_ROAD_MOTORWAY], >, 30e3);
  g_assert_cmpfloat (length_m[SIM_ROAD_RING], >, 30e3);
  g_assert_cmpfloat (length_m[SIM_ROAD_LOCAL], >, 5.0 * length_m[SIM_ROAD_ARTERIAL]);
  g_assert_cmpuint (n_crossings, >, 3000);
  g_assert_cmpuint (n_dead_ends, <, n_crossings / 4);
}

static void
test_another_seed_is_another_town_and_the_same_the_same (void)
{
  g_autoptr (SimNetwork) same = sim_network_new (austin, 1), other = sim_network_new (austin, 2);
  g_assert_cmpmem (same->vertices->data, same->vertices->len * sizeof (SimXY),
                   town->net->vertices->data, town->net->vertices->len * sizeof (SimXY));
  g_assert_cmpuint (other->vertices->len, !=, same->vertices->len);
}

static double
hop_s (const SimHop *hop)
{
  return fabs (hop->to_m - hop->from_m) * 3.6
         / sim_roads[sim_edge (town->net, hop->edge)->road].limit_kmh;
}

/* Bellman and Ford's way to the same answer: relax every edge until nothing gets better. */
static double
quickest_s (SimSpot from, SimSpot to)
{
  guint n = town->net->nodes->len;
  g_autofree double *cost_s = g_new (double, n);
  for (guint i = 0; i < n; i++)
    cost_s[i] = 1e9;
  const SimEdge *first = sim_edge (town->net, from.edge), *last = sim_edge (town->net, to.edge);
  cost_s[first->from] = from.along_m * 3.6 / sim_roads[first->road].limit_kmh;
  cost_s[first->to] = (first->length_m - from.along_m) * 3.6 / sim_roads[first->road].limit_kmh;
  for (gboolean is_better = TRUE; is_better;)
    {
      is_better = FALSE;
      for (guint e = 0; e < town->net->edges->len; e++)
        {
          const SimEdge *edge = sim_edge (town->net, e);
          double over_s = 3.0 + edge->length_m * 3.6 / sim_roads[edge->road].limit_kmh;
          guint ends[] = { edge->from, edge->to };
          for (guint i = 0; i < 2; i++)
            if (cost_s[ends[i]] + over_s < cost_s[ends[1 - i]] - 1e-9)
              {
                cost_s[ends[1 - i]] = cost_s[ends[i]] + over_s;
                is_better = TRUE;
              }
        }
    }
  double per_m = 3.6 / sim_roads[last->road].limit_kmh;
  return MIN (cost_s[last->from] + to.along_m * per_m,
              cost_s[last->to] + (last->length_m - to.along_m) * per_m);
}

static void
test_routes_are_whole (void)
{
  g_autoptr (SimRouter) router = sim_router_new (town->net);
  g_autoptr (GArray) hops = g_array_new (FALSE, FALSE, sizeof (SimHop));
  for (guint i = 0; i < 10 * N_TRIPS; i++)
    {
      SimSpot from = sim_stop (town, i % town->stops->len)->spot,
              to = sim_stop (town, (i * 7 + 1 + i / 400) % town->stops->len)->spot;
      sim_router_find (router, from, to, hops);
      SimXY at = sim_network_at (town->net, from.edge, from.along_m);
      for (guint k = 0; k < hops->len; k++)
        {
          const SimHop *hop = &g_array_index (hops, SimHop, k);
          g_assert_cmpfloat (
              sim_xy_distance (at, sim_network_at (town->net, hop->edge, hop->from_m)), <, 0.01);
          at = sim_network_at (town->net, hop->edge, hop->to_m);
        }
      g_assert_cmpfloat (sim_xy_distance (at, sim_network_at (town->net, to.edge, to.along_m)), <,
                         0.01);
    }
}

static void
test_routes_are_the_quickest (void)
{
  g_autoptr (SimRouter) router = sim_router_new (town->net);
  g_autoptr (GArray) hops = g_array_new (FALSE, FALSE, sizeof (SimHop));
  for (guint i = 0; i < 3; i++)
    {
      SimSpot from = sim_stop (town, i * 11)->spot, to = sim_stop (town, 420 - i * 17)->spot;
      sim_router_find (router, from, to, hops);
      double found_s = 3.0 * (hops->len - 2);
      for (guint k = 0; k < hops->len; k++)
        found_s += hop_s (&g_array_index (hops, SimHop, k));
      g_assert_cmpfloat_with_epsilon (found_s, quickest_s (from, to), 0.01);
    }
}

/* Every tenth of a second of a drive: what a passenger with a stopwatch and a map would find. */
static void
check_drive (const SimDrive *leg, const SimDriver *driver)
{
  SimDriveCursor cursor = { 0, 0 };
  SimMotion before = sim_drive_at (leg, town->net, 0.0, &cursor);
  g_assert_cmpfloat (before.speed_mps, ==, 0.0);
  for (guint i = 1; i <= leg->duration_s * 10.0 + 10; i++)
    {
      SimMotion now = sim_drive_at (leg, town->net, i * 0.1, &cursor);
      double accel = (now.speed_mps - before.speed_mps) / 0.1,
             by_speed_m = 0.05 * (now.speed_mps + before.speed_mps);
      g_assert_cmpfloat (accel, <=, driver->accel_mps2 + 0.02);
      g_assert_cmpfloat (accel, >=, -driver->brake_mps2 - 0.02);
      g_assert_cmpfloat (now.speed_mps, <=, driver->speed_max_mps + 0.01);
      g_assert_cmpfloat_with_epsilon (now.way_m - before.way_m, by_speed_m, 0.03);
      g_assert_cmpfloat (sim_xy_distance (now.at, before.at), <=, by_speed_m + 0.03);
      g_assert_true (now.heading_deg >= 0.0 && now.heading_deg <= 360.0);
      before = now;
    }
  g_assert_cmpfloat (before.speed_mps, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (before.way_m, leg->length_m, 0.01);
}

static void
test_drives_obey_physics (void)
{
  g_autoptr (SimRouter) router = sim_router_new (town->net);
  g_autoptr (GArray) hops = g_array_new (FALSE, FALSE, sizeof (SimHop));
  SimDriver driver = { 1.1, 1.9, 1.05, 25.0 };
  SimDrive leg;
  sim_drive_init (&leg);
  for (guint i = 0; i < N_TRIPS; i++)
    {
      SimDice dice = sim_dice (7, i);
      sim_router_find (router, sim_stop (town, i)->spot, sim_stop (town, 420 - i)->spot, hops);
      sim_drive_plan (&leg, town->net, hops, &driver, &dice);
      g_assert_cmpfloat (leg.duration_s, >, leg.length_m / driver.speed_max_mps);
      check_drive (&leg, &driver);
    }
  sim_drive_clear (&leg);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  town = sim_town_new (austin, 1);
  g_test_add_func ("/sim/town/every-stop-has-a-name-of-its-own",
                   test_every_stop_has_a_name_of_its_own);
  g_test_add_func ("/sim/town/it-is-a-town", test_it_is_a_town);
  g_test_add_func ("/sim/town/another-seed-is-another-town-and-the-same-the-same",
                   test_another_seed_is_another_town_and_the_same_the_same);
  g_test_add_func ("/sim/route/routes-are-whole", test_routes_are_whole);
  g_test_add_func ("/sim/route/routes-are-the-quickest", test_routes_are_the_quickest);
  g_test_add_func ("/sim/leg/drives-obey-physics", test_drives_obey_physics);
  int status = g_test_run ();
  sim_town_free (town);
  return status;
}
