/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-place.h"

#include "fw-error.h"
#include "fw-i18n.h"

void
sim_place_init (SimPlace *place, FwPoint centre)
{
  place->centre = centre;
  place->m_per_deg_lat = FW_EARTH_RADIUS_M * G_PI / 180.0;
  place->m_per_deg_lon = place->m_per_deg_lat * cos (centre.lat * G_PI / 180.0);
}

gboolean
sim_place_parse (const char *text, FwPoint *ret_point, GError **error)
{
  char *rest = NULL;
  double lat = g_ascii_strtod (text, &rest);
  if (rest != text && *rest == ',')
    {
      const char *second = rest + 1;
      double lon = g_ascii_strtod (second, &rest);
      if (rest != second && *rest == '\0' && fabs (lat) <= SIM_PLACE_LAT_MAX && fabs (lon) <= 180.0)
        {
          *ret_point = (FwPoint){ lat, lon };
          return TRUE;
        }
    }
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
               _ ("place '%s' is not LAT,LON in degrees, such as %s (latitude within %.0f of the "
                  "equator)"),
               text, SIM_PLACE_DEFAULT, SIM_PLACE_LAT_MAX);
  return FALSE;
}

FwPoint
sim_place_to_point (const SimPlace *place, SimXY xy)
{
  double lon = place->centre.lon + xy.x_m / place->m_per_deg_lon;
  if (lon >= 180.0)
    lon -= 360.0;
  else if (lon < -180.0)
    lon += 360.0;
  return (FwPoint){ place->centre.lat + xy.y_m / place->m_per_deg_lat, lon };
}
