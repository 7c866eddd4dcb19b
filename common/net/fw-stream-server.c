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
  FwStreamServer *server = user;

  (void) limit;
  fw_stream_count (server, n_refused_limit, 1);
}

/* The loop. */

static void
own_event (FwStreamServer *server, const FwStreamWatch *watch)
{
  guint64 n;

  if (watch->kind == FW_WATCH_LISTENER)
    {
      fw_acceptor_accept_all (&server->acceptor, watch->fd);
      return;
    }
  if (watch->kind != FW_WATCH_CALLERS && read (watch->fd, &n, sizeof n) < 0)
    return;
  if (g_atomic_int_get (&server->is_stopping))
    return;
  if (watch->kind != FW_WATCH_TIMER)
    server->handler.woken (server->user);
  else
    {
      fw_stream_sweep (server);
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
          FwStreamWatch *watch = events[i].data.ptr;

          if (watch->kind == FW_WATCH_STREAM)
            fw_stream_event ((FwStream *) watch, events[i].events);
          else
            own_event (server, watch);
        }
      fw_stream_bury (server);
    }
  while (server->streams)
    fw_stream_close (server->streams, TRUE);
  fw_stream_bury (server);
}

/* Its life. */

static gboolean
watch_own (FwStreamServer *server)
{
  const struct timespec tick
      = { server->options.tick_ms / 1000, (glong) (server->options.tick_ms % 1000) * 1000000 };
  const struct itimerspec ticks = { tick, tick };
  gboolean ok = fw_stream_watch (server, &server->wake, FW_WATCH_WAKE,
                                 eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK))
                && fw_stream_watch (server, &server->timer, FW_WATCH_TIMER,
                                    timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC))
                && timerfd_settime (server->timer.fd, 0, &ticks, NULL) == 0;

  if (server->options.wake_fd >= 0)
    ok = ok
         && fw_stream_watch (server, &server->callers_wake, FW_WATCH_CALLERS,
                             server->options.wake_fd);
  for (guint i = 0; i < server->acceptor.listeners.n; i++)
    ok = ok
         && fw_stream_watch (server, &server->listeners[i], FW_WATCH_LISTENER,
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
          .accepted = fw_stream_accepted,
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
