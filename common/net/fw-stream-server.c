/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll loop. Not libwebsockets': its poll() walks every socket at each turn, and of ten
 * thousand devices nearly all are silent.
 *
 *   open --fw_stream_close--> closing (what is kept goes out) --> lingering (our end is shut, input
 * is thrown away, so that our last bytes are not lost with a reset) --the peer's end, or LINGER-->
 * dead open --the peer ends, an error, output_max--> dead
 *
 * The dead are freed after the batch of events that may still speak of them. */
#include "fw-stream-server.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fw-accept.h"
#include "fw-error.h"
#include "fw-lws.h"
#include "fw-thread.h"
#include "fw-i18n.h"

#define EVENTS 256
#define READ_BYTES (64 * 1024)
#define LINGER_US (2 * G_USEC_PER_SEC)

typedef enum
{
  WATCH_STREAM,
  WATCH_LISTENER,
  WATCH_WAKE,
  WATCH_CALLERS, /* its owner makes it unreadable */
  WATCH_TIMER
} WatchKind;

typedef struct
{
  WatchKind kind;
  gint fd;
} Watch; /* what an epoll event points at */

typedef enum
{
  STREAM_OPEN,
  STREAM_CLOSING,
  STREAM_LINGERING,
  STREAM_DEAD
} StreamState;

struct FwStream
{
  Watch watch;
  guint8 state;         /* StreamState */
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
  Watch listeners[FW_LISTENERS_MAX], wake, callers_wake, timer;
  gint epoll_fd;
  gint is_stopping; /* atomic */
  FwThread *thread;
  FwStream *streams, *dead;
  FwStreamServerCounts counts; /* written here, read anywhere: relaxed atomics */
  guint8 buffer[READ_BYTES];
};

#define count(server, field, by)                                                      \
  __atomic_store_n (&(server)->counts.field, (server)->counts.field + (guint64) (by), \
                    __ATOMIC_RELAXED)

static gboolean
watch_fd (FwStreamServer *server, Watch *watch, WatchKind kind, gint fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

  *watch = (Watch){ kind, fd };
  return fd >= 0 && epoll_ctl (server->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Streams. */

static void
watch_for (FwStream *stream, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = stream };

  if (stream->events == events)
    return;
  stream->events = events;
  epoll_ctl (stream->server->epoll_fd, EPOLL_CTL_MOD, stream->watch.fd, &event);
}

static void
watch_what_matters (FwStream *stream)
{
  gboolean wants_input = stream->state == STREAM_LINGERING || !stream->is_paused;

  watch_for (stream, (wants_input ? EPOLLIN : 0) | (stream->kept ? EPOLLOUT : 0));
}

static void
unlink_stream (FwStream *stream)
{
  if (stream->prev)
    stream->prev->next = stream->next;
  else
    stream->server->streams = stream->next;
  if (stream->next)
    stream->next->prev = stream->prev;
}

static void
die (FwStream *stream)
{
  FwStreamServer *server = stream->server;

  if (stream->state == STREAM_DEAD)
    return;
  stream->state = STREAM_DEAD;
  close (stream->watch.fd);
  fw_acceptor_gone (&server->acceptor, &stream->peer);
  unlink_stream (stream);
  stream->next = server->dead;
  server->dead = stream;
}

static void
bury (FwStreamServer *server)
{
  while (server->dead)
    {
      FwStream *stream = server->dead;

      server->dead = stream->next;
      if (stream->is_open && server->handler.closed)
        server->handler.closed (server->user, stream, stream->data);
      if (stream->kept)
        g_byte_array_unref (stream->kept);
      g_free (stream);
    }
}

static void
linger (FwStream *stream)
{
  stream->state = STREAM_LINGERING;
  stream->linger_until_us = g_get_monotonic_time () + LINGER_US;
  shutdown (stream->watch.fd, SHUT_WR);
  watch_what_matters (stream);
}

static void
accepted (gpointer user, int fd, const FwPeer *peer)
{
  FwStreamServer *server = user;
  FwStream *stream = g_new0 (FwStream, 1);

  stream->server = server;
  stream->peer = *peer;
  stream->events = EPOLLIN;
  stream->next = server->streams;
  if (stream->next)
    stream->next->prev = stream;
  server->streams = stream;
  count (server, n_accepted, 1);
  if (!watch_fd (server, &stream->watch, WATCH_STREAM, fd))
    {
      die (stream);
      return;
    }
  stream->is_open = TRUE;
  stream->data = server->handler.open (server->user, stream);
}

static void
refused (gpointer user, FwNetLimit limit)
{
  FwStreamServer *server = user;

  (void) limit;
  count (server, n_refused_limit, 1);
}

/* Bytes that the kernel took; -1 when the stream is broken. */
static gssize
send_now (FwStream *stream, const guint8 *bytes, gsize len)
{
  gssize n;

  do
    n = send (stream->watch.fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  count (stream->server, n_sends, 1);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
  count (stream->server, n_bytes_out, n);
  return n;
}

static gboolean
keep (FwStream *stream, const guint8 *bytes, gsize len)
{
  if (fw_stream_kept (stream) + len > stream->server->options.output_max)
    {
      count (stream->server, n_overflowed, 1);
      die (stream);
      return FALSE;
    }
  if (!stream->kept)
    stream->kept = g_byte_array_new ();
  g_byte_array_append (stream->kept, bytes, (guint) len);
  watch_what_matters (stream);
  return TRUE;
}

gboolean
fw_stream_send (FwStream *stream, const guint8 *bytes, gsize len)
{
  gssize n = 0;

  if (stream->state != STREAM_OPEN)
    return FALSE;
  if (!stream->kept)
    n = send_now (stream, bytes, len);
  if (n < 0)
    {
      die (stream);
      return FALSE;
    }
  return (gsize) n == len || keep (stream, bytes + n, len - (gsize) n);
}

gsize
fw_stream_kept (const FwStream *stream)
{
  return stream->kept ? stream->kept->len - stream->kept_at : 0;
}

static void
flush (FwStream *stream)
{
  FwStreamServer *server = stream->server;
  gssize n = send_now (stream, stream->kept->data + stream->kept_at, fw_stream_kept (stream));

  if (n < 0)
    {
      die (stream);
      return;
    }
  stream->kept_at += (guint) n;
  if (fw_stream_kept (stream) > 0)
    return;
  g_clear_pointer (&stream->kept, g_byte_array_unref);
  stream->kept_at = 0;
  if (stream->state == STREAM_CLOSING)
    linger (stream);
  else if (server->handler.drained)
    server->handler.drained (server->user, stream, stream->data);
  if (stream->state != STREAM_DEAD)
    watch_what_matters (stream);
}

void
fw_stream_pause (FwStream *stream, gboolean is_paused)
{
  stream->is_paused = is_paused;
  if (stream->state == STREAM_OPEN)
    watch_what_matters (stream);
}

void
fw_stream_close (FwStream *stream, gboolean at_once)
{
  if (at_once)
    die (stream);
  else if (stream->state == STREAM_OPEN && stream->kept)
    stream->state = STREAM_CLOSING;
  else if (stream->state == STREAM_OPEN)
    linger (stream);
}

const char *
fw_stream_peer (const FwStream *stream)
{
  return stream->peer.text;
}

gpointer
fw_stream_data (const FwStream *stream)
{
  return stream->data;
}

static void
receive (FwStream *stream)
{
  FwStreamServer *server = stream->server;
  gssize n = recv (stream->watch.fd, server->buffer, READ_BYTES, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  if (n <= 0)
    {
      die (stream);
      return;
    }
  count (server, n_bytes_in, n);
  if (stream->state == STREAM_OPEN)
    server->handler.received (server->user, stream, stream->data, server->buffer, (gsize) n);
}

/* The loop. */

static void
stream_event (FwStream *stream, guint32 events)
{
  if (stream->state != STREAM_DEAD && events & EPOLLOUT && stream->kept)
    flush (stream);
  if (stream->state != STREAM_DEAD && events & EPOLLIN)
    receive (stream);
  else if (stream->state != STREAM_DEAD && events & (EPOLLERR | EPOLLHUP))
    die (stream);
}

static void
swept (FwStreamServer *server)
{
  gint64 now_us = g_get_monotonic_time ();
  FwStream *next;

  for (FwStream *stream = server->streams; stream; stream = next)
    {
      next = stream->next;
      if (stream->state == STREAM_LINGERING && now_us >= stream->linger_until_us)
        die (stream);
    }
}

static void
own_event (FwStreamServer *server, const Watch *watch)
{
  guint64 n;

  if (watch->kind == WATCH_LISTENER)
    {
      fw_acceptor_accept_all (&server->acceptor, watch->fd);
      return;
    }
  if (watch->kind != WATCH_CALLERS && read (watch->fd, &n, sizeof n) < 0)
    return;
  if (g_atomic_int_get (&server->is_stopping))
    return;
  if (watch->kind != WATCH_TIMER)
    server->handler.woken (server->user);
  else
    {
      swept (server);
      if (server->handler.tick)
        server->handler.tick (server->user);
    }
}

static void
run (gpointer data)
{
  FwStreamServer *server = data;
  struct epoll_event events[EVENTS];

  if (server->handler.started)
    server->handler.started (server->user, server);
  while (!g_atomic_int_get (&server->is_stopping))
    {
      int n = epoll_wait (server->epoll_fd, events, EVENTS, -1);

      for (int i = 0; i < n; i++)
        {
          Watch *watch = events[i].data.ptr;

          if (watch->kind == WATCH_STREAM)
            stream_event ((FwStream *) watch, events[i].events);
          else
            own_event (server, watch);
        }
      bury (server);
    }
  while (server->streams)
    die (server->streams);
  bury (server);
}

/* Its life. */

static gboolean
watch_own (FwStreamServer *server)
{
  const struct timespec tick
      = { server->options.tick_ms / 1000, (glong) (server->options.tick_ms % 1000) * 1000000 };
  const struct itimerspec ticks = { tick, tick };
  gboolean ok
      = watch_fd (server, &server->wake, WATCH_WAKE, eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
        && watch_fd (server, &server->timer, WATCH_TIMER,
                     timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
        && timerfd_settime (server->timer.fd, 0, &ticks, NULL) == 0;

  if (server->options.wake_fd >= 0)
    ok = ok && watch_fd (server, &server->callers_wake, WATCH_CALLERS, server->options.wake_fd);
  for (guint i = 0; i < server->acceptor.listeners.n; i++)
    ok = ok
         && watch_fd (server, &server->listeners[i], WATCH_LISTENER,
                      server->acceptor.listeners.fds[i]);
  return ok;
}

static void
close_fd (gint fd)
{
  if (fd >= 0)
    close (fd);
}

static void
server_free (FwStreamServer *server)
{
  fw_acceptor_close (&server->acceptor, TRUE);
  close_fd (server->wake.fd);
  close_fd (server->timer.fd);
  close_fd (server->epoll_fd);
  g_free (server);
}

static FwStreamServer *
server_open (const FwStreamServerOptions *options, GError **error)
{
  FwStreamServer *server = g_new0 (FwStreamServer, 1);
  const FwAcceptorOptions acceptor
      = { .listen_host = options->listen_host,
          .listen_port = options->listen_port,
          .is_alone = TRUE,
          .sockets_max = options->connections_max,
          .sockets_per_address_max = options->connections_per_address_max,
          .accepted = accepted,
          .refused = refused,
          .user = server };

  if (!fw_acceptor_open (&server->acceptor, &acceptor, error))
    {
      g_free (server);
      return NULL;
    }
  server->options = *options;
  server->options.listen_host = server->options.thread_name = NULL; /* the caller's */
  server->wake.fd = server->timer.fd = -1;
  server->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  return server;
}

FwStreamServer *
fw_stream_server_new (const FwStreamServerOptions *options, const FwStreamHandler *handler,
                      gpointer user, GError **error)
{
  FwStreamServer *server;

  fw_lws_prepare_for_many ();
  server = server_open (options, error);
  if (!server)
    return NULL;
  server->handler = *handler;
  server->user = user;
  if (!watch_own (server))
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("cannot start the server on port %u: %s"), server->acceptor.listeners.port,
                 g_strerror (errno));
  else
    server->thread = fw_thread_start (options->thread_name ? options->thread_name : "stream", run,
                                      server, error);
  if (server->thread)
    return server;
  server_free (server);
  return NULL;
}

void
fw_stream_server_stop (FwStreamServer *server)
{
  if (!server)
    return;
  g_atomic_int_set (&server->is_stopping, 1);
  fw_stream_server_wake (server);
  fw_thread_join (server->thread);
  server_free (server);
}

guint16
fw_stream_server_port (const FwStreamServer *server)
{
  return server->acceptor.listeners.port;
}

void
fw_stream_server_wake (FwStreamServer *server)
{
  static const guint64 one = 1;

  while (write (server->wake.fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

void
fw_stream_server_refuse (FwStreamServer *server)
{
  fw_acceptor_refuse_all (&server->acceptor);
}

FwStreamServerCounts
fw_stream_server_counts (const FwStreamServer *server)
{
  const FwStreamServerCounts *counts = &server->counts;

  return (FwStreamServerCounts){
    .n_accepted = __atomic_load_n (&counts->n_accepted, __ATOMIC_RELAXED),
    .n_refused_limit = __atomic_load_n (&counts->n_refused_limit, __ATOMIC_RELAXED),
    .n_overflowed = __atomic_load_n (&counts->n_overflowed, __ATOMIC_RELAXED),
    .n_sends = __atomic_load_n (&counts->n_sends, __ATOMIC_RELAXED),
    .n_bytes_in = __atomic_load_n (&counts->n_bytes_in, __ATOMIC_RELAXED),
    .n_bytes_out = __atomic_load_n (&counts->n_bytes_out, __ATOMIC_RELAXED),
  };
}
