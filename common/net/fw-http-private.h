/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-accept.h"
#include "fw-http-server.h"
#include "fw-thread.h"
/* fw-http-private: what the files of the HTTP server share.
 *   fw-http-server.c  its life: thread, epoll, wake-up, timer, deadlines
 *   fw-http-conn.c    one connection: bytes in, requests, bytes out, its end
 *   fw-http-take.c    what the bytes mean: heads and bodies
 *   fw-http-reply.c   answers, as text
 * Threads: everything on the server's thread, but where it says otherwise. */

typedef enum { FW_HTTP_SOURCE_CONN, FW_HTTP_SOURCE_LISTENER, FW_HTTP_SOURCE_WAKE, FW_HTTP_SOURCE_EXTRA, FW_HTTP_SOURCE_TIMER } FwHttpSourceKind;
typedef struct { FwHttpSourceKind kind; int fd; } FwHttpSource; /* what an epoll event points to */

/*   HEAD --head is whole--> BODY --its end--> ANSWER --fw_http_reply--> HEAD
 *     any --Connection: close, a fault--> LINGER --their end, or 2 s--> closed */
typedef enum { FW_HTTP_HEAD, FW_HTTP_BODY, FW_HTTP_ANSWER, FW_HTTP_LINGER } FwHttpPhase;

struct FwHttpRequest /* a connection, and its one request */
{
  FwHttpSource   source;
  FwHttpServer  *server;
  FwHttpRequest *next, *prev, *next_todo, *next_dead;
  FwPeer         peer;
  guint8         phase;
  gboolean is_readable : 1, has_their_end : 1 /* to be read */, is_ended : 1 /* read */, is_todo : 1, is_in_turn : 1, is_dead : 1; /* the socket's */
  gboolean is_open : 1 /* begun, and not answered */, is_answered : 1, is_paused : 1, has_head_begun : 1; /* the request's */
  gboolean keeps_alive : 1, is_http_1_0 : 1, is_head : 1, is_chunked : 1;
  char         *kept; /* came, and not yet taken */
  gsize         kept_len, kept_charged /* of kept_max_bytes */, scanned;
  gpointer      data;
  char         *headers; /* of every answer to this request; NULL for none */
  FwHttpChunks  chunks;
  guint64       body_left, body_len, rated_len;
  gint64        rated_from_us, deadline_us;
  char         *out; /* what the kernel did not take */
  gsize         out_len, out_at;
};

struct FwHttpServer
{
  FwHttpServerOptions options;
  FwHttpHandler  handler;
  gpointer       user;
  FwAcceptor     acceptor;
  gboolean       is_acceptor_open, is_draining;
  FwHttpSource   listeners[FW_LISTENERS_MAX], waking, extra, timer;
  int            epoll_fd;
  FwWake        *wake;
  FwThread      *thread;
  gint           asks_drain, asks_stop; /* atomic */
  FwWake        *drained; /* signalled when the last connection of a draining server is gone */
  FwHttpRequest *conns, *todo, *dead;
  gint64         now_us, sweep_at_us, date_s;
  char           date[40];
  FwHttpHead     head;   /* of the request that begins now */
  char          *buffer; /* of the connection whose turn it is */
  gsize          buffer_size, kept_charged;
  GString       *out;
  FwHttpServerCounts counts; /* written here, read anywhere: relaxed atomics */
};

#define fw_http_count(server, field, by)                                                           \
  __atomic_store_n (&(server)->counts.field, (server)->counts.field + (guint64) (by), __ATOMIC_RELAXED)

/* fw-http-conn.c */
void fw_http_conn_accepted (gpointer server, int fd, const FwPeer *peer);
void fw_http_conn_event (FwHttpRequest *conn, guint32 events);
void fw_http_conn_turn (FwHttpRequest *conn);     /* what it has to do, till it must wait */
void fw_http_conn_schedule (FwHttpRequest *conn); /* a turn, soon */
void fw_http_conn_expired (FwHttpRequest *conn);  /* its deadline is over */
void fw_http_conn_finish (FwHttpRequest *conn);   /* the server drains: close it if nothing is under way */
void fw_http_conn_kill (FwHttpRequest *conn);     /* closed now, freed at the end of this round */
void fw_http_conn_free (FwHttpRequest *conn);
gboolean fw_http_conn_is_idle (const FwHttpRequest *conn);
/* Sends, or keeps what the kernel does not take. FALSE: it died. */
gboolean fw_http_conn_send (FwHttpRequest *conn, const char *bytes, gsize len);
void fw_http_conn_answered (FwHttpRequest *conn); /* the answer is on its way: what next? */
void fw_http_conn_linger (FwHttpRequest *conn);   /* say no more, and close without losing what was said */
/* May this connection be used on after an answer given now? */
gboolean fw_http_conn_may_go_on (const FwHttpRequest *conn);

/* fw-http-take.c */
gsize fw_http_take (FwHttpRequest *conn, char *bytes, gsize len); /* a step; 0: more must come */
void  fw_http_rate_body (FwHttpRequest *conn);                    /* its deadline counts from now */
/* Ours, in the middle of a request: its owner hears no more of it. */
void  fw_http_break_off (FwHttpRequest *conn, guint status, const char *why);

/* fw-http-reply.c: writes a whole answer of ours, and closes. */
void fw_http_refuse (FwHttpRequest *conn, guint status, const char *why);
