/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-trails.h"
#include <math.h>

#define WORLD_M 40075016.686 /* the side of the Web Mercator square */
#define JOIN_MAX_M \
  400.0 /* Mercator metres: a fix each 10 s at 110 km/h and more is no straight road any longer */

/* In metres from the origin, the first place seen, so that a float holds it to the centimetre. */
typedef struct
{
  float x0, y0, x1, y1;
} Segment;

struct DashTrails
{
  double origin_x, origin_y;
  guint64 n_ever;
  Segment *segments;
};

DashTrails *
dash_trails_new (void)
{
  DashTrails *trails = g_new0 (DashTrails, 1);

  trails->segments = g_new (Segment, DASH_TRAILS_MAX);
  return trails;
}

void
dash_trails_free (DashTrails *trails)
{
  if (trails == NULL)
    return;
  g_free (trails->segments);
  g_free (trails);
}

void
dash_trails_add (DashTrails *trails, double x0, double y0, double x1, double y1)
{
  if (trails->n_ever == 0)
    {
      trails->origin_x = x1;
      trails->origin_y = y1;
    }
  if (hypot (x1 - x0, y1 - y0) * WORLD_M > JOIN_MAX_M)
    {
      x0 = x1;
      y0 = y1;
    }
  trails->segments[trails->n_ever++ % DASH_TRAILS_MAX] = (Segment){
    (float) ((x0 - trails->origin_x) * WORLD_M),
    (float) ((y0 - trails->origin_y) * WORLD_M),
    (float) ((x1 - trails->origin_x) * WORLD_M),
    (float) ((y1 - trails->origin_y) * WORLD_M),
  };
}

guint
dash_trails_n (const DashTrails *trails)
{
  return (guint) MIN (trails->n_ever, DASH_TRAILS_MAX);
}

guint64
dash_trails_n_ever (const DashTrails *trails)
{
  return trails->n_ever;
}

void
dash_trails_get (const DashTrails *trails, guint i, double *ret_x0, double *ret_y0, double *ret_x1,
                 double *ret_y1)
{
  guint64 first = trails->n_ever - dash_trails_n (trails);
  const Segment *segment = &trails->segments[(first + i) % DASH_TRAILS_MAX];

  *ret_x0 = trails->origin_x + segment->x0 / WORLD_M;
  *ret_y0 = trails->origin_y + segment->y0 / WORLD_M;
  *ret_x1 = trails->origin_x + segment->x1 / WORLD_M;
  *ret_y1 = trails->origin_y + segment->y1 / WORLD_M;
}

void
dash_trails_clear (DashTrails *trails)
{
  trails->n_ever = 0;
}
