/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-outward.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-net.h"

#define SOMEWHERE_V4 "192.0.2.1" /* for documentation only, so it is beyond every local network */
#define SOMEWHERE_V6 "2001:db8::1"
#define DISCARD 9

typedef union
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} Address;

/* Connecting a datagram socket asks the routing table, and nobody else. */
static gboolean
ask_route (int family, Address *address, socklen_t len)
{
  int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean ok = fd >= 0 && connect (fd, &address->any, len) == 0
                && getsockname (fd, &address->any, &len) == 0;

  if (fd >= 0)
    close (fd);
  return ok;
}

static char *
route_v4 (void)
{
  Address address = { .v4 = { .sin_family = AF_INET, .sin_port = htons (DISCARD) } };
  char text[INET_ADDRSTRLEN];

  inet_pton (AF_INET, SOMEWHERE_V4, &address.v4.sin_addr);
  if (!ask_route (AF_INET, &address, sizeof address.v4))
    return NULL;
  inet_ntop (AF_INET, &address.v4.sin_addr, text, sizeof text);
  return g_strdup (text);
}

static char *
route_v6 (void)
{
  Address address = { .v6 = { .sin6_family = AF_INET6, .sin6_port = htons (DISCARD) } };
  char text[INET6_ADDRSTRLEN];

  inet_pton (AF_INET6, SOMEWHERE_V6, &address.v6.sin6_addr);
  if (!ask_route (AF_INET6, &address, sizeof address.v6))
    return NULL;
  inet_ntop (AF_INET6, &address.v6.sin6_addr, text, sizeof text);
  return g_strdup_printf ("[%s]", text);
}

char *
fw_outward_host (const char *listen_host)
{
  gboolean is_any = g_str_equal (listen_host, "*") || g_str_equal (listen_host, "0.0.0.0")
                    || g_str_equal (listen_host, "::");
  char *host;

  if (fw_host_is_loopback (listen_host))
    return NULL;
  if (!is_any)
    return strchr (listen_host, ':') != NULL ? g_strdup_printf ("[%s]", listen_host)
                                             : g_strdup (listen_host);
  host = route_v4 ();
  host = host != NULL ? host : route_v6 ();
  return host != NULL ? host : g_strdup (g_get_host_name ());
}
