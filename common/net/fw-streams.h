/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-addresses.h"
#include "fw-net.h"
#include "fw-tls.h"
/* fw-streams: byte streams by TCP and TLS on one thread of its own, those that come in and those made to others, for
 *   protocols that frame themselves (MQTT).
 * Promises: a connection belongs to this thread for life; bytes go out by one send() where the kernel takes them, the
 *   rest is kept up to output_max and goes first; input that its owner does not want stays in the kernel, so that the
 *   sender feels it.
 *   With TLS its owner sees a stream when hands are shaken, and never who fails at it.
 * Does not: know what the bytes mean.
 * Threads: every callback, and every fw_stream_*, on the streams' thread; fw_streams_wake from any. */
typedef struct FwStreams FwStreams;
typedef struct FwStream FwStream;

typedef struct
{
  /* One has come in. Return the stream's own data (given back below). Nullable without a listener. */
  gpointer (*open) (gpointer user, FwStream *stream);
  void (*connected) (gpointer user, FwStream *stream, gpointer data); /* one of fw_stream_connect; else `closed` comes */
  void (*received) (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len);
  void (*drained) (gpointer user, FwStream *stream, gpointer data); /* nothing kept any more, after something was; nullable */
  void (*closed) (gpointer user, FwStream *stream, gpointer data);  /* see fw_stream_why */
  void (*woken) (gpointer user);                       /* after fw_streams_wake, or while wake_fd is readable */
  void (*started) (gpointer user, FwStreams *streams); /* first of all; nullable */
  void (*tick) (gpointer user);                        /* each tick_ms; nullable */
} FwStreamHandler;

typedef struct
{
  const char *listen_host; guint16 listen_port; /* NULL: no listener; port 0 = any */
  const char *tls_listen_host; guint16 tls_listen_port; FwTls *tls; /* a second listener; NULL: none */
  guint   handshakes_per_s_max; /* of TLS, 0 = no limit; further ones wait in the kernel */
  guint   handshake_timeout_ms; /* of TLS; 0 = 10 s; told within a tick */
  guint   connections_max, connections_per_address_max; /* 0 = no limit; over it: closed at once, counted */
  gsize   output_max;         /* bytes kept for one stream that does not read; over it: cut */
  guint   tick_ms;            /* 1 .. */
  guint   connect_timeout_ms; /* for each address; 0 = 10 s; told within a tick */
  gint    wake_fd;            /* the caller's: `woken` comes while it is readable; -1 = none */
  const char *thread_name;    /* as ps shows it */
} FwStreamsOptions;

typedef struct { guint64 n_accepted, n_connected, n_handshakes, n_handshakes_failed, n_handshakes_held, n_refused_limit, n_overflowed, n_sends, n_bytes_in, n_bytes_out; } FwStreamsCounts;

/* Binds (an error names port and what to do), then starts the thread. */
FwStreams *fw_streams_new (const FwStreamsOptions *options, const FwStreamHandler *handler, gpointer user, GError **error);
/* Closes what is open, joins the thread, frees. NULL is fine. */
void       fw_streams_stop (FwStreams *streams);
guint16    fw_streams_port (const FwStreams *streams);
guint16    fw_streams_tls_port (const FwStreams *streams);
void       fw_streams_wake (FwStreams *streams);
/* No further connection is taken, and none that still shakes hands; those that are stay. The streams' thread. */
void       fw_streams_refuse (FwStreams *streams);
FwStreamsCounts fw_streams_counts (const FwStreams *streams); /* any thread */

typedef struct
{
  const FwAddresses *addresses; /* tried in turn */
  FwTls      *tls;              /* NULL: without */
  const char *server_name;      /* with TLS: whom its certificate must name */
} FwStreamTarget; /* what is in it is borrowed until `connected` or `closed` */
/* Never blocks, never fails at once: `connected` or `closed` follows, after this callback has returned; but
 * nothing for one made while the streams stop. */
FwStream   *fw_stream_connect (FwStreams *streams, const FwStreamTarget *target, gpointer data);
/* Takes all of it, or cuts the stream (output_max) and answers FALSE; then only `closed` follows. FALSE before `connected`. */
gboolean    fw_stream_send (FwStream *stream, const guint8 *bytes, gsize len);
gsize       fw_stream_kept (const FwStream *stream); /* not in the kernel yet */
void        fw_stream_pause (FwStream *stream, gboolean is_paused); /* no `received` while paused */
void        fw_stream_close (FwStream *stream, gboolean at_once); /* else after what is kept has gone out */
const char *fw_stream_peer (const FwStream *stream); /* "127.0.0.1:54321" */
gpointer    fw_stream_data (const FwStream *stream);
const char *fw_stream_why (const FwStream *stream);  /* in `closed`: why, in words; static */
/* The subject's common name in the other end's certificate, which was verified; NULL: none. Transfer full. */
char       *fw_stream_certificate_name (const FwStream *stream);
