/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-ws-private.h"

#include "fw-log.h"

FW_LOG_TOPIC ("net-listen");

#define SPARE_SOCKETS \
  64 /* beyond connections_max: for answers over HTTP and handshakes under way */
#define SPARE_PER_ADDRESS 16

static void
adopt (gpointer user, int fd, const FwPeer *peer)
{
  FwWsServer *server = user;
  FwWsConn *conn = g_new0 (FwWsConn, 1);
  lws_sock_file_fd_type what = { .sockfd = fd };

  conn->server = server;
  conn->peer = *peer;
  fw_ws_count (server, n_accepted, 1);
  conn->next = server->conns;
  if (conn->next != NULL)
    conn->next->prev = conn;
  server->conns = conn;
  conn->wsi = lws_adopt_descriptor_vhost (server->vhost, LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP, what,
                                          NULL, NULL);
  if (conn->wsi == NULL) /* it has closed fd */
    {
      fw_warn_limited ("a connection from %s could not be taken over", conn->peer.text);
      fw_ws_conn_free (conn);
      return;
    }
  lws_set_opaque_user_data (conn->wsi, conn);
}

static void
refused (gpointer user)
{
  fw_ws_count ((FwWsServer *) user, n_refused_limit, 1);
}

static guint
with_spare (guint limit, guint spare)
{
  return limit > 0 ? limit + spare : 0;
}

gboolean
fw_ws_listen (FwWsServer *server, const FwWsServerOptions *options, GError **error)
{
  const FwAcceptorOptions acceptor = {
    .listen_host = options->listen_host,
    .listen_port = options->listen_port,
    .is_alone = options->is_alone,
    .sockets_max = with_spare (options->connections_max, SPARE_SOCKETS),
    .sockets_per_address_max = with_spare (options->connections_per_address_max, SPARE_PER_ADDRESS),
    .sndbuf_bytes = options->sndbuf_bytes,
    .refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
               "Content-Length: 0\r\n\r\n",
    .accepted = adopt,
    .refused = refused,
    .user = server,
  };

  return fw_acceptor_open (&server->acceptor, &acceptor, error);
}

static gboolean
take_handshake (FwWsServer *server)
{
  double per_second = server->options.handshakes_per_s_max;
  gint64 now_us = g_get_monotonic_time ();

  if (per_second <= 0)
    return TRUE;
  server->handshake_tokens
      += per_second * (double) (now_us - server->handshake_tokens_us) / G_USEC_PER_SEC;
  server->handshake_tokens = MIN (server->handshake_tokens, per_second);
  server->handshake_tokens_us = now_us;
  if (server->handshake_tokens < 1)
    return FALSE;
  server->handshake_tokens -= 1;
  return TRUE;
}

const char *
fw_ws_refuse_upgrade (FwWsServer *server, const FwWsConn *conn)
{
  const FwWsServerOptions *options = &server->options;

  if (options->connections_max > 0 && server->n_open >= options->connections_max)
    return "the limit of connections is reached";
  if (options->connections_per_address_max > 0
      && fw_acceptor_n_of_address (&server->acceptor, &conn->peer)
             > options->connections_per_address_max)
    return "the limit of connections of one address is reached";
  return take_handshake (server) ? NULL : "the limit of handshakes per second is reached";
}
