/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-route.h"
/* sim-town: the roads with what stands beside them: depots and customers.
 * Immutable once made. Threads: any reader. */
#define SIM_N_DEPOTS 4
#define SIM_N_CUSTOMERS 420

typedef struct { char *name; SimSpot spot; SimXY at; } SimStop;
typedef struct
{
  SimNetwork *net;
  GArray     *stops; /* SimStop: SIM_N_DEPOTS depots, then the customers */
} SimTown;

SimTown *sim_town_new (FwPoint centre, guint64 seed);
void     sim_town_free (SimTown *town);
static inline const SimStop *sim_stop (const SimTown *town, guint i) { return &g_array_index (town->stops, SimStop, i); }

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimTown, sim_town_free)
