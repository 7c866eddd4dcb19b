/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes and answers over HTTP. */
#include <string.h>

#include "ws-house.h"

static void
test_no_subprotocol_opens_with_none (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);
  g_autofree char *head = peer_handshake (peer, NULL);

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  g_assert_nonnull (strstr (head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  g_assert_null (strstr (head, "Sec-WebSocket-Protocol"));
  g_assert_null (strstr (head, "Sec-WebSocket-Extensions"));
  house_expect (house, "open /live -");
}

static void
test_known_subprotocol_is_chosen (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);
  g_autofree char *head = peer_handshake (peer, "chat, fleetwire.v1+json");

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  g_assert_nonnull (strstr (head, "Sec-WebSocket-Protocol: fleetwire.v1+json\r\n"));
  house_expect (house, "open /live chat, fleetwire.v1+json");
}

static void
test_unknown_subprotocol_is_told_ours (void)
{
  g_autoptr (House) house = house_new (NULL);
  const guint16 port = fw_ws_server_port (house->server);
  g_autofree char *long_list = g_strdup_printf ("fleetwire.v1+json, %0120d", 0);
  const char *const lists[]
      = { "chat", "chat, talk", "\x01listener", "a,,b", "\"quoted\"", ",", long_list };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (Peer) peer = peer_connect (port, 0);
      g_autofree char *head = peer_handshake (peer, lists[i]);

      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 400 "));
    }
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_handshake_failed, ==,
                    G_N_ELEMENTS (lists));
}

static void
test_what_is_no_handshake_is_refused (void)
{
  static const struct
  {
    const char *request, *status;
  } rows[] = {
    { "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      "400" },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
      "websocket\r\nSec-WebSocket-Version: 8\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      "426" },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
      "websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
      "400" },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: "
      "websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: short\r\n\r\n",
      "400" },
    { "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400" },
  };
  g_autoptr (House) house = house_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);

      peer_say (peer, rows[i].request);
      peer_expect_status (peer, rows[i].status);
    }
}

static void
test_http2_does_not_exist (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) upgrade = peer_connect (fw_ws_server_port (house->server), 0);
  g_autoptr (Peer) prior = peer_connect (fw_ws_server_port (house->server), 0);

  peer_say (upgrade, "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, "
                     "HTTP2-Settings\r\nUpgrade: h2c\r\n"
                     "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
  peer_expect_status (upgrade, "200"); /* answered as HTTP/1.1 */
  peer_say (prior, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  peer_expect_status (prior, "403"); /* in HTTP/1.x */
}

static void
test_other_upgrades_end_quietly (void)
{
  g_autoptr (House) house = house_new (NULL);
  static const char *const requests[] = {
    "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: irc\r\n\r\n",
    "CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "nonsense\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  };

  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);

      peer_say (peer, requests[i]);
      if (i == 3)
        peer_say (peer, "\r\n\r\n\r\n\r\n");
      peer_reaches_end (peer);
      g_assert_true (peer->in->len == 0
                     || memmem (peer->in->data, peer->in->len, " 101 ", 5) == NULL);
    }
}

/* HTTP. */

static void
test_http_keeps_alive_and_knows_head (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);
  g_autofree char *body = NULL, *head = NULL, *head_2 = NULL;

  peer_say (peer, "GET /a%20b?x=1&y=%26%3D HTTP/1.1\r\nHost: localhost:1\r\n\r\n");
  head = peer_read_reply (peer, &body);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (head, "Connection: keep-alive\r\n"));
  g_assert_nonnull (strstr (head, "ETag: \"v1\"\r\n"));
  g_assert_cmpstr (body, ==, "GET /a b?x=1&y=%26= of localhost:1\n");
  peer_say (peer, "GET / HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"v1\"\r\n\r\n");
  peer_expect_status (peer, "304");
  peer_say (peer, "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  head_2 = peer_read_head (peer);
  g_assert_true (g_str_has_prefix (head_2, "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (head_2, "Content-Length: 21\r\n"));
  g_assert_nonnull (strstr (head_2, "Connection: close\r\n"));
  g_assert_true (peer_reaches_end (peer));
  g_assert_cmpuint (peer->in->len, ==, 0);
}

static void
test_http_large_body_to_a_small_reader (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 2048);
  g_autofree char *body = NULL, *head = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&head, g_free);
      g_clear_pointer (&body, g_free);
      peer_say (peer, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
      head = peer_read_reply (peer, &body);
      g_assert_nonnull (strstr (head, "Content-Length: 300000\r\n"));
    }
}

static void
test_http_pipelined_requests_are_answered_in_order (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);

  peer_say (peer,
            "GET /1 HTTP/1.1\r\nHost: localhost\r\n\r\nGET /2 HTTP/1.1\r\nHost: localhost\r\n\r\n"
            "GET /3 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *body = NULL;
      g_autofree char *head = peer_read_reply (peer, &body);
      g_autofree char *expected = g_strdup_printf ("GET /%u? of localhost\n", i);

      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
      g_assert_cmpstr (body, ==, expected);
    }
}

static void
test_http_headers_have_a_limit (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);
  g_autoptr (Peer) greedy = peer_connect (fw_ws_server_port (house->server), 0);
  g_autofree char *cookies
      = g_strdup_printf ("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=%012000u\r\n\r\n", 0);
  g_autofree char *too_many
      = g_strdup_printf ("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=%0100000u\r\n\r\n", 0);

  peer_say (peer, cookies);
  peer_expect_status (peer, "200");
  peer_say (greedy, too_many);
  g_assert_true (peer_reaches_end (greedy));
  g_assert_cmpuint (greedy->in->len, ==, 0);
}

static void
test_http_other_methods_are_told (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);

  peer_say (peer, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  peer_expect_status (peer, "405");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/handshake/no-subprotocol-opens-with-none",
                   test_no_subprotocol_opens_with_none);
  g_test_add_func ("/net/handshake/known-subprotocol-is-chosen", test_known_subprotocol_is_chosen);
  g_test_add_func ("/net/handshake/unknown-subprotocol-is-told-ours",
                   test_unknown_subprotocol_is_told_ours);
  g_test_add_func ("/net/handshake/anything-else-is-refused", test_what_is_no_handshake_is_refused);
  g_test_add_func ("/net/handshake/http2-does-not-exist", test_http2_does_not_exist);
  g_test_add_func ("/net/handshake/other-upgrades-end-quietly", test_other_upgrades_end_quietly);
  g_test_add_func ("/net/http/keeps-alive-and-knows-head", test_http_keeps_alive_and_knows_head);
  g_test_add_func ("/net/http/large-body-to-a-small-reader",
                   test_http_large_body_to_a_small_reader);
  g_test_add_func ("/net/http/pipelined-requests-are-answered-in-order",
                   test_http_pipelined_requests_are_answered_in_order);
  g_test_add_func ("/net/http/headers-have-a-limit", test_http_headers_have_a_limit);
  g_test_add_func ("/net/http/other-methods-are-told", test_http_other_methods_are_told);
  return g_test_run ();
}
