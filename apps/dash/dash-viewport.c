/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-viewport.h"
#include <math.h>
#include <stdlib.h>

#define WORLD_M (2 * G_PI * 6378137.0)
#define MARGIN 1.12      /* of a fit */
#define MIN_SPAN_M 400.0 /* a fit shows at least so much */
#define MAX_DOTS_PER_WORLD (WORLD_M / 0.25)
#define FAR_SHARE 0.02 /* places at each edge that a fit may leave out */
#define FAR_MIN_PLACES 20
#define DOT_LIMIT 1e7     /* what projects further away is clamped; the canvas clips lines */
#define REFIT_SHRINK 0.55 /* a fit zooms in by itself only for a gain like this */

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
middle_range (double *values, guint n, double *ret_low, double *ret_high)
{
  guint cut = n >= FAR_MIN_PLACES ? (guint) (n * FAR_SHARE) : 0;

  qsort (values, n, sizeof *values, compare_doubles);
  *ret_low = values[cut];
  *ret_high = values[n - 1 - cut];
}

/* Steps of a quarter octave, so that a fleet that spreads does not make the map breathe. */
static double
round_scale (double dots_per_world)
{
  return exp2 (floor (log2 (dots_per_world) * 4) / 4);
}

static gboolean
is_in_view (const DashViewport *view, DashArea area, double low_x, double high_x, double low_y,
            double high_y)
{
  double half_width = area.width / view->dots_per_world,
         half_height = area.height * 2 / view->dots_per_world;

  return low_x >= view->x - half_width && high_x <= view->x + half_width
         && low_y >= view->y - half_height && high_y <= view->y + half_height;
}

gboolean
dash_viewport_fit (DashViewport *view, DashArea area, double *xs, double *ys, guint n)
{
  double low_x, high_x, low_y, high_y, span, scale;

  if (n == 0 || area.width < 1 || area.height < 1)
    return FALSE;
  middle_range (xs, n, &low_x, &high_x);
  middle_range (ys, n, &low_y, &high_y);
  span = MIN_SPAN_M / WORLD_M;
  scale = MIN (area.width * 2 / (MARGIN * MAX (high_x - low_x, span)),
               area.height * 4 / (MARGIN * MAX (high_y - low_y, span)));
  scale = round_scale (MIN (scale, MAX_DOTS_PER_WORLD));
  if (view->dots_per_world > scale * REFIT_SHRINK
      && is_in_view (view, area, low_x, high_x, low_y, high_y))
    return FALSE;
  view->x = (low_x + high_x) / 2;
  view->y = (low_y + high_y) / 2;
  view->dots_per_world = scale;
  return TRUE;
}

DashViewport
dash_viewport_across (double metres)
{
  return (DashViewport){
    .x = 0.5, .y = 0.5, .dots_per_world = 100 * WORLD_M * G_SQRT2 / 2 / metres, .is_manual = TRUE
  };
}

void
dash_viewport_zoom (DashViewport *view, double factor)
{
  view->dots_per_world = CLAMP (view->dots_per_world * factor, 64, MAX_DOTS_PER_WORLD);
  view->is_manual = TRUE;
}

void
dash_viewport_centre (DashViewport *view, double x, double y)
{
  view->x = CLAMP (x, 0, 1);
  view->y = CLAMP (y, 0, 1);
}

void
dash_viewport_pan (DashViewport *view, DashArea area, int quarters_right, int quarters_down)
{
  if (view->dots_per_world <= 0)
    return;
  dash_viewport_centre (view, view->x + quarters_right * area.width * 0.5 / view->dots_per_world,
                        view->y + quarters_down * area.height / view->dots_per_world);
  view->is_manual = TRUE;
}

void
dash_viewport_project (const DashViewport *view, DashArea area, double x, double y, int *ret_dot_x,
                       int *ret_dot_y)
{
  double dot_x = area.x * 2 + area.width + (x - view->x) * view->dots_per_world;
  double dot_y = area.y * 4 + area.height * 2 + (y - view->y) * view->dots_per_world;

  *ret_dot_x = (int) floor (CLAMP (dot_x, -DOT_LIMIT, DOT_LIMIT));
  *ret_dot_y = (int) floor (CLAMP (dot_y, -DOT_LIMIT, DOT_LIMIT));
}

FwBox
dash_viewport_box (const DashViewport *view, DashArea area, double margin)
{
  double half_width = area.width * (1 + margin) / view->dots_per_world;
  double half_height = area.height * 2 * (1 + margin) / view->dots_per_world;
  FwPoint low
      = fw_geo_unmercator (CLAMP (view->x - half_width, 0, 1), CLAMP (view->y + half_height, 0, 1));
  FwPoint high
      = fw_geo_unmercator (CLAMP (view->x + half_width, 0, 1), CLAMP (view->y - half_height, 0, 1));

  return (FwBox){ low.lon, low.lat, high.lon, high.lat };
}

double
dash_viewport_metres_per_dot (const DashViewport *view)
{
  FwPoint middle = fw_geo_unmercator (view->x, view->y);

  return WORLD_M * cos (middle.lat * G_PI / 180) / view->dots_per_world;
}
