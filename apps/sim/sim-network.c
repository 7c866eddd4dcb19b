/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-network.h"

#include "sim-cuts.h"
#include "sim-dice.h"

#define CUL_DE_SAC_SHARE 0.3
#define CUL_DE_SAC_MAX_M 150.0
#define ROUGH_M 1.2 /* what a simplified line may be off */

/* Loose ends shorter than this are taken away. */
static const double stub_max_m[SIM_N_ROADS] = { 0.0, 0.0, 900.0, 2000.0, 2000.0 };

static double
distance_to_chord (SimXY p, SimXY a, SimXY b)
{
  double length = sim_xy_distance (a, b);
  if (length == 0.0)
    return sim_xy_distance (p, a);
  return ABS ((b.x_m - a.x_m) * (p.y_m - a.y_m) - (b.y_m - a.y_m) * (p.x_m - a.x_m)) / length;
}

/* Douglas and Peucker's: appends what is needed of points first + 1 .. last. */
static void
append_simplified (GArray *into, const SimXY *points, guint first, guint last)
{
  guint farthest = 0;
  double most_m = ROUGH_M;
  for (guint i = first + 1; i < last; i++)
    {
      double off_m = distance_to_chord (points[i], points[first], points[last]);
      if (off_m > most_m)
        {
          most_m = off_m;
          farthest = i;
        }
    }
  if (farthest == 0)
    {
      g_array_append_val (into, points[last]);
      return;
    }
  append_simplified (into, points, first, farthest);
  append_simplified (into, points, farthest, last);
}

static void
add_edge (SimNetwork *net, SimRoad road, guint from, guint to, const GArray *line)
{
  SimEdge edge = { from, to, net->vertices->len, 0, 0.0, road };
  g_array_append_val (net->vertices, g_array_index (line, SimXY, 0));
  append_simplified (net->vertices, (const SimXY *) (gpointer) line->data, 0, line->len - 1);
  edge.n_vertices = net->vertices->len - edge.first_vertex;
  for (guint i = 0; i < edge.n_vertices; i++)
    {
      if (i > 0)
        edge.length_m += sim_xy_distance (sim_vertex (net, edge.first_vertex + i - 1),
                                          sim_vertex (net, edge.first_vertex + i));
      g_array_append_val (net->along_m, edge.length_m);
    }
  g_array_append_val (net->edges, edge);
}

/* The piece of a street from one cut to the next becomes an edge. */
static void
add_piece (SimNetwork *net, const SimStreets *streets, const SimCuts *cuts, const SimCut *a,
           const SimCut *b, GArray *line)
{
  if (a->node == b->node)
    return;
  const SimStreet *street = &g_array_index (streets->streets, SimStreet, a->street);
  g_array_set_size (line, 0);
  g_array_append_val (line, g_array_index (cuts->nodes, SimXY, a->node));
  for (guint i = (guint) a->at + 1; i < b->at; i++)
    {
      SimXY at = g_array_index (streets->points, SimXY, street->first + i);
      gboolean is_apart
          = sim_xy_distance (at, g_array_index (cuts->nodes, SimXY, a->node)) > SIM_CUT_SNAP_M
            && sim_xy_distance (at, g_array_index (cuts->nodes, SimXY, b->node)) > SIM_CUT_SNAP_M;
      if (is_apart)
        g_array_append_val (line, at);
    }
  g_array_append_val (line, g_array_index (cuts->nodes, SimXY, b->node));
  add_edge (net, street->road, a->node, b->node, line);
}

static void
add_all_pieces (SimNetwork *net, const SimStreets *streets)
{
  SimCuts cuts;
  sim_cuts_init (&cuts, streets);
  for (guint i = 0; i < cuts.nodes->len; i++)
    {
      SimNode node = { g_array_index (cuts.nodes, SimXY, i), 0, 0, SIM_ROAD_LOCAL };
      g_array_append_val (net->nodes, node);
    }
  g_autoptr (GArray) line = g_array_new (FALSE, FALSE, sizeof (SimXY));
  for (guint i = 0; i + 1 < cuts.cuts->len; i++)
    {
      const SimCut *a = &g_array_index (cuts.cuts, SimCut, i), *b = a + 1;
      if (a->street == b->street)
        add_piece (net, streets, &cuts, a, b, line);
    }
  sim_cuts_clear (&cuts);
}

/* Fills each node's arcs from the edges that are kept (keep NULL = all). */
static void
join_arcs (SimNetwork *net, const gboolean *keep)
{
  SimNode *nodes = (SimNode *) (gpointer) net->nodes->data;
  for (guint i = 0; i < net->nodes->len; i++)
    nodes[i].n_arcs = 0;
  for (guint e = 0; e < net->edges->len; e++)
    if (keep == NULL || keep[e])
      {
        nodes[sim_edge (net, e)->from].n_arcs++;
        nodes[sim_edge (net, e)->to].n_arcs++;
      }
  guint n = 0;
  for (guint i = 0; i < net->nodes->len; i++)
    {
      nodes[i].first_arc = n;
      n += nodes[i].n_arcs;
      nodes[i].n_arcs = 0;
    }
  g_array_set_size (net->arcs, n);
  SimArc *arcs = (SimArc *) (gpointer) net->arcs->data;
  for (guint e = 0; e < net->edges->len; e++)
    if (keep == NULL || keep[e])
      {
        SimNode *from = &nodes[sim_edge (net, e)->from], *to = &nodes[sim_edge (net, e)->to];
        arcs[from->first_arc + from->n_arcs++] = (SimArc){ e, sim_edge (net, e)->to };
        arcs[to->first_arc + to->n_arcs++] = (SimArc){ e, sim_edge (net, e)->from };
      }
}

static gboolean
is_stub (const SimNetwork *net, const guint *degree, guint e, SimDice *dice)
{
  const SimEdge *edge = sim_edge (net, e);
  if (degree[edge->from] > 1 && degree[edge->to] > 1)
    return FALSE;
  if (edge->road == SIM_ROAD_LOCAL && edge->length_m < CUL_DE_SAC_MAX_M
      && sim_dice_chance (dice, CUL_DE_SAC_SHARE))
    return FALSE;
  return edge->length_m < stub_max_m[edge->road];
}

/* Taking one dead end away may make another; three rounds leave what looks meant. */
static void
prune_dead_ends (const SimNetwork *net, gboolean *keep, guint64 seed)
{
  SimDice dice = sim_dice (seed, SIM_STREAM_PRUNE);
  g_autofree guint *degree = g_new0 (guint, net->nodes->len);
  for (guint e = 0; e < net->edges->len; e++)
    {
      degree[sim_edge (net, e)->from]++;
      degree[sim_edge (net, e)->to]++;
    }
  for (guint round = 0; round < 3; round++)
    for (guint e = 0; e < net->edges->len; e++)
      if (keep[e] && is_stub (net, degree, e, &dice))
        {
          keep[e] = FALSE;
          degree[sim_edge (net, e)->from]--;
          degree[sim_edge (net, e)->to]--;
        }
}

/* Marks all that hangs together with `start`; returns how many nodes. */
static guint
mark_piece (const SimNetwork *net, guint start, guint mark, guint *marks)
{
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (guint));
  guint n = 1;
  marks[start] = mark;
  g_array_append_val (open, start);
  while (open->len > 0)
    {
      const SimNode *node = sim_node (net, g_array_index (open, guint, open->len - 1));
      g_array_set_size (open, open->len - 1);
      for (guint i = 0; i < node->n_arcs; i++)
        {
          guint to = sim_arc (net, node->first_arc + i)->to;
          if (marks[to] != 0)
            continue;
          marks[to] = mark;
          n++;
          g_array_append_val (open, to);
        }
    }
  return n;
}

static void
keep_largest_piece (const SimNetwork *net, gboolean *keep)
{
  g_autofree guint *marks = g_new0 (guint, net->nodes->len);
  guint largest = 0, n_most = 0;
  for (guint i = 0, mark = 1; i < net->nodes->len; i++)
    if (marks[i] == 0)
      {
        guint n = mark_piece (net, i, mark, marks);
        if (n > n_most)
          {
            n_most = n;
            largest = mark;
          }
        mark++;
      }
  for (guint e = 0; e < net->edges->len; e++)
    if (marks[sim_edge (net, e)->from] != largest)
      keep[e] = FALSE;
}

/* Moves what is kept into net, without the nodes, edges and vertices that nothing uses any more. */
static void
pack (SimNetwork *net, SimNetwork *loose, const gboolean *keep)
{
  g_autofree guint *renamed = g_new0 (guint, loose->nodes->len); /* new number + 1 */
  for (guint e = 0; e < loose->edges->len; e++)
    {
      if (!keep[e])
        continue;
      SimEdge edge = *sim_edge (loose, e);
      guint *ends[] = { &edge.from, &edge.to };
      for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
        {
          guint old = *ends[i];
          if (renamed[old] == 0)
            {
              g_array_append_val (net->nodes, g_array_index (loose->nodes, SimNode, old));
              renamed[old] = net->nodes->len;
            }
          *ends[i] = renamed[old] - 1;
          SimNode *node = &g_array_index (net->nodes, SimNode, *ends[i]);
          node->finest = MIN (node->finest, edge.road);
        }
      guint first = edge.first_vertex;
      edge.first_vertex = net->vertices->len;
      g_array_append_vals (net->vertices, &g_array_index (loose->vertices, SimXY, first),
                           edge.n_vertices);
      g_array_append_vals (net->along_m, &g_array_index (loose->along_m, double, first),
                           edge.n_vertices);
      g_array_append_val (net->edges, edge);
    }
}

static SimNetwork *
network_new_empty (FwPoint centre)
{
  SimNetwork *net = g_new0 (SimNetwork, 1);
  sim_place_init (&net->place, centre);
  net->nodes = g_array_new (FALSE, FALSE, sizeof (SimNode));
  net->edges = g_array_new (FALSE, FALSE, sizeof (SimEdge));
  net->arcs = g_array_new (FALSE, FALSE, sizeof (SimArc));
  net->vertices = g_array_new (FALSE, FALSE, sizeof (SimXY));
  net->along_m = g_array_new (FALSE, FALSE, sizeof (double));
  return net;
}

SimNetwork *
sim_network_new (FwPoint centre, guint64 seed)
{
  SimPlan plan;
  sim_plan_init (&plan, seed);
  g_autoptr (SimStreets) streets = sim_streets_new (&plan, seed);
  g_autoptr (SimNetwork) loose = network_new_empty (centre);
  add_all_pieces (loose, streets);
  g_autofree gboolean *keep = g_new (gboolean, loose->edges->len);
  for (guint e = 0; e < loose->edges->len; e++)
    keep[e] = TRUE;
  prune_dead_ends (loose, keep, seed);
  join_arcs (loose, keep);
  keep_largest_piece (loose, keep);
  SimNetwork *net = network_new_empty (centre);
  pack (net, loose, keep);
  join_arcs (net, NULL);
  return net;
}

void
sim_network_free (SimNetwork *net)
{
  if (net == NULL)
    return;
  g_array_unref (net->nodes);
  g_array_unref (net->edges);
  g_array_unref (net->arcs);
  g_array_unref (net->vertices);
  g_array_unref (net->along_m);
  g_free (net);
}

SimXY
sim_network_at (const SimNetwork *net, guint e, double along_m)
{
  const SimEdge *edge = sim_edge (net, e);
  guint low = 0, high = edge->n_vertices - 1;
  while (high - low > 1)
    {
      guint middle = (low + high) / 2;
      if (sim_along_m (net, edge->first_vertex + middle) <= along_m)
        low = middle;
      else
        high = middle;
    }
  double from_m = sim_along_m (net, edge->first_vertex + low),
         to_m = sim_along_m (net, edge->first_vertex + high);
  double share = to_m > from_m ? CLAMP ((along_m - from_m) / (to_m - from_m), 0.0, 1.0) : 0.0;
  return sim_xy_between (sim_vertex (net, edge->first_vertex + low),
                         sim_vertex (net, edge->first_vertex + high), share);
}
