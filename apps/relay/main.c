/* SPDX-License-Identifier: Apache-2.0 */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "fw-admin.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-mapping.h"
#include "relay-hub.h"
#include "relay-metrics.h"
#include "relay-options.h"
#include "relay-socket.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay");

#define DRAIN_MS 2000
#define DRAIN_LOOK_MS 20

typedef struct
{
  RelayOptions options;
  FwConfig *config;
  FwKafkaConf *conf;
  FwMapping *mapping;
  FwMetrics *metrics;
  RelayHttp *http;
  RelayHub *hub;
  RelaySocket **sockets;
  guint n_sockets;
  FwAdmin *admin;
  char *listen_host;
  guint16 listen_port;
  GMainLoop *loop;
  guint drained_ms;
} Relay;

static void
relay_clear (Relay *relay)
{
  fw_admin_free (relay->admin);
  for (guint i = 0; i < relay->n_sockets; i++)
    relay_socket_free (relay->sockets[i]);
  g_free (relay->sockets);
  relay_hub_free (relay->hub);
  relay_http_free (relay->http);
  fw_metrics_free (relay->metrics);
  fw_mapping_free (relay->mapping);
  fw_kafka_conf_free (relay->conf);
  fw_config_free (relay->config);
  g_free (relay->listen_host);
  fw_program_clear (&relay_program, &relay->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Relay, relay_clear)

static gboolean
is_ready (gpointer user, char **ret_why_not)
{
  return relay_hub_is_ready (((Relay *) user)->hub, ret_why_not);
}

static void
refresh (gpointer user)
{
  Relay *relay = user;

  relay_sockets_publish (relay->sockets, relay->n_sockets, relay->metrics);
}

static gboolean
open_admin (Relay *relay, GError **error)
{
  const FwAdminSource source = { relay->metrics, is_ready, refresh, relay };
  GError *local = NULL;

  relay->admin = fw_admin_new (relay->options.admin_listen, FALSE, &source, &local);
  if (!local)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

static gboolean
open_sockets (Relay *relay, GError **error)
{
  const FwWsLimits limits
      = { (guint) relay->options.clients_max, (guint) relay->options.clients_per_address_max,
          (guint) relay->options.handshakes_per_s_max };
  g_autoptr (FwWsGate) gate = fw_ws_gate_new (&limits);
  RelaySocketSetup setup
      = { &relay->options,    relay->hub,        relay->http, relay->metrics, gate,
          relay->listen_host, relay->listen_port };

  relay->sockets = g_new0 (RelaySocket *, (gsize) relay->options.threads);
  while (relay->n_sockets < (guint) relay->options.threads)
    {
      RelaySocket *socket = relay_socket_new (&setup, relay->n_sockets, error);

      if (!socket)
        return FALSE;
      relay->sockets[relay->n_sockets++] = socket;
      setup.listen_port = relay_socket_port (socket);
    }
  relay->listen_port = setup.listen_port;
  return TRUE;
}

static gboolean
build (Relay *relay, GError **error)
{
  relay->metrics = fw_metrics_new (relay_metric_rows);
  return fw_address_parse (relay->options.listen, &relay->listen_host, &relay->listen_port, error)
         && fw_mapping_load (relay->config, relay->options.fields, &relay->mapping, error)
         && (relay->conf = fw_kafka_conf_new (&relay->options.kafka, relay->config, error)) != NULL
         && (relay->hub
             = relay_hub_new (&relay->options, relay->conf, relay->mapping, relay->metrics, error))
                != NULL
         && (relay->http = relay_http_new ()) != NULL && open_sockets (relay, error)
         && open_admin (relay, error) && relay_hub_start (relay->hub, error);
}

static gboolean
look_whether_drained (gpointer user)
{
  Relay *relay = user;
  gint n = 0;

  for (guint i = 0; i < relay->n_sockets; i++)
    n += relay_socket_n_clients (relay->sockets[i]);
  relay->drained_ms += DRAIN_LOOK_MS;
  if (n > 0 && relay->drained_ms < DRAIN_MS)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (relay->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user)
{
  Relay *relay = user;

  if (relay->drained_ms == 0)
    {
      fw_info (_ ("stopping"));
      for (guint i = 0; i < relay->n_sockets; i++)
        relay_socket_drain (relay->sockets[i]);
      g_timeout_add (DRAIN_LOOK_MS, look_whether_drained, relay);
    }
  return G_SOURCE_CONTINUE;
}

static void
run_until_told (Relay *relay)
{
  relay->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, relay);
  g_unix_signal_add (SIGTERM, on_signal, relay);
  fw_info (_ ("serving on http://%s:%u/, reading from %s"), relay->listen_host, relay->listen_port,
           fw_kafka_conf_bootstrap (relay->conf));
  g_main_loop_run (relay->loop);
  g_main_loop_unref (relay->loop);
  relay_hub_stop (relay->hub);
}

int
main (int argc, char **argv)
{
  g_auto (Relay) relay = { 0 };
  FwProgram program = relay_program;
  g_autofree char *versions = g_strdup_printf ("%s, %s", fw_kafka_versions (), fw_net_versions ());
  g_autoptr (GError) error = NULL;
  int status = FW_EXIT_OK;

  program.versions = versions;
  if (!fw_program_start (&program, &relay.options, &argc, &argv, &relay.config, &status))
    return status;
  if (!build (&relay, &error))
    return fw_program_fail (&program, error);
  run_until_told (&relay);
  return status;
}
