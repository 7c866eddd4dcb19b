/* SPDX-License-Identifier: Apache-2.0 */
/* Who is too many, too large, too slow or malformed: refused, counted, and nobody else suffers. */
#include <string.h>
#include <unistd.h>

#include "fw-error.h"
#include "http-house.h"

#define POST "POST /end HTTP/1.1\r\nHost: localhost\r\n"

static void
expect_refusal (Peer *peer, const char *status)
{
  g_autofree char *body = NULL;
  g_autofree char *head = peer_read_reply (peer, &body);

  if (strncmp (head + 9, status, 3) != 0)
    g_error ("expected status %s, got '%s'", status, head);
  g_assert_nonnull (strstr (head, "Connection: close\r\n"));
  g_assert_cmpint (body[strlen (body) - 1], ==, '\n'); /* a sentence says why */
  g_assert_true (peer_reaches_end (peer));
}

static void
expect_still_served (HttpHouse *house)
{
  g_autoptr (Peer) other = http_house_peer (house);

  peer_say (other, POST "Content-Length: 2\r\n\r\nok");
  http_house_expect_body (other, "/end: ok");
}

static void
test_a_gigabyte_is_refused_before_it_is_read (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);
  g_autofree char *lump = g_malloc0 (2000000);

  peer_say (peer, POST "Content-Length: 1073741824\r\n\r\n");
  peer_send (peer, lump, 2000000); /* it does not wait for the answer */
  expect_refusal (peer, "413");
  g_assert_cmpuint (fw_http_server_counts (house->server).n_too_large, ==, 1);
  g_assert_cmpuint (fw_http_server_counts (house->server).n_requests, ==, 0);
  expect_still_served (house);
}

static void
test_a_chunked_body_without_end_is_refused (void)
{
  FwHttpServerOptions options = http_house_options ();
  g_autoptr (HttpHouse) house = NULL;
  g_autoptr (Peer) peer = NULL;

  options.body_max_bytes = 10;
  house = http_house_new (&options);
  peer = http_house_peer (house);
  peer_say (peer, POST "Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n01234567\r\n");
  expect_refusal (peer, "413");
  http_house_expect (house, "begin 1 POST /end");
  http_house_expect (house, "gone 1");
}

static void
test_headers_without_end_are_refused (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) large = http_house_peer (house);
  g_autoptr (Peer) many = http_house_peer (house);
  g_autofree char *lump = g_strnfill (100000, 'a');

  peer_say (large, POST "X: ");
  peer_say (large, lump);
  expect_refusal (large, "431");
  peer_say (many, POST);
  for (guint i = 0; i <= FW_HTTP_HEADERS_MAX; i++)
    peer_say (many, "X: y\r\n");
  peer_say (many, "\r\n");
  expect_refusal (many, "431");
  expect_still_served (house);
}

static void
test_malformed_chunks_end_the_request (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer, POST "Transfer-Encoding: chunked\r\n\r\n2\r\nokXX");
  expect_refusal (peer, "400");
  http_house_expect (house, "begin 1 POST /end");
  http_house_expect (house, "gone 1");
  g_assert_cmpuint (fw_http_server_counts (house->server).n_malformed, ==, 1);
}

static void
test_a_smuggled_request_is_not_seen (void)
{
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  g_autoptr (Peer) peer = http_house_peer (house);

  peer_say (peer, POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" POST
                       "Content-Length: 0\r\n\r\n");
  expect_refusal (peer, "400");
  g_assert_cmpuint (fw_http_server_counts (house->server).n_requests, ==, 0);
}

/* One byte at a time keeps no connection open: the deadline is for the whole head. */
static void
test_a_slow_head_gets_408 (void)
{
  FwHttpServerOptions options = http_house_options ();
  g_autoptr (HttpHouse) house = NULL;
  g_autoptr (Peer) peer = NULL;

  options.header_timeout_ms = 50;
  house = http_house_new (&options);
  peer = http_house_peer (house);
  peer_say (peer, POST "X");
  expect_refusal (peer, "408");
  g_assert_cmpuint (fw_http_server_counts (house->server).n_timeouts, ==, 1);
  expect_still_served (house);
}

static void
test_a_slow_body_gets_408 (void)
{
  FwHttpServerOptions options = http_house_options ();
  g_autoptr (HttpHouse) house = NULL;
  g_autoptr (Peer) peer = NULL;

  options.body_timeout_ms = 50;
  house = http_house_new (&options);
  peer = http_house_peer (house);
  peer_say (peer, POST "Content-Length: 100\r\n\r\nx");
  expect_refusal (peer, "408");
  http_house_expect (house, "begin 1 POST /end");
  http_house_expect (house, "gone 1");
}

static void
test_an_idle_connection_is_closed_without_a_word (void)
{
  FwHttpServerOptions options = http_house_options ();
  g_autoptr (HttpHouse) house = NULL;
  g_autoptr (Peer) peer = NULL;

  options.idle_timeout_ms = 50;
  house = http_house_new (&options);
  peer = http_house_peer (house);
  peer_say (peer, POST "Content-Length: 0\r\n\r\n");
  http_house_expect_body (peer, "/end: ");
  g_assert_true (peer_reaches_end (peer));
  g_assert_cmpuint (peer->in->len, ==, 0);
  g_assert_cmpuint (fw_http_server_counts (house->server).n_idle, ==, 1);
}

static void
test_connections_over_a_limit_get_503 (void)
{
  for (guint i = 0; i < 2; i++)
    {
      FwHttpServerOptions options = http_house_options ();
      g_autoptr (HttpHouse) house = NULL;
      g_autoptr (Peer) first = NULL, second = NULL;
      g_autofree char *head = NULL;

      options.connections_max = i == 0 ? 1 : 0;
      options.connections_per_address_max = i == 0 ? 0 : 1;
      house = http_house_new (&options);
      first = http_house_peer (house);
      second = http_house_peer (house);
      head = peer_read_head (second);
      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
      g_assert_nonnull (strstr (head, "Retry-After: "));
      g_assert_cmpuint (fw_http_server_counts (house->server).n_refused_limit, ==, 1);
    }
}

static void
test_a_port_in_use_says_what_to_do (void)
{
  static const FwHttpHandler handler = { 0 };
  g_autoptr (HttpHouse) house = http_house_new (NULL);
  FwHttpServerOptions options = http_house_options ();
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;

  options.is_alone = TRUE;
  options.listen_port = fw_http_server_port (house->server);
  g_assert_null (fw_http_server_new (&options, &handler, NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
  port = g_strdup_printf ("port %u", options.listen_port);
  g_assert_nonnull (strstr (error->message, port));
  g_assert_nonnull (strstr (error->message, "choose another port"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/net/http-limits/" #name, test_##name)
  CLAIM (a_gigabyte_is_refused_before_it_is_read);
  CLAIM (a_chunked_body_without_end_is_refused);
  CLAIM (headers_without_end_are_refused);
  CLAIM (malformed_chunks_end_the_request);
  CLAIM (a_smuggled_request_is_not_seen);
  CLAIM (a_slow_head_gets_408);
  CLAIM (a_slow_body_gets_408);
  CLAIM (an_idle_connection_is_closed_without_a_word);
  CLAIM (connections_over_a_limit_get_503);
  CLAIM (a_port_in_use_says_what_to_do);
  return g_test_run ();
}
