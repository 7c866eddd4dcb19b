/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-place.h"
/* sim-plan: what a town planner decided, before any street is drawn: where it is dense, which way streets run,
 * where the river flows. Two families of streets cross at right angles everywhere (a tensor field, as in Chen et al.,
 * "Interactive Procedural Street Modeling", 2008): districts have grids of their own, streets follow the river bank,
 * outer roads bend into rings, hills make them wind.
 * Pure functions of a seed. Threads: any after init. */
#define SIM_PLAN_RADIUS_M 11500.0
#define SIM_PLAN_N_DISTRICTS 9
#define SIM_PLAN_N_WAVES 5
#define SIM_RIVER_HALF_WIDTH_M 95.0

typedef struct { SimXY centre; double angle_rad, reach_m, weight; } SimDistrict;
typedef struct { double kx, ky, phase; } SimWave; /* a smooth noise is a sum of these */
typedef struct
{
  double      angle_rad; /* the town's first grid */
  SimDistrict districts[SIM_PLAN_N_DISTRICTS];
  SimWave     winding[SIM_PLAN_N_WAVES], settling[SIM_PLAN_N_WAVES];
  double      river_offset_m, river_phase[3];
} SimPlan;

typedef enum { SIM_FAMILY_MAJOR, SIM_FAMILY_MINOR, SIM_N_FAMILIES } SimFamily;

void   sim_plan_init (SimPlan *plan, guint64 seed);
double sim_plan_density (const SimPlan *plan, SimXY at);  /* 0 = country, 1 = downtown */
SimXY  sim_plan_direction (const SimPlan *plan, SimXY at, SimFamily family); /* of length 1; its opposite is as good */
double sim_plan_river_y_m (const SimPlan *plan, double x_m);
double sim_plan_river_distance_m (const SimPlan *plan, SimXY at); /* to the middle of the river */
