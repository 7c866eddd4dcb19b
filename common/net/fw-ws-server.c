/* SPDX-License-Identifier: Apache-2.0 */
/* The loop is libwebsockets' own poll loop. Besides the sockets it watches a few plain descriptors
 * of ours, adopted as RAW_FILE: the listening sockets (its own listener cannot share a port here)
 * and a timerfd (its timers are in ms).
 *
 *   any thread --fw_ws_server_wake--> is_awake 0 -> 1: lws_cancel_service --> EVENT_WAIT_CANCELLED:
 * 1 -> 0, handler->woken
 */
#include "fw-ws-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-i18n.h"
#include "fw-lws.h"

#define RX_BUFFER_BYTES \
  512 /* kept per connection by libwebsockets: half a kB of the 1.5 that an idle one costs */
#define KEEP_ALIVE_S 15
#define HEADERS_MAX_BYTES \
  (16 * 1024) /* localhost collects the cookies of every program tried there */
#define HANDSHAKE_TIMEOUT_DEFAULT_S 10

static FwWsServer *
server_of (struct lws *wsi)
{
  return lws_context_user (lws_get_context (wsi));
}

static void
woken (FwWsServer *server)
{
  if (g_atomic_int_get (&server->is_awake) == 0) /* said once per protocol of the table */
    return;
  g_atomic_int_set (&server->is_awake, 0);
  if (server->handler.woken != NULL && g_atomic_int_get (&server->is_stopping) == 0)
    server->handler.woken (server->user);
}

static int
on_socket (struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t len)
{
  FwWsConn *conn;

  (void) session;
  if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED)
    {
      woken (server_of (wsi));
      return 0;
    }
  conn = wsi != NULL ? lws_get_opaque_user_data (wsi) : NULL;
  if (conn == NULL)
    return 0;
  switch ((int) reason)
    {
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
      return fw_ws_http_upgrade (conn, in);
    case LWS_CALLBACK_HTTP:
      return fw_ws_http_request (conn);
    case LWS_CALLBACK_ESTABLISHED:
      fw_ws_conn_opened (conn);
      return 0;
    case LWS_CALLBACK_RECEIVE:
      return fw_ws_conn_received (conn, in, len);
    case LWS_CALLBACK_SERVER_WRITEABLE:
      fw_ws_conn_writable (conn);
      return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      return fw_ws_conn_peer_closes (conn, in, len);
    case LWS_CALLBACK_CLOSED:
      fw_ws_conn_closed (conn);
      return 0;
    case LWS_CALLBACK_WSI_DESTROY:
      lws_set_opaque_user_data (wsi, NULL);
      fw_ws_conn_free (conn);
      return 0;
    case LWS_CALLBACK_RAW_ADOPT: /* CONNECT, or what is not HTTP at all */
    case LWS_CALLBACK_RAW_RX:
      return -1;
    default:
      return 0;
    }
}

static int
on_listener (struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t len)
{
  (void) session, (void) in, (void) len;
  if (reason == LWS_CALLBACK_RAW_RX_FILE)
    fw_acceptor_accept_all (&server_of (wsi)->acceptor, (gint) lws_get_socket_fd (wsi));
  return 0;
}

static int
on_timer (struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t len)
{
  FwWsServer *server;
  guint64 n_fired;

  (void) session, (void) in, (void) len;
  if (reason != LWS_CALLBACK_RAW_RX_FILE)
    return 0;
  server = server_of (wsi);
  if (read (server->timer_fd, &n_fired, sizeof n_fired) == sizeof n_fired
      && server->handler.tick != NULL)
    server->handler.tick (server->user);
  return 0;
}

/* The first entry is for sockets without a subprotocol; libwebsockets answers with the name of the
 * entry it chose. */
static struct lws_protocols *
protocols_new (const char *const *subprotocols)
{
  guint n = subprotocols != NULL ? g_strv_length ((char **) subprotocols) : 0;
  struct lws_protocols *table = g_new0 (struct lws_protocols, n + 4);
  const struct lws_protocols socket_row = { .name = "",
                                            .callback = on_socket,
                                            .rx_buffer_size = RX_BUFFER_BYTES,
                                            .tx_packet_size = FW_WS_WRITE_CHUNK };

  table[0] = socket_row;
  for (guint i = 0; i < n; i++)
    {
      table[1 + i] = socket_row;
      table[1 + i].name = subprotocols[i];
    }
  table[n + 1] = (struct lws_protocols){ .name = "\x01listener", .callback = on_listener };
  table[n + 2] = (struct lws_protocols){ .name = "\x01timer", .callback = on_timer };
  return table;
}

static gboolean
adopt_file (FwWsServer *server, gint fd, const char *protocol)
{
  lws_sock_file_fd_type what = { .filefd = fd };

  return lws_adopt_descriptor_vhost (server->vhost, LWS_ADOPT_RAW_FILE_DESC, what, protocol, NULL)
         != NULL;
}

static gboolean
adopt_files (FwWsServer *server)
{
  server->timer_fd = timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (server->timer_fd < 0 || !adopt_file (server, server->timer_fd, "\x01timer"))
    return FALSE;
  for (guint i = 0; i < server->acceptor.listeners.n; i++)
    if (!adopt_file (server, server->acceptor.listeners.fds[i], "\x01listener"))
      return FALSE;
  return TRUE;
}

static gboolean
context_open (FwWsServer *server)
{
  const FwWsServerOptions *options = &server->options;
  guint timeout_s = options->handshake_timeout_s > 0 ? options->handshake_timeout_s
                                                     : HANDSHAKE_TIMEOUT_DEFAULT_S;
  const lws_retry_bo_t pings
      = { .secs_since_valid_ping = (uint16_t) options->ping_interval_s,
          .secs_since_valid_hangup
          = (uint16_t) (options->ping_interval_s + options->ping_timeout_s) };
  struct lws_context_creation_info info = { 0 };

  server->pings = pings;
  info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
  info.protocols = server->protocols;
  info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_VALIDATE_UTF8
                 | LWS_SERVER_OPTION_DISABLE_IPV6;
  info.gid = (gid_t) -1;
  info.uid = (uid_t) -1;
  info.user = server;
  info.timeout_secs = timeout_s;
  info.timeout_secs_ah_idle = (uint16_t) timeout_s;
  info.keepalive_timeout = KEEP_ALIVE_S;
  info.max_http_header_data2 = HEADERS_MAX_BYTES;
  if (options->ping_interval_s > 0)
    info.retry_and_idle_policy = &server->pings;
  server->context = lws_create_context (&info);
  if (server->context == NULL)
    return FALSE;
  server->vhost = lws_create_vhost (server->context, &info);
  return server->vhost != NULL && adopt_files (server);
}

static void
say_goodbye (FwWsServer *server)
{
  for (FwWsConn *conn = server->conns; conn != NULL; conn = conn->next)
    fw_ws_conn_close (conn, 1001, "going away", TRUE);
}

static void
run (gpointer data)
{
  FwWsServer *server = data;

  if (server->handler.started != NULL)
    server->handler.started (server->user, server);
  while (g_atomic_int_get (&server->is_stopping) == 0)
    if (lws_service (server->context, 0) < 0)
      break;
  fw_mutex_lock (&server->ending); /* whoever stops us is done with the context */
  fw_mutex_unlock (&server->ending);
  say_goodbye (server);
  lws_context_destroy (server->context); /* closes what was adopted */
  server->context = NULL;
}

static void
server_free (FwWsServer *server)
{
  if (server->context != NULL)
    lws_context_destroy (server->context);
  fw_acceptor_close (&server->acceptor, FALSE);
  fw_ws_gate_unref (server->gate);
  fw_mutex_clear (&server->ending);
  g_free (server->protocols);
  g_strfreev (server->subprotocols);
  g_free (server);
}

FwWsServer *
fw_ws_server_new (const FwWsServerOptions *options, const FwWsHandler *handler, gpointer user,
                  GError **error)
{
  FwWsServer *server;

  fw_lws_prepare_for_many ();
  server = g_new0 (FwWsServer, 1);
  server->gate = options->gate ? fw_ws_gate_ref (options->gate) : fw_ws_gate_new (&options->limits);
  if (!fw_ws_listen (server, options, error))
    {
      fw_ws_gate_unref (server->gate);
      g_free (server);
      return NULL;
    }
  fw_mutex_init (&server->ending);
  server->options = *options;
  server->options.listen_host = server->options.thread_name = NULL; /* the caller's */
  server->options.subprotocols = NULL;
  server->subprotocols = g_strdupv ((char **) options->subprotocols);
  server->handler = *handler;
  server->user = user;
  server->protocols = protocols_new ((const char *const *) server->subprotocols);
  if (!context_open (server))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                   _ ("cannot start the server on %s port %u: %s"), options->listen_host,
                   server->acceptor.listeners.port, g_strerror (errno));
      server_free (server);
      return NULL;
    }
  server->thread = fw_thread_start (options->thread_name != NULL ? options->thread_name : "socket",
                                    run, server, error);
  if (server->thread == NULL)
    {
      server_free (server);
      return NULL;
    }
  return server;
}

void
fw_ws_server_stop (FwWsServer *server)
{
  if (server == NULL)
    return;
  fw_mutex_lock (&server->ending);
  g_atomic_int_set (&server->is_stopping, 1);
  lws_cancel_service (server->context);
  fw_mutex_unlock (&server->ending);
  fw_thread_join (server->thread);
  server_free (server);
}

guint16
fw_ws_server_port (const FwWsServer *server)
{
  return server->acceptor.listeners.port;
}

void
fw_ws_server_wake (FwWsServer *server)
{
  if (g_atomic_int_compare_and_exchange (&server->is_awake, 0, 1))
    lws_cancel_service (server->context);
}

void
fw_ws_server_set_timer (FwWsServer *server, gint64 after_us)
{
  struct itimerspec when = { 0 };

  if (after_us >= 0)
    {
      when.it_value.tv_sec = after_us / G_USEC_PER_SEC;
      when.it_value.tv_nsec = after_us % G_USEC_PER_SEC * 1000;
      if (after_us == 0)
        when.it_value.tv_nsec = 1; /* all zero would turn it off */
    }
  timerfd_settime (server->timer_fd, 0, &when, NULL);
}

gint64
fw_ws_server_cpu_us (FwWsServer *server)
{
  return fw_thread_cpu_us (server->thread);
}

FwWsServerCounts
fw_ws_server_counts (const FwWsServer *server)
{
  const FwWsServerCounts *counts = &server->counts;
  FwWsServerCounts now = {
    .n_sends = __atomic_load_n (&counts->n_sends, __ATOMIC_RELAXED),
    .n_bytes = __atomic_load_n (&counts->n_bytes, __ATOMIC_RELAXED),
    .n_cuts = __atomic_load_n (&counts->n_cuts, __ATOMIC_RELAXED),
    .n_accepted = __atomic_load_n (&counts->n_accepted, __ATOMIC_RELAXED),
    .n_silent = __atomic_load_n (&counts->n_silent, __ATOMIC_RELAXED),
    .n_handshake_failed = __atomic_load_n (&counts->n_handshake_failed, __ATOMIC_RELAXED),
  };

  for (guint i = 0; i < FW_NET_N_LIMITS; i++)
    now.n_refused[i] = __atomic_load_n (&counts->n_refused[i], __ATOMIC_RELAXED);
  return now;
}
