/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-network.h"
/* sim-route: the quickest way from one spot on the roads to another (A*, by time at the limit and junctions passed).
 * Threads: a router belongs to one; it keeps its working memory between questions. */
typedef struct { guint edge; double along_m; } SimSpot;
typedef struct { guint edge; double from_m, to_m; } SimHop; /* from_m > to_m: against the edge's direction */
typedef struct SimRouter SimRouter;

SimRouter *sim_router_new (const SimNetwork *net); /* borrows net */
void       sim_router_free (SimRouter *router);
/* Replaces what is in hops (SimHop). The network is in one piece, so there always is a way. */
void       sim_router_find (SimRouter *router, SimSpot from, SimSpot to, GArray *hops);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimRouter, sim_router_free)
