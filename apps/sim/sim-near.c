/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-near.h"

typedef struct
{
  SimXY at;
  guint tag, next;
} Entry;

struct SimNear
{
  double extent_m, cell_m;
  guint n_side;
  guint *heads; /* the last entry of each cell + 1; 0 = empty */
  GArray *entries;
};

SimNear *
sim_near_new (double extent_m, double cell_m)
{
  SimNear *near = g_new0 (SimNear, 1);
  near->extent_m = extent_m;
  near->cell_m = cell_m;
  near->n_side = (guint) (2.0 * extent_m / cell_m) + 1;
  near->heads = g_new0 (guint, (gsize) near->n_side * near->n_side);
  near->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  return near;
}

void
sim_near_free (SimNear *near)
{
  if (near == NULL)
    return;
  g_free (near->heads);
  g_array_unref (near->entries);
  g_free (near);
}

static guint
cell_of (const SimNear *near, double coordinate_m)
{
  double cell = (coordinate_m + near->extent_m) / near->cell_m;
  return (guint) CLAMP (cell, 0.0, near->n_side - 1.0);
}

void
sim_near_add (SimNear *near, SimXY at, guint tag)
{
  guint *head = &near->heads[cell_of (near, at.y_m) * near->n_side + cell_of (near, at.x_m)];
  Entry entry = { at, tag, *head };
  g_array_append_val (near->entries, entry);
  *head = near->entries->len;
}

static guint
nearest_in_cell (const SimNear *near, guint cell, SimXY at, double *best_m)
{
  guint found = G_MAXUINT;
  for (guint i = near->heads[cell]; i != 0;)
    {
      const Entry *entry = &g_array_index (near->entries, Entry, i - 1);
      double away_m = sim_xy_distance (entry->at, at);
      if (away_m < *best_m)
        {
          *best_m = away_m;
          found = entry->tag;
        }
      i = entry->next;
    }
  return found;
}

guint
sim_near_find (const SimNear *near, SimXY at, double reach_m)
{
  g_assert (reach_m <= near->cell_m);
  guint found = G_MAXUINT;
  double best_m = reach_m;
  guint x_last = cell_of (near, at.x_m + reach_m), y_last = cell_of (near, at.y_m + reach_m);
  for (guint y = cell_of (near, at.y_m - reach_m); y <= y_last; y++)
    for (guint x = cell_of (near, at.x_m - reach_m); x <= x_last; x++)
      {
        guint tag = nearest_in_cell (near, y * near->n_side + x, at, &best_m);
        if (tag != G_MAXUINT)
          found = tag;
      }
  return found;
}

static gboolean
cell_has (const SimNear *near, guint cell, SimXY at, double reach_m)
{
  for (guint i = near->heads[cell]; i != 0;)
    {
      const Entry *entry = &g_array_index (near->entries, Entry, i - 1);
      double x_m = entry->at.x_m - at.x_m, y_m = entry->at.y_m - at.y_m;
      if (x_m * x_m + y_m * y_m < reach_m * reach_m)
        return TRUE;
      i = entry->next;
    }
  return FALSE;
}

gboolean
sim_near_has (const SimNear *near, SimXY at, double reach_m)
{
  g_assert (reach_m <= near->cell_m);
  guint x_last = cell_of (near, at.x_m + reach_m), y_last = cell_of (near, at.y_m + reach_m);
  for (guint y = cell_of (near, at.y_m - reach_m); y <= y_last; y++)
    for (guint x = cell_of (near, at.x_m - reach_m); x <= x_last; x++)
      if (cell_has (near, y * near->n_side + x, at, reach_m))
        return TRUE;
  return FALSE;
}
