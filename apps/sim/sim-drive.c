/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-drive.h"

#define SIDEWAYS_MPS2 1.8 /* comfortable in a bend */
#define CORNER_M 9.0      /* a turn at a junction begins this far before it */
#define BEND_M 25.0
#define CRAWL_MPS 1.5
#define ROLL_MPS 5.0       /* over a junction of equals */
#define HEADING_BASE_M 5.0 /* heading is measured over twice this */
#define RED_SHARE 0.35
#define GIVE_WAY_SHARE 0.7
#define SHORTEST_M 0.01

/* A place on the way where the ceiling of speed may change. */
typedef struct
{
  double way_m, ceiling_mps, wait_s, limit_mps /* from here on */;
} Mark;

typedef struct
{
  const SimNetwork *net;
  const SimDriver *driver;
  SimDice *dice;
  SimDrive *leg;
  GArray *marks;
  SimXY before, at; /* the last two points of the way */
  gboolean has_before;
} Planning;

void
sim_drive_init (SimDrive *leg)
{
  *leg = (SimDrive){ g_array_new (FALSE, FALSE, sizeof (SimKnot)),
                     g_array_new (FALSE, FALSE, sizeof (SimStretch)), 0.0, 0.0 };
}

void
sim_drive_clear (SimDrive *leg)
{
  g_clear_pointer (&leg->knots, g_array_unref);
  g_clear_pointer (&leg->stretches, g_array_unref);
}

/* How fast one may pass a bend from a over b to c that begins `tangent_m` before b. */
static double
bend_ceiling_mps (SimXY a, SimXY b, SimXY c, double tangent_m)
{
  double in = atan2 (b.y_m - a.y_m, b.x_m - a.x_m), out = atan2 (c.y_m - b.y_m, c.x_m - b.x_m);
  double turn = fabs (remainder (out - in, 2.0 * G_PI));
  if (turn < 1e-4)
    return G_MAXDOUBLE;
  double shortest_m = MIN (sim_xy_distance (a, b), sim_xy_distance (b, c));
  double radius_m = MIN (tangent_m, 0.5 * shortest_m + 4.0) / tan (0.5 * turn);
  return MAX (CRAWL_MPS, sqrt (SIDEWAYS_MPS2 * MAX (radius_m, 0.0)));
}

static Mark *
last_mark (Planning *pl)
{
  return &g_array_index (pl->marks, Mark, pl->marks->len - 1);
}

/* The way goes on straight to `to`; the point left behind is a bend if there was one before it. */
static void
go_to (Planning *pl, SimXY to, double limit_mps, double tangent_m)
{
  double step_m = sim_xy_distance (pl->at, to);
  if (step_m < SHORTEST_M)
    return;
  Mark *here = last_mark (pl);
  if (pl->has_before)
    here->ceiling_mps
        = MIN (here->ceiling_mps, bend_ceiling_mps (pl->before, pl->at, to, tangent_m));
  here->ceiling_mps = MIN (here->ceiling_mps, limit_mps);
  here->limit_mps = limit_mps;
  Mark next = { here->way_m + step_m, limit_mps, 0.0, limit_mps };
  g_array_append_val (pl->marks, next);
  pl->before = pl->at;
  pl->at = to;
  pl->has_before = TRUE;
}

static double
limit_on (Planning *pl, const SimEdge *edge)
{
  double traffic = CLAMP (0.93 + 0.08 * sim_dice_normal (pl->dice), 0.7, 1.05);
  return MIN (sim_roads[edge->road].limit_kmh / 3.6 * pl->driver->eagerness * traffic,
              pl->driver->speed_max_mps);
}

static void
drive_hop (Planning *pl, const SimHop *hop)
{
  const SimEdge *edge = sim_edge (pl->net, hop->edge);
  gint sign = hop->from_m <= hop->to_m ? 1 : -1;
  double limit_mps = limit_on (pl, edge), tangent_m = CORNER_M;
  SimStretch stretch = { (float) last_mark (pl)->way_m, (float) hop->from_m, hop->edge, sign };
  g_array_append_val (pl->leg->stretches, stretch);
  for (guint i = 0; i < edge->n_vertices; i++)
    {
      guint vertex = edge->first_vertex + (sign > 0 ? i : edge->n_vertices - 1 - i);
      double along_m = sim_along_m (pl->net, vertex);
      if ((along_m - hop->from_m) * sign <= SHORTEST_M)
        continue;
      if ((along_m - hop->to_m) * sign >= 0.0)
        break;
      go_to (pl, sim_vertex (pl->net, vertex), limit_mps, tangent_m);
      tangent_m = BEND_M;
    }
  go_to (pl, sim_network_at (pl->net, hop->edge, hop->to_m), limit_mps, tangent_m);
}

static gboolean
has_signals (const SimNetwork *net, const SimNode *node)
{
  guint n_large = 0;
  for (guint i = 0; i < node->n_arcs; i++)
    n_large += sim_edge (net, sim_arc (net, node->first_arc + i)->edge)->road <= SIM_ROAD_COLLECTOR;
  return n_large >= 3;
}

static void
stop_for (Planning *pl, double wait_s)
{
  last_mark (pl)->ceiling_mps = 0.0;
  last_mark (pl)->wait_s = wait_s;
}

/* Rules at the junction between two hops: motorways run free, signals may be red, small roads give
 * way to large. */
static void
pass_junction (Planning *pl, const SimHop *in, const SimHop *out)
{
  const SimEdge *from = sim_edge (pl->net, in->edge), *to = sim_edge (pl->net, out->edge);
  const SimNode *node = sim_node (pl->net, in->to_m > in->from_m ? from->to : from->from);
  double luck = sim_dice_unit (pl->dice), wait = sim_dice_unit (pl->dice);
  if (node->n_arcs < 3 || (from->road <= SIM_ROAD_RING && to->road <= SIM_ROAD_RING))
    return;
  if (has_signals (pl->net, node))
    {
      if (luck < RED_SHARE)
        stop_for (pl, 3.0 + 30.0 * wait);
    }
  else if (from->road > node->finest)
    {
      if (luck < GIVE_WAY_SHARE)
        stop_for (pl, 1.0 + 9.0 * wait * wait);
      else
        last_mark (pl)->ceiling_mps = MIN (last_mark (pl)->ceiling_mps, ROLL_MPS);
    }
  else if (from->road == SIM_ROAD_LOCAL)
    last_mark (pl)->ceiling_mps = MIN (last_mark (pl)->ceiling_mps, ROLL_MPS);
}

/* After this every ceiling is a speed that the vehicle will have there. */
static void
make_reachable (Planning *pl)
{
  Mark *marks = (Mark *) (gpointer) pl->marks->data;
  guint n = pl->marks->len;
  for (guint i = n - 1; i-- > 0;)
    {
      double room_m = marks[i + 1].way_m - marks[i].way_m, next = marks[i + 1].ceiling_mps;
      marks[i].ceiling_mps
          = MIN (marks[i].ceiling_mps, sqrt (next * next + 2.0 * pl->driver->brake_mps2 * room_m));
    }
  for (guint i = 0; i + 1 < n; i++)
    {
      double room_m = marks[i + 1].way_m - marks[i].way_m, now = marks[i].ceiling_mps;
      marks[i + 1].ceiling_mps = MIN (marks[i + 1].ceiling_mps,
                                      sqrt (now * now + 2.0 * pl->driver->accel_mps2 * room_m));
    }
}

static void
add_knot (SimDrive *leg, double t_s, double way_m, double speed_mps, double accel_mps2)
{
  if (leg->knots->len > 0 && accel_mps2 == 0.0)
    {
      const SimKnot *last = &g_array_index (leg->knots, SimKnot, leg->knots->len - 1);
      if (last->accel_mps2 == 0.0f && last->speed_mps == (float) speed_mps)
        return; /* it just goes on */
    }
  SimKnot knot = { (float) t_s, (float) way_m, (float) speed_mps, (float) accel_mps2 };
  g_array_append_val (leg->knots, knot);
}

/* From mark a to mark b: faster, steady, slower, as far as there is room. */
static void
drive_between (SimDrive *leg, const SimDriver *driver, const Mark *a, const Mark *b)
{
  double accel = driver->accel_mps2, brake = driver->brake_mps2;
  double u = a->ceiling_mps, w = b->ceiling_mps, room_m = b->way_m - a->way_m;
  double peak
      = sqrt ((2.0 * accel * brake * room_m + brake * u * u + accel * w * w) / (accel + brake));
  peak = MAX (MIN (peak, a->limit_mps), MAX (u, w));
  double up_m = (peak * peak - u * u) / (2.0 * accel),
         down_m = (peak * peak - w * w) / (2.0 * brake);
  double steady_m = MAX (room_m - up_m - down_m, 0.0);
  double t_s = leg->duration_s;
  if (peak > u)
    add_knot (leg, t_s, a->way_m, u, accel);
  t_s += (peak - u) / accel;
  if (steady_m > 0.0)
    add_knot (leg, t_s, a->way_m + up_m, peak, 0.0);
  t_s += steady_m / peak;
  if (peak > w)
    add_knot (leg, t_s, b->way_m - down_m, peak, -brake);
  leg->duration_s = t_s + (peak - w) / brake;
}

static void
knot_marks (Planning *pl)
{
  SimDrive *leg = pl->leg;
  for (guint i = 0; i < pl->marks->len; i++)
    {
      const Mark *mark = &g_array_index (pl->marks, Mark, i);
      if (mark->ceiling_mps == 0.0 && mark->wait_s > 0.0)
        {
          add_knot (leg, leg->duration_s, mark->way_m, 0.0, 0.0);
          leg->duration_s += mark->wait_s;
        }
      if (i + 1 < pl->marks->len)
        drive_between (leg, pl->driver, mark, mark + 1);
    }
  leg->length_m = last_mark (pl)->way_m;
  add_knot (leg, leg->duration_s, leg->length_m, 0.0, 0.0);
}

void
sim_drive_plan (SimDrive *leg, const SimNetwork *net, const GArray *hops, const SimDriver *driver,
                SimDice *dice)
{
  g_assert (hops->len > 0);
  g_array_set_size (leg->knots, 0);
  g_array_set_size (leg->stretches, 0);
  leg->duration_s = leg->length_m = 0.0;
  const SimHop *hop = &g_array_index (hops, SimHop, 0);
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (Mark));
  Planning pl
      = { net, driver, dice, leg, marks, .at = sim_network_at (net, hop->edge, hop->from_m) };
  Mark first = { 0.0, 0.0, 0.0, 0.0 };
  g_array_append_val (marks, first);
  for (guint i = 0; i < hops->len; i++)
    {
      if (i > 0)
        pass_junction (&pl, hop + i - 1, hop + i);
      drive_hop (&pl, hop + i);
    }
  last_mark (&pl)->ceiling_mps = 0.0;
  make_reachable (&pl);
  knot_marks (&pl);
}

static SimXY
place_at (const SimDrive *leg, const SimNetwork *net, double way_m, guint *stretch)
{
  way_m = CLAMP (way_m, 0.0, leg->length_m);
  while (*stretch + 1 < leg->stretches->len
         && g_array_index (leg->stretches, SimStretch, *stretch + 1).way_m <= way_m)
    ++*stretch;
  const SimStretch *on = &g_array_index (leg->stretches, SimStretch, *stretch);
  return sim_network_at (net, on->edge, on->from_m + on->sign * (way_m - on->way_m));
}

static double
heading_at (const SimDrive *leg, const SimNetwork *net, double way_m, guint stretch)
{
  guint behind = stretch;
  while (behind > 0
         && g_array_index (leg->stretches, SimStretch, behind).way_m > way_m - HEADING_BASE_M)
    behind--;
  guint ahead = behind;
  SimXY from = place_at (leg, net, way_m - HEADING_BASE_M, &behind);
  SimXY to = place_at (leg, net, way_m + HEADING_BASE_M, &ahead);
  double heading_deg = atan2 (to.x_m - from.x_m, to.y_m - from.y_m) * 180.0 / G_PI;
  return heading_deg < 0.0 ? heading_deg + 360.0 : heading_deg;
}

SimMotion
sim_drive_at (const SimDrive *leg, const SimNetwork *net, double t_s, SimDriveCursor *cursor)
{
  t_s = CLAMP (t_s, 0.0, leg->duration_s);
  const SimKnot *knots = (const SimKnot *) (gconstpointer) leg->knots->data;
  while (cursor->knot + 1 < leg->knots->len && knots[cursor->knot + 1].t_s <= t_s)
    cursor->knot++;
  if (t_s == leg->duration_s)
    cursor->knot = leg->knots->len - 1; /* whatever rounding says: it has arrived, and stands */
  const SimKnot *knot = &knots[cursor->knot];
  double since_s = MAX (t_s - knot->t_s, 0.0);
  SimMotion motion;
  motion.speed_mps = MAX (knot->speed_mps + knot->accel_mps2 * since_s, 0.0);
  motion.way_m
      = MIN (knot->way_m + 0.5 * (knot->speed_mps + motion.speed_mps) * since_s, leg->length_m);
  motion.at = place_at (leg, net, motion.way_m, &cursor->stretch);
  motion.heading_deg = heading_at (leg, net, motion.way_m, cursor->stretch);
  return motion;
}
