/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-dice.h"
#include "sim-route.h"
/* sim-drive: one drive from standstill to standstill, planned whole: where the vehicle is and how fast, at any time of it.
 *
 *   speed |    ____limit____        A leg is a row of knots, each the beginning of a piece of constant acceleration.
 *         |   /             \  __   Bends and turns have a ceiling of speed (sideways acceleration), junctions may ask
 *         |  /               \/  \  for a stop and a wait; a pass from the end makes every ceiling reachable by braking,
 *         | /                     \ a pass from the beginning by accelerating.
 *         +--------------------------> way
 * Promises: acceleration never outside [-brake, accel] of the driver; speed is the derivative of the way, exactly; the
 *   answer does not depend on how often one asks.
 * Pure. Threads: one owner. */
typedef struct
{
  double accel_mps2, brake_mps2; /* both positive */
  double eagerness;              /* of the limit: 1 drives at it */
  double speed_max_mps;          /* the vehicle's own limiter */
} SimDriver;

typedef struct { float t_s, way_m, speed_mps, accel_mps2; } SimKnot;
typedef struct { float way_m, from_m; guint edge; gint sign; } SimStretch; /* of one edge; sign -1: against its direction */
typedef struct
{
  GArray *knots, *stretches;
  double  duration_s, length_m;
} SimDrive;
typedef struct { guint knot, stretch; } SimDriveCursor; /* where the last answer was found; zero to begin with */
typedef struct { SimXY at; double heading_deg, speed_mps, way_m; } SimMotion;

void      sim_drive_init (SimDrive *leg);
void      sim_drive_clear (SimDrive *leg);
void      sim_drive_plan (SimDrive *leg, const SimNetwork *net, const GArray *hops, const SimDriver *driver, SimDice *dice);
/* t_s is held within 0 .. duration_s, and must not go back while a cursor is used. */
SimMotion sim_drive_at (const SimDrive *leg, const SimNetwork *net, double t_s, SimDriveCursor *cursor);
