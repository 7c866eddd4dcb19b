/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-net.h"
#include "fw-ws-gate.h"
/* fw-ws-server: one libwebsockets context on one thread of its own: WebSocket connections and small HTTP answers.
 * Promises: a connection belongs to this thread for life; pre-framed bytes go out by one send() per call; what the
 *   kernel cuts inside a frame is finished before anything else; several servers may share one port (SO_REUSEPORT);
 *   SO_SNDBUF is set on every accepted socket; fd_limit_per_thread is never set.
 * Does not: know channels, Kafka, or when to send.
 * Threads: every callback, and every fw_ws_conn_*, on the server's thread; fw_ws_server_wake from any. */
typedef struct FwWsServer FwWsServer;
typedef struct FwWsConn FwWsConn;

typedef struct
{
  const char *path, *query, *host, *origin, *authorization, *subprotocols; /* NULL when absent */
  const char *method;      /* "GET", "HEAD", "OPTIONS" */
  const char *if_none_match, *accept_encoding;
  const char *peer;        /* "127.0.0.1:54321" */
} FwRequest; /* borrowed until the callback returns */

typedef struct
{
  guint        status;       /* 101 = accept the WebSocket */
  const char  *subprotocol;  /* with 101: the one chosen, of options.subprotocols; NULL for none */
  const char  *content_type; /* static or owned by body's owner */
  GBytes      *body;         /* transfer full; NULL = empty */
  char        *headers;      /* "Name: value\r\n..." more headers; transfer full; NULL for none */
} FwReply;

/* Plain text in UTF-8; text: transfer full. */
FwReply fw_reply_text (guint status, char *text);

typedef struct
{
  FwReply (*upgrade) (gpointer user, const FwRequest *request); /* may a WebSocket open here? */
  FwReply (*http) (gpointer user, const FwRequest *request);
  /* Return the connection's own data (given back below). */
  gpointer (*open) (gpointer user, FwWsConn *conn, const FwRequest *request);
  void (*message) (gpointer user, FwWsConn *conn, gpointer data, const char *text, gsize len, gboolean is_binary);
  void (*too_large) (gpointer user, FwWsConn *conn, gpointer data, gsize len); /* a message over message_max_bytes: closed with 1009 after this */
  void (*writable) (gpointer user, FwWsConn *conn, gpointer data);  /* after fw_ws_conn_want_writable */
  void (*closed) (gpointer user, FwWsConn *conn, gpointer data, guint code);
  void (*woken) (gpointer user);                                     /* after fw_ws_server_wake, once per sleep */
  void (*started) (gpointer user, FwWsServer *server);               /* first of all, perhaps before fw_ws_server_new has returned */
  void (*tick) (gpointer user);                                      /* when the timer set by fw_ws_server_set_timer fires */
} FwWsHandler;

typedef struct
{
  const char *listen_host;  guint16 listen_port;   /* port 0 = any */
  guint   sndbuf_bytes;      /* 16 kB */
  gsize   message_max_bytes; /* from clients */
  FwWsLimits limits;
  FwWsGate  *gate;           /* counts with other servers, by its limits; NULL = one of its own, by `limits` */
  guint   handshake_timeout_s, ping_interval_s, ping_timeout_s;
  const char *thread_name;   /* as ps shows it; NULL = "socket" */
  const char *reply_headers; /* "Name: value\r\n...", on every answer over HTTP; static; NULL = none */
  gboolean may_use_spare;    /* descriptors that other servers leave: of an admin listener */
  gboolean is_alone;         /* never share the port, not even with a server of this process */
  const char *const *subprotocols; /* every name `upgrade` may choose, NULL-terminated; NULL = none. Of a client's list the
                                    * first that stands here is taken. A list over 126 bytes gets 400: libwebsockets
                                    * 4.1.6 takes no more. */
} FwWsServerOptions;

typedef enum { FW_SENT_ALL, FW_SENT_CHOKED, FW_SENT_CLOSED } FwSent;
typedef struct { guint64 n_sends, n_bytes, n_cuts, n_accepted, n_handshake_failed, n_silent /* ended without a whole request */, n_refused[FW_NET_N_LIMITS]; } FwWsServerCounts;

/* Binds (an error names port and what to do), then starts the thread. A second server of this process on the same port
 * shares it; one of another process is refused. */
FwWsServer *fw_ws_server_new (const FwWsServerOptions *options, const FwWsHandler *handler, gpointer user, GError **error);
/* Closes all connections (1001), joins the thread, frees. Nobody may be in fw_ws_server_wake any more. */
void        fw_ws_server_stop (FwWsServer *server);
guint16     fw_ws_server_port (const FwWsServer *server);
void        fw_ws_server_wake (FwWsServer *server);  /* any thread; cheap when already awake */
void        fw_ws_server_set_timer (FwWsServer *server, gint64 after_us); /* server thread; one shot; -1 = off; sub-millisecond */
gint64      fw_ws_server_cpu_us (FwWsServer *server);
FwWsServerCounts fw_ws_server_counts (const FwWsServer *server);

/* frames: whole WebSocket frames (fw-frame.h). *ret_taken: bytes taken, always on a frame boundary (a cut frame counts as
 * taken: its rest is kept here and goes first). CHOKED: `writable` will be called when there is room again. */
FwSent      fw_ws_conn_send (FwWsConn *conn, const guint8 *frames, gsize len, gsize *ret_taken);
/* One message of its own, framed here (control replies). Kept in order with fw_ws_conn_send. On CHOKED it was taken too
 * (see fw_ws_conn_pending_bytes); on CLOSED it was not. */
FwSent      fw_ws_conn_send_text (FwWsConn *conn, const char *text, gsize len);
void        fw_ws_conn_want_writable (FwWsConn *conn);
gboolean    fw_ws_conn_is_choked (const FwWsConn *conn);
gsize       fw_ws_conn_pending_bytes (const FwWsConn *conn); /* kept here, not in the kernel */
/* Whether the peer has acknowledged any bytes since this was last asked, also within a frame; then it counts as alive,
 * though the pings that ask for that wait behind those bytes. A system call: not for every delivery. */
gboolean    fw_ws_conn_has_taken_more (FwWsConn *conn);
/* Asks for a close with code (1000..4999) and reason; `closed` follows. With hard, the socket is cut if the frame cannot go out at once. */
void        fw_ws_conn_close (FwWsConn *conn, guint code, const char *reason, gboolean hard);
/* How much the kernel may hold for this one from now on; what it holds already stays. A healthy connection needs room for a
 * whole turn (with 16 kB, turns of 24 kB made p99 three times longer), a slow one shows data as old as this is full. */
void        fw_ws_conn_set_sndbuf (FwWsConn *conn, guint bytes);
const char *fw_ws_conn_peer (const FwWsConn *conn);
gpointer    fw_ws_conn_data (const FwWsConn *conn);
