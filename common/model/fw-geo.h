/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-geo: distances, bearings, projections and boxes on WGS 84. Pure. Threads: any.
 * Distance by haversine on the mean radius 6371008.8 m (IUGG): within 0.56 % of the ellipsoid. */
#define FW_EARTH_RADIUS_M 6371008.8
typedef struct { double lat, lon; } FwPoint;
typedef struct { double lon_min, lat_min, lon_max, lat_max; } FwBox; /* lon_min > lon_max crosses the date line */

double   fw_geo_distance_m (FwPoint a, FwPoint b);
double   fw_geo_bearing_deg (FwPoint from, FwPoint to);                 /* 0 <= x < 360, clockwise from north */
FwPoint  fw_geo_move (FwPoint from, double bearing_deg, double distance_m);
gboolean fw_box_has (const FwBox *box, FwPoint p);
gboolean fw_box_is_valid (const FwBox *box);
/* Web Mercator (EPSG:3857) in 0..1 for the whole world; lat is clamped to +-85.0511. */
void     fw_geo_mercator (FwPoint p, double *ret_x, double *ret_y);
FwPoint  fw_geo_unmercator (double x, double y);
const char *fw_geo_compass (double heading_deg);                         /* "N", "NE", ... (8 points) */
