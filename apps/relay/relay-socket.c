/* SPDX-License-Identifier: Apache-2.0 */
/* A round: take what the hub pushed, see which streams moved, give every ready client its turns. Rounds are paced
 * (relay-pace); a client that was choked, or asked something, is served at once, outside of rounds.
 *
 *   asleep --woken--> wait (pace) --tick--> round --more came--> wait ...
 *                                             `--nothing--> asleep (a slow tick sweeps once a second) */
#include "relay-socket.h"

#include "fw-log.h"
#include "fw-time.h"
#include "relay-door.h"
#include "relay-metrics.h"
#include "relay-pace.h"
#include "relay-request.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-socket");

#define SWEEP_US G_USEC_PER_SEC
#define TURNS_PER_VISIT 16 /* then the next client, and this one again when it can take more */
#define SEND_BUFFER_BYTES (16 * 1024) /* what a slow client may have underway, and so how stale it may be */
#define UNANSWERED_MAX 64
#define HANDSHAKE_TIMEOUT_S 10
#define PING_INTERVAL_S 30
#define PING_TIMEOUT_S 20
#define RETRY_MS 1000

struct RelaySocket
{
  RelaySocketSetup setup;
  FwWsServer *handle;         /* for the other threads; set before the hub starts */
  FwWsServer *server;         /* the same, for its own thread, which may run before main has it */
  RelayLink *link;
  RelayFanout *fanout;
  RelayPace pace;
  RelayFanoutCounts counted;  /* that the metrics have */
  FwWsServerCounts server_counted; /* admin thread */
  gint64 swept_us;
  gboolean round_is_set;
  gboolean is_draining;
  gint must_drain, n_clients, n_conflated, n_kept_bytes; /* atomic */
};

static gint64
now_us (void)
{
  return fw_clock_mono_us (fw_clock_system ());
}

/* Closing. */

static void
close_client (RelaySocket *self, RelayClient *client)
{
  static const struct
  {
    guint code;
    const char *reason;
  } words[RELAY_N_CLOSES] = {
    [RELAY_CLOSE_STALLED] = { 1008, "took nothing for too long" },
    [RELAY_CLOSE_CONTROL_BACKLOG] = { 1008, "asks without reading the answers" },
    [RELAY_CLOSE_TOO_LARGE] = { 1009, "message too large" },
    [RELAY_CLOSE_SHUTDOWN] = { 1001, "the relay is stopping" },
  };

  if (client->closing == RELAY_CLOSE_STALLED)
    fw_info (_ ("client %s has taken nothing for %" G_GINT64_FORMAT " s, closing it (--client-timeout)"),
             fw_ws_conn_peer (client->conn), self->setup.options->client_timeout_ms / 1000);
  else if (client->closing == RELAY_CLOSE_CONTROL_BACKLOG)
    fw_info (_ ("client %s asks without reading the answers, closing it (--max-control-backlog)"), fw_ws_conn_peer (client->conn));
  fw_ws_conn_close (client->conn, words[client->closing].code, words[client->closing].reason,
                    client->closing != RELAY_CLOSE_TOO_LARGE);
}

/* Serving. */

static void
serve (RelaySocket *self, RelayClient *client, gint64 at_us)
{
  RelayTurn turn;

  for (guint n = 0; relay_fanout_next (self->fanout, client, at_us, &turn); n++)
    {
      gsize taken = 0;
      FwSent sent;

      if (n == TURNS_PER_VISIT)
        {
          fw_ws_conn_want_writable (client->conn);
          return;
        }
      sent = fw_ws_conn_send (client->conn, turn.frames.data, turn.frames.len, &taken);
      if (sent == FW_SENT_CLOSED)
        return;
      relay_fanout_took (self->fanout, client, &turn, taken, sent == FW_SENT_CHOKED, at_us);
    }
  if (client->closing)
    close_client (self, client);
}

static void
pass_on_asks (RelaySocket *self)
{
  RelayAsk *ask;
  gboolean any = FALSE;

  while ((ask = relay_fanout_pop_ask (self->fanout)))
    {
      relay_link_ask (self->link, ask);
      any = TRUE;
    }
  relay_link_flush_asks (self->link);
  if (any)
    relay_hub_wake (self->setup.hub);
}

static void
serve_ready (RelaySocket *self, gint64 at_us)
{
  RelayClient *client;

  while ((client = relay_fanout_pop_ready (self->fanout)))
    serve (self, client, at_us);
  pass_on_asks (self);
}

/* Counting. */

static void
count (RelaySocket *self, guint row, guint64 now, guint64 before)
{
  if (now > before)
    fw_metrics_add (self->setup.metrics, row, 0, now - before);
}

static void
publish (RelaySocket *self)
{
  RelayFanoutCounts now = relay_fanout_counts (self->fanout);

  count (self, RELAY_METRIC_DELIVERIES, now.n_deliveries, self->counted.n_deliveries);
  count (self, RELAY_METRIC_GAPS, now.n_gaps, self->counted.n_gaps);
  count (self, RELAY_METRIC_CATCH_UPS, now.n_catch_ups, self->counted.n_catch_ups);
  for (guint i = 0; i < FW_N_CODES; i++)
    if (now.n_errors[i] != self->counted.n_errors[i])
      fw_metrics_add (self->setup.metrics, RELAY_METRIC_ERRORS, i, now.n_errors[i] - self->counted.n_errors[i]);
  self->counted = now;
  g_atomic_int_set (&self->n_conflated, (gint) relay_fanout_n_conflated (self->fanout));
  g_atomic_int_set (&self->n_kept_bytes, (gint) MIN (relay_fanout_block_bytes (self->fanout), G_MAXINT));
}

static void
observe (RelaySocket *self, guint hop, gint64 us)
{
  fw_metrics_observe (self->setup.metrics, RELAY_METRIC_HOPS, hop, (double) us / G_USEC_PER_SEC);
}

/* Rounds. */

static void
sweep (RelaySocket *self, gint64 at_us)
{
  relay_fanout_sweep (self->fanout, at_us);
  for (guint i = 0; i < relay_fanout_n_slots (self->fanout); i++)
    {
      RelayClient *client = relay_fanout_client (self->fanout, i);

      if (client && client->closing == RELAY_CLOSE_STALLED)
        close_client (self, client);
    }
  self->swept_us = at_us;
}

static void
say_bye (RelaySocket *self, RelayClient *client, const GString *bye, gint64 at_us)
{
  relay_fanout_say (self->fanout, client, bye);
  serve (self, client, at_us);
  client->closing = RELAY_CLOSE_SHUTDOWN;
  close_client (self, client);
}

static void
drain (RelaySocket *self, gint64 at_us)
{
  g_autoptr (GString) bye = g_string_new (NULL);

  self->is_draining = TRUE;
  relay_say_bye (bye, "shutdown", "", RETRY_MS);
  for (guint i = 0; i < relay_fanout_n_slots (self->fanout); i++)
    {
      RelayClient *client = relay_fanout_client (self->fanout, i);

      if (client && !client->closing)
        say_bye (self, client, bye, at_us);
    }
}

static void sleep_until_needed (RelaySocket *self, gint64 at_us);

static void
play_round (RelaySocket *self)
{
  gint64 began_us = now_us ();
  gint64 pending_us = relay_link_take_pending (self->link);
  gint64 ended_us;
  RelayPush *push;

  self->round_is_set = FALSE;
  relay_pace_began (&self->pace, began_us);
  while ((push = relay_link_take_push (self->link)))
    relay_fanout_apply (self->fanout, push);
  relay_fanout_round (self->fanout, began_us);
  serve_ready (self, began_us);
  if (began_us - self->swept_us >= SWEEP_US)
    sweep (self, began_us);
  serve_ready (self, began_us);
  ended_us = now_us ();
  relay_pace_ended (&self->pace, ended_us);
  if (pending_us)
    {
      observe (self, RELAY_HOP_RELAY, began_us - pending_us);
      observe (self, RELAY_HOP_SOCKET, ended_us - began_us);
    }
  publish (self);
  sleep_until_needed (self, ended_us);
}

static void
set_round (RelaySocket *self, gint64 at_us)
{
  self->round_is_set = TRUE;
  fw_ws_server_set_timer (self->server, relay_pace_wait_us (&self->pace, at_us));
}

static void
sleep_until_needed (RelaySocket *self, gint64 at_us)
{
  if (relay_link_want_wake (self->link))
    set_round (self, at_us);
  else
    fw_ws_server_set_timer (self->server, MAX (self->swept_us + SWEEP_US - at_us, 0));
}

static void
on_woken (gpointer user)
{
  RelaySocket *self = user;
  gint64 at_us = now_us ();

  if (g_atomic_int_get (&self->must_drain) && !self->is_draining)
    drain (self, at_us);
  if (self->round_is_set)
    return;
  if (relay_pace_wait_us (&self->pace, at_us) == 0)
    play_round (self);
  else
    set_round (self, at_us);
}

static void
on_tick (gpointer user)
{
  play_round (user);
}

/* Connections. */

static void
on_started (gpointer user, FwWsServer *server)
{
  RelaySocket *self = user;

  self->server = server;
  self->swept_us = now_us ();
  sleep_until_needed (self, self->swept_us);
}

static FwReply
on_upgrade (gpointer user, const FwRequest *request)
{
  RelaySocket *self = user;

  return relay_door_upgrade (self->setup.options, self->setup.listen_host, self->setup.metrics, request);
}

static FwReply
on_http (gpointer user, const FwRequest *request)
{
  RelaySocket *self = user;
  FwReply reply;

  if (!relay_door_open (self->setup.options, self->setup.listen_host, self->setup.metrics, request, &reply))
    return reply;
  return relay_http_answer (self->setup.http, request);
}

static void
say_hello (RelaySocket *self, RelayClient *client)
{
  const RelayOptions *options = self->setup.options;
  const RelayAbout about = { relay_hub_epoch (self->setup.hub), FW_CLIENT_MESSAGE_MAX_BYTES, (guint) options->subscriptions_max,
                             (guint) options->windows_max, options->stale_ms, options->offline_ms };
  g_autoptr (GString) text = g_string_new (NULL);

  relay_say_hello (text, &about, fw_clock_wall_ms (fw_clock_system ()));
  relay_fanout_say (self->fanout, client, text);
}

static gpointer
on_open (gpointer user, FwWsConn *conn, const FwRequest *request)
{
  RelaySocket *self = user;
  gint64 at_us = now_us ();
  RelayClient *client = relay_fanout_add (self->fanout, conn, request->subprotocols == NULL, at_us);

  g_atomic_int_inc (&self->n_clients);
  fw_debug ("client %s came", request->peer);
  if (!client->is_plain)
    say_hello (self, client);
  fw_ws_conn_want_writable (conn);
  pass_on_asks (self);
  return client;
}

static void
on_message (gpointer user, FwWsConn *conn, gpointer data, const char *text, gsize len, gboolean is_binary)
{
  RelaySocket *self = user;
  RelayClient *client = data;

  (void) conn;
  if (client->closing)
    return;
  if (is_binary)
    relay_fanout_say_error (self->fanout, client, NULL, FW_CODE_BAD_REQUEST, _ ("Messages are text frames"), NULL);
  else
    relay_request (self->fanout, client, text, len);
  serve_ready (self, now_us ());
  if (client->closing)
    close_client (self, client);
}

static void
on_too_large (gpointer user, FwWsConn *conn, gpointer data, gsize len)
{
  RelaySocket *self = user;
  RelayClient *client = data;

  (void) conn, (void) len;
  relay_request_too_large (self->fanout, client, FW_CLIENT_MESSAGE_MAX_BYTES);
  serve (self, client, now_us ());
  client->closing = RELAY_CLOSE_TOO_LARGE;
}

static void
on_writable (gpointer user, FwWsConn *conn, gpointer data)
{
  RelaySocket *self = user;

  (void) conn;
  relay_fanout_unchoke (self->fanout, data);
  serve_ready (self, now_us ());
}

static void
on_closed (gpointer user, FwWsConn *conn, gpointer data, guint code)
{
  RelaySocket *self = user;
  RelayClient *client = data;
  RelayClose why = client->closing ? client->closing : RELAY_CLOSE_LEFT;

  fw_debug ("client %s went (%s, code %u)", fw_ws_conn_peer (conn), relay_close_names[why], code);
  fw_metrics_add (self->setup.metrics, RELAY_METRIC_CLOSES, why, 1);
  relay_fanout_remove (self->fanout, client);
  pass_on_asks (self);
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
  .woken = on_woken,
  .started = on_started,
  .tick = on_tick,
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
    .unanswered_max = UNANSWERED_MAX,
  };
  guint n_streams;
  const RelayStreamName *streams = relay_hub_streams (setup->hub, &n_streams);

  return relay_fanout_new (&limits, streams, n_streams);
}

static guint
share_of (gint64 all, gint64 n_threads)
{
  return (guint) ((all + n_threads - 1) / n_threads);
}

static FwWsServer *
make_server (RelaySocket *self, GError **error)
{
  static const char *const subprotocols[] = { RELAY_SUBPROTOCOL, NULL };
  const RelayOptions *options = self->setup.options;
  const FwWsServerOptions server_options = {
    .listen_host = self->setup.listen_host,
    .listen_port = self->setup.listen_port,
    .sndbuf_bytes = SEND_BUFFER_BYTES,
    .message_max_bytes = FW_CLIENT_MESSAGE_MAX_BYTES,
    .connections_max = share_of (options->clients_max, options->threads),
    .connections_per_address_max = (guint) options->clients_per_address_max,
    .handshakes_per_s_max = share_of (options->handshakes_per_s_max, options->threads),
    .handshake_timeout_s = HANDSHAKE_TIMEOUT_S,
    .ping_interval_s = PING_INTERVAL_S,
    .ping_timeout_s = PING_TIMEOUT_S,
    .subprotocols = subprotocols,
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

  fw_metrics_add (metrics, RELAY_METRIC_SENDS, 0, now.n_sends - before->n_sends);
  fw_metrics_add (metrics, RELAY_METRIC_BYTES, 0, now.n_bytes - before->n_bytes);
  fw_metrics_add (metrics, RELAY_METRIC_CUTS, 0, now.n_cuts - before->n_cuts);
  fw_metrics_add (metrics, RELAY_METRIC_REFUSED_CONNECTIONS, 0, now.n_refused_limit - before->n_refused_limit);
  *before = now;
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
      n_kept_bytes += g_atomic_int_get (&sockets[i]->n_kept_bytes);
    }
  fw_metrics_set (metrics, RELAY_METRIC_CLIENTS, RELAY_LANE_CONFLATED, MIN (n_conflated, n_clients));
  fw_metrics_set (metrics, RELAY_METRIC_CLIENTS, RELAY_LANE_LIVE, MAX (n_clients - n_conflated, 0));
  fw_metrics_set (metrics, RELAY_METRIC_SUBSCRIPTIONS_CONFLATED, 0, n_conflated);
  fw_metrics_set (metrics, RELAY_METRIC_BLOCK_BYTES, 0, (double) n_kept_bytes);
}
