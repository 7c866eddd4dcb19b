/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-map-private.h"
#include "dash-roads.h"
#include "fw-geo.h"

#define RANK_TRACK (1 * DASH_LAYER)

struct DashMap
{
  DashViewport view;
  DashRoads *roads;
  gboolean is_following;
  DashArea area;
  guint n_in_view, n_outside;
};

DashMap *
dash_map_new (void)
{
  DashMap *map = g_new0 (DashMap, 1);

  map->roads = dash_roads_new ();
  return map;
}

void
dash_map_free (DashMap *map)
{
  if (map == NULL)
    return;
  dash_roads_free (map->roads);
  g_free (map);
}

DashViewport *
dash_map_view (DashMap *map)
{
  return &map->view;
}

void
dash_map_reset (DashMap *map)
{
  map->view = (DashViewport){ 0 };
  map->is_following = FALSE;
}

void
dash_map_set_follow (DashMap *map, gboolean is_following)
{
  map->is_following = is_following;
}

gboolean
dash_map_is_following (const DashMap *map)
{
  return map->is_following;
}

guint
dash_map_n_in_view (const DashMap *map)
{
  return map->n_in_view;
}

guint
dash_map_n_outside (const DashMap *map)
{
  return map->n_outside;
}

DashArea
dash_map_area (const DashMap *map)
{
  return map->area;
}

/* Where only a part is held, the extent of all is in the totals. */
static guint
corners (const DashTotals *totals, double *xs, double *ys)
{
  const DashStat *lat = &totals->stat[FW_FIELD_LAT], *lon = &totals->stat[FW_FIELD_LON];

  if (lat->n == 0 || lon->n == 0)
    return 0;
  fw_geo_mercator ((FwPoint){ lat->min, lon->min }, &xs[0], &ys[0]);
  fw_geo_mercator ((FwPoint){ lat->max, lon->max }, &xs[1], &ys[1]);
  return 2;
}

static void
fit (DashMap *map, const DashStore *store, DashArea area)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer value;
  g_autofree double *xs = g_new (double, dash_fold_n (store->points) + 2);
  g_autofree double *ys = g_new (double, dash_fold_n (store->points) + 2);

  dash_fold_iter (store->points, &iter);
  if (store->n_match > DASH_POINTS_WHOLE_MAX)
    n = corners (&store->totals, xs, ys);
  else
    while (g_hash_table_iter_next (&iter, NULL, &value))
      n += dash_row_place (value, &xs[n], &ys[n]);
  dash_viewport_fit (&map->view, area, xs, ys, n);
}

static void
aim (DashMap *map, const DashStore *store, DashArea area, const DashRow *selected)
{
  double x, y;

  if (!map->view.is_manual)
    fit (map, store, area);
  if (map->is_following && selected != NULL && dash_row_place (selected, &x, &y))
    dash_viewport_centre (&map->view, x, y);
}

/* How the layers find a row. */

gboolean
map_find_dots (const MapDrawing *drawing, const DashRow *row, int *ret_dot_x, int *ret_dot_y)
{
  double x, y;

  if (!dash_row_place (row, &x, &y))
    return FALSE;
  dash_viewport_project (drawing->view, drawing->area, x, y, ret_dot_x, ret_dot_y);
  return TRUE;
}

gboolean
map_find_cell (const MapDrawing *drawing, const DashRow *row, int *ret_x, int *ret_y)
{
  int dot_x, dot_y;

  if (!map_find_dots (drawing, row, &dot_x, &dot_y)
      || !map_has_cell (drawing, dot_x >> 1, dot_y >> 2))
    return FALSE;
  *ret_x = dot_x >> 1;
  *ret_y = dot_y >> 2;
  return TRUE;
}

void
map_each_row (MapDrawing *drawing, void (*each) (MapDrawing *drawing, const DashRow *row))
{
  GHashTableIter iter;
  gpointer value;

  dash_fold_iter (drawing->store->points, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    each (drawing, value);
}

static void
draw_track (MapDrawing *drawing)
{
  const DashRow *row = drawing->selected;

  for (guint i = 1; row != NULL && i < row->n_track; i++)
    {
      int x0, y0, x1, y1;

      dash_viewport_project (drawing->view, drawing->area, row->track_x[i - 1], row->track_y[i - 1],
                             &x0, &y0);
      dash_viewport_project (drawing->view, drawing->area, row->track_x[i], row->track_y[i], &x1,
                             &y1);
      dash_canvas_line (drawing->canvas, &drawing->area, x0, y0, x1, y1, DASH_INK_TRACK,
                        RANK_TRACK);
    }
}

/* From the ground up: what comes later covers what came before. */
static void
draw_layers (MapDrawing *drawing, DashRoads *roads)
{
  dash_roads_draw (roads, drawing->store->trails, drawing->view, drawing->canvas, drawing->area);
  draw_track (drawing);
  map_draw_north (drawing);
  map_draw_scale (drawing);
  map_count_rows (drawing);
  map_draw_crowds (drawing);
  map_draw_rows (drawing);
  map_draw_selected (drawing);
  map_draw_labels (drawing);
}

void
dash_map_draw (DashMap *map, const DashStore *store, DashCanvas *canvas, DashArea area,
               const char *selected)
{
  MapDrawing drawing
      = { .view = &map->view,
          .store = store,
          .canvas = canvas,
          .area = area,
          .selected = selected != NULL ? dash_fold_find (store->points, selected) : NULL };

  map->area = area;
  aim (map, store, area, drawing.selected);
  if (map->view.dots_per_world <= 0 || area.width < 1 || area.height < 1)
    return;
  drawing.cells = g_new0 (MapCell, (gsize) (area.width * area.height));
  draw_layers (&drawing, map->roads);
  map->n_in_view = drawing.n_in_view;
  map->n_outside = drawing.n_outside;
  g_free (drawing.cells);
}
