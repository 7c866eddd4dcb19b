/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-link.h"
#include <glib-unix.h>
#include <string.h>

struct DashLinkSource
{
  FwWsClient *client;
  guint source;
  DashLinkFunc func;
  gpointer user;
};

static gboolean
on_items (gint fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer user)
{
  DashLinkSource *link = user;
  FwWsItem *item;

  while ((item = fw_ws_client_pop (link->client)) != NULL)
    {
      link->func (item, link->user);
      fw_ws_item_free (item);
    }
  link->func (NULL, link->user);
  return G_SOURCE_CONTINUE;
}

DashLinkSource *
dash_link_new (const char *url, DashLinkFunc func, gpointer user, GError **error)
{
  FwWsClient *client = fw_ws_client_new (url, DASH_SUBPROTOCOL, error);
  DashLinkSource *link;

  if (client == NULL)
    return NULL;
  link = g_new0 (DashLinkSource, 1);
  link->client = client;
  link->func = func;
  link->user = user;
  link->source = g_unix_fd_add (fw_ws_client_fd (client), G_IO_IN, on_items, link);
  return link;
}

void
dash_link_free (DashLinkSource *link)
{
  if (link == NULL)
    return;
  g_source_remove (link->source);
  fw_ws_client_free (link->client);
  g_free (link);
}

gboolean
dash_link_send (DashLinkSource *link, const char *text)
{
  return fw_ws_client_send (link->client, text, strlen (text));
}
