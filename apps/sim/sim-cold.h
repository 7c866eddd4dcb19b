/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* sim-cold: the refrigerated box in two nodes, air and cargo, because a door warms the first within a minute and
 * the second hardly in an hour.
 *
 *   outside --walls, open door--> air --surface--> cargo        the unit takes heat out of the air, on and off by a band
 *
 * Figures: walls K 0.4 W/m2K (ATP class IR); a rear door changes the air once in about 45 s (Gosney and Olama).
 * Pure. Threads: one owner. */
typedef struct
{
  float setpoint_c, air_c, cargo_c;
  float cooling_w;       /* of the unit when it runs */
  float air_j_per_k;     /* air with lining and fittings */
  float cargo_j_per_k;
  gboolean is_running;
} SimCold;

void sim_cold_init (SimCold *cold, gboolean is_large, double setpoint_c);
/* One second goes by. has_unit: the unit works; it rests while the door is open. */
void sim_cold_step (SimCold *cold, double outside_c, gboolean is_door_open, gboolean has_unit);
/* Shade temperature at a local solar hour 0 .. 24 of a warm day. */
double sim_cold_outside_c (double solar_hour);
