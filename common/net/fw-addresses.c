/* SPDX-License-Identifier: Apache-2.0 */
#include <netdb.h>
#include <string.h>

#include "fw-addresses-private.h"
#include "fw-error.h"
#include "fw-i18n.h"

#define ADDRESSES_MAX 16 /* of one host; tried in turn, so more would only wait */

struct FwAddresses
{
  guint n;
  FwAddress each[ADDRESSES_MAX];
};

static gboolean
look_up (FwAddresses *addresses, const char *host, const char *port, GError **error)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV };
  struct addrinfo *found = NULL;
  int rc = getaddrinfo (host, port, &hints, &found);

  if (rc != 0)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                   _ ("cannot find the address of '%s': %s; look at its spelling and at the "
                      "network"),
                   host, gai_strerror (rc));
      return FALSE;
    }
  for (struct addrinfo *each = found; each && addresses->n < ADDRESSES_MAX; each = each->ai_next)
    {
      FwAddress *address = &addresses->each[addresses->n++];

      address->len = each->ai_addrlen;
      memcpy (&address->where, each->ai_addr, each->ai_addrlen);
    }
  freeaddrinfo (found);
  return TRUE;
}

FwAddresses *
fw_addresses_resolve (const char *host, guint16 port, GError **error)
{
  static const char *const loopback[] = { "127.0.0.1", "::1" };
  g_autoptr (FwAddresses) addresses = g_new0 (FwAddresses, 1);
  g_autofree char *digits = g_strdup_printf ("%u", port);
  gboolean is_loopback = g_ascii_strcasecmp (host, "localhost") == 0;

  for (guint i = 0; i < (is_loopback ? G_N_ELEMENTS (loopback) : 1); i++)
    if (!look_up (addresses, is_loopback ? loopback[i] : host, digits, error))
      return NULL;
  return g_steal_pointer (&addresses);
}

void
fw_addresses_free (FwAddresses *addresses)
{
  g_free (addresses);
}

guint
fw_addresses_n (const FwAddresses *addresses)
{
  return addresses->n;
}

const FwAddress *
fw_addresses_get (const FwAddresses *addresses, guint i)
{
  return i < addresses->n ? &addresses->each[i] : NULL;
}
