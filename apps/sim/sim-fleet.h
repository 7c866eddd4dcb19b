/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-source.h"
#include "sim-town.h"
/* sim-fleet: many vehicles in one town, each reporting at its own phase + k * interval.
 * Promises: the same bytes for the same seed and start. Threads: one owner. */
typedef struct
{
  const char *fleet;
  guint  n_devices;
  gint64 interval_ms;
  gint64 born_ms; /* vehicles are in the middle of their day here; not after the time at which the source begins */
  guint64 seed;
} SimFleetOptions;

/* Borrows town and options->fleet. */
SimSource *sim_fleet_new (const SimTown *town, const SimFleetOptions *options);
