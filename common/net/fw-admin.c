/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-admin.h"

#include <string.h>

#include "fw-error.h"
#include "fw-i18n.h"
#include "fw-net.h"
#include "fw-ws-server.h"

#define NEXT_PORTS 20

struct FwAdmin
{
  FwWsServer *server;
  FwAdminSource source;
  char *host;
};

static FwReply
reply_metrics (FwAdmin *admin)
{
  FwReply reply;

  if (admin->source.refresh != NULL)
    admin->source.refresh (admin->source.user);
  reply = fw_reply_text (200, fw_metrics_text (admin->source.metrics));
  reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return reply;
}

static FwReply
reply_ready (FwAdmin *admin)
{
  g_autofree char *why_not = NULL;

  if (admin->source.ready == NULL || admin->source.ready (admin->source.user, &why_not))
    return fw_reply_text (200, g_strdup ("ready\n"));
  return fw_reply_text (
      503, g_strdup_printf ("not ready: %s\n", why_not != NULL ? why_not : "starting"));
}

/* Whoever opens it to every interface lets a scraper call it by any name. */
static gboolean
is_any_address (const char *host)
{
  return g_str_equal (host, "*") || g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::");
}

static FwReply
on_http (gpointer user, const FwRequest *request)
{
  FwAdmin *admin = user;
  const FwDoorRules rules = { .listen_host = admin->host };

  if (!is_any_address (admin->host)
      && fw_door_check (&rules, request->host, request->origin) != FW_DOOR_OPEN)
    return fw_reply_text (421,
                          g_strdup ("Ask for this by localhost or the address it listens on.\n"));
  if (g_str_equal (request->path, "/metrics"))
    return reply_metrics (admin);
  if (g_str_equal (request->path, "/readyz"))
    return reply_ready (admin);
  if (g_str_equal (request->path, "/healthz"))
    return fw_reply_text (200, g_strdup ("ok\n"));
  return fw_reply_text (404, g_strdup ("There are /metrics, /healthz and /readyz.\n"));
}

static FwWsServer *
listen_on (FwAdmin *admin, guint16 port, guint n_ports, GError **error)
{
  const FwWsHandler handler = { .http = on_http };
  FwWsServerOptions options
      = { .listen_host = admin->host,
          .thread_name = "admin",
          .is_alone = TRUE,
          .may_use_spare = TRUE,
          .limits = { .connections_max = FW_ADMIN_CONNECTIONS_MAX - FW_WS_SPARE_SOCKETS },
          .handshake_timeout_s = 10 };

  for (guint i = 0; i < n_ports; i++)
    {
      g_autoptr (GError) why = NULL;
      FwWsServer *server;

      options.listen_port = (guint16) (port + i);
      server = fw_ws_server_new (&options, &handler, admin, &why);
      if (server != NULL)
        return server;
      if (i + 1 == n_ports || port + i == G_MAXUINT16
          || !g_error_matches (why, FW_ERROR, FW_ERROR_UNAVAILABLE))
        {
          g_propagate_error (error, g_steal_pointer (&why));
          return NULL;
        }
    }
  return NULL;
}

FwAdmin *
fw_admin_new (const char *listen, gboolean next_free, const FwAdminSource *source, GError **error)
{
  g_autoptr (FwAdmin) admin = NULL;
  guint16 port = 0;

  if (listen == NULL || *listen == '\0')
    return NULL;
  admin = g_new0 (FwAdmin, 1);
  admin->source = *source;
  if (!fw_address_parse (listen, &admin->host, &port, error))
    return NULL;
  admin->server = listen_on (admin, port, next_free ? NEXT_PORTS + 1 : 1, error);
  if (admin->server == NULL)
    {
      g_prefix_error (error, _ ("admin listener: "));
      return NULL;
    }
  return g_steal_pointer (&admin);
}

void
fw_admin_free (FwAdmin *admin)
{
  if (admin == NULL)
    return;
  fw_ws_server_stop (admin->server);
  g_free (admin->host);
  g_free (admin);
}

guint16
fw_admin_port (const FwAdmin *admin)
{
  return fw_ws_server_port (admin->server);
}
