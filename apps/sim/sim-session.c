/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-session.h"

#include <time.h>

#include "fw-error.h"
#include "fw-event.h"
#include "fw-log.h"
#include "sim-fleet.h"
#include "sim-metrics.h"
#include "sim-run.h"

#include "fw-i18n.h"

FW_LOG_TOPIC ("sim");

typedef struct
{
  const SimOptions *options;
  const FwConfig   *config;
  SimTown          *town;
  SimSource        *fleet;
  SimSink          *sink;
  FwMetrics        *metrics;
  gint64            start_ms;
} Session;

static void
session_clear (Session *se)
{
  g_clear_pointer (&se->sink, sim_sink_free);
  g_clear_pointer (&se->fleet, sim_source_free);
  g_clear_pointer (&se->town, sim_town_free);
  g_clear_pointer (&se->metrics, fw_metrics_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_clear)

static gboolean
read_start (const char *text, gint64 *ret_ms, GError **error)
{
  if (text == NULL)
    {
      *ret_ms = fw_clock_wall_ms (fw_clock_system ());
      return TRUE;
    }
  if (g_ascii_string_to_signed (text, 10, 0, G_GINT64_CONSTANT (253402300799999), ret_ms, NULL)
      || fw_time_parse_rfc3339 (text, strlen (text), ret_ms))
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("--start '%s' is neither RFC 3339, such as 2026-03-02T08:00:00Z, nor ms since 1970"), text);
  return FALSE;
}

static guint
n_simulated (const SimOptions *options)
{
  if (options->n_devices != SIM_DEVICES_UNSET)
    return (guint) options->n_devices;
  return options->replay != NULL ? 0 : SIM_DEVICES_DEFAULT;
}

static gboolean
make_fleet (Session *se, GError **error)
{
  const SimOptions *options = se->options;
  FwPoint centre;
  guint n = n_simulated (options);
  if (n == 0 && options->roads == NULL)
    return TRUE;
  if (!sim_place_parse (options->place, &centre, error))
    return FALSE;
  se->town = sim_town_new (centre, (guint64) options->seed);
  if (options->roads != NULL && !sim_network_write (se->town->net, options->roads, error))
    return FALSE;
  SimFleetOptions fleet = { options->fleet, n, options->interval_ms, se->start_ms, (guint64) options->seed };
  se->fleet = sim_fleet_new (se->town, &fleet);
  return TRUE;
}

/* `--roads FILE` and nothing that asks for events. */
static gboolean
is_only_roads (const SimOptions *options)
{
  return options->roads != NULL && !options->to_stdout && options->n_devices == SIM_DEVICES_UNSET && options->seconds_ms == 0
         && options->replay == NULL && !options->forget;
}

static double
cpu_s (void)
{
  struct timespec used;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double) used.tv_sec + used.tv_nsec / 1e9;
}

static gboolean
run (Session *se, gint *stop, GError **error)
{
  SimRunResult result;
  SimRun run = {
    .clock = fw_clock_system (),
    .sources = { se->fleet },
    .sink = se->sink,
    .metrics = se->metrics,
    .is_fast = se->options->is_fast,
    .start_ms = se->start_ms,
    .end_ms = se->options->seconds_ms > 0 ? se->start_ms + se->options->seconds_ms : G_MAXINT64,
    .stop = stop,
  };
  double cpu_before_s = cpu_s ();
  sim_run (&run, &result);
  se->sink->finish (se->sink, (gint) se->options->drain_ms);
  double used_s = cpu_s () - cpu_before_s;
  fw_info (_ ("%" G_GUINT64_FORMAT " events of %u devices, %.0f per second of CPU"), result.n_sent,
           se->fleet ? se->fleet->n_devices : 0, used_s > 0 ? result.n_sent / used_s : 0);
  (void) error;
  return TRUE;
}

gboolean
sim_session_run (const SimOptions *options, const FwConfig *config, gint *stop, GError **error)
{
  g_auto (Session) se = { .options = options, .config = config };
  if (!read_start (options->start, &se.start_ms, error) || !make_fleet (&se, error))
    return FALSE;
  if (is_only_roads (options))
    return TRUE;
  se.metrics = fw_metrics_new (sim_metric_rows);
  se.sink = sim_stdout_new ();
  return run (&se, stop, error);
}

void
sim_session_complain (const GError *error)
{
  fw_error ("%s", error->message);
}

const char *
sim_session_versions (void)
{
  return NULL;
}
