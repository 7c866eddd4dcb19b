/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-net.h"

#include <arpa/inet.h>
#include <libwebsockets.h>
#include <string.h>

#include "fw-error.h"
#include "fw-i18n.h"

#define HOST_MAX 253 /* the longest DNS name */

static gboolean
port_parse (const char *text, guint16 *ret_port)
{
  guint64 port;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &port, NULL))
    return FALSE;
  *ret_port = (guint16) port;
  return TRUE;
}

static gboolean
host_is_well_formed (const char *host, gsize len)
{
  if (len == 1 && host[0] == '*')
    return TRUE;
  if (len == 0 || len > HOST_MAX)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (host[i]) && strchr (".-_", host[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
host_is_ipv6 (const char *host)
{
  struct in6_addr address;

  return inet_pton (AF_INET6, host, &address) == 1;
}

/* "[::1]:8080" or "[::1]" -> "::1" and what follows the bracket. */
static char *
bracketed_host (const char *text, const char **ret_rest)
{
  const char *end = strchr (text, ']');
  g_autofree char *host = NULL;

  if (text[0] != '[' || end == NULL)
    return NULL;
  host = g_strndup (text + 1, (gsize) (end - text - 1));
  if (!host_is_ipv6 (host))
    return NULL;
  *ret_rest = end + 1;
  return g_steal_pointer (&host);
}

static gboolean
address_split (const char *text, char **ret_host, guint16 *ret_port)
{
  g_autofree char *host = NULL;
  const char *rest = NULL;
  const char *colon;

  if (port_parse (text, ret_port))
    {
      *ret_host = g_strdup ("localhost");
      return TRUE;
    }
  host = bracketed_host (text, &rest);
  if (host == NULL)
    {
      colon = strchr (text, ':');
      if (colon == NULL)
        return FALSE;
      host = colon == text ? g_strdup ("localhost") : g_strndup (text, (gsize) (colon - text));
      if (!host_is_well_formed (host, strlen (host)))
        return FALSE;
      rest = colon;
    }
  if (rest[0] != ':' || !port_parse (rest + 1, ret_port))
    return FALSE;
  *ret_host = g_steal_pointer (&host);
  return TRUE;
}

gboolean
fw_address_parse (const char *text, char **ret_host, guint16 *ret_port, GError **error)
{
  guint16 port = 0;
  char *host = NULL;

  if (!address_split (text, &host, &port))
    {
      g_set_error (
          error, FW_ERROR, FW_ERROR_USAGE,
          _ ("'%s' is not an address: give HOST:PORT, [IPV6]:PORT or PORT (this machine only), "
             "with a port of 0 to 65535; *:PORT is every network interface"),
          text);
      return FALSE;
    }
  *ret_host = host;
  *ret_port = port;
  return TRUE;
}

gboolean
fw_host_is_loopback (const char *host)
{
  struct in_addr v4;
  struct in6_addr v6;

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  if (inet_pton (AF_INET, host, &v4) == 1)
    return ntohl (v4.s_addr) >> 24 == 127;
  return inet_pton (AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK (&v6);
}

char *
fw_authority_host (const char *authority)
{
  g_autofree char *host = NULL;
  const char *rest = NULL;
  guint16 port;

  host = bracketed_host (authority, &rest);
  if (host == NULL)
    {
      gsize len = strcspn (authority, ":");

      if (!host_is_well_formed (authority, len))
        return NULL;
      host = g_strndup (authority, len);
      rest = authority + len;
    }
  if (rest[0] != '\0' && !(rest[0] == ':' && (rest[1] == '\0' || port_parse (rest + 1, &port))))
    return NULL;
  return g_steal_pointer (&host);
}

const char *
fw_net_versions (void)
{
  static char text[96];
  static gsize is_done;

  if (g_once_init_enter (&is_done))
    {
      const char *running = lws_get_library_version ();

      g_snprintf (text, sizeof text, "libwebsockets %d.%d.%d (running %.*s)",
                  LWS_LIBRARY_VERSION_MAJOR, LWS_LIBRARY_VERSION_MINOR, LWS_LIBRARY_VERSION_PATCH,
                  (int) strspn (running, "0123456789."), running);
      g_once_init_leave (&is_done, 1);
    }
  return text;
}

const char *
fw_net_limit_text (FwNetLimit limit)
{
  static const char *const texts[FW_NET_N_LIMITS] = {
    [FW_NET_LIMIT_CONNECTIONS] = "the limit of connections is reached",
    [FW_NET_LIMIT_PER_ADDRESS] = "the limit of connections of one address is reached",
    [FW_NET_LIMIT_HANDSHAKES] = "the limit of handshakes per second is reached",
    [FW_NET_LIMIT_DESCRIPTORS]
    = "no file descriptor is left (raise the limit of open files: ulimit -n)",
  };

  return texts[limit];
}
