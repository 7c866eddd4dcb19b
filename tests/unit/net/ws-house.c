/* SPDX-License-Identifier: Apache-2.0 */
#include "ws-house.h"

#include <poll.h>
#include <string.h>

#define WAIT_MS 5000

const char *const house_subprotocols[] = { "fleetwire.v1+json", NULL };

void
house_tell (House *house, const char *format, ...)
{
  va_list args;
  char *line;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (fw_ring_push (house->events, line));
  fw_wake_signal (house->has_events);
}

char *
house_next (House *house)
{
  char *line;

  while ((line = fw_ring_pop (house->events)) == NULL)
    {
      struct pollfd waiting = { .fd = fw_wake_fd (house->has_events), .events = POLLIN };

      fw_wake_clear (house->has_events);
      if ((line = fw_ring_pop (house->events)) != NULL)
        return line;
      if (poll (&waiting, 1, WAIT_MS) == 0)
        g_error ("nothing happened in %d ms", WAIT_MS);
    }
  return line;
}

void
house_expect (House *house, const char *event)
{
  g_autofree char *line = house_next (house);

  g_assert_cmpstr (line, ==, event);
}

void
house_do (House *house, HouseTask task)
{
  g_atomic_pointer_set (&house->task, (gpointer) task);
  fw_ws_server_wake (house->server);
  house_expect (house, "done");
}

static FwReply
plain (guint status, const char *text)
{
  return (FwReply){ .status = status,
                    .content_type = "text/plain",
                    .body = g_bytes_new (text, strlen (text)) };
}

static FwReply
on_upgrade (gpointer user, const FwRequest *request)
{
  (void) user;
  if (request->subprotocols == NULL)
    return (FwReply){ .status = 101 };
  if (strstr (request->subprotocols, house_subprotocols[0]) != NULL)
    return (FwReply){ .status = 101, .subprotocol = house_subprotocols[0] };
  return plain (400, "fleetwire.v1+json is spoken here\n");
}

static FwReply
on_http (gpointer user, const FwRequest *request)
{
  g_autofree char *text
      = g_strdup_printf ("%s %s?%s of %s\n", request->method, request->path,
                         request->query != NULL ? request->query : "", request->host);
  FwReply reply;

  (void) user;
  if (g_str_equal (request->path, "/large"))
    return (FwReply){ .status = 200,
                      .content_type = "application/octet-stream",
                      .body = g_bytes_new_take (g_malloc0 (300000), 300000) };
  if (g_strcmp0 (request->if_none_match, "\"v1\"") == 0)
    return (FwReply){ .status = 304, .headers = g_strdup ("ETag: \"v1\"\r\n") };
  reply = plain (200, text);
  reply.headers = g_strdup ("ETag: \"v1\"\r\n");
  return reply;
}

static gpointer
on_open (gpointer user, FwWsConn *conn, const FwRequest *request)
{
  House *house = user;

  house->conn = conn;
  house->n_conns++;
  house_tell (house, "open %s %s", request->path,
              request->subprotocols != NULL ? request->subprotocols : "-");
  return GUINT_TO_POINTER (house->n_conns);
}

static void
on_message (gpointer user, FwWsConn *conn, gpointer data, const char *text, gsize len,
            gboolean is_binary)
{
  House *house = user;

  if (len <= 32)
    house_tell (house, "message %u %s %.*s", GPOINTER_TO_UINT (data), is_binary ? "binary" : "text",
                (int) len, text);
  else
    house_tell (house, "message %u of %u bytes", GPOINTER_TO_UINT (data), (guint) len);
  if (len >= 4 && memcmp (text, "echo", 4) == 0)
    g_assert_cmpint (fw_ws_conn_send_text (conn, text, len), !=, FW_SENT_CLOSED);
}

static void
on_too_large (gpointer user, FwWsConn *conn, gpointer data, gsize len)
{
  (void) conn, (void) data;
  house_tell (user, "too large %u", (guint) len);
}

static void
on_writable (gpointer user, FwWsConn *conn, gpointer data)
{
  House *house = user;

  (void) data;
  if (house->on_writable != NULL && conn == house->conn)
    house->on_writable (house);
  else
    house_tell (house, "writable");
}

static void
on_closed (gpointer user, FwWsConn *conn, gpointer data, guint code)
{
  House *house = user;

  if (conn == house->conn)
    house->conn = NULL;
  house_tell (house, "closed %u %u", GPOINTER_TO_UINT (data), code);
}

static void
on_woken (gpointer user)
{
  House *house = user;
  HouseTask task = (HouseTask) g_atomic_pointer_get (&house->task);

  house->n_woken++;
  if (task == NULL)
    return;
  g_atomic_pointer_set (&house->task, NULL);
  task (house);
  house_tell (house, "done");
}

static void
on_tick (gpointer user)
{
  house_tell (user, "tick");
}

static void
on_started (gpointer user, FwWsServer *server)
{
  ((House *) user)->own_server = server;
}

FwWsServerOptions
house_options (void)
{
  return (FwWsServerOptions){ .listen_host = "127.0.0.1",
                              .sndbuf_bytes = 16 * 1024,
                              .message_max_bytes = 64 * 1024,
                              .limits = { 100, 100, 0 },
                              .handshake_timeout_s = 10,
                              .subprotocols = house_subprotocols };
}

House *
house_new (const FwWsServerOptions *options)
{
  static const FwWsHandler handler = { .upgrade = on_upgrade,
                                       .http = on_http,
                                       .open = on_open,
                                       .message = on_message,
                                       .too_large = on_too_large,
                                       .writable = on_writable,
                                       .closed = on_closed,
                                       .woken = on_woken,
                                       .tick = on_tick,
                                       .started = on_started };
  FwWsServerOptions usual = house_options ();
  House *house = g_new0 (House, 1);
  g_autoptr (GError) error = NULL;

  house->events = fw_ring_new (8192, g_free);
  house->has_events = fw_wake_new ();
  house->server = fw_ws_server_new (options != NULL ? options : &usual, &handler, house, &error);
  g_assert_no_error (error);
  return house;
}

void
house_free (House *house)
{
  fw_ws_server_stop (house->server);
  fw_ring_free (house->events);
  fw_wake_free (house->has_events);
  g_free (house->frames);
  g_free (house);
}

Peer *
house_peer (House *house, int rcvbuf_bytes)
{
  Peer *peer = peer_connect (fw_ws_server_port (house->server), rcvbuf_bytes);
  g_autofree char *head = peer_handshake (peer, NULL);

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  house_expect (house, "open /live -");
  return peer;
}
