/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libwebsockets.h>
#include <netinet/in.h>

#include "fw-thread.h"
#include "fw-ws-server.h"
/* fw-ws-private: what the files of the WebSocket server share.
 *   fw-ws-server.c   its life: context, thread, wake-up, timer
 *   fw-ws-listen.c   listening sockets, accepting, and who is let in
 *   fw-ws-http.c     requests and answers
 *   fw-ws-conn.c     one WebSocket: sending, messages, closing
 * Threads: everything on the server's thread, but where it says otherwise. */

#define FW_WS_LISTENERS_MAX 4
#define FW_WS_WRITE_CHUNK (16 * 1024) /* what libwebsockets may write at once of what it keeps */

typedef struct { gint fds[FW_WS_LISTENERS_MAX]; guint n; guint16 port, counted_port; gboolean is_alone; } FwWsListeners;

struct FwWsConn
{
  FwWsServer *server;
  struct lws *wsi;
  gpointer    data;
  GByteArray *partial; /* of a message that came in pieces, or NULL */
  gsize       pending_bytes;
  FwWsConn   *next, *prev;
  guint16     close_code;
  gboolean    is_open, is_choked, wants_writable, is_closing;
  guint8      address[16]; /* v4 as mapped v6; of v6 the /64 */
  char        peer[INET6_ADDRSTRLEN + 8];
};

struct FwWsServer
{
  FwWsServerOptions options;
  FwWsHandler       handler;
  gpointer          user;
  FwWsListeners     listeners;
  struct lws_context   *context;
  struct lws_vhost     *vhost;
  struct lws_protocols *protocols;
  char            **subprotocols;
  lws_retry_bo_t    pings;
  FwThread         *thread;
  FwMutex           ending; /* held by who stops us, until it no longer needs the context */
  gint              timer_fd, reserve_fd;
  gint              is_awake, is_stopping; /* atomic */
  FwWsConn         *conns;                 /* every accepted socket */
  guint             n_sockets, n_open;
  GHashTable       *per_address;           /* address -> sockets */
  double            handshake_tokens;
  gint64            handshake_tokens_us;
  FwWsServerCounts  counts; /* written here, read anywhere: relaxed atomics */
};

#define fw_ws_count(server, field, by)                                                              \
  __atomic_store_n (&(server)->counts.field, (server)->counts.field + (guint64) (by), __ATOMIC_RELAXED)

/* fw-ws-listen.c */
gboolean    fw_ws_listeners_open (FwWsListeners *listeners, const FwWsServerOptions *options, GError **error);
void        fw_ws_listeners_close (FwWsListeners *listeners, gboolean and_fds);
void        fw_ws_accept_all (FwWsServer *server, gint listen_fd);
/* NULL = come in; else the reason of a 503, for a human. Takes one handshake from the allowance. */
const char *fw_ws_refuse_upgrade (FwWsServer *server, const FwWsConn *conn);

/* fw-ws-http.c: the return values are those of a libwebsockets callback. */
int      fw_ws_http_request (FwWsConn *conn);
int      fw_ws_http_upgrade (FwWsConn *conn, const char *protocol);
gpointer fw_ws_http_open (FwWsConn *conn);

/* fw-ws-conn.c */
void fw_ws_conn_opened (FwWsConn *conn);
int  fw_ws_conn_received (FwWsConn *conn, const char *bytes, gsize len);
int  fw_ws_conn_peer_closes (FwWsConn *conn, const guint8 *payload, gsize len);
void fw_ws_conn_writable (FwWsConn *conn);
void fw_ws_conn_closed (FwWsConn *conn);
void fw_ws_conn_free (FwWsConn *conn);
