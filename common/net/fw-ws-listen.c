/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-ws-private.h"

#include "fw-log.h"

FW_LOG_TOPIC ("net-listen");

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
refused (gpointer user, FwNetLimit limit)
{
  fw_ws_count ((FwWsServer *) user, n_refused[limit], 1);
}

gboolean
fw_ws_listen (FwWsServer *server, const FwWsServerOptions *options, GError **error)
{
  const FwAcceptorOptions acceptor = {
    .listen_host = options->listen_host,
    .listen_port = options->listen_port,
    .is_alone = options->is_alone,
    .may_use_spare = options->may_use_spare,
    .crowd = fw_ws_gate_sockets (server->gate),
    .sndbuf_bytes = options->sndbuf_bytes,
    .refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
               "Content-Length: 0\r\n\r\n",
    .accepted = adopt,
    .refused = refused,
    .user = server,
  };

  return fw_acceptor_open (&server->acceptor, &acceptor, error);
}
