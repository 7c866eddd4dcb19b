/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-session.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fw-admin.h"
#include "fw-error.h"
#include "fw-event.h"
#include "fw-log.h"
#include "sim-closing.h"
#include "sim-fleet.h"
#include "sim-guard.h"
#include "sim-kafka.h"
#include "sim-metrics.h"
#include "sim-replay.h"

#include "fw-i18n.h"

FW_LOG_TOPIC ("sim");

enum
{
  SOURCE_FLEET,
  SOURCE_REPLAY
};

typedef struct
{
  const SimOptions *options;
  SimTown *town;
  SimSource *sources[SIM_N_SOURCES];
  FwKafkaConf *kafka; /* NULL with --stdout */
  char *run_id;
  SimSink *sink;
  FwMetrics *metrics;
  FwAdmin *admin;
  gint64 start_ms;
} Session;

static void
session_clear (Session *se)
{
  g_clear_pointer (&se->admin, fw_admin_free);
  g_clear_pointer (&se->sink, sim_sink_free);
  for (guint i = 0; i < SIM_N_SOURCES; i++)
    g_clear_pointer (&se->sources[i], sim_source_free);
  g_clear_pointer (&se->town, sim_town_free);
  g_clear_pointer (&se->kafka, fw_kafka_conf_free);
  g_clear_pointer (&se->metrics, fw_metrics_free);
  g_clear_pointer (&se->run_id, g_free);
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
  g_set_error (
      error, FW_ERROR, FW_ERROR_USAGE,
      _ ("--start '%s' is neither RFC 3339, such as 2026-03-02T08:00:00Z, nor ms since 1970"),
      text);
  return FALSE;
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, FW_ERROR, FW_ERROR_USAGE, why);
  return FALSE;
}

static gboolean
check_options (const SimOptions *options, GError **error)
{
  if (!fw_name_is_valid (options->fleet, strlen (options->fleet)))
    return refuse (error, _ ("--fleet: a name has 1 to 64 letters, digits, '.', '_' or '-'"));
  if (options->run != NULL && !fw_name_is_valid (options->run, strlen (options->run)))
    return refuse (error, _ ("--run: an ID has 1 to 64 letters, digits, '.', '_' or '-'"));
  if (options->replay == NULL && (options->map != NULL || options->keep_time || options->repeat))
    return refuse (error, _ ("--map, --keep-time and --repeat say how to play a file: name it with "
                             "--replay FILE.csv"));
  if (options->keep_time && options->repeat)
    return refuse (error,
                   _ ("--repeat would make the recorded time go back: leave out --keep-time"));
  return TRUE;
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
  g_autoptr (GError) local = NULL;
  if (options->roads != NULL && !sim_network_write (se->town->net, options->roads, &local))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_IO, _ ("cannot write the roads: %s"), local->message);
      return FALSE;
    }
  SimFleetOptions fleet
      = { options->fleet, n, options->interval_ms, se->start_ms, (guint64) options->seed };
  se->sources[SOURCE_FLEET] = sim_fleet_new (se->town, &fleet);
  return TRUE;
}

static gboolean
make_replay (Session *se, GError **error)
{
  const SimOptions *options = se->options;
  if (options->replay == NULL)
    return TRUE;
  SimTrack *track = sim_track_read (options->replay, options->map, options->fleet,
                                    (guint) options->replay_rows_max, error);
  if (track == NULL)
    return FALSE;
  SimReplayOptions replay = { options->speedup, options->keep_time, options->repeat };
  se->sources[SOURCE_REPLAY] = sim_replay_new (track, &replay);
  return TRUE;
}

/* `--roads FILE` and nothing that asks for events. */
static gboolean
is_only_roads (const SimOptions *options)
{
  return options->roads != NULL && !options->to_stdout && options->n_devices == SIM_DEVICES_UNSET
         && options->seconds_ms == 0 && options->replay == NULL && !options->forget;
}

static char *
make_run_id (const SimOptions *options)
{
  if (options->run != NULL)
    return g_strdup (options->run);
  g_autofree char *uuid = g_uuid_string_random ();
  return g_strndup (uuid, 8);
}

static gboolean
open_kafka_sink (Session *se, GError **error)
{
  const SimOptions *options = se->options;
  g_autofree char *topic
      = fw_kafka_topic (se->kafka, options->topic != NULL ? options->topic : SIM_TOPIC_DEFAULT);
  if (!sim_guard_check (options, se->kafka, topic, error))
    return FALSE;
  se->sink = sim_kafka_new (se->kafka, topic, se->run_id, (guint) options->linger_ms, error);
  if (se->sink == NULL)
    return FALSE;
  fw_info (_ ("run %s to topic %s at %s"), se->run_id, topic, fw_kafka_conf_bootstrap (se->kafka));
  return TRUE;
}

static guint
n_devices (const Session *se)
{
  guint n = 0;
  for (guint i = 0; i < SIM_N_SOURCES; i++)
    n += se->sources[i] != NULL ? se->sources[i]->n_devices : 0;
  return n;
}

static gboolean
open_admin (Session *se, GError **error)
{
  if (se->kafka == NULL)
    return TRUE;
  g_autoptr (GError) local = NULL;
  FwAdminSource source = { .metrics = se->metrics };
  se->admin = fw_admin_new (se->options->admin_listen, TRUE, &source, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (se->admin != NULL)
    fw_info (_ ("metrics at http://localhost:%u/metrics"), fw_admin_port (se->admin));
  return TRUE;
}

static double
cpu_s (void)
{
  struct timespec used;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double) used.tv_sec + (double) used.tv_nsec / 1e9;
}

static void
say_closing (const Session *se, const SimRunResult *result, double used_s)
{
  SimClosing closing = { se->run_id, n_devices (se), se->sink->counts (se->sink), result, used_s };
  g_autofree char *sentence = sim_closing_sentence (&closing),
                  *warning = sim_closing_warning (&closing);
  fw_info ("%s", sentence);
  if (warning != NULL)
    fw_warn ("%s", warning);
  if (se->kafka == NULL)
    return;
  g_autofree char *json = sim_closing_json (&closing);
  printf ("%s\n", json);
  fflush (stdout);
}

static gboolean
play (Session *se, gint *stop, GError **error)
{
  SimRunResult result;
  const SimOptions *options = se->options;
  if (options->start == NULL) /* making the town and asking the broker took a while */
    se->start_ms = fw_clock_wall_ms (fw_clock_system ());
  SimRun run = {
    .clock = fw_clock_system (),
    .sources = { se->sources[SOURCE_FLEET], se->sources[SOURCE_REPLAY] },
    .sink = se->sink,
    .metrics = se->metrics,
    .is_fast = options->is_fast,
    .start_ms = se->start_ms,
    .end_ms = options->seconds_ms > 0 ? se->start_ms + options->seconds_ms : G_MAXINT64,
    .stop = stop,
  };
  double before_s = cpu_s ();
  for (guint i = 0; i < SIM_N_SOURCES; i++)
    if (se->sources[i] != NULL)
      se->sources[i]->begin (se->sources[i], se->start_ms);
  fw_metrics_set (se->metrics, SIM_METRIC_DEVICES, 0, n_devices (se));
  sim_run (&run, &result);
  gboolean is_all_out = se->sink->finish (se->sink, (gint) options->drain_ms);
  say_closing (se, &result, cpu_s () - before_s);
  if (is_all_out || se->kafka == NULL)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
               _ ("%s has not acknowledged everything within --drain"),
               fw_kafka_conf_bootstrap (se->kafka));
  return FALSE;
}

static gboolean
forget (Session *se, GError **error)
{
  guint n = 0;
  if (!sim_guard_forget (se->kafka, se->sources, SIM_N_SOURCES, &n, error))
    return FALSE;
  fw_info (_ ("%u tombstones written for %u devices"), n, n_devices (se));
  return TRUE;
}

gboolean
sim_session_run (const SimOptions *options, const FwConfig *config, gint *stop, GError **error)
{
  g_auto (Session) se = { .options = options,
                          .run_id = make_run_id (options),
                          .metrics = fw_metrics_new (sim_metric_rows) };
  if (!check_options (options, error) || !read_start (options->start, &se.start_ms, error))
    return FALSE;
  if (!options->to_stdout && !is_only_roads (options))
    {
      se.kafka = fw_kafka_conf_new (&options->kafka, config, error);
      if (se.kafka == NULL)
        return FALSE;
    }
  if (!make_replay (&se, error) || !make_fleet (&se, error))
    return FALSE;
  if (is_only_roads (options))
    return TRUE;
  if (options->forget)
    return se.kafka != NULL ? forget (&se, error)
                            : refuse (error, _ ("--forget needs Kafka: leave out --stdout"));
  if (options->to_stdout)
    se.sink = sim_stdout_new ();
  else if (!open_kafka_sink (&se, error))
    return FALSE;
  return open_admin (&se, error) && play (&se, stop, error);
}
