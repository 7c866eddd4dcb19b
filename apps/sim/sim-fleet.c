/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-fleet.h"

#include "sim-vehicle.h"

#include <string.h>

typedef struct
{
  gint64 phase_ms;
  guint vehicle;
} Slot;

typedef struct
{
  SimSource source;
  SimFleetOptions options;
  SimGround ground;
  SimVehicle *vehicles;
  gint64 *seqs;
  Slot *slots; /* by phase: the order of reports within every interval */
  guint next_slot;
  gint64 round_ms; /* when the interval of next_slot began */
} Fleet;

static void
begin (SimSource *source, gint64 start_ms)
{
  ((Fleet *) source)->round_ms = start_ms;
}

static gint64
due_ms (SimSource *source)
{
  const Fleet *fl = (const Fleet *) source;
  return source->n_devices == 0 ? G_MAXINT64 : fl->round_ms + fl->slots[fl->next_slot].phase_ms;
}

static gboolean
take (SimSource *source, FwEvent *ev)
{
  Fleet *fl = (Fleet *) source;
  gint64 now_ms = due_ms (source);
  guint i = fl->slots[fl->next_slot].vehicle;
  if (++fl->next_slot == source->n_devices)
    {
      fl->next_slot = 0;
      fl->round_ms += fl->options.interval_ms;
    }
  if (!sim_vehicle_report (&fl->vehicles[i], &fl->ground, now_ms, ev))
    return FALSE;
  ev->fleet = (FwText){ fl->options.fleet, (guint) strlen (fl->options.fleet) };
  ev->seq = ++fl->seqs[i];
  return TRUE;
}

static void
each_device (SimSource *source,
             void (*each) (gpointer user, const char *fleet, const char *device_id), gpointer user)
{
  const Fleet *fl = (const Fleet *) source;
  for (guint i = 0; i < source->n_devices; i++)
    each (user, fl->options.fleet, fl->vehicles[i].id);
}

static void
fleet_free (SimSource *source)
{
  Fleet *fl = (Fleet *) source;
  for (guint i = 0; i < source->n_devices; i++)
    sim_vehicle_clear (&fl->vehicles[i]);
  sim_router_free (fl->ground.router);
  g_array_unref (fl->ground.hops);
  g_free (fl->vehicles);
  g_free (fl->seqs);
  g_free (fl->slots);
  g_free (fl);
}

static int
by_phase (const void *a, const void *b)
{
  const Slot *left = a, *right = b;
  if (left->phase_ms != right->phase_ms)
    return left->phase_ms < right->phase_ms ? -1 : 1;
  return (left->vehicle > right->vehicle) - (left->vehicle < right->vehicle);
}

SimSource *
sim_fleet_new (const SimTown *town, const SimFleetOptions *options)
{
  Fleet *fl = g_new0 (Fleet, 1);
  fl->source = (SimSource){ begin, due_ms, take, each_device, fleet_free, options->n_devices };
  fl->options = *options;
  fl->ground = (SimGround){ town, sim_router_new (town->net),
                            g_array_new (FALSE, FALSE, sizeof (SimHop)), options->seed };
  fl->vehicles = g_new0 (SimVehicle, MAX (options->n_devices, 1));
  fl->seqs = g_new0 (gint64, MAX (options->n_devices, 1));
  fl->slots = g_new0 (Slot, MAX (options->n_devices, 1));
  for (guint i = 0; i < options->n_devices; i++)
    {
      sim_vehicle_init (&fl->vehicles[i], &fl->ground, i + 1, options->born_ms);
      SimDice dice = sim_dice (options->seed, SIM_STREAM_PHASES);
      dice.counter = i;
      fl->slots[i] = (Slot){ (gint64) (sim_dice_unit (&dice) * options->interval_ms), i };
    }
  qsort (fl->slots, options->n_devices, sizeof (Slot), by_phase);
  return &fl->source;
}
