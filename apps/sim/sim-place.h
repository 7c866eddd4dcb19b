/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <math.h>
#include "fw-geo.h"
/* sim-place: a flat plane of metres around a real point, and back to latitude and longitude.
 * Promises: within 0.2 % of great-circle distances inside 15 km at latitudes below 60 degrees.
 * Does not: serve places nearer than 2 degrees to a pole. Pure. Threads: any. */
typedef struct { double x_m, y_m; } SimXY; /* east, north */
typedef struct { FwPoint centre; double m_per_deg_lat, m_per_deg_lon; } SimPlace;

#define SIM_PLACE_LAT_MAX 70.0
#define SIM_PLACE_DEFAULT "30.2700,-97.7430" /* Austin, Texas: where the recorded buses drive */

void     sim_place_init (SimPlace *place, FwPoint centre);
/* "30.27,-97.74". */
gboolean sim_place_parse (const char *text, FwPoint *ret_point, GError **error);
FwPoint  sim_place_to_point (const SimPlace *place, SimXY xy);

static inline SimXY sim_xy_between (SimXY a, SimXY b, double share)
{
  return (SimXY) { a.x_m + (b.x_m - a.x_m) * share, a.y_m + (b.y_m - a.y_m) * share };
}
static inline double sim_xy_distance (SimXY a, SimXY b)
{
  double x_m = a.x_m - b.x_m, y_m = a.y_m - b.y_m;
  return sqrt (x_m * x_m + y_m * y_m);
}
