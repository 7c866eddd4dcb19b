/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-socket.h"

#include "fw-log.h"
#include "relay-door.h"
#include "relay-metrics.h"
#include "relay-request.h"
#include "relay-round.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-socket");

/* Connections. */

static void
on_started (gpointer user, FwWsServer *server)
{
  RelaySocket *self = user;

  self->server = server;
  self->swept_us = relay_socket_now_us ();
  relay_round_sleep (self, self->swept_us);
}

static FwReply
on_upgrade (gpointer user, const FwRequest *request)
{
  RelaySocket *self = user;

  return relay_door_upgrade (self->setup.options, self->setup.listen_host, self->setup.metrics,
                             request);
}

static FwReply
on_http (gpointer user, const FwRequest *request)
{
  RelaySocket *self = user;
  FwReply reply;

  if (!relay_door_open (self->setup.options, self->setup.listen_host, self->setup.metrics, request,
                        &reply))
    return reply;
  return relay_http_answer (self->setup.http, request);
}

static void
say_hello (RelaySocket *self, RelayClient *client)
{
  const RelayOptions *options = self->setup.options;
  const RelayAbout about = { relay_hub_epoch (self->setup.hub),
                             FW_CLIENT_MESSAGE_MAX_BYTES,
                             (guint) options->subscriptions_max,
                             (guint) options->unanswered_max,
                             (guint) options->windows_max,
                             options->stale_ms,
                             options->offline_ms };
  g_autoptr (GString) text = g_string_new (NULL);

  relay_say_hello (text, &about, fw_clock_wall_ms (fw_clock_system ()));
  relay_fanout_say (self->fanout, client, text);
}

static gpointer
on_open (gpointer user, FwWsConn *conn, const FwRequest *request)
{
  RelaySocket *self = user;
  gint64 at_us = relay_socket_now_us ();
  RelayClient *client = relay_fanout_add (self->fanout, conn, request->subprotocols == NULL, at_us);

  g_atomic_int_inc (&self->n_clients);
  fw_debug ("client %s came", request->peer);
  if (!client->is_plain)
    say_hello (self, client);
  fw_ws_conn_want_writable (conn);
  relay_round_pass_on_asks (self);
  return client;
}

static void
on_message (gpointer user, FwWsConn *conn, gpointer data, const char *text, gsize len,
            gboolean is_binary)
{
  RelaySocket *self = user;
  RelayClient *client = data;

  (void) conn;
  if (client->closing)
    return;
  if (is_binary)
    relay_fanout_say_error (self->fanout, client, NULL, FW_CODE_BAD_REQUEST,
                            _ ("Messages are text frames"), NULL);
  else
    relay_request (self->fanout, client, text, len);
  relay_round_serve_ready (self, relay_socket_now_us ());
  if (client->closing)
    relay_round_close (self, client);
}

static void
on_too_large (gpointer user, FwWsConn *conn, gpointer data, gsize len)
{
  RelaySocket *self = user;
  RelayClient *client = data;

  (void) conn, (void) len;
  relay_request_too_large (self->fanout, client, FW_CLIENT_MESSAGE_MAX_BYTES);
  relay_round_serve (self, client, relay_socket_now_us ());
  client->closing = RELAY_CLOSE_TOO_LARGE;
}

static void
on_writable (gpointer user, FwWsConn *conn, gpointer data)
{
  RelaySocket *self = user;

  (void) conn;
  relay_fanout_unchoke (self->fanout, data);
  relay_round_serve_ready (self, relay_socket_now_us ());
}

static void
on_closed (gpointer user, FwWsConn *conn, gpointer data, guint code)
{
  RelaySocket *self = user;
  RelayClient *client = data;
  RelayClose why = client->closing ? client->closing
                   : code == 1006  ? RELAY_CLOSE_LOST
                                   : RELAY_CLOSE_LEFT;

  fw_debug ("client %s went (%s, code %u)", fw_ws_conn_peer (conn), relay_close_names[why], code);
  fw_metrics_add (self->setup.metrics, RELAY_METRIC_CLOSES, why, 1);
  relay_fanout_remove (self->fanout, client);
  relay_round_pass_on_asks (self);
  g_atomic_int_add (&self->n_clients, -1);
}

static const FwWsHandler handler = {
  .upgrade = on_upgrade,
  .http = on_http,
  .open = on_open,
  .message = on_message,
  .too_large = on_too_large,
  .writable = on_writable,
  .closed = on_closed,
  .woken = relay_round_woken,
  .started = on_started,
  .tick = relay_round_tick,
};

/* Life. */

static void
wake (gpointer user)
{
  RelaySocket *self = user;

  fw_ws_server_wake (self->handle);
}

static RelayFanout *
make_fanout (const RelaySocketSetup *setup)
{
  const RelayOptions *options = setup->options;
  const RelayFanoutLimits limits = {
    .lag_max_us = options->lag_max_ms * 1000,
    .client_timeout_us = options->client_timeout_ms * 1000,
    .block_memory_max = (gsize) options->block_memory_max,
    .control_backlog_max = (gsize) options->control_backlog_max,
    .patch_backlog = (guint) options->patches_max,
    .subscriptions_max = (guint) options->subscriptions_max,
    .unanswered_max = (guint) options->unanswered_max,
  };
  guint n_streams;
  const RelayStreamName *streams = relay_hub_streams (setup->hub, &n_streams);

  return relay_fanout_new (&limits, streams, n_streams);
}

static guint
whole_seconds (gint64 ms)
{
  return (guint) ((ms + 999) / 1000);
}

static FwWsServer *
make_server (RelaySocket *self, GError **error)
{
  static const char *const subprotocols[] = { RELAY_SUBPROTOCOL, NULL };
  const RelayOptions *options = self->setup.options;
  const FwWsServerOptions server_options = {
    .listen_host = self->setup.listen_host,
    .listen_port = self->setup.listen_port,
    .sndbuf_bytes = RELAY_SEND_BUFFER_BYTES,
    .message_max_bytes = FW_CLIENT_MESSAGE_MAX_BYTES,
    .gate = self->setup.gate,
    .handshake_timeout_s = whole_seconds (options->handshake_timeout_ms),
    .ping_interval_s = whole_seconds (options->ping_interval_ms),
    .ping_timeout_s = whole_seconds (options->ping_timeout_ms),
    .subprotocols = subprotocols,
    .reply_headers = relay_http_headers,
  };

  return fw_ws_server_new (&server_options, &handler, self, error);
}

RelaySocket *
relay_socket_new (const RelaySocketSetup *setup, guint index, GError **error)
{
  RelaySocket *self = g_new0 (RelaySocket, 1);

  self->setup = *setup;
  self->link = relay_hub_link (setup->hub, index);
  self->fanout = make_fanout (setup);
  self->pace.budget_us = setup->options->latency_budget_ms * 1000;
  self->handle = make_server (self, error);
  if (!self->handle)
    {
      relay_fanout_free (self->fanout);
      g_free (self);
      return NULL;
    }
  relay_hub_on_wake (setup->hub, index, wake, self);
  return self;
}

guint16
relay_socket_port (const RelaySocket *self)
{
  return fw_ws_server_port (self->handle);
}

void
relay_socket_drain (RelaySocket *self)
{
  g_atomic_int_set (&self->must_drain, 1);
  fw_ws_server_wake (self->handle);
}

gint
relay_socket_n_clients (RelaySocket *self)
{
  return g_atomic_int_get (&self->n_clients);
}

void
relay_socket_free (RelaySocket *self)
{
  if (!self)
    return;
  fw_ws_server_stop (self->handle);
  relay_fanout_free (self->fanout);
  g_free (self);
}

static void
publish_server (RelaySocket *self, FwMetrics *metrics)
{
  FwWsServerCounts now = fw_ws_server_counts (self->handle), *before = &self->server_counted;
  guint64 n_behind = relay_link_n_behind (self->link);

  fw_metrics_add (metrics, RELAY_METRIC_SENDS, 0, now.n_sends - before->n_sends);
  fw_metrics_add (metrics, RELAY_METRIC_BYTES, 0, now.n_bytes - before->n_bytes);
  fw_metrics_add (metrics, RELAY_METRIC_CUTS, 0, now.n_cuts - before->n_cuts);
  fw_metrics_add (metrics, RELAY_METRIC_SILENT_CONNECTIONS, 0, now.n_silent - before->n_silent);
  fw_metrics_add (metrics, RELAY_METRIC_FAILED_HANDSHAKES, 0,
                  now.n_handshake_failed - before->n_handshake_failed);
  for (guint i = 0; i < FW_NET_N_LIMITS; i++)
    fw_metrics_add (metrics, RELAY_METRIC_REFUSED_CONNECTIONS, i,
                    now.n_refused[i] - before->n_refused[i]);
  fw_metrics_add (metrics, RELAY_METRIC_RINGS_FULL, 0, n_behind - self->behind_counted);
  *before = now;
  self->behind_counted = n_behind;
}

void
relay_sockets_publish (RelaySocket *const *sockets, guint n, FwMetrics *metrics)
{
  gint n_clients = 0, n_conflated = 0;
  gint64 n_kept_bytes = 0;

  for (guint i = 0; i < n; i++)
    {
      publish_server (sockets[i], metrics);
      n_clients += relay_socket_n_clients (sockets[i]);
      n_conflated += g_atomic_int_get (&sockets[i]->n_conflated);
      n_kept_bytes += __atomic_load_n (&sockets[i]->n_kept_bytes, __ATOMIC_RELAXED);
    }
  fw_metrics_set (metrics, RELAY_METRIC_CLIENTS, RELAY_LANE_CONFLATED,
                  MIN (n_conflated, n_clients));
  fw_metrics_set (metrics, RELAY_METRIC_CLIENTS, RELAY_LANE_LIVE, MAX (n_clients - n_conflated, 0));
  fw_metrics_set (metrics, RELAY_METRIC_SUBSCRIPTIONS_CONFLATED, 0, n_conflated);
  fw_metrics_set (metrics, RELAY_METRIC_BLOCK_BYTES, 0, (double) n_kept_bytes);
}
