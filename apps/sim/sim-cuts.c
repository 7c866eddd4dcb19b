/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-cuts.h"

#include "sim-near.h"

#define CELL_M 60.0
#define EXTENT_M (SIM_PLAN_RADIUS_M + 2000.0)
#define N_SIDE ((gint) (2.0 * EXTENT_M / CELL_M) + 1)

typedef struct
{
  guint street, i, next;
} Piece; /* from point i of the street to i + 1 */

typedef struct
{
  const SimStreets *streets;
  SimCuts *cuts;
  SimNear *near; /* nodes */
  guint *heads;  /* the last piece in each cell + 1 */
  GArray *pieces;
} Cutting;

static SimXY
point_of (const SimStreets *streets, guint street, guint i)
{
  guint first = g_array_index (streets->streets, SimStreet, street).first;
  return g_array_index (streets->points, SimXY, first + i);
}

static guint
node_at (Cutting *ct, SimXY at)
{
  guint node = sim_near_find (ct->near, at, SIM_CUT_SNAP_M);
  if (node != G_MAXUINT)
    return node;
  g_array_append_val (ct->cuts->nodes, at);
  sim_near_add (ct->near, at, ct->cuts->nodes->len - 1);
  return ct->cuts->nodes->len - 1;
}

/* TRUE when a0-a1 and b0-b1 cross, at these shares of each. */
static gboolean
crosses (SimXY a0, SimXY a1, SimXY b0, SimXY b1, double *ret_a, double *ret_b)
{
  double ax = a1.x_m - a0.x_m, ay = a1.y_m - a0.y_m, bx = b1.x_m - b0.x_m, by = b1.y_m - b0.y_m;
  double across = ax * by - ay * bx;
  if (across == 0.0)
    return FALSE;
  double dx = b0.x_m - a0.x_m, dy = b0.y_m - a0.y_m;
  *ret_a = (dx * by - dy * bx) / across;
  *ret_b = (dx * ay - dy * ax) / across;
  return *ret_a >= 0.0 && *ret_a < 1.0 && *ret_b >= 0.0 && *ret_b < 1.0;
}

static void
cut (Cutting *ct, guint street, double at, guint node)
{
  SimCut made = { street, at, node };
  g_array_append_val (ct->cuts->cuts, made);
}

static void
cut_where_crossed (Cutting *ct, guint street, guint i, const Piece *other)
{
  if (other->street == street)
    return;
  SimXY a0 = point_of (ct->streets, street, i), a1 = point_of (ct->streets, street, i + 1);
  SimXY b0 = point_of (ct->streets, other->street, other->i),
        b1 = point_of (ct->streets, other->street, other->i + 1);
  double a, b;
  if (!crosses (a0, a1, b0, b1, &a, &b))
    return;
  guint node = node_at (ct, sim_xy_between (a0, a1, a));
  cut (ct, street, i + a, node);
  cut (ct, other->street, other->i + b, node);
}

static gint
cell_of (double coordinate_m)
{
  return CLAMP ((gint) ((coordinate_m + EXTENT_M) / CELL_M), 0, N_SIDE - 1);
}

/* A piece is shorter than a cell: it is filed under its middle, and what it may cross lies in the
 * nine cells around. */
static void
file_piece (Cutting *ct, guint street, guint i)
{
  SimXY middle = sim_xy_between (point_of (ct->streets, street, i),
                                 point_of (ct->streets, street, i + 1), 0.5);
  gint cx = cell_of (middle.x_m), cy = cell_of (middle.y_m);
  for (gint y = MAX (cy - 1, 0); y <= MIN (cy + 1, N_SIDE - 1); y++)
    for (gint x = MAX (cx - 1, 0); x <= MIN (cx + 1, N_SIDE - 1); x++)
      for (guint k = ct->heads[y * N_SIDE + x]; k != 0;
           k = g_array_index (ct->pieces, Piece, k - 1).next)
        cut_where_crossed (ct, street, i, &g_array_index (ct->pieces, Piece, k - 1));
  guint *head = &ct->heads[cy * N_SIDE + cx];
  Piece piece = { street, i, *head };
  g_array_append_val (ct->pieces, piece);
  *head = ct->pieces->len;
}

static gint
by_street_then_along (gconstpointer a, gconstpointer b)
{
  const SimCut *left = a, *right = b;
  if (left->street != right->street)
    return left->street < right->street ? -1 : 1;
  return (left->at > right->at) - (left->at < right->at);
}

void
sim_cuts_init (SimCuts *cuts, const SimStreets *streets)
{
  cuts->nodes = g_array_new (FALSE, FALSE, sizeof (SimXY));
  cuts->cuts = g_array_new (FALSE, FALSE, sizeof (SimCut));
  Cutting ct = { streets, cuts, sim_near_new (EXTENT_M, CELL_M), g_new0 (guint, N_SIDE * N_SIDE),
                 g_array_new (FALSE, FALSE, sizeof (Piece)) };
  for (guint street = 0; street < streets->streets->len; street++)
    {
      guint n = g_array_index (streets->streets, SimStreet, street).n;
      for (guint i = 0; i + 1 < n; i++)
        file_piece (&ct, street, i);
      cut (&ct, street, 0.0, node_at (&ct, point_of (streets, street, 0)));
      cut (&ct, street, n - 1.0, node_at (&ct, point_of (streets, street, n - 1)));
    }
  g_array_sort (cuts->cuts, by_street_then_along);
  sim_near_free (ct.near);
  g_free (ct.heads);
  g_array_unref (ct.pieces);
}

void
sim_cuts_clear (SimCuts *cuts)
{
  g_clear_pointer (&cuts->nodes, g_array_unref);
  g_clear_pointer (&cuts->cuts, g_array_unref);
}
