/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-streets.h"

#include <math.h>

#include "sim-dice.h"
#include "sim-near.h"

#define STEP_M 25.0
#define BARRIER_M 55.0  /* smaller streets end this far from a motorway */
#define SEED_SHARE 0.97 /* of the spacing: nearer to another street none begins */
#define END_SHARE 0.62  /* nearer than this it ends */
#define OWN_TAIL 40     /* points of one street that may lie near each other */
#define LINE_MAX_POINTS 2000

const SimRoadRow sim_roads[SIM_N_ROADS] = {
  [SIM_ROAD_MOTORWAY] = { "motorway", 96.0 }, [SIM_ROAD_RING] = { "trunk", 80.0 },
  [SIM_ROAD_ARTERIAL] = { "primary", 64.0 },  [SIM_ROAD_COLLECTOR] = { "secondary", 56.0 },
  [SIM_ROAD_LOCAL] = { "residential", 40.0 },
};

/* What one level of streets obeys. */
typedef struct
{
  SimRoad road;
  double spacing_m; /* at density 1; more outside */
  double sparse_m;  /* added at density 0 */
  double length_min_m;
  double density_min; /* where it ends */
  double bridge_share;
} Level;

static const Level levels[] = {
  { SIM_ROAD_ARTERIAL, 1000.0, 1300.0, 2600.0, 0.07, 0.75 },
  { SIM_ROAD_COLLECTOR, 340.0, 480.0, 800.0, 0.22, 0.0 },
  { SIM_ROAD_LOCAL, 95.0, 230.0, 260.0, 0.30, 0.0 },
};
#define EXTENT_M (SIM_PLAN_RADIUS_M + 1500.0)

typedef struct
{
  const SimPlan *plan;
  SimStreets *out;
  GArray *families;              /* guint8: of each point of out */
  SimNear *near[SIM_N_FAMILIES]; /* all points so far, in cells to the level's measure */
  SimNear *barrier;              /* motorways */
  GArray *line;                  /* SimXY: the street being drawn */
  SimDice dice;
  const Level *level;
  gboolean may_bridge;
} Drawing;

static double
spacing_at (const Drawing *dw, SimXY at)
{
  return dw->level->spacing_m + dw->level->sparse_m * (1.0 - sim_plan_density (dw->plan, at));
}

static gboolean
is_ground_free (const Drawing *dw, SimXY at)
{
  if (sim_plan_density (dw->plan, at) < dw->level->density_min)
    return FALSE;
  if (!dw->may_bridge && sim_plan_river_distance_m (dw->plan, at) < SIM_RIVER_HALF_WIDTH_M + 30.0)
    return FALSE;
  return dw->level->road == SIM_ROAD_ARTERIAL || !sim_near_has (dw->barrier, at, BARRIER_M);
}

/* Has the line come back to itself? */
static gboolean
meets_itself (const GArray *line, SimXY at, double spacing_m)
{
  const SimXY *points = (const SimXY *) (gpointer) line->data;
  for (guint i = 0; i + OWN_TAIL < line->len; i += 3)
    if (sim_xy_distance (points[i], at) < 0.5 * spacing_m)
      return TRUE;
  return FALSE;
}

/* Goes on from `at` along the family's direction, appending to dw->line, until the ground or the
 * room ends. */
static void
draw_one_way (Drawing *dw, SimXY at, SimFamily family, double sign)
{
  SimXY before = sim_plan_direction (dw->plan, at, family);
  before = (SimXY){ before.x_m * sign, before.y_m * sign };
  for (guint i = 0; i < LINE_MAX_POINTS; i++)
    {
      SimXY middle = { at.x_m + 0.5 * STEP_M * before.x_m, at.y_m + 0.5 * STEP_M * before.y_m };
      SimXY along = sim_plan_direction (dw->plan, middle, family);
      double dot = along.x_m * before.x_m + along.y_m * before.y_m;
      if (fabs (dot) < 0.8)
        return; /* a place where the plan has no one direction */
      if (dot < 0.0)
        along = (SimXY){ -along.x_m, -along.y_m };
      at = (SimXY){ at.x_m + STEP_M * along.x_m, at.y_m + STEP_M * along.y_m };
      before = along;
      double spacing_m = spacing_at (dw, at);
      if (sim_near_has (dw->near[family], at, END_SHARE * spacing_m) || !is_ground_free (dw, at)
          || meets_itself (dw->line, at, spacing_m))
        return;
      g_array_append_val (dw->line, at);
    }
}

static void
reverse (GArray *line)
{
  SimXY *points = (SimXY *) (gpointer) line->data;
  for (guint i = 0, k = line->len - 1; line->len > 0 && i < k; i++, k--)
    {
      SimXY kept = points[i];
      points[i] = points[k];
      points[k] = kept;
    }
}

/* Only now can others come near it. */
static void
keep_line (Drawing *dw, SimRoad road)
{
  g_assert (dw->families->len == dw->out->points->len + dw->line->len);
  SimStreet street = { road, dw->out->points->len, dw->line->len };
  g_array_append_vals (dw->out->points, dw->line->data, dw->line->len);
  g_array_append_val (dw->out->streets, street);
}

static void
draw_street (Drawing *dw, SimXY seed, SimFamily family)
{
  /* Most seeds fall at the first question, which is the cheapest: no spacing is less than the
   * level's. */
  if (sim_near_has (dw->near[family], seed, SEED_SHARE * dw->level->spacing_m))
    return;
  dw->may_bridge = sim_dice_chance (&dw->dice, dw->level->bridge_share);
  if (sim_near_has (dw->near[family], seed, SEED_SHARE * spacing_at (dw, seed))
      || !is_ground_free (dw, seed))
    return;
  g_array_set_size (dw->line, 0);
  draw_one_way (dw, seed, family, -1.0);
  reverse (dw->line);
  g_array_append_val (dw->line, seed);
  draw_one_way (dw, seed, family, 1.0);
  if (dw->line->len * STEP_M < dw->level->length_min_m)
    return;
  for (guint i = 0; i < dw->line->len; i++)
    {
      guint8 own = family;
      g_array_append_val (dw->families, own);
      sim_near_add (dw->near[family], g_array_index (dw->line, SimXY, i), 0);
    }
  keep_line (dw, dw->level->road);
}

/* Seeds lie one spacing to the left and right of every point that is there already. */
static void
draw_beside (Drawing *dw, guint street, SimFamily family)
{
  SimStreet drawn = g_array_index (dw->out->streets, SimStreet, street);
  for (guint i = 0; i < drawn.n; i += 2)
    {
      SimXY at = g_array_index (dw->out->points, SimXY, drawn.first + i);
      SimXY aside = sim_plan_direction (
          dw->plan, at, family == SIM_FAMILY_MAJOR ? SIM_FAMILY_MINOR : SIM_FAMILY_MAJOR);
      double spacing_m = spacing_at (dw, at);
      for (int side = -1; side <= 1; side += 2)
        draw_street (
            dw,
            (SimXY){ at.x_m + side * spacing_m * aside.x_m, at.y_m + side * spacing_m * aside.y_m },
            family);
    }
}

static void
measure_for_level (Drawing *dw)
{
  for (SimFamily family = 0; family < SIM_N_FAMILIES; family++)
    {
      sim_near_free (dw->near[family]);
      dw->near[family] = sim_near_new (EXTENT_M, dw->level->spacing_m + dw->level->sparse_m);
    }
  for (guint i = 0; i < dw->families->len; i++)
    sim_near_add (dw->near[g_array_index (dw->families, guint8, i)],
                  g_array_index (dw->out->points, SimXY, i), 0);
}

static void
draw_level (Drawing *dw, const Level *level)
{
  dw->level = level;
  measure_for_level (dw);
  for (SimFamily family = 0; family < SIM_N_FAMILIES; family++)
    {
      draw_street (dw, (SimXY){ 0.0, 0.0 }, family);
      for (guint i = 0; i < dw->out->streets->len; i++)
        draw_beside (dw, i, family);
    }
}

/* A motorway keeps others at a distance only where they would run beside it. */
static void
keep_by_hand (Drawing *dw, SimRoad road)
{
  for (guint i = 0; i < dw->line->len; i++)
    {
      SimXY at = g_array_index (dw->line, SimXY, i);
      SimXY next = g_array_index (dw->line, SimXY, i + 1 < dw->line->len ? i + 1 : i);
      SimXY before = g_array_index (dw->line, SimXY, i > 0 ? i - 1 : i);
      SimXY major = sim_plan_direction (dw->plan, at, SIM_FAMILY_MAJOR);
      double length = sim_xy_distance (before, next);
      double dot
          = ((next.x_m - before.x_m) * major.x_m + (next.y_m - before.y_m) * major.y_m) / length;
      guint8 family = fabs (dot) > G_SQRT2 / 2.0 ? SIM_FAMILY_MAJOR : SIM_FAMILY_MINOR;
      g_array_append_val (dw->families, family);
      if (road == SIM_ROAD_MOTORWAY)
        sim_near_add (dw->barrier, at, 0);
    }
  keep_line (dw, road);
}

/* turn_rad 0 runs east; offset_m is to its left. */
static void
draw_motorway (Drawing *dw, double turn_rad, double offset_m)
{
  double phase = sim_dice_between (&dw->dice, 0.0, 2.0 * G_PI),
         sway_m = sim_dice_between (&dw->dice, 250.0, 450.0);
  g_array_set_size (dw->line, 0);
  for (double along_m = -SIM_PLAN_RADIUS_M; along_m <= SIM_PLAN_RADIUS_M; along_m += STEP_M)
    {
      double left_m = offset_m + sway_m * sin (along_m / 2600.0 + phase)
                      + 0.4 * sway_m * sin (along_m / 1100.0 + 2.0 * phase);
      SimXY at = { along_m * cos (turn_rad) - left_m * sin (turn_rad),
                   along_m * sin (turn_rad) + left_m * cos (turn_rad) };
      g_array_append_val (dw->line, at);
    }
  keep_by_hand (dw, SIM_ROAD_MOTORWAY);
}

static void
draw_ring (Drawing *dw)
{
  double phase = sim_dice_between (&dw->dice, 0.0, 2.0 * G_PI);
  g_array_set_size (dw->line, 0);
  guint n = 1600;
  for (guint i = 0; i <= n; i++)
    {
      double turn = 2.0 * G_PI * (i % n) / n;
      double r_m = 5700.0
                   * (1.0 + 0.07 * sin (2.0 * turn + phase) + 0.05 * sin (3.0 * turn + 2.0 * phase)
                      + 0.028 * sin (7.0 * turn + 3.0 * phase));
      SimXY at = { r_m * cos (turn), 1.12 * r_m * sin (turn) };
      g_array_append_val (dw->line, at);
    }
  keep_by_hand (dw, SIM_ROAD_RING);
}

SimStreets *
sim_streets_new (const SimPlan *plan, guint64 seed)
{
  SimStreets *streets = g_new0 (SimStreets, 1);
  streets->points = g_array_new (FALSE, FALSE, sizeof (SimXY));
  streets->streets = g_array_new (FALSE, FALSE, sizeof (SimStreet));
  Drawing dw = { .plan = plan, .out = streets, .dice = sim_dice (seed, SIM_STREAM_STREETS) };
  dw.families = g_array_new (FALSE, FALSE, sizeof (guint8));
  dw.barrier = sim_near_new (EXTENT_M, 4.0 * STEP_M);
  dw.line = g_array_new (FALSE, FALSE, sizeof (SimXY));
  draw_motorway (&dw, plan->angle_rad + G_PI / 2.0, -1050.0);
  draw_motorway (&dw, plan->angle_rad - 0.1, 3500.0);
  draw_ring (&dw);
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    draw_level (&dw, &levels[i]);
  for (SimFamily family = 0; family < SIM_N_FAMILIES; family++)
    sim_near_free (dw.near[family]);
  sim_near_free (dw.barrier);
  g_array_unref (dw.families);
  g_array_unref (dw.line);
  return streets;
}

void
sim_streets_free (SimStreets *streets)
{
  if (streets == NULL)
    return;
  g_array_unref (streets->points);
  g_array_unref (streets->streets);
  g_free (streets);
}
