/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-accept.h"
#include "fw-streams.h"
#include "fw-thread.h"
/* fw-stream-private: what the files of the streams share.
 *   fw-streams.c         their life and their loop
 *   fw-stream.c          one stream: sending, pausing, closing
 *   fw-stream-connect.c  one that we make: connecting -> open, or on to the next address, or dead
 *   fw-stream-tls.c      its bytes by TLS, if it has any
 *   accepted or connected, with TLS --> shaking hands --> open, or dead
 *   open --fw_stream_close--> closing (what is kept goes out) --> lingering (our end is shut, input is thrown away, so
 *     that our last bytes are not lost with a reset) --the peer's end, or a time-out--> dead
 *   open --the peer's end, an error, output_max--> dead
 * The dead are freed after the batch of events that may still speak of them.
 * Threads: everything on the streams' thread. */
#define FW_STREAM_READ_BYTES (64 * 1024)

typedef enum
{
  FW_WATCH_STREAM,
  FW_WATCH_LISTENER,
  FW_WATCH_TLS_LISTENER,
  FW_WATCH_WAKE,
  FW_WATCH_CALLERS, /* its owner makes it unreadable */
  FW_WATCH_TIMER
} FwStreamWatchKind;

typedef struct
{
  FwStreamWatchKind kind;
  gint fd;
} FwStreamWatch; /* what an epoll event points at */

typedef enum
{
  FW_STREAM_CONNECTING,
  FW_STREAM_SHAKING_HANDS,
  FW_STREAM_OPEN,
  FW_STREAM_CLOSING,
  FW_STREAM_LINGERING,
  FW_STREAM_DEAD
} FwStreamState;

struct FwStream
{
  FwStreamWatch watch;
  guint8 state;         /* FwStreamState */
  gboolean is_open : 1; /* its owner knows it */
  gboolean is_paused : 1;
  gboolean is_ours : 1; /* we made it: it is none of the acceptor's */
  gboolean has_ended : 1, tls_wants_out : 1, is_tls_broken : 1; /* with TLS; its input waits for room to write */
  guint8 n_tried; /* connecting: how many of its addresses */
  guint32 events; /* that epoll watches for */
  FwStreams *streams;
  gpointer data;
  GByteArray *kept;
  guint kept_at;
  gint64 until_us;              /* connecting, shaking hands, lingering */
  FwStreamTarget target;        /* connecting: the caller's */
  struct ssl_st *ssl;           /* NULL: without TLS */
  const char *why; /* it ended; static */
  FwStream *prev, *next; /* of all, or of the dead */
  FwPeer peer;
};

struct FwStreams
{
  FwStreamsOptions options;
  FwStreamHandler handler;
  gpointer user;
  FwTls *tls;     /* of those that come in at the second listener */
  FwCrowd *crowd; /* who has come in, at either listener */
  FwAcceptor acceptor, tls_acceptor;
  FwStreamWatch listeners[FW_LISTENERS_MAX], tls_listeners[FW_LISTENERS_MAX], wake, callers_wake, timer;
  gdouble handshakes_left; /* of this second */
  gint64 handshakes_at_us;
  gboolean are_handshakes_held, is_refusing;
  gint epoll_fd;
  gint is_stopping; /* atomic */
  FwThread *thread;
  FwStream *all, *dead;
  FwStreamsCounts counts; /* written here, read anywhere: relaxed atomics */
  guint8 buffer[FW_STREAM_READ_BYTES];
};

#define fw_stream_count(streams, field, by)                                                          \
  __atomic_store_n (&(streams)->counts.field, (streams)->counts.field + (guint64) (by), __ATOMIC_RELAXED)

gboolean fw_stream_watch (FwStreams *streams, FwStreamWatch *watch, FwStreamWatchKind kind, gint fd);
void     fw_stream_accepted (gpointer streams, int fd, const FwPeer *peer);
void     fw_stream_accepted_for_tls (gpointer streams, int fd, const FwPeer *peer);
void     fw_stream_add (FwStream *stream); /* to all */
void     fw_stream_event (FwStream *stream, guint32 events);
void     fw_stream_watch_for (FwStream *stream, guint32 events);
void     fw_stream_die (FwStream *stream, const char *why);
void     fw_stream_sweep (FwStreams *streams); /* ends those that connect or linger for too long */
void     fw_stream_connect_next (FwStream *stream);      /* to the next of its addresses, if there is one */
void     fw_stream_connect_event (FwStream *stream);     /* the kernel knows whether it is connected */
void     fw_stream_bury (FwStreams *streams);
void     fw_stream_made (FwStream *stream); /* ours, and connected */
void     fw_stream_shake_hands (FwStream *stream); /* the next step of it */

/* fw-stream-tls.c; bytes, 0 = later, -1 = it is over, and why */
gboolean fw_stream_tls_attach (FwStream *stream, FwTls *tls, const char *server_name, gboolean is_server);
gssize   fw_stream_tls_handshake (FwStream *stream, const char **ret_why); /* 1: done */
gssize   fw_stream_tls_read (FwStream *stream, guint8 *bytes, gsize len, const char **ret_why);
gssize   fw_stream_tls_write (FwStream *stream, const guint8 *bytes, gsize len, const char **ret_why);
void     fw_stream_tls_bye (FwStream *stream); /* that we say no more */
void     fw_stream_tls_free (FwStream *stream);
