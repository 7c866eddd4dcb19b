/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-town.h"

#include "sim-names.h"

#define EDGE_MIN_M 60.0 /* no stop on anything shorter */
#define DEPOT_NEAREST_M 3500.0
#define DEPOT_FARTHEST_M 8000.0
#define DEPOT_APART_M 4000.0

static void
stop_clear (gpointer stop)
{
  g_free (((SimStop *) stop)->name);
}

/* A spot on a street where one may stand. */
static SimSpot
throw_spot (const SimNetwork *net, SimDice *dice)
{
  for (;;)
    {
      guint e = sim_dice_below (dice, net->edges->len);
      const SimEdge *edge = sim_edge (net, e);
      if (edge->road > SIM_ROAD_RING && edge->length_m >= EDGE_MIN_M)
        return (SimSpot){ e, edge->length_m * sim_dice_between (dice, 0.3, 0.7) };
    }
}

static void
add_stop (SimTown *town, char *name, SimSpot spot)
{
  SimStop stop = { name, spot, sim_network_at (town->net, spot.edge, spot.along_m) };
  g_array_append_val (town->stops, stop);
}

static gboolean
suits_depot (const SimTown *town, SimSpot spot)
{
  SimXY at = sim_network_at (town->net, spot.edge, spot.along_m);
  double out_m = sim_xy_distance (at, (SimXY){ 0.0, 0.0 });
  if (sim_edge (town->net, spot.edge)->road > SIM_ROAD_COLLECTOR || out_m < DEPOT_NEAREST_M
      || out_m > DEPOT_FARTHEST_M)
    return FALSE;
  for (guint i = 0; i < town->stops->len; i++)
    if (sim_xy_distance (sim_stop (town, i)->at, at) < DEPOT_APART_M)
      return FALSE;
  return TRUE;
}

SimTown *
sim_town_new (FwPoint centre, guint64 seed)
{
  SimTown *town = g_new0 (SimTown, 1);
  town->net = sim_network_new (centre, seed);
  town->stops = g_array_new (FALSE, FALSE, sizeof (SimStop));
  g_array_set_clear_func (town->stops, stop_clear);
  SimDice dice = sim_dice (seed, SIM_STREAM_STOPS);
  while (town->stops->len < SIM_N_DEPOTS)
    {
      SimSpot spot = throw_spot (town->net, &dice);
      if (suits_depot (town, spot))
        add_stop (town, g_strdup_printf ("Depot %u", town->stops->len + 1), spot);
    }
  for (guint i = 0; i < SIM_N_CUSTOMERS; i++)
    add_stop (town, sim_stop_name (seed, i), throw_spot (town->net, &dice));
  return town;
}

void
sim_town_free (SimTown *town)
{
  if (town == NULL)
    return;
  sim_network_free (town->net);
  g_array_unref (town->stops);
  g_free (town);
}
