/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-cold.h"

#include <math.h>

#define WALLS_W_PER_K_LARGE 60.0 /* 150 m2 at K 0.4 */
#define DOOR_S 45.0              /* time constant of air behind an open door */
#define DOOR_AIR_SHARE 0.5       /* of the air node's heat: the lining does not blow out */
#define SURFACE_W_PER_K_LARGE 260.0
#define BAND_C 1.0
#define COOLING_W_LARGE 14000.0
#define SMALL 0.35 /* a van's box against a truck's */

void
sim_cold_init (SimCold *cold, gboolean is_large, double setpoint_c)
{
  double size = is_large ? 1.0 : SMALL;
  *cold = (SimCold){
    .setpoint_c = (float) setpoint_c,
    .air_c = (float) setpoint_c,
    .cargo_c = (float) setpoint_c,
    .cooling_w = (float) (COOLING_W_LARGE * size),
    .air_j_per_k = (float) (330e3 * size),
    .cargo_j_per_k = (float) (11e6 * size),
    .is_running = TRUE,
  };
}

void
sim_cold_step (SimCold *cold, double outside_c, gboolean is_door_open, gboolean has_unit)
{
  double size = cold->cooling_w / COOLING_W_LARGE, to_outside_k = outside_c - cold->air_c;
  if (cold->air_c > cold->setpoint_c + BAND_C)
    cold->is_running = TRUE;
  else if (cold->air_c < cold->setpoint_c - BAND_C)
    cold->is_running = FALSE;
  double to_cargo_w = SURFACE_W_PER_K_LARGE * size * (cold->air_c - cold->cargo_c);
  double in_w = WALLS_W_PER_K_LARGE * size * to_outside_k - to_cargo_w;
  if (is_door_open)
    in_w += DOOR_AIR_SHARE * cold->air_j_per_k / DOOR_S * to_outside_k;
  else if (has_unit && cold->is_running)
    in_w -= cold->cooling_w;
  cold->air_c += (float) (in_w / cold->air_j_per_k);
  cold->cargo_c += (float) (to_cargo_w / cold->cargo_j_per_k);
}

double
sim_cold_outside_c (double solar_hour)
{
  return 28.0 + 6.0 * cos ((solar_hour - 15.0) * G_PI / 12.0);
}
