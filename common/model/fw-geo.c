/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-geo.h"

#include <math.h>

#define RAD (G_PI / 180.0)
#define MERCATOR_LAT_MAX 85.05112877980659 /* atan (sinh (pi)): where the map becomes a square */

static double
turn_deg (double deg)
{
  double turned = fmod (deg, 360.0);
  if (turned < 0)
    turned += 360.0;
  return turned >= 360.0 ? 0.0 : turned;
}

static double
wrap_lon (double lon)
{
  return turn_deg (lon + 180.0) - 180.0;
}

double
fw_geo_distance_m (FwPoint a, FwPoint b)
{
  double sin_lat = sin ((b.lat - a.lat) * RAD / 2);
  double sin_lon = sin ((b.lon - a.lon) * RAD / 2);
  double h = sin_lat * sin_lat + cos (a.lat * RAD) * cos (b.lat * RAD) * sin_lon * sin_lon;
  return 2 * FW_EARTH_RADIUS_M * asin (sqrt (CLAMP (h, 0.0, 1.0)));
}

double
fw_geo_bearing_deg (FwPoint from, FwPoint to)
{
  double d_lon = (to.lon - from.lon) * RAD;
  double east = sin (d_lon) * cos (to.lat * RAD);
  double north = cos (from.lat * RAD) * sin (to.lat * RAD)
                 - sin (from.lat * RAD) * cos (to.lat * RAD) * cos (d_lon);
  return turn_deg (atan2 (east, north) / RAD);
}

FwPoint
fw_geo_move (FwPoint from, double bearing_deg, double distance_m)
{
  double angle = distance_m / FW_EARTH_RADIUS_M;
  double bearing = bearing_deg * RAD;
  double sin_lat
      = sin (from.lat * RAD) * cos (angle) + cos (from.lat * RAD) * sin (angle) * cos (bearing);
  double lat = asin (CLAMP (sin_lat, -1.0, 1.0));
  double lon = from.lon * RAD
               + atan2 (sin (bearing) * sin (angle) * cos (from.lat * RAD),
                        cos (angle) - sin (from.lat * RAD) * sin_lat);
  return (FwPoint){ lat / RAD, wrap_lon (lon / RAD) };
}

gboolean
fw_box_has (const FwBox *box, FwPoint p)
{
  if (p.lat < box->lat_min || p.lat > box->lat_max)
    return FALSE;
  if (box->lon_min <= box->lon_max)
    return p.lon >= box->lon_min && p.lon <= box->lon_max;
  return p.lon >= box->lon_min || p.lon <= box->lon_max;
}

gboolean
fw_box_is_valid (const FwBox *box)
{
  return box->lat_min >= -90 && box->lat_max <= 90 && box->lat_min <= box->lat_max
         && box->lon_min >= -180 && box->lon_min <= 180 && box->lon_max >= -180
         && box->lon_max <= 180;
}

void
fw_geo_mercator (FwPoint p, double *ret_x, double *ret_y)
{
  double lat = CLAMP (p.lat, -MERCATOR_LAT_MAX, MERCATOR_LAT_MAX) * RAD;
  *ret_x = (p.lon + 180.0) / 360.0;
  *ret_y = CLAMP (0.5 - asinh (tan (lat)) / (2 * G_PI), 0.0, 1.0);
}

FwPoint
fw_geo_unmercator (double x, double y)
{
  return (FwPoint){ atan (sinh (G_PI * (1 - 2 * y))) / RAD, x * 360.0 - 180.0 };
}

const char *
fw_geo_compass (double heading_deg)
{
  static const char *const points[8] = { "N", "NE", "E", "SE", "S", "SW", "W", "NW" };
  if (!isfinite (heading_deg))
    return "-";
  return points[(guint) (turn_deg (heading_deg + 22.5) / 45.0) % 8];
}
