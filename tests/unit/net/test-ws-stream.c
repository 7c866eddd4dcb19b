/* SPDX-License-Identifier: Apache-2.0 */
/* What goes over an open WebSocket: messages, frames cut by the kernel, closes. */
#include <string.h>

#include "fw-frame.h"
#include "ws-house.h"

static void
test_messages_arrive_whole (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = house_peer (house, 0);
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
test_a_message_may_come_with_the_handshake (void)
{
  static const char talk[]
      = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: "
        "websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        "\x81\x85\0\0\0\0hello\x81\x85\0\0\0\0again";
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (house->server), 0);

  peer_send (peer, talk, sizeof talk - 1);
  house_expect (house, "open / -");
  house_expect (house, "message 1 text hello");
  house_expect (house, "message 1 text again");
}

static void
test_message_at_and_over_the_limit (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autofree guint8 *large = g_malloc0 (64 * 1024 + 1);

  for (guint pieces = 1; pieces <= 2; pieces++)
    {
      g_autoptr (Peer) peer = house_peer (house, 0);
      g_autofree char *at_limit = g_strdup_printf ("message %u of 65536 bytes", pieces);
      g_autofree char *closed = g_strdup_printf ("closed %u 1009", pieces);

      peer_send_frame (peer, 0x82, large, 64 * 1024);
      house_expect (house, at_limit);
      if (pieces == 2)
        peer_send_frame (peer, 0x02, large, 1);
      peer_send_frame (peer, pieces == 2 ? 0x80 : 0x82, large, 64 * 1024 + 2 - pieces);
      house_expect (house, "too large 65537");
      peer_expect_close (peer, 1009);
      peer_send_frame (peer, 0x88, "\x03\xf1", 2);
      g_assert_true (peer_reaches_end (peer));
      house_expect (house, closed);
    }
}

static void
test_broken_frames_close_the_socket (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
  } rows[] = {
    { "\xf1\x80\0\0\0\0", 6 },                                  /* reserved bits */
    { "\x83\x80\0\0\0\0", 6 },                                  /* reserved opcode */
    { "\x81\x05hello", 7 },                                     /* not masked */
    { "\x09\x80\0\0\0\0", 6 },                                  /* a ping in pieces */
    { "\x89\xfe\x00\x7e\0\0\0\0", 8 },                          /* a ping of 126 bytes */
    { "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14 }, /* 2^64 - 1 bytes */
    { "\x80\x80\0\0\0\0", 6 },                                  /* the end of nothing */
  };
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) witness = house_peer (house, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Peer) peer = house_peer (house, 0);
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
  g_autoptr (Peer) peer = house_peer (house, 0);

  peer_send_frame (peer, 0x81, "\xff\xfe", 2);
  peer_expect_close (peer, 1007);
}

/* A valid conversation with a few bytes changed, from a fixed seed: whatever comes of it, the
 * neighbour notices nothing. */
static void
test_garbage_hurts_nobody_else (void)
{
  static const char talk[]
      = "GET /live?a=%20 HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: 3\r\n"
        "Sec-WebSocket-Protocol: fleetwire.v1+json\r\nSec-WebSocket-Key: "
        "dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        "\x81\x85\0\0\0\0hello\x89\x80\0\0\0\0\x01\x82\0\0\0\0hi\x80\x80\0\0\0\0\x88\x82\0\0\0\0"
        "\x03\xe8";
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) witness = NULL;
  GRand *dice = g_rand_new_with_seed (4711);

  options.limits.connections_per_address_max = 0;
  house = house_new (&options);
  witness = house_peer (house, 0);
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
  g_autoptr (Peer) peer = house_peer (house, 0);

  peer_send_frame (peer, 0x88,
                   "\x0f\xa1"
                   "bye",
                   5);
  peer_expect_close (peer, 4001);
  house_expect (house, "closed 1 4001");
}

static void
test_peer_vanishes (void)
{
  g_autoptr (House) house = house_new (NULL);

  peer_free (house_peer (house, 0));
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
  g_autoptr (Peer) peer = house_peer (house, 0);
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
  g_autoptr (Peer) peer = house_peer (house, 0);

  house_free (house);
  peer_expect_close (peer, 1001);
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
      FwSent sent = fw_ws_conn_send (house->conn, house->frames + house->at,
                                     MIN (house->len - house->at, FRAME_BYTES * 7), &taken);

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
  g_autoptr (Peer) peer = house_peer (house, 2048);
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
  g_autoptr (Peer) peer = house_peer (house, 2048);
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
  g_autoptr (Peer) peer = house_peer (house, 2048);
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

static void
send_one_large_text (House *house)
{
  g_autofree char *text = g_strnfill (1 << 20, 'x');

  g_assert_cmpint (fw_ws_conn_send_text (house->conn, text, 1 << 20), ==, FW_SENT_CHOKED);
}

static gboolean has_taken_more; /* the server's thread writes it within house_do */

static void
ask_whether_it_took_more (House *house)
{
  has_taken_more = fw_ws_conn_has_taken_more (house->conn);
}

static gboolean
took_more (House *house)
{
  house_do (house, ask_whether_it_took_more);
  return has_taken_more;
}

/* What its kernel takes without it comes to an end. */
static void
wait_until_it_takes_no_more (House *house)
{
  while (took_more (house))
    ;
}

static void
test_progress_within_a_frame_is_seen (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) peer = house_peer (house, 2048);

  house_do (house, send_one_large_text);
  wait_until_it_takes_no_more (house);
  for (guint part = 1; part <= 3; part++)
    {
      while (peer->in->len < part * 100 * 1024)
        g_assert_true (peer_read_some (peer, 1500));
      g_assert_true (took_more (house));
      wait_until_it_takes_no_more (house);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/message/arrives-whole", test_messages_arrive_whole);
  g_test_add_func ("/net/message/may-come-with-the-handshake",
                   test_a_message_may_come_with_the_handshake);
  g_test_add_func ("/net/message/at-and-over-the-limit", test_message_at_and_over_the_limit);
  g_test_add_func ("/net/message/broken-frames-close-the-socket",
                   test_broken_frames_close_the_socket);
  g_test_add_func ("/net/message/invalid-utf8-is-refused", test_invalid_utf8_is_refused);
  g_test_add_func ("/net/message/garbage-hurts-nobody-else", test_garbage_hurts_nobody_else);
  g_test_add_func ("/net/close/peer-first", test_peer_closes_first);
  g_test_add_func ("/net/close/peer-vanishes", test_peer_vanishes);
  g_test_add_func ("/net/close/we-first-with-a-reason", test_we_close_with_a_reason);
  g_test_add_func ("/net/close/stopping-says-goodbye", test_stopping_says_goodbye);
  g_test_add_func ("/net/send/cut-frames-stay-whole-among-pongs",
                   test_cut_frames_stay_whole_among_pongs);
  g_test_add_func ("/net/send/a-choked-client-can-be-cut", test_a_choked_client_can_be_cut);
  g_test_add_func ("/net/send/control-messages-wait-in-order", test_control_messages_wait_in_order);
  g_test_add_func ("/net/send/progress-within-a-frame-is-seen",
                   test_progress_within_a_frame_is_seen);
  return g_test_run ();
}
