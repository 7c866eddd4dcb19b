/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-port-forward.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-thread.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("port-forward");

/* A connection is a pair of sockets, and a pipe each way:  side[0] --pipe[0]--> side[1]
 * --pipe[1]--> side[0]. A side is read while its pipe has room, and written while there is
 * something in the other's. End of one side is passed on (shutdown) once its pipe is empty; both
 * ended, or any error: the pair is closed. */

#define PIPE_BYTES 65536
#define BACKLOG 64

typedef struct
{
  guint8 data[PIPE_BYTES];
  gsize begin, end;
  gboolean is_ended, is_shut;
} Pipe;

typedef struct
{
  int fd[2];
  Pipe pipe[2];
} Pair;

struct FwPortForward
{
  int listeners[2]; /* IPv4, IPv6; -1 = none */
  guint16 port, to_port;
  FwThread *thread;
  FwWake *wake;
  atomic_bool is_stopping;
  atomic_uint_fast64_t n_refused;
  GPtrArray *pairs; /* forwarder's thread */
};

static void
pair_free (gpointer data)
{
  Pair *pair = data;
  close (pair->fd[0]);
  close (pair->fd[1]);
  g_free (pair);
}

static gboolean
would_block (void)
{
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static gboolean
pipe_fill (Pipe *pipe, int fd)
{
  if (pipe->begin == pipe->end)
    pipe->begin = pipe->end = 0;
  if (pipe->is_ended || pipe->end == PIPE_BYTES)
    return TRUE;
  gssize n = recv (fd, pipe->data + pipe->end, PIPE_BYTES - pipe->end, 0);
  if (n > 0)
    pipe->end += (gsize) n;
  else if (n == 0)
    pipe->is_ended = TRUE;
  else
    return would_block ();
  return TRUE;
}

static gboolean
pipe_drain (Pipe *pipe, int fd)
{
  if (pipe->begin < pipe->end)
    {
      gssize n = send (fd, pipe->data + pipe->begin, pipe->end - pipe->begin, MSG_NOSIGNAL);
      if (n < 0)
        return would_block ();
      pipe->begin += (gsize) n;
    }
  if (pipe->begin == pipe->end && pipe->is_ended && !pipe->is_shut)
    {
      shutdown (fd, SHUT_WR);
      pipe->is_shut = TRUE;
    }
  return TRUE;
}

static short
side_events (const Pair *pair, int side)
{
  const Pipe *from = &pair->pipe[side], *to = &pair->pipe[!side];
  short events = 0;
  if (!from->is_ended && (from->begin == from->end || from->end < PIPE_BYTES))
    events |= POLLIN;
  if (to->begin < to->end)
    events |= POLLOUT;
  return events;
}

/* FALSE when the pair is done for. */
static gboolean
pair_serve (Pair *pair)
{
  for (int side = 0; side < 2; side++)
    if (!pipe_fill (&pair->pipe[side], pair->fd[side])
        || !pipe_drain (&pair->pipe[side], pair->fd[!side]))
      return FALSE;
  return !(pair->pipe[0].is_shut && pair->pipe[1].is_shut);
}

static void
accept_one (FwPortForward *self, int listener)
{
  int yes = 1, client = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client < 0)
    return;
  int upstream
      = self->pairs->len < FW_PORT_FORWARD_PAIRS_MAX ? fw_port_forward_dial (self->to_port) : -1;
  if (upstream < 0)
    {
      atomic_fetch_add (&self->n_refused, 1);
      fw_warn_limited ("a connection is refused: %u are open already, or the broker behind is gone",
                       self->pairs->len);
      close (client);
      return;
    }
  setsockopt (client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  setsockopt (upstream, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  Pair *pair = g_new (Pair, 1); /* not zeroed: two buffers */
  pair->fd[0] = client;
  pair->fd[1] = upstream;
  for (int side = 0; side < 2; side++)
    {
      Pipe *pipe = &pair->pipe[side];
      pipe->begin = pipe->end = 0;
      pipe->is_ended = pipe->is_shut = FALSE;
    }
  g_ptr_array_add (self->pairs, pair);
}

/* Slots: wake, listeners, then two for each pair. */
static GArray *
poll_set (const FwPortForward *self)
{
  GArray *set = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  struct pollfd slot = { fw_wake_fd (self->wake), POLLIN, 0 };
  g_array_append_val (set, slot);
  for (int i = 0; i < 2; i++)
    {
      slot = (struct pollfd){ self->listeners[i], POLLIN, 0 };
      g_array_append_val (set, slot);
    }
  for (guint i = 0; i < self->pairs->len; i++)
    for (int side = 0; side < 2; side++)
      {
        const Pair *pair = g_ptr_array_index (self->pairs, i);
        short events = side_events (pair, side);
        /* A side that is asked for nothing would still report its hang-up, again and again. */
        slot = (struct pollfd){ events ? pair->fd[side] : -1, events, 0 };
        g_array_append_val (set, slot);
      }
  return set;
}

static void
serve_round (FwPortForward *self)
{
  g_autoptr (GArray) set = poll_set (self);
  struct pollfd *slots = (struct pollfd *) (void *) set->data;
  poll (slots, set->len, -1);
  for (guint i = self->pairs->len; i-- > 0;)
    if ((slots[3 + 2 * i].revents | slots[4 + 2 * i].revents)
        && !pair_serve (g_ptr_array_index (self->pairs, i)))
      g_ptr_array_remove_index_fast (self->pairs, i);
  for (int i = 0; i < 2; i++)
    if (slots[1 + i].revents)
      accept_one (self, self->listeners[i]);
  fw_wake_clear (self->wake);
}

static void
run (gpointer data)
{
  FwPortForward *self = data;
  while (!atomic_load (&self->is_stopping))
    serve_round (self);
}

static int
listen_at (const struct sockaddr *address, socklen_t len)
{
  int yes = 1, saved;
  int fd = socket (address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address->sa_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  if (bind (fd, address, len) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

static int
listen_v4 (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return listen_at ((struct sockaddr *) &address, sizeof address);
}

static int
listen_v6 (guint16 port)
{
  struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  address.sin6_addr = in6addr_loopback;
  return listen_at ((struct sockaddr *) &address, sizeof address);
}

static guint16
port_of (int fd)
{
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  getsockname (fd, (struct sockaddr *) &address, &len);
  return ntohs (address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &address)->sin6_port
                                              : ((struct sockaddr_in *) &address)->sin_port);
}

static gboolean
parse_listen (const char *listen, char **ret_host, guint16 *ret_port, GError **error)
{
  const char *colon = strrchr (listen, ':');
  g_autofree char *host
      = colon > listen ? g_strndup (listen, (gsize) (colon - listen)) : g_strdup ("localhost");
  static const char *const loopback[] = { "localhost", "127.0.0.1", "[::1]", NULL };
  guint64 port;
  if (!g_ascii_string_to_unsigned (colon ? colon + 1 : listen, 10, 0, G_MAXUINT16, &port, NULL))
    g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                 _ ("--listen '%.100s': write localhost:PORT, with a port from 0 (any) to 65535"),
                 listen);
  else if (!g_strv_contains (loopback, host))
    g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                 _ ("--listen '%.100s': this broker is for development and stays on this machine; "
                    "write localhost:PORT, and use Apache Kafka for others"),
                 listen);
  else
    {
      *ret_host = g_steal_pointer (&host);
      *ret_port = (guint16) port;
      return TRUE;
    }
  return FALSE;
}

/* The first family that is wanted says the port; the other follows, or is not there (no IPv6). */
static gboolean
open_listeners (FwPortForward *self, const char *host, guint16 port, GError **error)
{
  gboolean only_v6 = strcmp (host, "[::1]") == 0;
  gboolean only_v4 = strcmp (host, "127.0.0.1") == 0;
  int failed = 0;
  if (!only_v6)
    failed = (self->listeners[0] = listen_v4 (port)) < 0 ? errno : 0;
  if (!failed && self->listeners[0] >= 0)
    port = port_of (self->listeners[0]);
  if (!failed && !only_v4 && (self->listeners[1] = listen_v6 (port)) < 0
      && (only_v6 || errno == EADDRINUSE))
    failed = errno;
  if (!failed)
    {
      self->port = port_of (self->listeners[0] >= 0 ? self->listeners[0] : self->listeners[1]);
      return TRUE;
    }
  if (failed == EADDRINUSE)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("port %u of %s is in use: another broker may be running; stop it, or choose "
                    "another port with --listen localhost:PORT"),
                 port, host);
  else
    g_set_error (error, FW_ERROR, failed == EACCES ? FW_ERROR_PERMISSION : FW_ERROR_UNAVAILABLE,
                 _ ("cannot listen at %s:%u: %s"), host, port, g_strerror (failed));
  return FALSE;
}

int
fw_port_forward_dial (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) < 0
      && errno != EINPROGRESS)
    {
      close (fd);
      return -1;
    }
  return fd;
}

FwPortForward *
fw_port_forward_new (const char *listen, GError **error)
{
  g_autofree char *host = NULL;
  guint16 port;
  if (!parse_listen (listen, &host, &port, error))
    return NULL;
  g_autoptr (FwPortForward) self = g_new0 (FwPortForward, 1);
  self->listeners[0] = self->listeners[1] = -1;
  self->wake = fw_wake_new ();
  self->pairs = g_ptr_array_new_with_free_func (pair_free);
  return open_listeners (self, host, port, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
fw_port_forward_start (FwPortForward *self, guint16 to_port, GError **error)
{
  self->to_port = to_port;
  self->thread = fw_thread_start ("port-forward", run, self, error);
  return self->thread != NULL;
}

void
fw_port_forward_free (FwPortForward *self)
{
  if (!self)
    return;
  atomic_store (&self->is_stopping, TRUE);
  fw_wake_signal (self->wake);
  fw_thread_join (self->thread);
  for (int i = 0; i < 2; i++)
    if (self->listeners[i] >= 0)
      close (self->listeners[i]);
  g_ptr_array_unref (self->pairs);
  fw_wake_free (self->wake);
  g_free (self);
}

guint16
fw_port_forward_port (const FwPortForward *self)
{
  return self->port;
}

guint64
fw_port_forward_n_refused (const FwPortForward *self)
{
  return atomic_load (&self->n_refused);
}
