/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-accept.h"
#include "fw-stream-server.h"
#include "fw-thread.h"
/* fw-stream-private: what the two files of the stream server share.
 *   fw-stream-server.c   its life and its loop
 *   fw-stream.c          one stream: sending, pausing, closing
 *   open --fw_stream_close--> closing (what is kept goes out) --> lingering (our end is shut, input is thrown away, so
 *     that our last bytes are not lost with a reset) --the peer's end, or a time-out--> dead
 *   open --the peer's end, an error, output_max--> dead
 * The dead are freed after the batch of events that may still speak of them.
 * Threads: everything on the server's thread. */
#define FW_STREAM_READ_BYTES (64 * 1024)

typedef enum
{
  FW_WATCH_STREAM,
  FW_WATCH_LISTENER,
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
  guint32 events; /* that epoll watches for */
  FwStreamServer *server;
  gpointer data;
  GByteArray *kept;
  guint kept_at;
  gint64 linger_until_us;
  FwStream *prev, *next; /* of all, or of the dead */
  FwPeer peer;
};

struct FwStreamServer
{
  FwStreamServerOptions options;
  FwStreamHandler handler;
  gpointer user;
  FwAcceptor acceptor;
  FwStreamWatch listeners[FW_LISTENERS_MAX], wake, callers_wake, timer;
  gint epoll_fd;
  gint is_stopping; /* atomic */
  FwThread *thread;
  FwStream *streams, *dead;
  FwStreamServerCounts counts; /* written here, read anywhere: relaxed atomics */
  guint8 buffer[FW_STREAM_READ_BYTES];
};

#define fw_stream_count(server, field, by)                                                          \
  __atomic_store_n (&(server)->counts.field, (server)->counts.field + (guint64) (by), __ATOMIC_RELAXED)

gboolean fw_stream_watch (FwStreamServer *server, FwStreamWatch *watch, FwStreamWatchKind kind, gint fd);
void     fw_stream_accepted (gpointer server, int fd, const FwPeer *peer);
void     fw_stream_event (FwStream *stream, guint32 events);
void     fw_stream_sweep (FwStreamServer *server); /* ends those that linger for too long */
void     fw_stream_bury (FwStreamServer *server);
