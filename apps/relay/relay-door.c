/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-door.h"

#include <string.h>
#include "fw-log.h"
#include "relay-metrics.h"
#include "relay-protocol.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-door");

static FwReply
refuse_host (FwMetrics *metrics, const FwRequest *request)
{
  const char *host = request->host ? request->host : "";

  fw_metrics_add (metrics, RELAY_METRIC_DOORS, RELAY_DOOR_HOST, 1);
  fw_warn_limited (
      _ ("%s asked for host '%s', which is not ours, refused; --public-host NAME would allow it"),
      request->peer, host);
  return fw_reply_text (
      421, g_strdup_printf (
               _ ("This relay does not answer to that host name. Its operator can allow it with "
                  "--public-host NAME.\n")));
}

static FwReply
refuse_origin (FwMetrics *metrics, const FwRequest *request)
{
  fw_metrics_add (metrics, RELAY_METRIC_DOORS, RELAY_DOOR_ORIGIN, 1);
  fw_warn_limited (_ ("%s came from a page of '%s', refused; --allow-origin ORIGIN would allow it"),
                   request->peer, request->origin);
  return fw_reply_text (
      403, g_strdup (_ (
               "Pages of that origin may not connect to this relay. Its operator can allow it with "
               "--allow-origin ORIGIN.\n")));
}

gboolean
relay_door_open (const RelayOptions *options, const char *listen_host, FwMetrics *metrics,
                 const FwRequest *request, FwReply *ret)
{
  const FwDoorRules rules = { listen_host, (const char *const *) options->public_hosts,
                              (const char *const *) options->allow_origins };

  switch (fw_door_check (&rules, request->host, request->origin))
    {
    case FW_DOOR_OPEN:
      return TRUE;
    case FW_DOOR_BAD_HOST:
      *ret = refuse_host (metrics, request);
      return FALSE;
    case FW_DOOR_BAD_ORIGIN:
      *ret = refuse_origin (metrics, request);
      return FALSE;
    }
  g_assert_not_reached ();
}

static gboolean
offers_ours (const char *subprotocols)
{
  g_auto (GStrv) names = g_strsplit (subprotocols, ",", -1);

  for (char **name = names; *name; name++)
    if (strcmp (g_strstrip (*name), RELAY_SUBPROTOCOL) == 0)
      return TRUE;
  return FALSE;
}

FwReply
relay_door_upgrade (const RelayOptions *options, const char *listen_host, FwMetrics *metrics,
                    const FwRequest *request)
{
  FwReply reply = { .status = 101 };

  if (!relay_door_open (options, listen_host, metrics, request, &reply))
    return reply;
  if (request->path && g_str_has_prefix (request->path, "/v1/"))
    return fw_reply_text (404, g_strdup (_ ("There is no WebSocket at this address. Try /.\n")));
  if (!request->subprotocols)
    return reply;
  if (!offers_ours (request->subprotocols))
    {
      fw_metrics_add (metrics, RELAY_METRIC_DOORS, RELAY_DOOR_SUBPROTOCOL, 1);
      return fw_reply_text (
          400,
          g_strdup_printf (
              _ ("This relay speaks %s, or no subprotocol at all (every event as it comes).\n"),
              RELAY_SUBPROTOCOL));
    }
  reply.subprotocol = RELAY_SUBPROTOCOL;
  return reply;
}
