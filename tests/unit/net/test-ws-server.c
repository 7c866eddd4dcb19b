/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-frame.h"
#include "ws-house.h"
#include "ws-peer.h"

static Peer *
peer_opened (House *house, int rcvbuf_bytes)
{
  Peer *peer = peer_connect (fw_ws_server_port (house->server), rcvbuf_bytes);
  g_autofree char *head = peer_handshake (peer, NULL);

  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  house_expect (house, "open /live -");
  return peer;
}

static void
expect_status (Peer *peer, const char *status)
{
  g_autofree char *body = NULL;
  g_autofree char *head = peer_read_reply (peer, &body);

  if (!g_str_has_prefix (head, "HTTP/1.") || !g_str_has_prefix (head + 9, status))
    g_error ("expected status %s, got '%s'", status, head);
}

static void
expect_close (Peer *peer, guint code)
{
  g_auto (Frame) frame = { 0 };

  g_assert_true (peer_read_frame (peer, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_CLOSE);
  g_assert_cmpuint (frame.payload[0] << 8 | frame.payload[1], ==, code);
}

/* Handshakes. */

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
  const char *const lists[] = { "chat", "chat, talk", "\x01listener", "a,,b", "\"quoted\"", ",", long_list };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr (Peer) peer = peer_connect (port, 0);
      g_autofree char *head = peer_handshake (peer, lists[i]);

      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 400 "));
    }
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_handshake_failed, ==, G_N_ELEMENTS (lists));
}

static void
test_what_is_no_handshake_is_refused (void)
{
  static const struct { const char *request, *status; } rows[] = {
    { "GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "400" },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "426" },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
      "400" },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: short\r\n\r\n", "400" },
    { "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "400" },
  };
  g_autoptr (House) house = house_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);

      peer_say (peer, rows[i].request);
      expect_status (peer, rows[i].status);
    }
}

static void
test_http2_does_not_exist (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) upgrade = peer_connect (fw_ws_server_port (house->server), 0);
  g_autoptr (Peer) prior = peer_connect (fw_ws_server_port (house->server), 0);

  peer_say (upgrade, "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                     "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
  expect_status (upgrade, "200"); /* answered as HTTP/1.1 */
  peer_say (prior, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  expect_status (prior, "403"); /* in HTTP/1.x */
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
      g_assert_true (peer->in->len == 0 || memmem (peer->in->data, peer->in->len, " 101 ", 5) == NULL);
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
  expect_status (peer, "304");
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
test_http_headers_have_a_limit (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);
  g_autoptr (Peer) greedy = peer_connect (fw_ws_server_port (house->server), 0);
  g_autofree char *cookies = g_strdup_printf ("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=%012000u\r\n\r\n", 0);
  g_autofree char *too_many = g_strdup_printf ("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: a=%0100000u\r\n\r\n", 0);

  peer_say (peer, cookies);
  expect_status (peer, "200");
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
  expect_status (peer, "405");
}

/* Messages. */

static void
test_messages_arrive_whole (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 0);
  g_autofree guint8 *large = g_malloc0 (60000);
  g_auto (Frame) frame = { 0 };

  peer_send_frame (peer, 0x81, "hello", 5);
  house_expect (house, "message 1 text hello");
  peer_send_frame (peer, 0x82, "\x01\x02", 2);
  house_expect (house, "message 1 binary \x01\x02");
  peer_send_frame (peer, 0x81, "", 0);
  house_expect (house, "message 1 text ");
  peer_send_frame (peer, 0x01, "in ", 3);
  peer_send_frame (peer, 0x89, "ping", 4);
  peer_send_frame (peer, 0x80, "pieces", 6);
  house_expect (house, "message 1 text in pieces");
  peer_send_frame (peer, 0x82, large, 60000);
  house_expect (house, "message 1 of 60000 bytes");
  peer_send_frame (peer, 0x81, "echo me", 7);
  house_expect (house, "message 1 text echo me");
  g_assert_true (peer_read_frame (peer, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_PONG);
  g_assert_cmpstr ((char *) frame.payload, ==, "ping");
  g_assert_true (peer_read_frame (peer, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_TEXT);
  g_assert_cmpstr ((char *) frame.payload, ==, "echo me");
}

static void
test_message_at_and_over_the_limit (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autofree guint8 *large = g_malloc0 (64 * 1024 + 1);

  for (guint pieces = 1; pieces <= 2; pieces++)
    {
      g_autoptr (Peer) peer = peer_opened (house, 0);
      g_autofree char *at_limit = g_strdup_printf ("message %u of 65536 bytes", pieces);
      g_autofree char *closed = g_strdup_printf ("closed %u 1009", pieces);

      peer_send_frame (peer, 0x82, large, 64 * 1024);
      house_expect (house, at_limit);
      if (pieces == 2)
        peer_send_frame (peer, 0x02, large, 1);
      peer_send_frame (peer, pieces == 2 ? 0x80 : 0x82, large, 64 * 1024 + 2 - pieces);
      house_expect (house, "too large 65537");
      expect_close (peer, 1009);
      peer_send_frame (peer, 0x88, "\x03\xf1", 2);
      g_assert_true (peer_reaches_end (peer));
      house_expect (house, closed);
    }
}

static void
test_broken_frames_close_the_socket (void)
{
  static const struct { const char *bytes; gsize len; } rows[] = {
    { "\xf1\x80\0\0\0\0", 6 },         /* reserved bits */
    { "\x83\x80\0\0\0\0", 6 },         /* reserved opcode */
    { "\x81\x05hello", 7 },            /* not masked */
    { "\x09\x80\0\0\0\0", 6 },         /* a ping in pieces */
    { "\x89\xfe\x00\x7e\0\0\0\0", 8 }, /* a ping of 126 bytes */
    { "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14 }, /* 2^64 - 1 bytes */
    { "\x80\x80\0\0\0\0", 6 },         /* the end of nothing */
  };
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) witness = peer_opened (house, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Peer) peer = peer_opened (house, 0);
      g_autofree char *event = NULL;

      peer_send (peer, rows[i].bytes, rows[i].len);
      peer_send_frame (peer, 0x88, "\x03\xe8", 2);
      g_assert_true (peer_reaches_end (peer));
      while (event == NULL || !g_str_has_prefix (event, "closed "))
        {
          g_free (event);
          event = house_next (house);
        }
    }
  peer_send_frame (witness, 0x81, "still here", 10);
  house_expect (house, "message 1 text still here");
}

static void
test_invalid_utf8_is_refused (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 0);

  peer_send_frame (peer, 0x81, "\xff\xfe", 2);
  expect_close (peer, 1007);
}

/* A valid conversation with a few bytes changed, from a fixed seed: whatever comes of it, the neighbour notices nothing. */
static void
test_garbage_hurts_nobody_else (void)
{
  static const char talk[] = "GET /live?a=%20 HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
                             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 3\r\n"
                             "Sec-WebSocket-Protocol: fleetwire.v1+json\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                             "\x81\x85\0\0\0\0hello\x89\x80\0\0\0\0\x01\x82\0\0\0\0hi\x80\x80\0\0\0\0\x88\x82\0\0\0\0\x03\xe8";
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) witness = NULL;
  GRand *dice = g_rand_new_with_seed (4711);

  options.connections_per_address_max = 0;
  house = house_new (&options);
  witness = peer_opened (house, 0);
  for (guint i = 0; i < 400; i++)
    {
      Peer *peer = peer_connect (fw_ws_server_port (house->server), 0);
      char bytes[sizeof talk - 1];

      memcpy (bytes, talk, sizeof bytes);
      for (gint n = g_rand_int_range (dice, 1, 6); n > 0; n--)
        bytes[g_rand_int_range (dice, 0, sizeof bytes)] = (char) g_rand_int_range (dice, 0, 256);
      peer_send (peer, bytes, (gsize) g_rand_int_range (dice, 1, sizeof bytes + 1));
      peer_free (peer);
    }
  g_rand_free (dice);
  peer_send_frame (witness, 0x81, "still here", 10);
  for (g_autofree char *event = NULL; g_strcmp0 (event, "message 1 text still here") != 0;)
    {
      g_free (event);
      event = house_next (house);
    }
}

/* Closing. */

static void
test_peer_closes_first (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 0);

  peer_send_frame (peer, 0x88, "\x0f\xa1" "bye", 5);
  expect_close (peer, 4001);
  house_expect (house, "closed 1 4001");
}

static void
test_peer_vanishes (void)
{
  g_autoptr (House) house = house_new (NULL);

  peer_free (peer_opened (house, 0));
  house_expect (house, "closed 1 1006");
}

static void
close_softly (House *house)
{
  fw_ws_conn_send_text (house->conn, "last words", 10);
  fw_ws_conn_close (house->conn, 4008, "enough", FALSE);
  g_assert_cmpint (fw_ws_conn_send_text (house->conn, "too late", 8), ==, FW_SENT_CLOSED);
}

static void
test_we_close_with_a_reason (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 0);
  g_auto (Frame) frame = { 0 };

  house_do (house, close_softly);
  g_assert_true (peer_read_frame (peer, &frame));
  g_assert_cmpstr ((char *) frame.payload, ==, "last words");
  g_assert_true (peer_read_frame (peer, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_CLOSE);
  g_assert_cmpstr ((char *) frame.payload + 2, ==, "enough");
  peer_send_frame (peer, 0x88, "\x0f\xa8", 2);
  g_assert_true (peer_reaches_end (peer));
  house_expect (house, "closed 1 4008");
}

static void
test_stopping_says_goodbye (void)
{
  House *house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 0);

  house_free (house);
  expect_close (peer, 1001);
  g_assert_true (peer_reaches_end (peer));
}

/* Sending to readers that do not keep up. */

#define N_FRAMES 2000
#define FRAME_BYTES 3001 /* no divisor of any buffer */

static void
send_on (House *house)
{
  while (house->at < house->len)
    {
      gsize taken;
      FwSent sent = fw_ws_conn_send (house->conn, house->frames + house->at, MIN (house->len - house->at, FRAME_BYTES * 7),
                                     &taken);

      house->at += taken;
      if (sent != FW_SENT_ALL)
        {
          g_assert_cmpint (sent, ==, FW_SENT_CHOKED);
          g_assert_true (fw_ws_conn_is_choked (house->conn));
          g_assert_cmpuint (fw_ws_conn_pending_bytes (house->conn), <, FRAME_BYTES);
          return;
        }
    }
  fw_ws_conn_close (house->conn, 4000, "all sent", FALSE);
}

static void
send_numbered_frames (House *house)
{
  house->len = (gsize) N_FRAMES * FRAME_BYTES;
  house->frames = g_malloc0 (house->len);
  for (guint32 i = 0; i < N_FRAMES; i++)
    {
      guint8 *frame = house->frames + (gsize) i * FRAME_BYTES;
      gsize header = fw_frame_put_header (frame, FW_FRAME_BINARY, FRAME_BYTES - 4);

      g_assert_cmpuint (header, ==, 4);
      memcpy (frame + header, &i, sizeof i);
      memset (frame + header + sizeof i, (int) (i % 251), FRAME_BYTES - header - sizeof i);
    }
  house->on_writable = send_on;
  send_on (house);
}

static void
expect_numbered (const Frame *frame, guint32 number)
{
  guint32 found;

  g_assert_cmpuint (frame->len, ==, FRAME_BYTES - 4);
  memcpy (&found, frame->payload, sizeof found);
  g_assert_cmpuint (found, ==, number);
  for (gsize i = sizeof found; i < frame->len; i++)
    if (frame->payload[i] != number % 251)
      g_error ("byte %u of frame %u is not its own", (guint) i, number);
}

/* A pong or the close that slipped into a cut frame would break the numbering or the bytes. */
static void
test_cut_frames_stay_whole_among_pongs (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 2048);
  g_auto (Frame) frame = { 0 };
  guint n_frames = 0, n_pongs = 0;

  house_do (house, send_numbered_frames);
  while (peer_read_frame (peer, &frame) && frame.opcode != FW_FRAME_CLOSE)
    {
      if (frame.opcode == FW_FRAME_PONG)
        {
          g_assert_cmpuint (frame.len, ==, 100);
          n_pongs++;
          continue;
        }
      expect_numbered (&frame, n_frames++);
      if (n_frames % 3 == 0)
        {
          guint8 payload[100] = { 0 };

          peer_send_frame (peer, 0x89, payload, sizeof payload);
        }
    }
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_CLOSE);
  g_assert_cmpuint (n_frames, ==, N_FRAMES);
  g_assert_cmpuint (n_pongs, >, 10);
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_cuts, >, 10);
  peer_send_frame (peer, 0x88, frame.payload, 2);
  house_expect (house, "closed 1 4000");
}

static void
fill_it (House *house)
{
  send_numbered_frames (house);
  g_assert_true (fw_ws_conn_is_choked (house->conn));
}

static void
close_hard (House *house)
{
  fw_ws_conn_close (house->conn, 4009, "takes nothing", TRUE);
}

static void
test_a_choked_client_can_be_cut (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 2048);
  gint64 before_us;

  g_assert_nonnull (peer); /* and it reads nothing */
  house_do (house, fill_it);
  before_us = g_get_monotonic_time ();
  house_do (house, close_hard);
  house_expect (house, "closed 1 4009");
  g_assert_cmpint (g_get_monotonic_time () - before_us, <, 2 * G_USEC_PER_SEC);
}

static void
queue_texts (House *house)
{
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("%0500u", i);

      g_assert_cmpint (fw_ws_conn_send_text (house->conn, text, 500), !=, FW_SENT_CLOSED);
    }
  g_assert_cmpuint (fw_ws_conn_pending_bytes (house->conn), >, 1000);
}

static void
test_control_messages_wait_in_order (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_opened (house, 2048);
  g_auto (Frame) frame = { 0 };

  house_do (house, queue_texts);
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (peer_read_frame (peer, &frame));
      g_assert_cmpuint (frame.len, ==, 500);
      g_assert_cmpuint (g_ascii_strtoull ((char *) frame.payload, NULL, 10), ==, i);
    }
  house_expect (house, "writable");
}

/* Limits. */

static void
test_connections_over_the_limit_get_503 (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) first = NULL, second = NULL, third = NULL, fourth = NULL;
  g_autofree char *head = NULL, *head_2 = NULL;

  options.connections_max = 2;
  house = house_new (&options);
  first = peer_opened (house, 0);
  second = peer_opened (house, 0);
  third = peer_connect (fw_ws_server_port (house->server), 0);
  head = peer_handshake (third, NULL);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (head, "Retry-After: "));
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_refused_limit, ==, 1);
  g_clear_pointer (&first, peer_free);
  house_expect (house, "closed 1 1006");
  fourth = peer_connect (fw_ws_server_port (house->server), 0);
  head_2 = peer_handshake (fourth, NULL);
  g_assert_true (g_str_has_prefix (head_2, "HTTP/1.1 101 "));
}

static void
test_connections_of_one_address_are_limited (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) first = NULL, second = NULL;
  g_autofree char *head = NULL;

  options.connections_per_address_max = 1;
  house = house_new (&options);
  first = peer_opened (house, 0);
  second = peer_connect (fw_ws_server_port (house->server), 0);
  head = peer_handshake (second, NULL);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
}

static void
test_sockets_far_over_the_limit_are_refused_at_once (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);
  g_autofree char *head = NULL;

  options.connections_per_address_max = 4;
  house = house_new (&options);
  for (guint i = 0; i < 4 + 16 + 1; i++) /* and 16 spare */
    g_ptr_array_add (peers, peer_connect (fw_ws_server_port (house->server), 0));
  head = peer_read_head (g_ptr_array_index (peers, peers->len - 1));
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (head, "Retry-After: "));
}

static void
test_handshakes_per_second_are_limited (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  guint n_opened = 0, n_refused = 0;

  options.handshakes_per_s_max = 3;
  house = house_new (&options);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);
      g_autofree char *head = peer_handshake (peer, NULL);

      n_opened += g_str_has_prefix (head, "HTTP/1.1 101 ");
      n_refused += g_str_has_prefix (head, "HTTP/1.1 503 ");
    }
  g_assert_cmpuint (n_opened, >=, 3);
  g_assert_cmpuint (n_refused, >, 0);
  g_assert_cmpuint (n_opened + n_refused, ==, 20);
}

static int
foreign_listener (guint16 *ret_port)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof name;
  int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on); /* as another relay of the same user has it */
  g_assert_cmpint (bind (fd, (struct sockaddr *) &name, sizeof name), ==, 0);
  g_assert_cmpint (listen (fd, 1), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &name, &len), ==, 0);
  *ret_port = ntohs (name.sin_port);
  return fd;
}

static void
test_a_port_of_another_program_is_refused (void)
{
  FwWsServerOptions options = house_options ();
  const FwWsHandler handler = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;
  int fd = foreign_listener (&options.listen_port);

  port = g_strdup_printf ("port %u", options.listen_port);
  g_assert_null (fw_ws_server_new (&options, &handler, NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, port));
  g_assert_nonnull (strstr (error->message, "choose another port"));
  close (fd);
}

static void
test_an_address_not_ours_is_refused (void)
{
  FwWsServerOptions options = house_options ();
  const FwWsHandler handler = { 0 };
  g_autoptr (GError) error = NULL;

  options.listen_host = "192.0.2.1";
  g_assert_null (fw_ws_server_new (&options, &handler, NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "192.0.2.1"));
}

static void
test_two_servers_share_a_port (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) first = house_new (NULL);
  g_autoptr (House) second = NULL;
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);

  options.listen_port = fw_ws_server_port (first->server);
  second = house_new (&options);
  g_assert_cmpuint (fw_ws_server_port (second->server), ==, options.listen_port);
  for (guint i = 0; i < 40; i++)
    {
      Peer *peer = peer_connect (options.listen_port, 0);
      g_autofree char *head = peer_handshake (peer, NULL);

      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
      g_ptr_array_add (peers, peer);
    }
  g_assert_cmpuint (fw_ws_server_counts (first->server).n_accepted, >, 0);
  g_assert_cmpuint (fw_ws_server_counts (second->server).n_accepted, >, 0);
}

static void
test_localhost_is_both_families (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
  int fd = socket (AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autoptr (Peer) peer = NULL;

  options.listen_host = "localhost";
  house = house_new (&options);
  peer = peer_opened (house, 0);
  g_assert_nonnull (peer);
  to.sin6_port = htons (fw_ws_server_port (house->server));
  if (fd < 0 || bind (fd, (struct sockaddr *) &(struct sockaddr_in6) { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback },
                      sizeof to) != 0)
    g_test_message ("this machine has no ::1");
  else
    g_assert_cmpint (connect (fd, (struct sockaddr *) &to, sizeof to), ==, 0);
  if (fd >= 0)
    close (fd);
}

/* The next socket() of this process gets the last descriptor that there is. */
static void
leave_one_descriptor (struct rlimit *ret_before)
{
  struct rlimit limit;
  int lowest = dup (0);

  close (lowest);
  getrlimit (RLIMIT_NOFILE, ret_before);
  limit = *ret_before;
  limit.rlim_cur = (rlim_t) lowest + 1;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static void
test_out_of_descriptors_is_answered (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = NULL, later = NULL;
  g_autofree char *head = NULL;
  struct rlimit before;

  leave_one_descriptor (&before);
  peer = peer_connect (fw_ws_server_port (house->server), 0);
  head = peer_read_head (peer);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  later = peer_opened (house, 0);
  g_assert_nonnull (later);
}

/* One that never speaks, one that dawdles over its handshake, one that answers no ping: at once, as each takes its time. */
static void
test_the_silent_are_ended (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) silent = NULL, dripping = NULL, deaf = NULL;
  g_auto (Frame) frame = { 0 };
  gint64 start_us = g_get_monotonic_time ();

  options.handshake_timeout_s = 1;
  options.ping_interval_s = 1;
  options.ping_timeout_s = 1;
  house = house_new (&options);
  deaf = peer_opened (house, 0);
  silent = peer_connect (fw_ws_server_port (house->server), 0);
  dripping = peer_connect (fw_ws_server_port (house->server), 0);
  peer_say (dripping, "GET / HTTP/1.1\r\nHost: local");
  g_assert_true (peer_read_frame (deaf, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_PING);
  peer_say (dripping, "h");
  g_assert_true (peer_reaches_end (silent));
  g_assert_true (peer_reaches_end (dripping));
  g_assert_true (peer_reaches_end (deaf));
  house_expect (house, "closed 1 1006");
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 4 * G_USEC_PER_SEC);
}

/* Wake-up and timer. */

static void
set_short_timer (House *house)
{
  fw_ws_server_set_timer (house->own_server, 300);
}

static void
set_long_timer (House *house)
{
  fw_ws_server_set_timer (house->own_server, 60 * G_USEC_PER_SEC);
  fw_ws_server_set_timer (house->own_server, -1);
  fw_ws_server_set_timer (house->own_server, 0);
}

static void
test_timer_fires_once (void)
{
  g_autoptr (House) house = house_new (NULL);

  house_do (house, set_short_timer);
  house_expect (house, "tick");
  house_do (house, set_long_timer);
  house_expect (house, "tick");
}

static void
nothing (House *house)
{
  (void) house;
}

static void
test_many_wakes_are_one (void)
{
  g_autoptr (House) house = house_new (NULL);

  for (guint i = 0; i < 10000; i++)
    fw_ws_server_wake (house->server);
  house_do (house, nothing);
  g_assert_cmpint (fw_ws_server_cpu_us (house->server), <, 5 * G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/handshake/no-subprotocol-opens-with-none", test_no_subprotocol_opens_with_none);
  g_test_add_func ("/net/handshake/known-subprotocol-is-chosen", test_known_subprotocol_is_chosen);
  g_test_add_func ("/net/handshake/unknown-subprotocol-is-told-ours", test_unknown_subprotocol_is_told_ours);
  g_test_add_func ("/net/handshake/anything-else-is-refused", test_what_is_no_handshake_is_refused);
  g_test_add_func ("/net/handshake/http2-does-not-exist", test_http2_does_not_exist);
  g_test_add_func ("/net/handshake/other-upgrades-end-quietly", test_other_upgrades_end_quietly);
  g_test_add_func ("/net/http/keeps-alive-and-knows-head", test_http_keeps_alive_and_knows_head);
  g_test_add_func ("/net/http/large-body-to-a-small-reader", test_http_large_body_to_a_small_reader);
  g_test_add_func ("/net/http/headers-have-a-limit", test_http_headers_have_a_limit);
  g_test_add_func ("/net/http/other-methods-are-told", test_http_other_methods_are_told);
  g_test_add_func ("/net/message/arrives-whole", test_messages_arrive_whole);
  g_test_add_func ("/net/message/at-and-over-the-limit", test_message_at_and_over_the_limit);
  g_test_add_func ("/net/message/broken-frames-close-the-socket", test_broken_frames_close_the_socket);
  g_test_add_func ("/net/message/invalid-utf8-is-refused", test_invalid_utf8_is_refused);
  g_test_add_func ("/net/message/garbage-hurts-nobody-else", test_garbage_hurts_nobody_else);
  g_test_add_func ("/net/close/peer-first", test_peer_closes_first);
  g_test_add_func ("/net/close/peer-vanishes", test_peer_vanishes);
  g_test_add_func ("/net/close/we-first-with-a-reason", test_we_close_with_a_reason);
  g_test_add_func ("/net/close/stopping-says-goodbye", test_stopping_says_goodbye);
  g_test_add_func ("/net/send/cut-frames-stay-whole-among-pongs", test_cut_frames_stay_whole_among_pongs);
  g_test_add_func ("/net/send/a-choked-client-can-be-cut", test_a_choked_client_can_be_cut);
  g_test_add_func ("/net/send/control-messages-wait-in-order", test_control_messages_wait_in_order);
  g_test_add_func ("/net/limit/connections-get-503", test_connections_over_the_limit_get_503);
  g_test_add_func ("/net/limit/connections-of-one-address", test_connections_of_one_address_are_limited);
  g_test_add_func ("/net/limit/sockets-are-refused-at-once", test_sockets_far_over_the_limit_are_refused_at_once);
  g_test_add_func ("/net/limit/handshakes-per-second", test_handshakes_per_second_are_limited);
  g_test_add_func ("/net/limit/the-silent-are-ended", test_the_silent_are_ended);
  g_test_add_func ("/net/limit/out-of-descriptors-is-answered", test_out_of_descriptors_is_answered);
  g_test_add_func ("/net/listen/a-port-of-another-program-is-refused", test_a_port_of_another_program_is_refused);
  g_test_add_func ("/net/listen/an-address-not-ours-is-refused", test_an_address_not_ours_is_refused);
  g_test_add_func ("/net/listen/two-servers-share-a-port", test_two_servers_share_a_port);
  g_test_add_func ("/net/listen/localhost-is-both-families", test_localhost_is_both_families);
  g_test_add_func ("/net/loop/timer-fires-once", test_timer_fires_once);
  g_test_add_func ("/net/loop/many-wakes-are-one", test_many_wakes_are_one);
  return g_test_run ();
}
