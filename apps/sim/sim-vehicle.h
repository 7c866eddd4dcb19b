/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
#include "sim-cold.h"
#include "sim-drive.h"
#include "sim-town.h"
/* sim-vehicle: a truck or van through its days. Its life is a row of turns: stand at a stop, then drive to the next.
 *
 *   turn_ms            +park  door open  -park         leave_ms                       end_ms = the next turn
 *     |--- stands ------[------------]------------------|--- drives (one SimDrive) -------|
 *
 * Promises: everything follows from (seed, number, time): the answer for a time does not depend on how often one asks,
 *   nor on other vehicles; the door is open only while it stands.
 * Does not: read a clock, do I/O. Threads: one owner; town and router are shared by the vehicles of one thread. */
typedef struct
{
  const SimTown *town;
  SimRouter     *router;
  GArray        *hops; /* SimHop: working memory */
  guint64        seed;
} SimGround;

typedef struct
{
  char     id[16], trip[16];
  char    *driver_name;
  guint    number;
  gboolean is_truck, is_electric, is_cold;
  SimDriver driver;
  SimDice  dice;
  guint    home, stop, next_stop; /* in town->stops; stop: where the turn began */
  guint    n_trips, n_left;       /* customers to visit before going home */
  gint64   turn_ms, leave_ms, end_ms;
  gint64   door_open_ms, door_shut_ms;
  gboolean is_engine_off_at_stop;
  SimDrive   leg;
  SimDriveCursor cursor;
  double   odometer_km, energy_pct; /* at leave_ms */
  SimCold  cold;
  gint64   cold_ms;                 /* cold is as of here */
  gboolean has_unit_fault, had_unit_fault;
  SimXY    error;                   /* of the receiver, drifting */
  gint64   error_ms;
} SimVehicle;

/* number counts from 1 and makes the id: "TRK-0147". It is somewhere in the middle of its day at start_ms. */
void sim_vehicle_init (SimVehicle *vehicle, SimGround *ground, guint number, gint64 start_ms);
void sim_vehicle_clear (SimVehicle *vehicle);
/* Lives on to now_ms (which never goes back) and writes what its device says there into ev; texts are borrowed from
 * vehicle until the next call. FALSE when the device is silent now: nothing is said, and nothing is lost. */
gboolean sim_vehicle_report (SimVehicle *vehicle, SimGround *ground, gint64 now_ms, FwEvent *ev);
