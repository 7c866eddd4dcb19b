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

/* Handshakes are dear: beyond so many a second, who comes waits in the kernel. */

static void
hold_handshakes (FwStreams *streams, gboolean are_held)
{
  struct epoll_event event = { .events = are_held ? 0 : EPOLLIN };

  streams->are_handshakes_held = are_held;
  if (streams->is_refusing)
    return;
  for (guint i = 0; i < streams->tls_acceptor.listeners.n; i++)
    {
      event.data.ptr = &streams->tls_listeners[i];
      epoll_ctl (streams->epoll_fd, EPOLL_CTL_MOD, streams->tls_listeners[i].fd, &event);
    }
}

static void
refill_handshakes (FwStreams *streams)
{
  gint64 now_us = g_get_monotonic_time ();
  gdouble a_second = streams->options.handshakes_per_s_max;

  streams->handshakes_left += a_second * (gdouble) (now_us - streams->handshakes_at_us) / 1e6;
  streams->handshakes_left = MIN (streams->handshakes_left, a_second);
  streams->handshakes_at_us = now_us;
  if (streams->are_handshakes_held && streams->handshakes_left >= 1)
    hold_handshakes (streams, FALSE);
}

static void
accept_handshakes (FwStreams *streams, gint listen_fd)
{
  if (streams->options.handshakes_per_s_max > 0)
    refill_handshakes (streams);
  if (streams->options.handshakes_per_s_max > 0 && streams->handshakes_left < 1)
    {
      fw_stream_count (streams, n_handshakes_held, 1);
      hold_handshakes (streams, TRUE);
      return;
    }
  fw_acceptor_accept_all (&streams->tls_acceptor, listen_fd);
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
  if (watch->kind == FW_WATCH_TLS_LISTENER)
    {
      accept_handshakes (streams, watch->fd);
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
      if (streams->are_handshakes_held)
        refill_handshakes (streams);
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
  for (guint i = 0; i < streams->tls_acceptor.listeners.n; i++)
    ok = ok
         && fw_stream_watch (streams, &streams->tls_listeners[i], FW_WATCH_TLS_LISTENER,
                             streams->tls_acceptor.listeners.fds[i]);
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
  if (streams->tls_acceptor.crowd)
    fw_acceptor_close (&streams->tls_acceptor, TRUE);
  fw_crowd_unref (streams->crowd);
  fw_tls_unref (streams->tls);
  close_fd (streams->wake.fd);
  close_fd (streams->timer.fd);
  close_fd (streams->epoll_fd);
  g_free (streams);
}

static gboolean
listen_at (FwStreams *streams, gboolean is_tls, GError **error)
{
  const FwStreamsOptions *options = &streams->options;
  const FwAcceptorOptions acceptor
      = { .listen_host = is_tls ? options->tls_listen_host : options->listen_host,
          .listen_port = is_tls ? options->tls_listen_port : options->listen_port,
          .is_alone = TRUE,
          .crowd = streams->crowd,
          .accepted = is_tls ? fw_stream_accepted_for_tls : fw_stream_accepted,
          .refused = refused,
          .user = streams };

  return !acceptor.listen_host
         || fw_acceptor_open (is_tls ? &streams->tls_acceptor : &streams->acceptor, &acceptor,
                              error);
}

static FwStreams *
streams_open (const FwStreamsOptions *options, GError **error)
{
  FwStreams *streams = g_new0 (FwStreams, 1);

  streams->options = *options;
  streams->wake.fd = streams->timer.fd = -1;
  streams->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  streams->crowd = fw_crowd_new (options->connections_max, options->connections_per_address_max);
  streams->tls = options->tls ? fw_tls_ref (options->tls) : NULL;
  if (!listen_at (streams, FALSE, error) || !listen_at (streams, TRUE, error))
    {
      streams_free (streams);
      return NULL;
    }
  streams->options.listen_host = streams->options.tls_listen_host = NULL; /* the caller's */
  streams->options.thread_name = NULL;
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

guint16
fw_streams_tls_port (const FwStreams *streams)
{
  return streams->tls_acceptor.listeners.port;
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
  streams->is_refusing = TRUE;
  fw_acceptor_refuse_all (&streams->acceptor);
  fw_acceptor_refuse_all (&streams->tls_acceptor);
  for (FwStream *stream = streams->all, *next; stream; stream = next)
    {
      next = stream->next;
      if (stream->state == FW_STREAM_SHAKING_HANDS && !stream->is_ours)
        fw_stream_die (stream, _ ("closed here"));
    }
}

FwStreamsCounts
fw_streams_counts (const FwStreams *streams)
{
  const FwStreamsCounts *counts = &streams->counts;

  return (FwStreamsCounts){
    .n_accepted = __atomic_load_n (&counts->n_accepted, __ATOMIC_RELAXED),
    .n_connected = __atomic_load_n (&counts->n_connected, __ATOMIC_RELAXED),
    .n_handshakes = __atomic_load_n (&counts->n_handshakes, __ATOMIC_RELAXED),
    .n_handshakes_failed = __atomic_load_n (&counts->n_handshakes_failed, __ATOMIC_RELAXED),
    .n_handshakes_held = __atomic_load_n (&counts->n_handshakes_held, __ATOMIC_RELAXED),
    .n_refused_limit = __atomic_load_n (&counts->n_refused_limit, __ATOMIC_RELAXED),
    .n_overflowed = __atomic_load_n (&counts->n_overflowed, __ATOMIC_RELAXED),
    .n_sends = __atomic_load_n (&counts->n_sends, __ATOMIC_RELAXED),
    .n_bytes_in = __atomic_load_n (&counts->n_bytes_in, __ATOMIC_RELAXED),
    .n_bytes_out = __atomic_load_n (&counts->n_bytes_out, __ATOMIC_RELAXED),
  };
}
