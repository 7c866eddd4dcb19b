/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-roads.h"
#include <stdlib.h>
#include <string.h>

#define REDRAW_AFTER \
  (DASH_TRAILS_MAX / 8) /* segments overwritten before the picture is made anew without them */

struct DashRoads
{
  guint8 *hits; /* per dot of area */
  DashArea area;
  DashViewport view;
  guint64 n_drawn, n_at_redraw; /* of the trails' segments ever */
};

DashRoads *
dash_roads_new (void)
{
  return g_new0 (DashRoads, 1);
}

void
dash_roads_free (DashRoads *roads)
{
  if (roads == NULL)
    return;
  g_free (roads->hits);
  g_free (roads);
}

static void
hit (DashRoads *roads, int dot_x, int dot_y)
{
  int x = dot_x - roads->area.x * 2, y = dot_y - roads->area.y * 4;

  if (x >= 0 && y >= 0 && x < roads->area.width * 2 && y < roads->area.height * 4
      && roads->hits[y * roads->area.width * 2 + x] < 255)
    roads->hits[y * roads->area.width * 2 + x]++;
}

/* The trails hold short segments only (a join has a limit), but a deep zoom makes any segment long.
 */
static gboolean
is_far (const DashRoads *roads, int x0, int y0, int x1, int y1)
{
  const DashArea *area = &roads->area;
  int left = area->x * 2, right = (area->x + area->width) * 2, top = area->y * 4,
      bottom = (area->y + area->height) * 4;

  return MAX (x0, x1) < left || MIN (x0, x1) > right || MAX (y0, y1) < top || MIN (y0, y1) > bottom;
}

static void
hit_segment (DashRoads *roads, const DashTrails *trails, guint i)
{
  double from_x, from_y, to_x, to_y;
  int x0, y0, x1, y1, steps;

  dash_trails_get (trails, i, &from_x, &from_y, &to_x, &to_y);
  dash_viewport_project (&roads->view, roads->area, from_x, from_y, &x0, &y0);
  dash_viewport_project (&roads->view, roads->area, to_x, to_y, &x1, &y1);
  if (is_far (roads, x0, y0, x1, y1))
    return;
  steps = MAX (abs (x1 - x0), abs (y1 - y0));
  hit (roads, x1, y1);
  for (int step = 0; step < MIN (steps, 4096); step++)
    hit (roads, x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps);
}

static gboolean
is_same_picture (const DashRoads *roads, const DashTrails *trails, const DashViewport *view,
                 DashArea area)
{
  guint64 n_ever = dash_trails_n_ever (trails);

  return roads->hits != NULL && memcmp (&roads->area, &area, sizeof area) == 0
         && roads->view.x == view->x && roads->view.y == view->y
         && roads->view.dots_per_world == view->dots_per_world && roads->n_drawn <= n_ever
         && (n_ever <= DASH_TRAILS_MAX || n_ever - roads->n_at_redraw < REDRAW_AFTER);
}

static void
update_hits (DashRoads *roads, const DashTrails *trails, const DashViewport *view, DashArea area)
{
  guint n = dash_trails_n (trails);
  guint64 n_ever = dash_trails_n_ever (trails), first = n_ever - n;

  if (!is_same_picture (roads, trails, view, area))
    {
      g_free (roads->hits);
      roads->hits = g_new0 (guint8, (gsize) area.width * 2 * (gsize) area.height * 4);
      roads->area = area;
      roads->view = *view;
      roads->n_drawn = first;
      roads->n_at_redraw = n_ever;
    }
  for (guint64 i = MAX (roads->n_drawn, first); i < n_ever; i++)
    hit_segment (roads, trails, (guint) (i - first));
  roads->n_drawn = n_ever;
}

/* How often the places that were driven at all were driven, on average. */
static double
mean_hits (const DashRoads *roads)
{
  gsize n = (gsize) roads->area.width * 2 * (gsize) roads->area.height * 4;
  guint64 sum = 0, n_hit = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += roads->hits[i];
      n_hit += roads->hits[i] > 0;
    }
  return n_hit > 0 ? (double) sum / (double) n_hit : 1;
}

void
dash_roads_draw (DashRoads *roads, const DashTrails *trails, const DashViewport *view,
                 DashCanvas *canvas, DashArea area)
{
  double mean;
  int width = area.width * 2, height = area.height * 4;

  if (area.width < 1 || area.height < 1 || view->dots_per_world <= 0)
    return;
  update_hits (roads, trails, view, area);
  mean = mean_hits (roads);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint8 n = roads->hits[y * width + x];
        guint level = n > 2 * mean ? 3 : n > mean ? 2 : 1;

        if (n > 0)
          dash_canvas_dot (canvas, &area, area.x * 2 + x, area.y * 4 + y,
                           (DashStyle) (DASH_INK_ROAD_1 + level - 1), level);
      }
}
