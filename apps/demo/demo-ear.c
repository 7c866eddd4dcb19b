/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-ear.h"

#include <glib-unix.h>
#include <string.h>

#include "demo-message.h"
#include "fw-log.h"
#include "fw-ws-client.h"

FW_LOG_TOPIC ("demo-ear");

#define SUBPROTOCOL "fleetwire.v1+json"

struct DemoEar
{
  FwWsClient *client;
  DemoMessageReader *reader;
  DemoCount *count;
  char *request;
  guint watch;
  gboolean is_subscribed;
  gint64 received_ms; /* of the message being read */
};

static void
on_subscribed (gpointer user)
{
  DemoEar *self = user;
  self->is_subscribed = TRUE;
}

static void
on_record (gpointer user, const DemoRecord *record)
{
  DemoEar *self = user;
  demo_count_record (self->count, record, self->received_ms);
}

static void
on_row (gpointer user, const char *device, gint64 ts_ms)
{
  DemoEar *self = user;
  demo_count_row (self->count, device, ts_ms, self->received_ms);
}

static void
on_complaint (gpointer user, const char *op, const char *text)
{
  (void) user;
  fw_warn ("the relay says %s %s", op, text);
}

static const DemoMessageHandler handler = { on_subscribed, on_record, on_row, on_complaint };

static void
take (DemoEar *self, const FwWsItem *item)
{
  switch (item->type)
    {
    case FW_WS_CONNECTED:
      if (!fw_ws_client_send (self->client, self->request, strlen (self->request)))
        fw_warn ("cannot subscribe: the connection takes nothing");
      break;
    case FW_WS_DISCONNECTED:
      fw_debug ("disconnected: %s", item->text ? item->text : "");
      self->is_subscribed = FALSE;
      break;
    case FW_WS_MESSAGE:
      self->received_ms = item->received_wall_ms;
      if (!demo_message_read (self->reader, item->text, item->len))
        fw_warn_limited ("the relay said something that is no message");
      break;
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  DemoEar *self = data;
  FwWsItem *item;
  (void) fd;
  (void) condition;
  while ((item = fw_ws_client_pop (self->client)))
    {
      take (self, item);
      fw_ws_item_free (item);
    }
  return G_SOURCE_CONTINUE;
}

DemoEar *
demo_ear_new (const char *url, const char *channel, DemoCount *count, GError **error)
{
  g_autoptr (DemoEar) self = g_new0 (DemoEar, 1);
  self->client = fw_ws_client_new (url, SUBPROTOCOL, error);
  if (!self->client)
    return NULL;
  self->count = count;
  self->reader = demo_message_reader_new (&handler, self);
  self->request
      = g_strdup_printf ("{\"op\":\"subscribe\",\"id\":1,\"channel\":\"%s\"%s}", channel,
                         strcmp (channel, "fleet") == 0 ? ",\"fields\":[\"speed_kmh\"]" : "");
  self->watch = g_unix_fd_add (fw_ws_client_fd (self->client), G_IO_IN, on_readable, self);
  return g_steal_pointer (&self);
}

void
demo_ear_free (DemoEar *self)
{
  if (!self)
    return;
  if (self->watch)
    g_source_remove (self->watch);
  fw_ws_client_free (self->client);
  demo_message_reader_free (self->reader);
  g_free (self->request);
  g_free (self);
}

gboolean
demo_ear_is_subscribed (const DemoEar *self)
{
  return self && self->is_subscribed;
}
