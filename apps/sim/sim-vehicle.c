/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-vehicle.h"

#include <string.h>

#include "sim-names.h"

#define TRUCK_SHARE 0.45
#define COLD_TRUCK_SHARE 0.75
#define COLD_VAN_SHARE 0.25
#define ELECTRIC_VAN_SHARE 0.3
#define FROZEN_SHARE 0.3
#define UNLIMITED_SHARE 0.03 /* without a working speed limiter */
#define FAULT_AT_START_SHARE 0.025
#define FAULT_PER_TURN_SHARE 0.004
#define ENGINE_OFF_SHARE 0.7
#define REFILL_BELOW_PCT 22.0
#define GNSS_SIGMA_M 1.6 /* open sky; an Ornstein-Uhlenbeck process, not white noise */
#define GNSS_TAU_S 80.0
#define SILENCE_SLOT_MS (15 * 60 * 1000)
#define SILENCE_SHARE 0.025 /* of slots */
#define N_CANDIDATES 6      /* the next customer is the nearest of so many */

static gint64
ms_of (double seconds)
{
  return (gint64) ceil (seconds * 1000.0);
}

static gboolean
is_depot (guint stop)
{
  return stop < SIM_N_DEPOTS;
}

static guint
choose_customer (const SimVehicle *vehicle, const SimTown *town, SimDice *dice)
{
  guint best = vehicle->stop;
  double best_m = G_MAXDOUBLE;
  for (guint i = 0; i < N_CANDIDATES || best == vehicle->stop; i++)
    {
      guint stop = SIM_N_DEPOTS + sim_dice_below (dice, SIM_N_CUSTOMERS);
      double away_m
          = sim_xy_distance (sim_stop (town, stop)->at, sim_stop (town, vehicle->stop)->at);
      if (stop == vehicle->stop || away_m >= best_m)
        continue;
      best_m = away_m;
      best = stop;
    }
  return best;
}

static void
begin_trip (SimVehicle *vehicle)
{
  vehicle->n_trips++;
  vehicle->n_left = vehicle->is_truck ? 4 + sim_dice_below (&vehicle->dice, 5)
                                      : 8 + sim_dice_below (&vehicle->dice, 7);
  g_snprintf (vehicle->trip, sizeof vehicle->trip, "T%u-%02u", vehicle->number, vehicle->n_trips);
}

static double
throw_dwell_s (SimVehicle *vehicle)
{
  if (is_depot (vehicle->stop))
    return CLAMP (sim_dice_lognormal (&vehicle->dice, 9 * 60.0, 0.4), 300.0, 3600.0);
  double median_s = vehicle->is_truck ? 4 * 60.0 : 2 * 60.0;
  return CLAMP (sim_dice_lognormal (&vehicle->dice, median_s, 0.6), 75.0, 2700.0);
}

/* The door opens some time after parking and is shut some time before leaving. */
static void
plan_door (SimVehicle *vehicle)
{
  double stand_s = (vehicle->leave_ms - vehicle->turn_ms) / 1000.0;
  double open_s = MIN (sim_dice_between (&vehicle->dice, 15.0, 60.0), 0.3 * stand_s);
  double work_s = (stand_s - open_s) * sim_dice_between (&vehicle->dice, 0.3, 0.8);
  if (is_depot (vehicle->stop))
    work_s = MIN (work_s, 600.0);
  vehicle->door_open_ms = vehicle->turn_ms + ms_of (open_s);
  vehicle->door_shut_ms = vehicle->door_open_ms + ms_of (work_s);
}

static void
serve_at_depot (SimVehicle *vehicle)
{
  vehicle->has_unit_fault = FALSE;
  if (vehicle->energy_pct < REFILL_BELOW_PCT || vehicle->is_electric)
    vehicle->energy_pct = MAX (vehicle->energy_pct, sim_dice_between (&vehicle->dice, 80.0, 99.0));
}

static void
begin_turn (SimVehicle *vehicle, SimGround *ground, gint64 turn_ms)
{
  if (vehicle->n_left == 0)
    begin_trip (vehicle);
  if (is_depot (vehicle->stop))
    serve_at_depot (vehicle);
  vehicle->n_left--;
  vehicle->next_stop = vehicle->n_left == 0
                           ? vehicle->home
                           : choose_customer (vehicle, ground->town, &vehicle->dice);
  vehicle->turn_ms = turn_ms;
  vehicle->leave_ms = turn_ms + ms_of (throw_dwell_s (vehicle));
  plan_door (vehicle);
  vehicle->is_engine_off_at_stop = sim_dice_chance (&vehicle->dice, ENGINE_OFF_SHARE);
  sim_router_find (ground->router, sim_stop (ground->town, vehicle->stop)->spot,
                   sim_stop (ground->town, vehicle->next_stop)->spot, ground->hops);
  sim_drive_plan (&vehicle->leg, ground->town->net, ground->hops, &vehicle->driver, &vehicle->dice);
  vehicle->cursor = (SimDriveCursor){ 0, 0 };
  vehicle->end_ms = vehicle->leave_ms + ms_of (vehicle->leg.duration_s);
  if (vehicle->is_cold && sim_dice_chance (&vehicle->dice, FAULT_PER_TURN_SHARE))
    vehicle->has_unit_fault = TRUE;
}

/* Percent of tank or battery per km. */
static double
use_pct_per_km (const SimVehicle *vehicle)
{
  if (vehicle->is_electric)
    return 100.0 * 0.28 / 75.0; /* kWh per km of a 75 kWh battery */
  return vehicle->is_truck ? 100.0 * 0.29 / 280.0
                           : 100.0 * 0.11 / 75.0; /* litres per km of the tank */
}

static void
end_turn (SimVehicle *vehicle)
{
  double km = vehicle->leg.length_m / 1000.0;
  vehicle->odometer_km += km;
  vehicle->energy_pct = MAX (vehicle->energy_pct - km * use_pct_per_km (vehicle), 2.0);
  vehicle->stop = vehicle->next_stop;
}

static gboolean
is_door_open (const SimVehicle *vehicle, gint64 at_ms)
{
  return at_ms >= vehicle->door_open_ms && at_ms < vehicle->door_shut_ms;
}

/* Changes by the minute. */
static double
outside_c (const SimGround *ground, gint64 at_ms)
{
  double east_h = ground->town->net->place.centre.lon / 15.0;
  double hour = (double) (at_ms / 60000) / 60.0 + east_h;
  return sim_cold_outside_c (hour - 24.0 * floor (hour / 24.0));
}

/* Whole seconds of world time, so that the box is the same whoever asks when. */
static void
live_cold (SimVehicle *vehicle, const SimGround *ground, gint64 until_ms)
{
  if (!vehicle->is_cold)
    return;
  double now_c = outside_c (ground, vehicle->cold_ms);
  for (; vehicle->cold_ms + 1000 <= until_ms; vehicle->cold_ms += 1000)
    {
      if (vehicle->cold_ms % 60000 < 1000)
        now_c = outside_c (ground, vehicle->cold_ms);
      sim_cold_step (&vehicle->cold, now_c, is_door_open (vehicle, vehicle->cold_ms),
                     !vehicle->has_unit_fault);
    }
  vehicle->had_unit_fault |= vehicle->has_unit_fault;
}

static void
live_until (SimVehicle *vehicle, SimGround *ground, gint64 now_ms)
{
  while (now_ms >= vehicle->end_ms)
    {
      live_cold (vehicle, ground, vehicle->end_ms);
      end_turn (vehicle);
      begin_turn (vehicle, ground, vehicle->end_ms);
    }
  live_cold (vehicle, ground, now_ms);
}

static void
choose_make (SimVehicle *vehicle)
{
  SimDice *dice = &vehicle->dice;
  vehicle->is_truck = sim_dice_chance (dice, TRUCK_SHARE);
  vehicle->is_electric = sim_dice_chance (dice, ELECTRIC_VAN_SHARE) && !vehicle->is_truck;
  vehicle->is_cold = sim_dice_chance (dice, vehicle->is_truck ? COLD_TRUCK_SHARE : COLD_VAN_SHARE);
  g_snprintf (vehicle->id, sizeof vehicle->id, "%s-%04u", vehicle->is_truck ? "TRK" : "VAN",
              vehicle->number);
  vehicle->driver_name = sim_driver_name (dice);
  double temper = CLAMP (sim_dice_normal (dice), -2.0, 2.0);
  vehicle->driver = (SimDriver){
    .accel_mps2 = (vehicle->is_truck ? 0.85 : 1.05) + 0.06 * temper,
    .brake_mps2 = (vehicle->is_truck ? 1.5 : 1.9) + 0.15 * temper,
    .eagerness = 0.97 + 0.05 * temper,
    .speed_max_mps = (sim_dice_chance (dice, UNLIMITED_SHARE) ? 120.0 : 88.0) / 3.6,
  };
  vehicle->odometer_km = sim_dice_between (dice, 4000.0, vehicle->is_truck ? 480000.0 : 190000.0);
  vehicle->energy_pct = sim_dice_between (dice, 12.0, 98.0);
}

static void
fill_box (SimVehicle *vehicle)
{
  SimDice *dice = &vehicle->dice;
  double setpoint_c = sim_dice_chance (dice, FROZEN_SHARE) ? -18.0 : 2.0 + sim_dice_below (dice, 3);
  sim_cold_init (&vehicle->cold, vehicle->is_truck, setpoint_c);
  vehicle->cold.cargo_c += (float) sim_dice_between (dice, -0.6, 0.9);
  vehicle->cold.air_c += (float) sim_dice_between (dice, -0.9, 0.9);
  vehicle->has_unit_fault = vehicle->is_cold && sim_dice_chance (dice, FAULT_AT_START_SHARE);
  double warmer_c = sim_dice_between (dice, 3.0, 6.5); /* the fault is some hours old */
  if (!vehicle->has_unit_fault)
    return;
  vehicle->cold.cargo_c += (float) warmer_c;
  vehicle->cold.air_c += (float) (1.6 * warmer_c);
}

void
sim_vehicle_init (SimVehicle *vehicle, SimGround *ground, guint number, gint64 start_ms)
{
  *vehicle = (SimVehicle){ .number = number,
                           .dice = sim_dice (ground->seed, SIM_STREAM_VEHICLE + number) };
  sim_drive_init (&vehicle->leg);
  choose_make (vehicle);
  fill_box (vehicle);
  gboolean has_fault = vehicle->has_unit_fault;
  begin_trip (vehicle);
  vehicle->home = sim_dice_below (&vehicle->dice, SIM_N_DEPOTS);
  vehicle->n_left = 1 + sim_dice_below (&vehicle->dice, vehicle->n_left);
  vehicle->stop = SIM_N_DEPOTS + sim_dice_below (&vehicle->dice, SIM_N_CUSTOMERS);
  double elapsed = sim_dice_unit (&vehicle->dice);
  begin_turn (vehicle, ground, 0);
  vehicle->has_unit_fault |= has_fault;
  gint64 shift_ms = start_ms - (gint64) (elapsed * vehicle->end_ms);
  gint64 *times[] = { &vehicle->turn_ms, &vehicle->leave_ms, &vehicle->end_ms,
                      &vehicle->door_open_ms, &vehicle->door_shut_ms };
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    *times[i] += shift_ms;
  vehicle->cold_ms = start_ms;
  vehicle->error_ms = start_ms;
  vehicle->error = (SimXY){ GNSS_SIGMA_M * sim_dice_normal (&vehicle->dice),
                            GNSS_SIGMA_M * sim_dice_normal (&vehicle->dice) };
}

void
sim_vehicle_clear (SimVehicle *vehicle)
{
  g_clear_pointer (&vehicle->driver_name, g_free);
  sim_drive_clear (&vehicle->leg);
}

/* Does not depend on state: any vehicle at any time is known without its past. */
static gboolean
is_silent (const SimVehicle *vehicle, const SimGround *ground, gint64 now_ms)
{
  SimDice dice = sim_dice (ground->seed ^ (guint64) (now_ms / SILENCE_SLOT_MS),
                           ~(SIM_STREAM_VEHICLE + (guint64) vehicle->number));
  if (!sim_dice_chance (&dice, SILENCE_SHARE))
    return FALSE;
  double from_s = sim_dice_between (&dice, 0.0, 500.0),
         for_s = sim_dice_between (&dice, 60.0, 400.0);
  double at_s = (now_ms % SILENCE_SLOT_MS) / 1000.0;
  return at_s >= from_s && at_s < from_s + for_s;
}

/* A receiver's error drifts while it moves; at a standstill it holds its position, as receivers do.
 */
static void
drift (SimVehicle *vehicle, const SimGround *ground, gint64 now_ms, gboolean is_moving)
{
  double dt_s = (now_ms - vehicle->error_ms) / 1000.0;
  vehicle->error_ms = now_ms;
  if (!is_moving)
    return;
  double keep = exp (-dt_s / GNSS_TAU_S), add_m = GNSS_SIGMA_M * sqrt (1.0 - keep * keep);
  guint64 stream = ~(SIM_STREAM_VEHICLE + (guint64) vehicle->number),
          counter = (guint64) now_ms * 2;
  vehicle->error.x_m
      = keep * vehicle->error.x_m + add_m * fw_rng_normal (ground->seed, stream, counter);
  vehicle->error.y_m
      = keep * vehicle->error.y_m + add_m * fw_rng_normal (ground->seed, stream, counter + 1);
}

static double
rounded (double value, double per_unit)
{
  return round (value * per_unit) / per_unit;
}

static void
say_motion (const SimVehicle *vehicle, const SimGround *ground, const SimMotion *motion,
            FwEvent *ev)
{
  SimXY seen = { motion->at.x_m + vehicle->error.x_m, motion->at.y_m + vehicle->error.y_m };
  FwPoint point = sim_place_to_point (&ground->town->net->place, seen);
  double heading_deg = rounded (motion->heading_deg, 1.0);
  fw_event_set_number (ev, FW_FIELD_LAT, rounded (point.lat, 1e6));
  fw_event_set_number (ev, FW_FIELD_LON, rounded (point.lon, 1e6));
  fw_event_set_number (ev, FW_FIELD_ACCURACY_M,
                       2.0 + rounded (hypot (vehicle->error.x_m, vehicle->error.y_m), 2.0));
  fw_event_set_number (ev, FW_FIELD_SPEED_KMH, rounded (motion->speed_mps * 3.6, 10.0));
  fw_event_set_number (ev, FW_FIELD_HEADING_DEG, heading_deg >= 360.0 ? 0.0 : heading_deg);
  double km = motion->way_m / 1000.0;
  fw_event_set_number (ev, FW_FIELD_ODOMETER_KM, rounded (vehicle->odometer_km + km, 10.0));
  fw_event_set_number (
      ev, vehicle->is_electric ? FW_FIELD_BATTERY_PCT : FW_FIELD_FUEL_PCT,
      rounded (MAX (vehicle->energy_pct - km * use_pct_per_km (vehicle), 2.0), 10.0));
}

static void
say_box (const SimVehicle *vehicle, gint64 now_ms, FwEvent *ev)
{
  fw_event_set_number (ev, FW_FIELD_DOOR, is_door_open (vehicle, now_ms));
  if (!vehicle->is_cold)
    return;
  fw_event_set_number (ev, FW_FIELD_TEMP_C, rounded (vehicle->cold.cargo_c, 10.0));
  fw_event_set_number (ev, FW_FIELD_AIR_C, rounded (vehicle->cold.air_c, 10.0));
  fw_event_set_number (ev, FW_FIELD_SETPOINT_C, vehicle->cold.setpoint_c);
  if (vehicle->has_unit_fault)
    fw_event_set_string (ev, FW_FIELD_ALARM, "reefer-unit", strlen ("reefer-unit"));
  else if (vehicle->had_unit_fault)
    ev->null |= FW_FIELD_BIT (FW_FIELD_ALARM); /* it is over, and must be said to be */
}

static void
say_duty (const SimVehicle *vehicle, const SimGround *ground, gint64 now_ms, FwEvent *ev)
{
  gboolean is_off = vehicle->is_engine_off_at_stop && now_ms < vehicle->leave_ms;
  const char *next = sim_stop (ground->town, vehicle->next_stop)->name;
  fw_event_set_number (ev, FW_FIELD_IGNITION, !is_off);
  fw_event_set_string (ev, FW_FIELD_DRIVER, vehicle->driver_name, strlen (vehicle->driver_name));
  fw_event_set_string (ev, FW_FIELD_TRIP, vehicle->trip, strlen (vehicle->trip));
  fw_event_set_string (ev, FW_FIELD_NEXT_STOP, next, strlen (next));
  fw_event_set_number (ev, FW_FIELD_ETA_TS_MS, (double) (vehicle->end_ms / 1000 * 1000));
}

gboolean
sim_vehicle_report (SimVehicle *vehicle, SimGround *ground, gint64 now_ms, FwEvent *ev)
{
  live_until (vehicle, ground, now_ms);
  SimMotion motion = sim_drive_at (&vehicle->leg, ground->town->net,
                                   (now_ms - vehicle->leave_ms) / 1000.0, &vehicle->cursor);
  drift (vehicle, ground, now_ms, motion.speed_mps > 0.0);
  if (is_silent (vehicle, ground, now_ms))
    return FALSE;
  fw_event_clear (ev);
  ev->device_id = (FwText){ vehicle->id, (guint) strlen (vehicle->id) };
  ev->ts_ms = now_ms;
  say_motion (vehicle, ground, &motion, ev);
  say_box (vehicle, now_ms, ev);
  say_duty (vehicle, ground, now_ms, ev);
  fw_event_set_string (ev, FW_FIELD_ORIGIN, "sim", strlen ("sim"));
  return TRUE;
}
