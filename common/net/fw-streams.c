/* SPDX-License-Identifier: Apache-2.0 */
/* One epoll loop. Not libwebsockets': its poll() walks every socket at each turn, and of ten
 * thousand devices nearly all are silent. */
#include "fw-stream-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-lws.h"
#include "fw-i18n.h"

#define EVENTS 256

static void
refused (gpointer user, FwNetLimit limit)
{
  FwStreams *streams = user;

  (void) limit;
  fw_stream_count (streams, n_refused_limit, 1);
}

/* The loop. */

static void
own_event (FwStreams *streams, const FwStreamWatch *watch)
{
  guint64 n;

  if (watch->kind == FW_WATCH_LISTENER)
    {
      fw_acceptor_accept_all (&streams->acceptor, watch->fd);
      return;
    }
  if (watch->kind != FW_WATCH_CALLERS && read (watch->fd, &n, sizeof n) < 0)
    return;
  if (g_atomic_int_get (&streams->is_stopping))
    return;
  if (watch->kind != FW_WATCH_TIMER)
    streams->handler.woken (streams->user);
  else
    {
      fw_stream_sweep (streams);
      if (streams->handler.tick)
        streams->handler.tick (streams->user);
    }
}

static void
end_all (FwStreams *streams, gboolean tells)
{
  while (streams->all)
    {
      streams->all->is_open = tells && streams->all->is_open;
      fw_stream_close (streams->all, TRUE);
    }
  fw_stream_bury (streams);
}

static void
run (gpointer data)
{
  FwStreams *streams = data;
  struct epoll_event events[EVENTS];

  if (streams->handler.started)
    streams->handler.started (streams->user, streams);
  fw_stream_bury (streams);
  while (!g_atomic_int_get (&streams->is_stopping))
    {
      int n = epoll_wait (streams->epoll_fd, events, EVENTS, -1);

      for (int i = 0; i < n; i++)
        {
          FwStreamWatch *watch = events[i].data.ptr;

          if (watch->kind == FW_WATCH_STREAM)
            fw_stream_event ((FwStream *) watch, events[i].events);
          else
            own_event (streams, watch);
        }
      fw_stream_bury (streams);
    }
  end_all (streams, TRUE);
  end_all (streams, FALSE); /* those made while the others ended */
}

/* Its life. */

static gboolean
watch_own (FwStreams *streams)
{
  const struct timespec tick
      = { streams->options.tick_ms / 1000, (glong) (streams->options.tick_ms % 1000) * 1000000 };
  const struct itimerspec ticks = { tick, tick };
  gboolean ok = fw_stream_watch (streams, &streams->wake, FW_WATCH_WAKE,
                                 eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
                && fw_stream_watch (streams, &streams->timer, FW_WATCH_TIMER,
                                    timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
                && timerfd_settime (streams->timer.fd, 0, &ticks, NULL) == 0;

  if (streams->options.wake_fd >= 0)
    ok = ok
         && fw_stream_watch (streams, &streams->callers_wake, FW_WATCH_CALLERS,
                             streams->options.wake_fd);
  for (guint i = 0; i < streams->acceptor.listeners.n; i++)
    ok = ok
         && fw_stream_watch (streams, &streams->listeners[i], FW_WATCH_LISTENER,
                             streams->acceptor.listeners.fds[i]);
  return ok;
}

static void
close_fd (gint fd)
{
  if (fd >= 0)
    close (fd);
}

static void
streams_free (FwStreams *streams)
{
  if (streams->acceptor.crowd)
    fw_acceptor_close (&streams->acceptor, TRUE);
  close_fd (streams->wake.fd);
  close_fd (streams->timer.fd);
  close_fd (streams->epoll_fd);
  g_free (streams);
}

static FwStreams *
streams_open (const FwStreamsOptions *options, GError **error)
{
  FwStreams *streams = g_new0 (FwStreams, 1);
  const FwAcceptorOptions acceptor
      = { .listen_host = options->listen_host,
          .listen_port = options->listen_port,
          .is_alone = TRUE,
          .sockets_max = options->connections_max,
          .sockets_per_address_max = options->connections_per_address_max,
          .accepted = fw_stream_accepted,
          .refused = refused,
          .user = streams };

  if (options->listen_host && !fw_acceptor_open (&streams->acceptor, &acceptor, error))
    {
      g_free (streams);
      return NULL;
    }
  streams->options = *options;
  streams->options.listen_host = streams->options.thread_name = NULL; /* the caller's */
  streams->wake.fd = streams->timer.fd = -1;
  streams->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  return streams;
}

FwStreams *
fw_streams_new (const FwStreamsOptions *options, const FwStreamHandler *handler, gpointer user,
                GError **error)
{
  FwStreams *streams;

  fw_lws_prepare_for_many ();
  streams = streams_open (options, error);
  if (!streams)
    return NULL;
  streams->handler = *handler;
  streams->user = user;
  if (!watch_own (streams))
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("cannot start the thread of sockets: %s"), g_strerror (errno));
  else
    streams->thread = fw_thread_start (options->thread_name ? options->thread_name : "stream", run,
                                       streams, error);
  if (streams->thread)
    return streams;
  streams_free (streams);
  return NULL;
}

void
fw_streams_stop (FwStreams *streams)
{
  if (!streams)
    return;
  g_atomic_int_set (&streams->is_stopping, 1);
  fw_streams_wake (streams);
  fw_thread_join (streams->thread);
  streams_free (streams);
}

guint16
fw_streams_port (const FwStreams *streams)
{
  return streams->acceptor.listeners.port;
}

void
fw_streams_wake (FwStreams *streams)
{
  static const guint64 one = 1;

  while (write (streams->wake.fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

void
fw_streams_refuse (FwStreams *streams)
{
  fw_acceptor_refuse_all (&streams->acceptor);
}

FwStreamsCounts
fw_streams_counts (const FwStreams *streams)
{
  const FwStreamsCounts *counts = &streams->counts;

  return (FwStreamsCounts){
    .n_accepted = __atomic_load_n (&counts->n_accepted, __ATOMIC_RELAXED),
    .n_connected = __atomic_load_n (&counts->n_connected, __ATOMIC_RELAXED),
    .n_refused_limit = __atomic_load_n (&counts->n_refused_limit, __ATOMIC_RELAXED),
    .n_overflowed = __atomic_load_n (&counts->n_overflowed, __ATOMIC_RELAXED),
    .n_sends = __atomic_load_n (&counts->n_sends, __ATOMIC_RELAXED),
    .n_bytes_in = __atomic_load_n (&counts->n_bytes_in, __ATOMIC_RELAXED),
    .n_bytes_out = __atomic_load_n (&counts->n_bytes_out, __ATOMIC_RELAXED),
  };
}
