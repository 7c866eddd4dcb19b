/* SPDX-License-Identifier: Apache-2.0 */
#include "http-house.h"

#include <poll.h>
#include <string.h>

#define WAIT_MS 5000

void
http_house_tell (HttpHouse *house, const char *format, ...)
{
  va_list args;
  char *line;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (fw_ring_push (house->events, line));
  fw_wake_signal (house->has_events);
}

void
http_house_expect (HttpHouse *house, const char *event)
{
  g_autofree char *line = NULL;

  while ((line = fw_ring_pop (house->events)) == NULL)
    {
      struct pollfd waiting = { .fd = fw_wake_fd (house->has_events), .events = POLLIN };

      fw_wake_clear (house->has_events);
      if ((line = fw_ring_pop (house->events)) != NULL)
        break;
      if (poll (&waiting, 1, WAIT_MS) == 0)
        g_error ("waited %d ms for '%s'", WAIT_MS, event);
    }
  g_assert_cmpstr (line, ==, event);
}

void
http_house_do (HttpHouse *house, HttpTask task, guint number)
{
  house->number = number;
  g_atomic_pointer_set (&house->task, (gpointer) task);
  fw_http_server_wake (house->server);
  http_house_expect (house, "done");
}

static Visit *
leave (HttpHouse *house, guint number)
{
  Visit *visit = g_ptr_array_index (house->visits, number - 1);

  house->visits->pdata[number - 1] = NULL;
  return visit;
}

static void
visit_free (gpointer data)
{
  Visit *visit = data;

  if (visit == NULL)
    return;
  g_free (visit->path);
  g_string_free (visit->body, TRUE);
  g_free (visit);
}

static void
answer (HttpHouse *house, guint number)
{
  Visit *visit = leave (house, number);
  g_autofree char *text = g_strdup_printf ("%s: %s", visit->path, visit->body->str);

  fw_http_reply (visit->request,
                 &(FwHttpReply){ 200, "text/plain", text, strlen (text), "X-House: yes\r\n" });
  visit_free (visit);
}

void
http_house_answer (HttpHouse *house, guint number)
{
  http_house_do (house, answer, number);
}

static gpointer
on_begin (gpointer user, FwHttpRequest *request, const FwHttpHead *head)
{
  HttpHouse *house = user;
  Visit *visit = g_new0 (Visit, 1);

  visit->house = house;
  visit->request = request;
  visit->path = g_strdup (head->path);
  visit->body = g_string_new (NULL);
  visit->takes_max = g_str_equal (head->path, "/little") ? 4 : G_MAXSIZE;
  g_ptr_array_add (house->visits, visit);
  visit->number = house->visits->len;
  http_house_tell (house, "begin %u %s %s", visit->number, head->method, head->path);
  if (g_str_equal (head->path, "/now"))
    answer (house, visit->number);
  return visit;
}

static gsize
on_body (gpointer user, FwHttpRequest *request, gpointer data, const char *bytes, gsize len)
{
  Visit *visit = data;
  gsize n = MIN (len, visit->takes_max);

  (void) user, (void) request;
  g_string_append_len (visit->body, bytes, (gssize) n);
  if (n < len)
    http_house_tell (visit->house, "pause %u", visit->number);
  return n;
}

static void
on_end (gpointer user, FwHttpRequest *request, gpointer data)
{
  Visit *visit = data;

  (void) request;
  http_house_tell (user, "end %u %u", visit->number, (guint) visit->body->len);
  if (g_str_equal (visit->path, "/end"))
    answer (user, visit->number);
}

static void
on_gone (gpointer user, FwHttpRequest *request, gpointer data)
{
  Visit *visit = data;

  (void) request;
  http_house_tell (user, "gone %u", visit->number);
  visit_free (leave (user, visit->number));
}

static void
on_woken (gpointer user)
{
  HttpHouse *house = user;
  HttpTask task = (HttpTask) g_atomic_pointer_get (&house->task);
  struct pollfd extra = { .fd = fw_wake_fd (house->extra), .events = POLLIN };

  if (poll (&extra, 1, 0) == 1)
    {
      fw_wake_clear (house->extra);
      http_house_tell (house, "extra");
    }
  if (task == NULL)
    return;
  g_atomic_pointer_set (&house->task, NULL);
  task (house, house->number);
  http_house_tell (house, "done");
}

static void
on_tick (gpointer user)
{
  http_house_tell (user, "tick");
}

FwHttpServerOptions
http_house_options (void)
{
  return (FwHttpServerOptions){ .listen_host = "localhost", .body_max_bytes = 1024 * 1024 };
}

HttpHouse *
http_house_new (const FwHttpServerOptions *options)
{
  static const FwHttpHandler handler = { .begin = on_begin,
                                         .body = on_body,
                                         .end = on_end,
                                         .gone = on_gone,
                                         .woken = on_woken,
                                         .tick = on_tick };
  FwHttpServerOptions mine = options != NULL ? *options : http_house_options ();
  HttpHouse *house = g_new0 (HttpHouse, 1);
  g_autoptr (GError) error = NULL;

  house->events = fw_ring_new (1024, g_free);
  house->has_events = fw_wake_new ();
  house->extra = fw_wake_new ();
  house->visits = g_ptr_array_new_with_free_func (visit_free);
  mine.has_extra_fd = TRUE;
  mine.extra_fd = fw_wake_fd (house->extra);
  house->server = fw_http_server_new (&mine, &handler, house, &error);
  g_assert_no_error (error);
  return house;
}

void
http_house_free (HttpHouse *house)
{
  fw_http_server_stop (house->server);
  fw_ring_free (house->events);
  fw_wake_free (house->has_events);
  fw_wake_free (house->extra);
  g_ptr_array_unref (house->visits);
  g_free (house);
}

Peer *
http_house_peer (HttpHouse *house)
{
  return peer_connect (fw_http_server_port (house->server), 0);
}

void
http_house_expect_body (Peer *peer, const char *body)
{
  g_autofree char *got = NULL;
  g_autofree char *head = peer_read_reply (peer, &got);

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
  g_assert_cmpstr (got, ==, body);
}
