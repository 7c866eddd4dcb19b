/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-http-head.h"
/* fw-http-server: HTTP/1.1 for machines: bodies come in pieces as they arrive, an answer may be given later.
 * Promises: one request of a connection at a time, so answers are in order; memory per connection is bounded by what one
 *   read brings; an idle one costs a few hundred bytes; who is slow, floods or never ends costs only his own connection.
 * Does not: hold bodies, serve files, compress. WebSocket is fw-ws-server's.
 * Threads: every callback, and every function that takes a request, on the server's thread. */
typedef struct FwHttpServer FwHttpServer;
typedef struct FwHttpRequest FwHttpRequest; /* from `begin` until it is answered or `gone` */

typedef struct
{
  /* head is borrowed until this returns. Returns the request's own data; may answer at once (the rest of the body is then
   * passed over, or the connection closed when that would be long). */
  gpointer (*begin) (gpointer user, FwHttpRequest *request, const FwHttpHead *head);
  /* Returns how many bytes it took; fewer than len = no more until fw_http_resume, and then these again. */
  gsize (*body) (gpointer user, FwHttpRequest *request, gpointer data, const char *bytes, gsize len);
  void (*end) (gpointer user, FwHttpRequest *request, gpointer data); /* the body is whole */
  void (*gone) (gpointer user, FwHttpRequest *request, gpointer data); /* it cannot be answered any more */
  void (*woken) (gpointer user);                      /* after fw_http_server_wake, or while extra_fd is readable */
  void (*tick) (gpointer user);                       /* when the timer fires */
  void (*started) (gpointer user, FwHttpServer *server); /* first of all, perhaps before fw_http_server_new has returned */
} FwHttpHandler; /* all nullable but begin, body and end */

typedef struct
{
  const char *listen_host; guint16 listen_port;         /* port 0 = any */
  gboolean    is_alone;                                 /* never share the port, not even with a server of this process */
  const char *thread_name;                              /* NULL = "http" */
  guint   connections_max, connections_per_address_max; /* 0 = no limit; over it: 503 with Retry-After */
  gsize   header_max_bytes;                             /* 0 = 16 kB; over it: 431 */
  gsize   kept_max_bytes;                               /* 0 = no limit; of heads and requests that came and are not taken yet, of all
                                                         * connections, beside 4 kB of each; who would hold more is cut */
  guint64 body_max_bytes;                               /* 0 = no limit; over it: 413, before it is read where its length is known */
  guint   header_timeout_ms;                            /* 0 = 10 s: from its first byte until a head is whole, else 408 */
  guint   body_timeout_ms;                              /* 0 = 20 s: so long a body may take, and a second more per kB, else 408 */
  guint   idle_timeout_ms;                              /* 0 = 75 s: between requests, and for a client that does not read its answer */
  gboolean has_extra_fd; gint extra_fd;                 /* borrowed; `woken` must make it unreadable */
} FwHttpServerOptions;

typedef struct
{
  guint64 n_connections;                  /* now */
  guint64 n_accepted, n_refused_limit, n_requests, n_malformed, n_too_large, n_crowded /* cut by kept_max_bytes */, n_timeouts, n_idle /* closed by idle_timeout_ms */, n_gone, n_pauses, n_bytes_in, n_bytes_out;
} FwHttpServerCounts;

/* Binds (an error names port and what to do), then starts the thread. */
FwHttpServer *fw_http_server_new (const FwHttpServerOptions *options, const FwHttpHandler *handler, gpointer user, GError **error);
/* Stops accepting, closes what is idle, lets the rest finish, and closes each connection with its answer. Any thread; returns at once. */
void          fw_http_server_drain (FwHttpServer *server);
/* After drain, not on the server's thread: TRUE when all are gone, FALSE when the deadline has passed. */
gboolean      fw_http_server_wait_drained (FwHttpServer *server, gint timeout_ms);
/* Cuts what is left, joins the thread, frees. Nobody may be in fw_http_server_wake any more. NULL is fine. */
void          fw_http_server_stop (FwHttpServer *server);
guint16       fw_http_server_port (const FwHttpServer *server);
void          fw_http_server_wake (FwHttpServer *server);      /* any thread; cheap when already awake */
void          fw_http_server_set_timer (FwHttpServer *server, gint64 after_us); /* server's thread; one shot; -1 = off */
gint64        fw_http_server_cpu_us (FwHttpServer *server);
FwHttpServerCounts fw_http_server_counts (const FwHttpServer *server); /* any thread */

typedef struct
{
  guint       status;
  const char *content_type; /* NULL = no body */
  const char *body; gsize len;
  const char *headers;      /* "Name: value\r\n..." more of them; NULL for none */
} FwHttpReply; /* all borrowed */
/* Headers that every answer to this request will have, ours (413, 408 ...) too: "Name: value\r\n...", copied. */
void        fw_http_add_headers (FwHttpRequest *request, const char *headers);
/* Now or later; the request is over with this. */
void        fw_http_reply (FwHttpRequest *request, const FwHttpReply *reply);
void        fw_http_resume (FwHttpRequest *request);           /* after `body` took less than it was given */
const char *fw_http_request_peer (const FwHttpRequest *request); /* "127.0.0.1:54321" */
