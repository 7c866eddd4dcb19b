/* SPDX-License-Identifier: Apache-2.0 */
/* The door over real sockets, in front of a sink that a test opens, closes and lets forget. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "fw-thread.h"
#include "ingest-http.h"
#include "pack.h"
#include "ws-peer.h"

#define WAIT_MS 5000
#define POST(headers, body) \
  "POST /v1/events HTTP/1.1\r\nHost: localhost\r\n" headers "Content-Length: " body

typedef struct
{
  IngestHttp *door;     /* the test's */
  IngestHttp *own_door; /* the door's thread's */
  FwWake *has_taken;
  gint room;    /* atomic: events that it takes before it is full */
  gint reports; /* atomic: whether polling reports what was taken */
  gint fails;   /* atomic: the reports say that nothing was stored */
  GArray *tags; /* taken and not reported; the door's thread */
} Sink;

static IngestVerdict
on_submit (gpointer user, const IngestOffer *offer, IngestRefusal *ret_refusal)
{
  Sink *sink = user;

  g_assert_true (g_str_has_prefix (offer->peer, "127.0.0.1:"));
  if (memmem (offer->bytes, offer->len, "bad", 3) != NULL)
    {
      *ret_refusal = (IngestRefusal){ "bad", "It is bad.", 0 };
      return INGEST_REFUSED;
    }
  if (g_atomic_int_get (&sink->room) == 0)
    return INGEST_FULL;
  g_atomic_int_add (&sink->room, -1);
  g_array_append_val (sink->tags, offer->tag);
  fw_wake_signal (sink->has_taken);
  if (g_atomic_int_get (&sink->reports))
    fw_http_server_wake (ingest_http_server (sink->own_door));
  return INGEST_TAKEN;
}

static void
on_poll (gpointer user)
{
  Sink *sink = user;
  gboolean ok = !g_atomic_int_get (&sink->fails);

  if (!g_atomic_int_get (&sink->reports))
    return;
  for (guint i = 0; i < sink->tags->len; i++)
    ingest_http_stored (sink->own_door, g_array_index (sink->tags, guint64, i), ok);
  g_array_set_size (sink->tags, 0);
}

static void
on_started (gpointer user, IngestHttp *door)
{
  ((Sink *) user)->own_door = door;
}

static Sink *
sink_new (const IngestHttpOptions *options)
{
  static const IngestHttpSink table = { on_submit, on_poll, on_started };
  IngestHttpOptions mine = options != NULL ? *options : (IngestHttpOptions){ 0 };
  Sink *sink = g_new0 (Sink, 1);
  g_autoptr (GError) error = NULL;

  if (mine.server.listen_host == NULL)
    mine.server.listen_host = "localhost";
  sink->has_taken = fw_wake_new ();
  sink->room = G_MAXINT;
  sink->reports = TRUE;
  sink->tags = g_array_new (FALSE, FALSE, sizeof (guint64));
  sink->door = ingest_http_new (&mine, &table, sink, &error);
  g_assert_no_error (error);
  return sink;
}

static void
sink_free (Sink *sink)
{
  ingest_http_free (sink->door);
  g_array_unref (sink->tags);
  fw_wake_free (sink->has_taken);
  g_free (sink);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sink, sink_free)

static void
sink_set (Sink *sink, gint *field, gint value)
{
  g_atomic_int_set (field, value);
  fw_http_server_wake (ingest_http_server (sink->door));
}

static void
sink_add_room (Sink *sink, gint n)
{
  g_atomic_int_add (&sink->room, n);
  fw_http_server_wake (ingest_http_server (sink->door));
}

static void
sink_wait_taken (Sink *sink)
{
  struct pollfd waiting = { .fd = fw_wake_fd (sink->has_taken), .events = POLLIN };

  if (poll (&waiting, 1, WAIT_MS) == 0)
    g_error ("no event was submitted in %d ms", WAIT_MS);
  fw_wake_clear (sink->has_taken);
}

static Peer *
peer_of (Sink *sink)
{
  return peer_connect (fw_http_server_port (ingest_http_server (sink->door)), 0);
}

static void
expect (Peer *peer, const char *status, const char *in_head, const char *in_body)
{
  g_autofree char *body = NULL;
  g_autofree char *head = peer_read_reply (peer, &body);

  if (strncmp (head + 9, status, 3) != 0 || strstr (head, in_head) == NULL
      || strstr (body, in_body) == NULL)
    g_error ("expected %s, '%s', '%s'; got %s%s", status, in_head, in_body, head, body);
}

static void
test_an_event_is_answered_when_it_is_stored (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);
  char byte;

  g_atomic_int_set (&sink->reports, FALSE);
  peer_say (peer, POST ("", "7\r\n\r\n{\"a\":1}"));
  sink_wait_taken (sink);
  g_assert_cmpint (recv (peer->fd, &byte, 1, MSG_DONTWAIT), <, 0);
  g_assert_cmpint (errno, ==, EAGAIN);
  sink_set (sink, &sink->reports, TRUE);
  expect (peer, "202", "Content-Type: application/json\r\n",
          "{\"accepted\":1,\"rejected\":0,\"errors\":[]}\n");
  g_assert_cmpuint (ingest_http_counts (sink->door).n_accepted, ==, 1);
}

static void
test_requests_follow_each_other_on_one_connection (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);

  peer_say (peer, POST ("", "2\r\n\r\n{}") POST ("", "3\r\n\r\nbad") POST ("", "5\r\n\r\n{}\n{}"));
  expect (peer, "202", "", "\"accepted\":1");
  expect (peer, "400", "", "\"code\":\"bad\"");
  expect (peer, "202", "", "\"accepted\":2");
}

static void
test_lines_that_are_refused_are_named (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);

  peer_say (peer,
            POST ("Content-Type: application/x-ndjson; charset=utf-8\r\n", "9\r\n\r\n{}\nbad\n{}"));
  expect (peer, "202", "",
          "{\"accepted\":2,\"rejected\":1,\"errors\":[{\"line\":2,\"code\":\"bad\"");
}

static void
test_a_compressed_body_is_read (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);
  g_autoptr (GByteArray) packed = pack (PACK_GZIP, "{}\n{}\n", 6);
  g_autofree char *head
      = g_strdup_printf (POST ("Content-Encoding: gzip\r\n", "%u\r\n\r\n"), packed->len);

  peer_say (peer, head);
  peer_send (peer, packed->data, packed->len);
  expect (peer, "202", "", "\"accepted\":2");
  peer_say (peer, POST ("Content-Encoding: br\r\n", "2\r\n\r\n{}"));
  expect (peer, "415", "Accept-Encoding: gzip, deflate\r\n", "\"code\":\"media_type\"");
}

static void
test_a_bomb_hurts_nobody_else (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);
  g_autofree char *spaces = g_strnfill (20 * 1024 * 1024, ' ');
  g_autoptr (GByteArray) packed = pack (PACK_GZIP, spaces, strlen (spaces));
  g_autofree char *head
      = g_strdup_printf (POST ("Content-Encoding: gzip\r\n", "%u\r\n\r\n"), packed->len);

  peer_say (peer, head);
  peer_send (peer, packed->data, packed->len);
  expect (peer, "413", "", "\"code\":\"encoding\"");
  g_assert_cmpuint (ingest_http_counts (sink->door).n_bombs, ==, 1);
  peer_say (peer, POST ("", "2\r\n\r\n{}"));
  expect (peer, "202", "", "\"accepted\":1");
}

static void
test_what_is_not_for_this_door_is_turned_away (void)
{
  static const struct
  {
    const char *request, *status, *in_head;
  } cases[] = {
    { "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n", "405", "Allow: POST\r\n" },
    { "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}", "404", "" },
    { POST ("Content-Type: text/html\r\n", "2\r\n\r\n{}"), "415", "Accept: " },
    { "POST /v1/events HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}", "421", "" },
    { POST ("Origin: https://evil.example\r\n", "2\r\n\r\n{}"), "403", "" },
  };
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      peer_say (peer, cases[i].request);
      expect (peer, cases[i].status, cases[i].in_head, "\"message\":\"");
    }
  g_assert_cmpuint (ingest_http_counts (sink->door).n_turned_away, ==, G_N_ELEMENTS (cases));
  peer_say (peer, POST ("Content-Type: application/x-www-form-urlencoded\r\n", "2\r\n\r\n{}"));
  expect (peer, "202", "", "\"accepted\":1");
}

static void
test_a_full_house_is_waited_for (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);

  g_atomic_int_set (&sink->room, 1);
  peer_say (peer, POST ("", "14\r\n\r\n{}\n{}\n{}\n{}\n{}"));
  sink_wait_taken (sink);
  sink_add_room (sink, 2);
  sink_wait_taken (sink);
  sink_add_room (sink, 2);
  expect (peer, "202", "", "\"accepted\":5,\"rejected\":0");
}

static void
test_a_house_that_stays_full_sends_away (void)
{
  const IngestHttpOptions options = { .wait_max_ms = 50, .retry_after_s = 7 };
  g_autoptr (Sink) sink = sink_new (&options);
  g_autoptr (Peer) peer = peer_of (sink);

  g_atomic_int_set (&sink->room, 1);
  peer_say (peer, POST ("", "5\r\n\r\n{}\n{}"));
  expect (peer, "503", "Retry-After: 7\r\n",
          "{\"accepted\":1,\"rejected\":0,\"errors\":[{\"line\":2,\"code\":\"busy\"");
  g_assert_cmpuint (ingest_http_counts (sink->door).n_busy, ==, 1);
  sink_add_room (sink, 100);
  peer_say (peer, POST ("", "5\r\n\r\n{}\n{}"));
  expect (peer, "202", "", "\"accepted\":2");
}

static void
test_without_news_from_kafka_nobody_waits_for_ever (void)
{
  const IngestHttpOptions options = { .wait_max_ms = 50 };
  g_autoptr (Sink) sink = sink_new (&options);
  g_autoptr (Peer) peer = peer_of (sink);

  g_atomic_int_set (&sink->reports, FALSE);
  peer_say (peer, POST ("", "2\r\n\r\n{}"));
  expect (peer, "503", "Retry-After: ", "\"accepted\":0");
  sink_set (sink, &sink->reports, TRUE); /* too late for that one, and harmless */
  peer_say (peer, POST ("", "2\r\n\r\n{}"));
  expect (peer, "202", "", "\"accepted\":1");
}

static void
test_what_kafka_refuses_is_not_accepted (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);

  g_atomic_int_set (&sink->fails, TRUE);
  peer_say (peer, POST ("", "2\r\n\r\n{}"));
  expect (peer, "503", "Retry-After: ", "\"code\":\"not_stored\"");
}

static void
test_reports_for_who_has_left_are_harmless (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) other = peer_of (sink);
  Peer *peer = peer_of (sink);

  g_atomic_int_set (&sink->reports, FALSE);
  peer_say (peer, POST ("", "100\r\n\r\n{}\n{}\n"));
  sink_wait_taken (sink);
  peer_free (peer);
  sink_set (sink, &sink->reports, TRUE);
  peer_say (other, POST ("", "2\r\n\r\n{}"));
  expect (other, "202", "", "\"accepted\":1");
}

static void
test_an_end_with_events_under_way_forgets_them (void)
{
  g_autoptr (Sink) sink = sink_new (NULL);
  g_autoptr (Peer) peer = peer_of (sink);

  g_atomic_int_set (&sink->reports, FALSE);
  peer_say (peer, POST ("", "5\r\n\r\n{}\n{}"));
  sink_wait_taken (sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/ingest/http/" #name, test_##name)
  CLAIM (an_event_is_answered_when_it_is_stored);
  CLAIM (requests_follow_each_other_on_one_connection);
  CLAIM (lines_that_are_refused_are_named);
  CLAIM (a_compressed_body_is_read);
  CLAIM (a_bomb_hurts_nobody_else);
  CLAIM (what_is_not_for_this_door_is_turned_away);
  CLAIM (a_full_house_is_waited_for);
  CLAIM (a_house_that_stays_full_sends_away);
  CLAIM (without_news_from_kafka_nobody_waits_for_ever);
  CLAIM (what_kafka_refuses_is_not_accepted);
  CLAIM (reports_for_who_has_left_are_harmless);
  CLAIM (an_end_with_events_under_way_forgets_them);
  return g_test_run ();
}
