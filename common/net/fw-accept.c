/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-accept.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-thread.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("net-listen");

#define BACKLOG 1024
#define ANY_PORT_TRIES 10
#define ACCEPT_BATCH 64 /* then other sockets have their turn */
#define NAP_US 1000     /* when there is nothing to refuse by: the listener stays readable */

/* Several servers of one process share a port by SO_REUSEPORT. Linux would let a second process of
 * the same user in as well, so a port that is not yet ours is first tried without it. */
static FwMutex ports_mutex = { PTHREAD_MUTEX_INITIALIZER };
static guint ports_users[G_MAXUINT16 + 1] FW_GUARDED_BY (ports_mutex);

static gboolean
port_is_ours (guint16 port)
{
  gboolean is_ours;

  fw_mutex_lock (&ports_mutex);
  is_ours = port != 0 && ports_users[port] > 0;
  fw_mutex_unlock (&ports_mutex);
  return is_ours;
}

static void
port_count (guint16 port, int by)
{
  fw_mutex_lock (&ports_mutex);
  ports_users[port] = (guint) ((int) ports_users[port] + by);
  fw_mutex_unlock (&ports_mutex);
}

static int
socket_bound (const struct addrinfo *where, gboolean is_shared)
{
  int on = 1, off = 0;
  int fd = socket (where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (is_shared)
    setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (where->ai_family == AF_INET6)
    {
      const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) where->ai_addr;
      gboolean is_any = IN6_IS_ADDR_UNSPECIFIED (&v6->sin6_addr);

      setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, is_any ? &off : &on, sizeof on);
    }
  if (bind (fd, where->ai_addr, where->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  on = errno;
  close (fd);
  errno = on;
  return -1;
}

static void
set_port (const struct addrinfo *where, guint16 port)
{
  if (where->ai_family == AF_INET)
    ((struct sockaddr_in *) where->ai_addr)->sin_port = htons (port);
  else
    ((struct sockaddr_in6 *) where->ai_addr)->sin6_port = htons (port);
}

static guint16
bound_port (int fd)
{
  struct sockaddr_storage name;
  socklen_t len = sizeof name;

  if (getsockname (fd, (struct sockaddr *) &name, &len) != 0)
    return 0;
  return ntohs (name.ss_family == AF_INET ? ((struct sockaddr_in *) &name)->sin_port
                                          : ((struct sockaddr_in6 *) &name)->sin6_port);
}

/* One address; -1 with errno when it cannot be had. */
static int
listen_on (const FwListeners *listeners, const struct addrinfo *where)
{
  guint16 port = listeners->port;
  int fd;

  set_port (where, port);
  if (listeners->is_alone || !port_is_ours (port))
    {
      fd = socket_bound (where, FALSE);
      if (fd < 0)
        return -1;
      if (port == 0)
        set_port (where, bound_port (fd));
      close (fd);
    }
  return socket_bound (where, TRUE);
}

static gboolean
resolve (const char *host, struct addrinfo **ret_found, GError **error)
{
  const struct addrinfo hints
      = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
  int rc = getaddrinfo (host, "0", &hints, ret_found);

  if (rc == 0)
    return TRUE;
  g_set_error (
      error, FW_ERROR, FW_ERROR_UNAVAILABLE,
      _ ("cannot listen on '%s': %s; give localhost, an address of this machine, or * for all"),
      host, gai_strerror (rc));
  return FALSE;
}

/* What "localhost" and "*" mean, whatever the machine's resolver thinks of them. */
static const char *const *
literal_hosts (const char *host)
{
  static const char *const loopback[] = { "127.0.0.1", "::1", NULL };
  static const char *const all[] = { "::", "0.0.0.0", NULL };

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return loopback;
  return g_str_equal (host, "*") ? all : NULL;
}

static gboolean
family_is_missing (int error_number)
{
  return error_number == EAFNOSUPPORT || error_number == EADDRNOTAVAIL;
}

static gboolean
set_bind_error (GError **error, const char *host, guint16 port, int error_number)
{
  const char *advice = _ ("choose another address");

  if (error_number == EADDRINUSE)
    advice = _ ("another program listens there; stop it or choose another port");
  else if (error_number == EACCES)
    advice = _ ("ports below 1024 are for the system; choose a higher one");
  g_set_error (error, FW_ERROR, error_number == EACCES ? FW_ERROR_PERMISSION : FW_ERROR_UNAVAILABLE,
               _ ("cannot listen on %s port %u: %s; %s"), host, port, g_strerror (error_number),
               advice);
  return FALSE;
}

static gboolean
listen_on_host (FwListeners *listeners, const char *host, GError **error)
{
  struct addrinfo *found = NULL;

  if (!resolve (host, &found, error))
    return FALSE;
  for (struct addrinfo *where = found; where != NULL && listeners->n < FW_LISTENERS_MAX;
       where = where->ai_next)
    {
      int fd = listen_on (listeners, where);

      if (fd < 0 && family_is_missing (errno))
        continue;
      if (fd < 0)
        {
          freeaddrinfo (found);
          return set_bind_error (error, host, listeners->port, errno);
        }
      listeners->fds[listeners->n++] = fd;
      listeners->port = bound_port (fd);
    }
  freeaddrinfo (found);
  return TRUE;
}

static void
listeners_close (FwListeners *listeners, gboolean and_fds)
{
  for (guint i = 0; and_fds && i < listeners->n; i++)
    close (listeners->fds[i]);
  listeners->n = 0;
  if (listeners->counted_port != 0)
    port_count (listeners->counted_port, -1);
  listeners->counted_port = 0;
}

static gboolean
listeners_try (FwListeners *listeners, const char *host, GError **error)
{
  const char *const *literals = literal_hosts (host);
  const char *const itself[] = { host, NULL };
  gboolean is_any = literals != NULL && g_str_equal (host, "*");

  for (const char *const *each = literals != NULL ? literals : itself; *each != NULL; each++)
    {
      if (!listen_on_host (listeners, *each, error))
        {
          listeners_close (listeners, TRUE);
          return FALSE;
        }
      if (is_any && listeners->n > 0) /* "::" takes both families */
        break;
    }
  return listeners->n > 0 || set_bind_error (error, host, listeners->port, EADDRNOTAVAIL);
}

/* A port of the system's choice is free in one family; in the other somebody may sit on it. */
static gboolean
listeners_open (FwListeners *listeners, const char *host, guint16 port, gboolean is_alone,
                GError **error)
{
  guint n_tries = port == 0 ? ANY_PORT_TRIES : 1;
  gboolean is_open = FALSE;

  for (guint i = 0; i < n_tries && !is_open; i++)
    {
      g_clear_error (error);
      *listeners = (FwListeners){ .port = port, .is_alone = is_alone };
      is_open = listeners_try (listeners, host, error);
    }
  if (!is_open)
    return FALSE;
  listeners->counted_port = listeners->port;
  port_count (listeners->counted_port, +1);
  return TRUE;
}

/* Who is let in. */

static void
address_key (const struct sockaddr_storage *from, guint8 key[16])
{
  if (from->ss_family == AF_INET6)
    {
      const struct in6_addr *v6 = &((const struct sockaddr_in6 *) from)->sin6_addr;

      memcpy (key, v6, 16);
      if (!IN6_IS_ADDR_V4MAPPED (v6) && !IN6_IS_ADDR_LOOPBACK (v6))
        memset (key + 8, 0, 8); /* a /64 belongs to one party */
      return;
    }
  memset (key, 0, 16);
  key[10] = key[11] = 0xff;
  memcpy (key + 12, &((const struct sockaddr_in *) from)->sin_addr, 4);
}

static void
peer_text (const struct sockaddr_storage *from, char *text, gsize size)
{
  char host[INET6_ADDRSTRLEN] = "?";
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) from;
  const struct sockaddr_in *v4 = (const struct sockaddr_in *) from;

  if (from->ss_family == AF_INET)
    g_snprintf (text, size, "%s:%u", inet_ntop (AF_INET, &v4->sin_addr, host, sizeof host),
                ntohs (v4->sin_port));
  else if (IN6_IS_ADDR_V4MAPPED (&v6->sin6_addr))
    g_snprintf (text, size, "%s:%u",
                inet_ntop (AF_INET, v6->sin6_addr.s6_addr + 12, host, sizeof host),
                ntohs (v6->sin6_port));
  else
    g_snprintf (text, size, "[%s]:%u", inet_ntop (AF_INET6, &v6->sin6_addr, host, sizeof host),
                ntohs (v6->sin6_port));
}

void
fw_peer_set (FwPeer *peer, const struct sockaddr_storage *from)
{
  address_key (from, peer->address);
  peer_text (from, peer->text, sizeof peer->text);
}

static int
open_reserve (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

gboolean
fw_acceptor_open (FwAcceptor *self, const FwAcceptorOptions *options, GError **error)
{
  *self = (FwAcceptor){ .options = *options, .reserve_fd = -1 };
  self->options.listen_host = NULL; /* the caller's */
  if (!listeners_open (&self->listeners, options->listen_host, options->listen_port,
                       options->is_alone, error))
    return FALSE;
  self->reserve_fd = open_reserve ();
  self->crowd = options->crowd
                    ? fw_crowd_ref (options->crowd)
                    : fw_crowd_new (options->sockets_max, options->sockets_per_address_max);
  return TRUE;
}

void
fw_acceptor_close (FwAcceptor *self, gboolean and_listeners)
{
  listeners_close (&self->listeners, and_listeners);
  if (self->reserve_fd >= 0)
    close (self->reserve_fd);
  self->reserve_fd = -1;
  g_clear_pointer (&self->crowd, fw_crowd_unref);
}

void
fw_acceptor_refuse_all (FwAcceptor *self)
{
  listeners_close (&self->listeners, TRUE);
}

void
fw_acceptor_gone (FwAcceptor *self, const FwPeer *peer)
{
  fw_crowd_leave (self->crowd, peer->address);
}

static void
refuse_socket (FwAcceptor *self, int fd, FwNetLimit limit)
{
  const char *answer = self->options.refusal;

  self->options.refused (self->options.user, limit);
  fw_warn_limited ("a connection is refused: %s", fw_net_limit_text (limit));
  if (answer && send (fd, answer, strlen (answer), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
    shutdown (fd, SHUT_WR);
  close (fd);
}

static void
let_in (FwAcceptor *self, int fd, const FwPeer *peer)
{
  int size = (int) self->options.sndbuf_bytes;
  int on = 1;

  if (size > 0)
    setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on); /* who vanished is found some day */
  self->options.accepted (self->options.user, fd, peer);
}

/* The kernel gives the lowest number that is free. */
static gboolean
is_spare (const FwAcceptor *self, int fd)
{
  struct rlimit limit;

  if (self->options.may_use_spare || getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return FALSE;
  return (rlim_t) fd >= limit.rlim_cur - MIN (FW_SPARE_DESCRIPTORS, limit.rlim_cur / 4);
}

/* Out of descriptors: the one kept in reserve answers the next in line, so that nobody waits in
 * silence. Another thread may snatch it meanwhile. */
static gboolean
refuse_one_by_reserve (FwAcceptor *self, gint listen_fd)
{
  int fd;

  if (self->reserve_fd < 0)
    self->reserve_fd = open_reserve ();
  if (self->reserve_fd < 0)
    {
      g_usleep (NAP_US);
      return FALSE;
    }
  close (self->reserve_fd);
  fd = accept4 (listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd >= 0)
    refuse_socket (self, fd, FW_NET_LIMIT_DESCRIPTORS);
  self->reserve_fd = open_reserve ();
  return fd >= 0;
}

void
fw_acceptor_accept_all (FwAcceptor *self, gint listen_fd)
{
  for (guint i = 0; i < ACCEPT_BATCH; i++)
    {
      struct sockaddr_storage from;
      socklen_t len = sizeof from;
      FwPeer peer;
      FwNetLimit limit;
      int fd = accept4 (listen_fd, (struct sockaddr *) &from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
        continue;
      if (fd < 0 && (errno == EMFILE || errno == ENFILE) && refuse_one_by_reserve (self, listen_fd))
        continue;
      if (fd < 0)
        return;
      fw_peer_set (&peer, &from);
      if (is_spare (self, fd))
        refuse_socket (self, fd, FW_NET_LIMIT_DESCRIPTORS);
      else if (fw_crowd_enter (self->crowd, peer.address, &limit))
        let_in (self, fd, &peer);
      else
        refuse_socket (self, fd, limit);
    }
}
