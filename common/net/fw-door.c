/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-door.h"

#include "fw-net.h"

static gboolean
hosts_are_one (const char *a, const char *b)
{
  return g_ascii_strcasecmp (a, b) == 0 || (fw_host_is_loopback (a) && fw_host_is_loopback (b));
}

static gboolean
list_has (const char *const *list, const char *wanted)
{
  for (; list != NULL && *list != NULL; list++)
    if (g_ascii_strcasecmp (*list, wanted) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
host_is_ours (const FwDoorRules *rules, const char *host)
{
  if (fw_host_is_loopback (host))
    return TRUE;
  if (rules->listen_host != NULL && g_ascii_strcasecmp (rules->listen_host, host) == 0)
    return TRUE;
  return list_has (rules->public_hosts, host);
}

/* "https://fleet.example:8443" -> "fleet.example"; NULL for "null" and anything else that names no
 * host. */
static char *
origin_host (const char *origin)
{
  if (g_ascii_strncasecmp (origin, "http://", 7) == 0)
    return fw_authority_host (origin + 7);
  if (g_ascii_strncasecmp (origin, "https://", 8) == 0)
    return fw_authority_host (origin + 8);
  return NULL;
}

FwDoor
fw_door_check (const FwDoorRules *rules, const char *host_header, const char *origin)
{
  g_autofree char *host = host_header != NULL ? fw_authority_host (host_header) : NULL;
  g_autofree char *from = NULL;

  if (host == NULL || !host_is_ours (rules, host))
    return FW_DOOR_BAD_HOST;
  if (origin == NULL || list_has (rules->allow_origins, origin))
    return FW_DOOR_OPEN;
  from = origin_host (origin);
  return from != NULL && hosts_are_one (from, host) ? FW_DOOR_OPEN : FW_DOOR_BAD_ORIGIN;
}
