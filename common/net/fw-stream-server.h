/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-net.h"
/* fw-stream-server: plain TCP byte streams on one thread of its own, for protocols that frame themselves (MQTT).
 * Promises: a connection belongs to this thread for life; bytes go out by one send() where the kernel takes them, the
 *   rest is kept up to output_max and goes first; input that its owner does not want stays in the kernel, so that the
 *   sender feels it.
 * Does not: know what the bytes mean.
 * Threads: every callback, and every fw_stream_*, on the server's thread; fw_stream_server_wake from any. */
typedef struct FwStreamServer FwStreamServer;
typedef struct FwStream FwStream;

typedef struct
{
  /* Return the stream's own data (given back below). */
  gpointer (*open) (gpointer user, FwStream *stream);
  void (*received) (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len);
  void (*drained) (gpointer user, FwStream *stream, gpointer data); /* nothing kept any more, after something was; nullable */
  void (*closed) (gpointer user, FwStream *stream, gpointer data);
  void (*woken) (gpointer user);                            /* after fw_stream_server_wake, or while wake_fd is readable */
  void (*started) (gpointer user, FwStreamServer *server);  /* first of all */
  void (*tick) (gpointer user);                             /* each tick_ms */
} FwStreamHandler;

typedef struct
{
  const char *listen_host; guint16 listen_port; /* port 0 = any */
  guint   connections_max, connections_per_address_max; /* 0 = no limit; over it: closed at once, counted */
  gsize   output_max;       /* bytes kept for one stream that does not read; over it: cut */
  guint   tick_ms;          /* 1 .. */
  gint    wake_fd;          /* the caller's: `woken` comes while it is readable; -1 = none */
  const char *thread_name;  /* as ps shows it */
} FwStreamServerOptions;

typedef struct { guint64 n_accepted, n_refused_limit, n_overflowed, n_sends, n_bytes_in, n_bytes_out; } FwStreamServerCounts;

/* Binds (an error names port and what to do), then starts the thread. */
FwStreamServer *fw_stream_server_new (const FwStreamServerOptions *options, const FwStreamHandler *handler, gpointer user, GError **error);
/* Closes what is open, joins the thread, frees. */
void            fw_stream_server_stop (FwStreamServer *server);
guint16         fw_stream_server_port (const FwStreamServer *server);
void            fw_stream_server_wake (FwStreamServer *server);
/* No further connection is taken; those that are stay. Server thread. */
void            fw_stream_server_refuse (FwStreamServer *server);
FwStreamServerCounts fw_stream_server_counts (const FwStreamServer *server); /* any thread */

/* Takes all of it, or cuts the stream (output_max) and answers FALSE; then only `closed` follows. */
gboolean    fw_stream_send (FwStream *stream, const guint8 *bytes, gsize len);
gsize       fw_stream_kept (const FwStream *stream); /* not in the kernel yet */
void        fw_stream_pause (FwStream *stream, gboolean is_paused); /* no `received` while paused */
void        fw_stream_close (FwStream *stream, gboolean at_once); /* else after what is kept has gone out */
const char *fw_stream_peer (const FwStream *stream);
gpointer    fw_stream_data (const FwStream *stream);
