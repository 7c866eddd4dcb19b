/* SPDX-License-Identifier: Apache-2.0 */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "broker-options.h"
#include "fw-admin.h"
#include "fw-error.h"
#include "fw-kafka-conf.h"
#include "fw-log.h"
#include "fw-mock-broker.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("broker");

static const FwMetricRow metric_rows[] = {
  { "fleetwire_broker_connections_refused_total", FW_METRIC_COUNTER, NULL, NULL,
    N_ ("Connections closed at once because too many were open") },
  { NULL },
};

typedef struct
{
  FwMockBroker *broker;
  FwMetrics *metrics;
  guint64 n_refused_seen;
} Status;

static void
refresh (gpointer user)
{
  Status *status = user;
  guint64 n_refused = fw_mock_broker_n_refused (status->broker);
  fw_metrics_add (status->metrics, 0, 0, n_refused - status->n_refused_seen);
  status->n_refused_seen = n_refused;
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
run_until_told (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_main_loop_run (loop);
}

static gboolean
serve (const BrokerOptions *options, GError **error)
{
  static const char *const topics[] = { "iot-events:8", NULL };
  g_autoptr (FwMockBroker) broker = fw_mock_broker_new (
      options->listen, options->topics ? (const char *const *) options->topics : topics, error);
  if (!broker)
    return FALSE;

  g_autoptr (FwMetrics) metrics = fw_metrics_new (metric_rows);
  Status status = { broker, metrics, 0 };
  FwAdminSource source = { .metrics = metrics, .refresh = refresh, .user = &status };
  g_autoptr (GError) local = NULL;
  g_autoptr (FwAdmin) admin = fw_admin_new (options->admin_listen, FALSE, &source, &local);
  if (!admin && local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  fw_info (_ ("ready at %s; in memory only, gone when it stops"), fw_mock_broker_address (broker));
  printf ("%s\n", fw_mock_broker_address (broker));
  fflush (stdout);
  run_until_told ();
  return TRUE;
}

int
main (int argc, char **argv)
{
  BrokerOptions options = { 0 };
  FwProgram program = broker_program;
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  int status = FW_EXIT_OK;

  program.versions = fw_kafka_versions ();
  program.metrics = metric_rows;
  if (!fw_program_start (&program, &options, &argc, &argv, &config, &status))
    return status;
  if (!serve (&options, &error))
    status = fw_program_fail (&program, error);
  fw_program_clear (&program, &options);
  return status;
}
