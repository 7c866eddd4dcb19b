/* SPDX-License-Identifier: Apache-2.0 */
/* One round of the loop: what epoll reports, then turns that were put off, then the deadlines, then
 * the dead are buried.
 *
 *   any thread --fw_http_server_wake--> FwWake --> handler->woken (once for it and for extra_fd)
 *   any thread --drain, stop--> a mark and the same wake-up */
#include "fw-http-private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-i18n.h"
#include "fw-lws.h"

#define EVENTS_PER_ROUND 256
#define SWEEP_US (G_USEC_PER_SEC / 4) /* how late a deadline may be noticed */
#define READ_BYTES (64 * 1024)
#define HEADER_MAX_DEFAULT_BYTES (16 * 1024)
#define HEADER_TIMEOUT_DEFAULT_MS 10000
#define BODY_TIMEOUT_DEFAULT_MS 20000
#define IDLE_TIMEOUT_DEFAULT_MS 75000

static void
sweep (FwHttpServer *server)
{
  FwHttpRequest *next;

  if (server->now_us < server->sweep_at_us)
    return;
  server->sweep_at_us = server->now_us + SWEEP_US;
  for (FwHttpRequest *conn = server->conns; conn != NULL; conn = next)
    {
      next = conn->next;
      if (conn->deadline_us <= server->now_us)
        fw_http_conn_expired (conn);
    }
}

static void
take_turns (FwHttpServer *server)
{
  FwHttpRequest *list = g_steal_pointer (&server->todo);

  while (list != NULL)
    {
      FwHttpRequest *conn = list;

      list = conn->next_todo;
      conn->is_todo = FALSE;
      if (!conn->is_dead)
        fw_http_conn_turn (conn);
    }
}

static void
bury (FwHttpServer *server)
{
  FwHttpRequest *list = g_steal_pointer (&server->dead);

  while (list != NULL)
    {
      FwHttpRequest *conn = list;

      list = conn->next_dead;
      if (!conn->is_todo)
        {
          fw_http_conn_free (conn);
          continue;
        }
      conn->next_dead = server->dead;
      server->dead = conn;
    }
}

static void
begin_drain (FwHttpServer *server)
{
  FwHttpRequest *next;

  server->is_draining = TRUE;
  fw_acceptor_refuse_all (&server->acceptor);
  for (FwHttpRequest *conn = server->conns; conn != NULL; conn = next)
    {
      next = conn->next;
      fw_http_conn_finish (conn);
    }
}

static void
tick (FwHttpServer *server)
{
  guint64 n_fired;

  if (read (server->timer.fd, &n_fired, sizeof n_fired) == sizeof n_fired
      && server->handler.tick != NULL)
    server->handler.tick (server->user);
}

static void
dispatch (FwHttpServer *server, const struct epoll_event *events, int n)
{
  gboolean is_woken = FALSE;

  for (int i = 0; i < n; i++)
    {
      FwHttpSource *source = events[i].data.ptr;

      switch (source->kind)
        {
        case FW_HTTP_SOURCE_CONN:
          fw_http_conn_event ((FwHttpRequest *) source, events[i].events);
          break;
        case FW_HTTP_SOURCE_LISTENER:
          fw_acceptor_accept_all (&server->acceptor, source->fd);
          break;
        case FW_HTTP_SOURCE_TIMER:
          tick (server);
          break;
        case FW_HTTP_SOURCE_WAKE:
          fw_wake_clear (server->wake);
          is_woken = TRUE;
          break;
        case FW_HTTP_SOURCE_EXTRA:
          is_woken = TRUE;
          break;
        }
    }
  if (is_woken && server->handler.woken != NULL)
    server->handler.woken (server->user);
}

static int
wait_ms (const FwHttpServer *server)
{
  if (server->todo != NULL)
    return 0;
  return server->conns != NULL ? SWEEP_US / 1000 : -1;
}

static void
run (gpointer data)
{
  FwHttpServer *server = data;
  struct epoll_event events[EVENTS_PER_ROUND];

  server->now_us = g_get_monotonic_time ();
  if (server->handler.started != NULL)
    server->handler.started (server->user, server);
  while (g_atomic_int_get (&server->asks_stop) == 0)
    {
      int n = epoll_wait (server->epoll_fd, events, EVENTS_PER_ROUND, wait_ms (server));

      server->now_us = g_get_monotonic_time ();
      dispatch (server, events, n);
      take_turns (server);
      sweep (server);
      if (!server->is_draining && g_atomic_int_get (&server->asks_drain) != 0)
        begin_drain (server);
      bury (server);
      if (server->is_draining && server->conns == NULL)
        fw_wake_signal (server->drained);
    }
  while (server->conns != NULL)
    fw_http_conn_kill (server->conns);
  take_turns (server);
  bury (server);
}

static void
refused (gpointer user, FwNetLimit limit)
{
  (void) limit;
  fw_http_count ((FwHttpServer *) user, n_refused_limit, 1);
}

static gboolean
watch (FwHttpServer *server, FwHttpSource *source, FwHttpSourceKind kind, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = source };

  *source = (FwHttpSource){ kind, fd };
  return fd >= 0 && epoll_ctl (server->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static gboolean
watch_all (FwHttpServer *server)
{
  const FwListeners *listeners = &server->acceptor.listeners;

  server->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (server->epoll_fd < 0)
    return FALSE;
  for (guint i = 0; i < listeners->n; i++)
    if (!watch (server, &server->listeners[i], FW_HTTP_SOURCE_LISTENER, listeners->fds[i]))
      return FALSE;
  if (server->options.has_extra_fd
      && !watch (server, &server->extra, FW_HTTP_SOURCE_EXTRA, server->options.extra_fd))
    return FALSE;
  return watch (server, &server->waking, FW_HTTP_SOURCE_WAKE, fw_wake_fd (server->wake))
         && watch (server, &server->timer, FW_HTTP_SOURCE_TIMER,
                   timerfd_create (CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
}

static gboolean
listen_on (FwHttpServer *server, const FwHttpServerOptions *options, GError **error)
{
  const FwAcceptorOptions acceptor = {
    .listen_host = options->listen_host,
    .listen_port = options->listen_port,
    .is_alone = options->is_alone,
    .sockets_max = options->connections_max,
    .sockets_per_address_max = options->connections_per_address_max,
    .refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\n"
               "Content-Length: 0\r\n\r\n",
    .accepted = fw_http_conn_accepted,
    .refused = refused,
    .user = server,
  };

  server->is_acceptor_open = fw_acceptor_open (&server->acceptor, &acceptor, error);
  return server->is_acceptor_open;
}

static void
set_defaults (FwHttpServerOptions *options)
{
  if (options->header_max_bytes == 0)
    options->header_max_bytes = HEADER_MAX_DEFAULT_BYTES;
  if (options->header_timeout_ms == 0)
    options->header_timeout_ms = HEADER_TIMEOUT_DEFAULT_MS;
  if (options->body_timeout_ms == 0)
    options->body_timeout_ms = BODY_TIMEOUT_DEFAULT_MS;
  if (options->idle_timeout_ms == 0)
    options->idle_timeout_ms = IDLE_TIMEOUT_DEFAULT_MS;
  options->listen_host = options->thread_name = NULL; /* the caller's */
}

static void
server_free (FwHttpServer *server)
{
  if (server->is_acceptor_open)
    fw_acceptor_close (&server->acceptor, TRUE);
  if (server->timer.fd >= 0)
    close (server->timer.fd);
  if (server->epoll_fd >= 0)
    close (server->epoll_fd);
  fw_wake_free (server->wake);
  fw_wake_free (server->drained);
  g_string_free (server->out, TRUE);
  g_free (server->buffer);
  g_free (server);
}

FwHttpServer *
fw_http_server_new (const FwHttpServerOptions *options, const FwHttpHandler *handler, gpointer user,
                    GError **error)
{
  FwHttpServer *server = g_new0 (FwHttpServer, 1);
  const char *name = options->thread_name != NULL ? options->thread_name : "http";

  fw_lws_prepare_for_many ();
  server->options = *options;
  set_defaults (&server->options);
  server->handler = *handler;
  server->user = user;
  server->epoll_fd = server->timer.fd = -1;
  server->wake = fw_wake_new ();
  server->drained = fw_wake_new ();
  server->out = g_string_new (NULL);
  server->buffer_size = server->options.header_max_bytes + READ_BYTES;
  server->buffer = g_malloc (server->buffer_size);
  if (!listen_on (server, options, error))
    {
      server_free (server);
      return NULL;
    }
  if (!watch_all (server))
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("cannot start the server on %s port %u: %s"), options->listen_host,
                 fw_http_server_port (server), g_strerror (errno));
  else
    server->thread = fw_thread_start (name, run, server, error);
  if (server->thread == NULL)
    {
      server_free (server);
      return NULL;
    }
  return server;
}

void
fw_http_server_drain (FwHttpServer *server)
{
  g_atomic_int_set (&server->asks_drain, 1);
  fw_wake_signal (server->wake);
}

gboolean
fw_http_server_wait_drained (FwHttpServer *server, gint timeout_ms)
{
  struct pollfd waiting = { .fd = fw_wake_fd (server->drained), .events = POLLIN };

  return poll (&waiting, 1, timeout_ms) == 1;
}

void
fw_http_server_stop (FwHttpServer *server)
{
  if (server == NULL)
    return;
  g_atomic_int_set (&server->asks_stop, 1);
  fw_wake_signal (server->wake);
  fw_thread_join (server->thread);
  server_free (server);
}

guint16
fw_http_server_port (const FwHttpServer *server)
{
  return server->acceptor.listeners.port;
}

void
fw_http_server_wake (FwHttpServer *server)
{
  fw_wake_signal (server->wake);
}

void
fw_http_server_set_timer (FwHttpServer *server, gint64 after_us)
{
  struct itimerspec when = { 0 };

  if (after_us >= 0)
    {
      when.it_value.tv_sec = after_us / G_USEC_PER_SEC;
      when.it_value.tv_nsec = MAX (after_us % G_USEC_PER_SEC * 1000, 1); /* all zero = off */
    }
  timerfd_settime (server->timer.fd, 0, &when, NULL);
}

gint64
fw_http_server_cpu_us (FwHttpServer *server)
{
  return fw_thread_cpu_us (server->thread);
}

FwHttpServerCounts
fw_http_server_counts (const FwHttpServer *server)
{
  FwHttpServerCounts counts;
  const guint64 *from = (const guint64 *) &server->counts;
  guint64 *to = (guint64 *) &counts;

  for (gsize i = 0; i < sizeof counts / sizeof *to; i++)
    to[i] = __atomic_load_n (&from[i], __ATOMIC_RELAXED);
  return counts;
}
