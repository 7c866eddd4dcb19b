/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers over real sockets. */
#include <string.h>
#include <sys/socket.h>

#include "http-house.h"

#define POST(path, headers) "POST " path " HTTP/1.1\r\nHost: localhost\r\n" headers "\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"

static void
test_a_connection_serves_many_requests (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  for (guint i = 0; i < 3; i++)
    {
      peer_say (peer, POST ("/end", "Content-Length: 5\r\n") "hello");
      http_house_expect_body (peer, "/end: hello");
    }
  g_assert_cmpuint (fw_http_server_counts (house->server).n_requests, ==, 3);
  g_assert_cmpuint (fw_http_server_counts (house->server).n_accepted, ==, 1);
}

static void
test_a_chunked_body_arrives_whole_however_it_is_cut (void)
{
  static const char text[] = POST ("/end", CHUNKED) "5;x=y\r\nhello\r\n1\r\n \r\n"
                                                    "A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  for (const char *at = text; *at != '\0'; at++)
    peer_send (peer, at, 1);
  http_house_expect_body (peer, "/end: hello 0123456789");
  peer_say (peer, text);
  http_house_expect_body (peer, "/end: hello 0123456789");
}

static void
test_pipelined_requests_are_answered_in_order (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer, POST ("/later", "Content-Length: 1\r\n") "a" POST (
                      "/later", CHUNKED) "1\r\nb\r\n0\r\n\r\n" POST ("/end",
                                                                     "Content-Length: 1\r\n") "c");
  http_house_expect (house, "begin 1 POST /later");
  http_house_expect (house, "end 1 1");
  http_house_answer (house, 1);
  http_house_expect (house, "begin 2 POST /later");
  http_house_expect (house, "end 2 1");
  http_house_expect_body (peer, "/later: a");
  http_house_answer (house, 2);
  http_house_expect_body (peer, "/later: b");
  http_house_expect_body (peer, "/end: c");
}

static void
test_connections_are_answered_in_any_order (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) one = http_house_peer (house);
  g_autoptr (Peer) two = http_house_peer (house);

  peer_say (one, POST ("/one", "Content-Length: 1\r\n") "a");
  http_house_expect (house, "begin 1 POST /one");
  http_house_expect (house, "end 1 1");
  peer_say (two, POST ("/two", "Content-Length: 1\r\n") "b");
  http_house_expect (house, "begin 2 POST /two");
  http_house_expect (house, "end 2 1");
  http_house_answer (house, 2);
  http_house_expect_body (two, "/two: b");
  http_house_answer (house, 1);
  http_house_expect_body (one, "/one: a");
}

static void
test_an_answer_before_the_body_leaves_the_connection_usable (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer, POST ("/now", "Content-Length: 5\r\n") "he");
  http_house_expect_body (peer, "/now: ");
  peer_say (peer, "llo" POST ("/end", "Content-Length: 1\r\n") "x");
  http_house_expect_body (peer, "/end: x");
}

static void
resume (HttpHouse *house, guint number)
{
  Visit *visit = g_ptr_array_index (house->visits, number - 1);

  visit->takes_max = G_MAXSIZE;
  fw_http_resume (visit->request);
}

static void
test_a_paused_body_goes_on_where_it_stopped (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer,
            POST ("/little", "Content-Length: 10\r\n") "0123456789"
                                                       "GET /end HTTP/1.1\r\nHost: x\r\n\r\n");
  http_house_expect (house, "begin 1 POST /little");
  http_house_expect (house, "pause 1");
  http_house_do (house, resume, 1);
  http_house_expect (house, "end 1 10");
  http_house_answer (house, 1);
  http_house_expect_body (peer, "/little: 0123456789");
  http_house_expect_body (peer, "/end: ");
  g_assert_cmpuint (fw_http_server_counts (house->server).n_pauses, ==, 1);
}

static void
test_a_paused_client_is_held_back_by_the_kernel (void)
{
  g_autoptr (HttpHouse) house = NULL;
  g_autoptr (Peer) peer = NULL;
  g_autofree char *lump = g_malloc0 (64 * 1024);
  FwHttpServerOptions options = http_house_options ();
  gboolean is_held_back = FALSE;

  options.body_max_bytes = 0;
  house = http_house_new (&options);
  peer = http_house_peer (house);
  peer_say (peer, POST ("/little", "Content-Length: 1000000000\r\n"));
  for (guint i = 0; i < 1000 && !is_held_back; i++) /* 64 MB is more than any kernel keeps */
    is_held_back = send (peer->fd, lump, 64 * 1024, MSG_DONTWAIT | MSG_NOSIGNAL) < 0;
  g_assert_true (is_held_back);
  g_assert_cmpuint (fw_http_server_counts (house->server).n_bytes_in, <, 256 * 1024);
}

static void
test_a_client_that_asks_may_send_its_body (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);
  g_autofree char *head = NULL;

  peer_say (peer, POST ("/end", "Expect: 100-continue\r\nContent-Length: 2\r\n"));
  head = peer_read_head (peer);
  g_assert_cmpstr (head, ==, "HTTP/1.1 100 Continue\r\n\r\n");
  peer_say (peer, "ok");
  http_house_expect_body (peer, "/end: ok");
}

static void
test_head_has_no_body_and_1_0_is_closed (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);
  g_autofree char *head = NULL, *last = NULL, *body = NULL;

  peer_say (peer, "HEAD /end HTTP/1.1\r\nHost: x\r\n\r\n");
  head = peer_read_head (peer);
  g_assert_nonnull (strstr (head, "Content-Length: 6\r\n"));
  g_assert_nonnull (strstr (head, "Date: "));
  g_assert_nonnull (strstr (head, "X-House: yes\r\n"));
  peer_say (peer, "GET /end HTTP/1.0\r\n\r\n");
  last = peer_read_reply (peer, &body);
  g_assert_nonnull (strstr (last, "Connection: close\r\n"));
  g_assert_cmpstr (body, ==, "/end: ");
  g_assert_true (peer_reaches_end (peer));
}

static void
test_a_client_that_leaves_in_its_body_is_told (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  Peer *peer = http_house_peer (house);

  peer_say (peer, POST ("/end", "Content-Length: 100\r\n") "half");
  http_house_expect (house, "begin 1 POST /end");
  peer_free (peer);
  http_house_expect (house, "gone 1");
  g_assert_cmpuint (fw_http_server_counts (house->server).n_gone, ==, 1);
}

static void
test_a_client_that_only_stops_sending_gets_its_answer (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer,
            POST ("/later", "Content-Length: 1\r\n") "a" POST ("/end", "Content-Length: 0\r\n"));
  shutdown (peer->fd, SHUT_WR);
  http_house_expect (house, "begin 1 POST /later");
  http_house_expect (house, "end 1 1");
  http_house_answer (house, 1);
  http_house_expect_body (peer, "/later: a");
  http_house_expect_body (peer, "/end: ");
  g_assert_true (peer_reaches_end (peer));
}

static void
test_draining_finishes_what_was_begun (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) idle = http_house_peer (house);
  g_autoptr (Peer) busy = http_house_peer (house);
  g_autofree char *head = NULL, *body = NULL;

  peer_say (idle, POST ("/end", "Content-Length: 0\r\n"));
  http_house_expect_body (idle, "/end: ");
  http_house_expect (house, "begin 1 POST /end");
  http_house_expect (house, "end 1 0");
  peer_say (busy, POST ("/later", "Content-Length: 1\r\n") "a");
  http_house_expect (house, "begin 2 POST /later");
  http_house_expect (house, "end 2 1");
  fw_http_server_drain (house->server);
  g_assert_true (peer_reaches_end (idle));
  g_assert_false (fw_http_server_wait_drained (house->server, 0));
  http_house_answer (house, 2);
  head = peer_read_reply (busy, &body);
  g_assert_nonnull (strstr (head, "Connection: close\r\n"));
  g_assert_cmpstr (body, ==, "/later: a");
  g_assert_true (peer_reaches_end (busy));
  g_clear_pointer (&idle, peer_free);
  g_clear_pointer (&busy, peer_free);
  g_assert_true (fw_http_server_wait_drained (house->server, 5000));
}

static void
test_stopping_tells_who_was_not_answered (void)
{
  HttpHouse *house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer, POST ("/later", "Content-Length: 0\r\n"));
  http_house_expect (house, "begin 1 POST /later");
  http_house_expect (house, "end 1 0");
  fw_http_server_stop (g_steal_pointer (&house->server));
  http_house_expect (house, "gone 1");
  http_house_free (house);
}

static void
set_timer (HttpHouse *house, guint after_us)
{
  fw_http_server_set_timer (house->server, after_us);
}

static void
test_the_thread_is_woken_by_its_timer_and_by_a_descriptor (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);

  http_house_do (house, set_timer, 1000);
  http_house_expect (house, "tick");
  fw_wake_signal (house->extra);
  http_house_expect (house, "extra");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/net/http-server/" #name, test_##name)
  CLAIM (a_connection_serves_many_requests);
  CLAIM (a_chunked_body_arrives_whole_however_it_is_cut);
  CLAIM (pipelined_requests_are_answered_in_order);
  CLAIM (connections_are_answered_in_any_order);
  CLAIM (an_answer_before_the_body_leaves_the_connection_usable);
  CLAIM (a_paused_body_goes_on_where_it_stopped);
  CLAIM (a_paused_client_is_held_back_by_the_kernel);
  CLAIM (a_client_that_asks_may_send_its_body);
  CLAIM (head_has_no_body_and_1_0_is_closed);
  CLAIM (a_client_that_leaves_in_its_body_is_told);
  CLAIM (a_client_that_only_stops_sending_gets_its_answer);
  CLAIM (draining_finishes_what_was_begun);
  CLAIM (stopping_tells_who_was_not_answered);
  CLAIM (the_thread_is_woken_by_its_timer_and_by_a_descriptor);
  return g_test_run ();
}
