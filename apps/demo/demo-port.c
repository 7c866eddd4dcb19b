/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-port.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_TIMEOUT_US 500000

static gboolean
can_bind (const struct sockaddr *address, socklen_t len)
{
  int yes = 1;
  int fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return errno == EAFNOSUPPORT;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  gboolean ok = bind (fd, address, len) == 0 || errno == EADDRNOTAVAIL;
  close (fd);
  return ok;
}

static struct sockaddr_in
loopback_v4 (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  return address;
}

gboolean
demo_port_is_free (guint16 port)
{
  struct sockaddr_in v4 = loopback_v4 (port);
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  v6.sin6_addr = in6addr_loopback;
  return can_bind ((struct sockaddr *) &v4, sizeof v4)
         && can_bind ((struct sockaddr *) &v6, sizeof v6);
}

guint16
demo_port_next_free (guint16 first)
{
  for (guint i = 0; i < DEMO_PORT_TRIES; i++)
    if (demo_port_is_free ((guint16) (first + i)))
      return (guint16) (first + i);
  return 0;
}

gboolean
demo_port_is_ready (guint16 port)
{
  static const char request[]
      = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  static const char wanted[] = "HTTP/1.1 200";
  struct sockaddr_in address = loopback_v4 (port);
  struct timeval patience = { .tv_usec = ANSWER_TIMEOUT_US };
  char answer[sizeof wanted - 1];
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  gboolean is_ready = connect (fd, (struct sockaddr *) &address, sizeof address) == 0
                      && send (fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0
                      && recv (fd, answer, sizeof answer, MSG_WAITALL) == sizeof answer
                      && memcmp (answer, wanted, sizeof answer) == 0;
  close (fd);
  return is_ready;
}
