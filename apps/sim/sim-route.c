/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-route.h"

#define JUNCTION_S 3.0
#define KMH_PER_MPS 3.6

typedef struct
{
  double total_s;
  guint node;
} Open;

struct SimRouter
{
  const SimNetwork *net;
  double *cost_s; /* of the best way known to each node */
  guint *by_edge; /* on which one comes there */
  guint *asked;   /* the question in which both were written */
  guint question;
  GArray *heap; /* Open, the least total first */
  SimXY target;
};

SimRouter *
sim_router_new (const SimNetwork *net)
{
  SimRouter *router = g_new0 (SimRouter, 1);
  router->net = net;
  router->cost_s = g_new0 (double, net->nodes->len);
  router->by_edge = g_new0 (guint, net->nodes->len);
  router->asked = g_new0 (guint, net->nodes->len);
  router->heap = g_array_new (FALSE, FALSE, sizeof (Open));
  return router;
}

void
sim_router_free (SimRouter *router)
{
  if (router == NULL)
    return;
  g_free (router->cost_s);
  g_free (router->by_edge);
  g_free (router->asked);
  g_array_unref (router->heap);
  g_free (router);
}

static Open *
heap_at (SimRouter *router, guint i)
{
  return &g_array_index (router->heap, Open, i);
}

static void
heap_push (SimRouter *router, Open open)
{
  g_array_append_val (router->heap, open);
  guint i = router->heap->len - 1;
  while (i > 0 && heap_at (router, (i - 1) / 2)->total_s > open.total_s)
    {
      *heap_at (router, i) = *heap_at (router, (i - 1) / 2);
      i = (i - 1) / 2;
    }
  *heap_at (router, i) = open;
}

static Open
heap_pop (SimRouter *router)
{
  Open top = *heap_at (router, 0), last = *heap_at (router, router->heap->len - 1);
  guint n = router->heap->len - 1, i = 0;
  g_array_set_size (router->heap, n);
  if (n == 0)
    return top;
  for (;;)
    {
      guint child = 2 * i + 1;
      if (child + 1 < n && heap_at (router, child + 1)->total_s < heap_at (router, child)->total_s)
        child++;
      if (child >= n || heap_at (router, child)->total_s >= last.total_s)
        break;
      *heap_at (router, i) = *heap_at (router, child);
      i = child;
    }
  *heap_at (router, i) = last;
  return top;
}

static double
edge_s (const SimEdge *edge, double length_m)
{
  return length_m * KMH_PER_MPS / sim_roads[edge->road].limit_kmh;
}

static double
at_least_s (const SimRouter *router, guint node)
{
  return sim_xy_distance (sim_node (router->net, node)->at, router->target) * KMH_PER_MPS
         / sim_roads[SIM_ROAD_MOTORWAY].limit_kmh;
}

static void
reach (SimRouter *router, guint node, double cost_s, guint edge)
{
  if (router->asked[node] == router->question && router->cost_s[node] <= cost_s)
    return;
  router->asked[node] = router->question;
  router->cost_s[node] = cost_s;
  router->by_edge[node] = edge;
  heap_push (router, (Open){ cost_s + at_least_s (router, node), node });
}

static void
spread (SimRouter *router, Open open)
{
  double cost_s = router->cost_s[open.node];
  if (open.total_s > cost_s + at_least_s (router, open.node))
    return; /* a better way came after this was pushed */
  const SimNode *node = sim_node (router->net, open.node);
  for (guint i = 0; i < node->n_arcs; i++)
    {
      const SimArc *arc = sim_arc (router->net, node->first_arc + i);
      const SimEdge *edge = sim_edge (router->net, arc->edge);
      reach (router, arc->to, cost_s + JUNCTION_S + edge_s (edge, edge->length_m), arc->edge);
    }
}

/* The end of the target's edge by which it is entered, once no open way can be better. */
static guint
search (SimRouter *router, const SimEdge *edge, SimSpot to)
{
  double from_s = edge_s (edge, to.along_m), to_s = edge_s (edge, edge->length_m - to.along_m);
  double best_s = G_MAXDOUBLE;
  guint best = G_MAXUINT;
  while (router->heap->len > 0 && heap_at (router, 0)->total_s < best_s)
    {
      Open open = heap_pop (router);
      spread (router, open);
      if (open.node != edge->from && open.node != edge->to)
        continue;
      double total_s = router->cost_s[open.node] + (open.node == edge->from ? from_s : to_s);
      if (total_s < best_s)
        {
          best_s = total_s;
          best = open.node;
        }
    }
  g_assert (best != G_MAXUINT);
  return best;
}

static void
append_hop (GArray *hops, guint edge, double from_m, double to_m)
{
  SimHop hop = { edge, from_m, to_m };
  g_array_append_val (hops, hop);
}

static void
reverse (GArray *hops)
{
  SimHop *hop = (SimHop *) (gpointer) hops->data;
  for (guint i = 0, k = hops->len; i + 1 < k; i++)
    {
      k--;
      SimHop kept = hop[i];
      hop[i] = hop[k];
      hop[k] = kept;
    }
}

/* From the target back to the start, then turned round. */
static void
trace_back (const SimRouter *router, guint node, SimSpot from, SimSpot to, GArray *hops)
{
  const SimEdge *last = sim_edge (router->net, to.edge);
  append_hop (hops, to.edge, node == last->from ? 0.0 : last->length_m, to.along_m);
  while (router->by_edge[node] != G_MAXUINT)
    {
      const SimEdge *edge = sim_edge (router->net, router->by_edge[node]);
      gboolean is_forward = edge->to == node;
      append_hop (hops, router->by_edge[node], is_forward ? 0.0 : edge->length_m,
                  is_forward ? edge->length_m : 0.0);
      node = is_forward ? edge->from : edge->to;
    }
  const SimEdge *first = sim_edge (router->net, from.edge);
  append_hop (hops, from.edge, from.along_m, node == first->from ? 0.0 : first->length_m);
  reverse (hops);
}

void
sim_router_find (SimRouter *router, SimSpot from, SimSpot to, GArray *hops)
{
  g_array_set_size (hops, 0);
  if (from.edge == to.edge)
    {
      append_hop (hops, from.edge, from.along_m, to.along_m);
      return;
    }
  const SimEdge *first = sim_edge (router->net, from.edge), *last = sim_edge (router->net, to.edge);
  router->target = sim_network_at (router->net, to.edge, to.along_m);
  router->question++;
  g_array_set_size (router->heap, 0);
  reach (router, first->from, edge_s (first, from.along_m), G_MAXUINT);
  reach (router, first->to, edge_s (first, first->length_m - from.along_m), G_MAXUINT);
  trace_back (router, search (router, last, to), from, to, hops);
}
