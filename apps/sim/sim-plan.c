/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-plan.h"

#include <math.h>

#include "fw-rng.h"
#include "sim-dice.h"

static double
smooth_step (double from, double to, double x)
{
  double t = CLAMP ((x - from) / (to - from), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

static double
bell (double x)
{
  return exp (-x * x);
}

static double
waves_at (const SimWave *waves, SimXY at)
{
  double sum = 0.0;
  for (guint i = 0; i < SIM_PLAN_N_WAVES; i++)
    sum += sin (waves[i].kx * at.x_m + waves[i].ky * at.y_m + waves[i].phase);
  return sum / SIM_PLAN_N_WAVES;
}

static void
waves_init (SimWave *waves, SimDice *dice, double length_m)
{
  for (guint i = 0; i < SIM_PLAN_N_WAVES; i++)
    {
      double turn = sim_dice_between (dice, 0.0, 2.0 * G_PI);
      double k = 2.0 * G_PI / (length_m * sim_dice_between (dice, 0.6, 1.6));
      waves[i]
          = (SimWave){ k * cos (turn), k * sin (turn), sim_dice_between (dice, 0.0, 2.0 * G_PI) };
    }
}

/* The first district is downtown: a strict grid, on the river's north bank. The others lie around
 * it. */
static void
districts_init (SimPlan *plan, SimDice *dice)
{
  plan->districts[0] = (SimDistrict){ { 0.0, 0.0 }, plan->angle_rad, 1500.0, 3.0 };
  for (guint i = 1; i < SIM_PLAN_N_DISTRICTS; i++)
    {
      double turn
          = 2.0 * G_PI * (i + sim_dice_between (dice, -0.3, 0.3)) / (SIM_PLAN_N_DISTRICTS - 1);
      double away_m = sim_dice_between (dice, 3000.0, 8500.0);
      plan->districts[i] = (SimDistrict){
        { away_m * cos (turn), away_m * sin (turn) },
        plan->angle_rad + sim_dice_between (dice, -0.65, 0.65),
        sim_dice_between (dice, 1300.0, 2600.0),
        1.0,
      };
    }
}

void
sim_plan_init (SimPlan *plan, guint64 seed)
{
  SimDice dice = sim_dice (seed, SIM_STREAM_PLAN);
  plan->angle_rad = sim_dice_between (&dice, 0.12, 0.42);
  districts_init (plan, &dice);
  waves_init (plan->winding, &dice, 3200.0);
  waves_init (plan->settling, &dice, 5200.0);
  plan->river_offset_m = sim_dice_between (&dice, -1350.0, -950.0);
  for (guint i = 0; i < G_N_ELEMENTS (plan->river_phase); i++)
    plan->river_phase[i] = sim_dice_between (&dice, 0.0, 2.0 * G_PI);
}

double
sim_plan_river_y_m (const SimPlan *plan, double x_m)
{
  const double *phase = plan->river_phase;
  double calm = 1.0 - 0.75 * bell (x_m / 2500.0); /* it runs nearly straight past downtown */
  return plan->river_offset_m - 0.10 * x_m
         + calm
               * (900.0 * sin (x_m / 2300.0 + phase[0]) + 260.0 * sin (x_m / 900.0 + phase[1])
                  + 120.0 * sin (x_m / 480.0 + phase[2]));
}

static double
river_slope (const SimPlan *plan, double x_m)
{
  return (sim_plan_river_y_m (plan, x_m + 25.0) - sim_plan_river_y_m (plan, x_m - 25.0)) / 50.0;
}

double
sim_plan_river_distance_m (const SimPlan *plan, SimXY at)
{
  double slope = river_slope (plan, at.x_m);
  return fabs (at.y_m - sim_plan_river_y_m (plan, at.x_m)) / sqrt (1.0 + slope * slope);
}

/* Hills begin west of the middle: fewer, more winding roads. */
static double
hilliness (SimXY at)
{
  return smooth_step (1500.0, 7000.0, -at.x_m);
}

double
sim_plan_density (const SimPlan *plan, SimXY at)
{
  double r = hypot (at.x_m, at.y_m * 0.85);
  double town = 1.0 - smooth_step (1200.0, SIM_PLAN_RADIUS_M, r);
  double settled = 0.30 * waves_at (plan->settling, at);
  return CLAMP (town * (1.0 - 0.35 * hilliness (at)) + settled * smooth_step (1500.0, 4500.0, r),
                0.0, 1.0);
}

typedef struct
{
  double c, s;
} Tensor; /* cos and sin of twice the angle: a direction without a sign */

static void
tensor_add (Tensor *sum, double angle_rad, double weight)
{
  sum->c += weight * cos (2.0 * angle_rad);
  sum->s += weight * sin (2.0 * angle_rad);
}

SimXY
sim_plan_direction (const SimPlan *plan, SimXY at, SimFamily family)
{
  Tensor sum = { 0.0, 0.0 };
  tensor_add (&sum, plan->angle_rad, 0.35);
  for (guint i = 0; i < SIM_PLAN_N_DISTRICTS; i++)
    {
      const SimDistrict *d = &plan->districts[i];
      tensor_add (&sum, d->angle_rad,
                  d->weight * bell (sim_xy_distance (at, d->centre) / d->reach_m));
    }
  tensor_add (&sum, atan (river_slope (plan, at.x_m)),
              1.5 * bell (sim_plan_river_distance_m (plan, at) / 650.0));
  double r = hypot (at.x_m, at.y_m);
  if (r > 1.0)
    tensor_add (&sum, atan2 (at.y_m, at.x_m) + G_PI / 2.0, 0.8 * smooth_step (3500.0, 8000.0, r));
  double wind = (0.10 + 0.75 * hilliness (at)) * smooth_step (1500.0, 4000.0, r);
  double angle = 0.5 * atan2 (sum.s, sum.c) + wind * waves_at (plan->winding, at);
  if (family == SIM_FAMILY_MINOR)
    angle += G_PI / 2.0;
  return (SimXY){ cos (angle), sin (angle) };
}
