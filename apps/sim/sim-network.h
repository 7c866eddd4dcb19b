/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-streets.h"
/* sim-network: roads one can drive: junctions joined by edges, all of it in one piece.
 * Made of streets by cutting them where they cross; loose ends are mostly taken away.
 * Immutable once made. Threads: any reader. */
typedef struct
{
  SimXY   at;
  guint   first_arc, n_arcs;
  SimRoad finest; /* the most important road that meets here */
} SimNode;
typedef struct { guint edge, to; } SimArc; /* out of a node */
typedef struct
{
  guint   from, to;                /* nodes */
  guint   first_vertex, n_vertices; /* both ends included: n_vertices >= 2 */
  double  length_m;
  SimRoad road;
} SimEdge;
typedef struct
{
  SimPlace place;
  GArray  *nodes, *edges, *arcs; /* SimNode, SimEdge, SimArc */
  GArray  *vertices;             /* SimXY, in order from -> to */
  GArray  *along_m;              /* double: of each vertex from its edge's beginning */
} SimNetwork;

SimNetwork *sim_network_new (FwPoint centre, guint64 seed);
void        sim_network_free (SimNetwork *net);
/* Where one is `along_m` metres from the edge's beginning. */
SimXY       sim_network_at (const SimNetwork *net, guint edge, double along_m);
/* One GeoJSON FeatureCollection, one feature (LineString with road, limit_kmh) a line. */
gboolean    sim_network_write (const SimNetwork *net, const char *path, GError **error);

static inline const SimNode *sim_node (const SimNetwork *net, guint i) { return &g_array_index (net->nodes, SimNode, i); }
static inline const SimEdge *sim_edge (const SimNetwork *net, guint i) { return &g_array_index (net->edges, SimEdge, i); }
static inline const SimArc *sim_arc (const SimNetwork *net, guint i) { return &g_array_index (net->arcs, SimArc, i); }
static inline SimXY sim_vertex (const SimNetwork *net, guint i) { return g_array_index (net->vertices, SimXY, i); }
static inline double sim_along_m (const SimNetwork *net, guint i) { return g_array_index (net->along_m, double, i); }

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNetwork, sim_network_free)
