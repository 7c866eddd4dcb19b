/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <libwebsockets.h>

#include "fw-accept.h"
#include "fw-thread.h"
#include "fw-ws-server.h"
/* fw-ws-private: what the files of the WebSocket server share.
 *   fw-ws-server.c   its life: context, thread, wake-up, timer
 *   fw-ws-listen.c   who is let in
 *   fw-ws-http.c     requests and answers
 *   fw-ws-conn.c     one WebSocket: sending, messages, closing
 * Threads: everything on the server's thread, but where it says otherwise. */

#define FW_WS_WRITE_CHUNK (16 * 1024) /* what libwebsockets may write at once of what it keeps */

struct FwWsConn
{
  FwWsServer *server;
  struct lws *wsi;
  gpointer    data;
  GByteArray *partial; /* of a message that came in pieces, or NULL */
  gsize       pending_bytes;
  guint64     acked_bytes; /* when last asked */
  FwWsConn   *next, *prev;
  guint16     close_code;
  gboolean    is_open, is_choked, wants_writable, is_closing;
  gboolean    has_asked;   /* a whole request has come */
  gboolean    has_place;   /* taken at the gate */
  FwPeer      peer;
};

struct FwWsServer
{
  FwWsServerOptions options;
  FwWsHandler       handler;
  gpointer          user;
  FwAcceptor        acceptor;
  struct lws_context   *context;
  struct lws_vhost     *vhost;
  struct lws_protocols *protocols;
  char            **subprotocols;
  lws_retry_bo_t    pings;
  FwThread         *thread;
  FwMutex           ending; /* held by who stops us, until it no longer needs the context */
  gint              timer_fd;
  gint              is_awake, is_stopping; /* atomic */
  FwWsConn         *conns;                 /* every accepted socket */
  FwWsGate         *gate;
  FwWsServerCounts  counts; /* written here, read anywhere: relaxed atomics */
};

#define fw_ws_count(server, field, by)                                                              \
  __atomic_store_n (&(server)->counts.field, (server)->counts.field + (guint64) (by), __ATOMIC_RELAXED)

/* fw-ws-listen.c */
gboolean    fw_ws_listen (FwWsServer *server, const FwWsServerOptions *options, GError **error);

/* fw-ws-gate.c: any thread. */
FwCrowd *fw_ws_gate_sockets (FwWsGate *gate); /* whoever is connected; borrowed */
/* A WebSocket may open; takes one handshake from the allowance. */
gboolean fw_ws_gate_enter (FwWsGate *gate, const FwPeer *peer, FwNetLimit *ret_limit) G_GNUC_WARN_UNUSED_RESULT;
void     fw_ws_gate_leave (FwWsGate *gate, const FwPeer *peer);

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
