/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-plan.h"
/* sim-streets: lines drawn along a plan: motorways and a ring by hand, then arterials, collectors and local streets, each
 * level filling what the one above left, evenly spaced (Jobard and Lefer, "Creating Evenly-Spaced Streamlines", 1997).
 * Only motorways, the ring and some arterials cross the river; smaller streets stop before a motorway.
 * Does not: know crossings (sim-network does). Pure. Threads: one owner. */
typedef enum
{
  SIM_ROAD_MOTORWAY, SIM_ROAD_RING, SIM_ROAD_ARTERIAL, SIM_ROAD_COLLECTOR, SIM_ROAD_LOCAL, SIM_N_ROADS,
} SimRoad;
typedef struct { const char *name; double limit_kmh; } SimRoadRow;
extern const SimRoadRow sim_roads[SIM_N_ROADS];

typedef struct { SimRoad road; guint first, n; } SimStreet; /* points first .. first + n - 1 */
typedef struct
{
  GArray *points;  /* SimXY */
  GArray *streets; /* SimStreet */
} SimStreets;

SimStreets *sim_streets_new (const SimPlan *plan, guint64 seed);
void        sim_streets_free (SimStreets *streets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimStreets, sim_streets_free)
