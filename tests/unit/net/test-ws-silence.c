/* SPDX-License-Identifier: Apache-2.0 */
/* Who says nothing is ended in time: by a clock that the test moves, as libwebsockets asks the C
 * library what time it is and finds ours first. */
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fw-frame.h"
#include "ws-house.h"

static atomic_int ahead_s;

int
clock_gettime (clockid_t id, struct timespec *ret_now)
{
  int status = (int) syscall (SYS_clock_gettime, id, ret_now);

  if (id == CLOCK_MONOTONIC)
    ret_now->tv_sec += atomic_load (&ahead_s);
  return status;
}

static void
set_timer (House *house)
{
  fw_ws_server_set_timer (house->own_server, 0);
}

/* What was there to be done before, in whatever order the loop takes it, is done when its timer has
 * fired twice. */
static void
settle (House *house)
{
  for (guint i = 0; i < 2; i++)
    {
      house_do (house, set_timer);
      house_expect (house, "tick");
    }
}

/* Woken, because its wait was reckoned by the clock as it stood. */
static void
seconds_pass (House *house, int seconds)
{
  settle (house);
  atomic_fetch_add (&ahead_s, seconds);
  fw_ws_server_wake (house->server);
}

static gboolean
is_ended (const Peer *peer)
{
  char first;

  return recv (peer->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void
test_who_never_asks_is_ended (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (Peer) silent = peer_connect (fw_ws_server_port (house->server), 0);
  g_autoptr (Peer) dripping = peer_connect (fw_ws_server_port (house->server), 0);

  peer_say (dripping, "GET / HTTP/1.1\r\nHost: local");
  seconds_pass (house, 8);
  settle (house);
  g_assert_false (is_ended (silent));
  g_assert_false (is_ended (dripping));
  peer_say (dripping, "h");
  seconds_pass (house, 3);
  g_assert_true (peer_reaches_end (silent));
  g_assert_true (peer_reaches_end (dripping));
  settle (house);
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_silent, ==, 2);
}

static void
test_who_answers_no_ping_is_ended (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) deaf = NULL;
  g_auto (Frame) frame = { 0 };

  options.ping_interval_s = 20;
  options.ping_timeout_s = 10;
  house = house_new (&options);
  deaf = house_peer (house, 0);
  seconds_pass (house, 21);
  g_assert_true (peer_read_frame (deaf, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_PING);
  seconds_pass (house, 8);
  settle (house);
  g_assert_false (is_ended (deaf));
  seconds_pass (house, 3);
  g_assert_true (peer_reaches_end (deaf));
  house_expect (house, "closed 1 1006");
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_silent, ==, 0);
}

static void
test_who_answers_stays (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) peer = NULL;

  options.ping_interval_s = 20;
  options.ping_timeout_s = 10;
  house = house_new (&options);
  peer = house_peer (house, 0);
  for (guint i = 0; i < 5; i++)
    {
      g_auto (Frame) frame = { 0 };

      seconds_pass (house, 21);
      g_assert_true (peer_read_frame (peer, &frame));
      g_assert_cmpuint (frame.opcode, ==, FW_FRAME_PING);
      peer_send_frame (peer, 0x80 | FW_FRAME_PONG, frame.payload, frame.len);
    }
  g_assert_false (is_ended (peer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/silence/who-never-asks-is-ended", test_who_never_asks_is_ended);
  g_test_add_func ("/net/silence/who-answers-no-ping-is-ended", test_who_answers_no_ping_is_ended);
  g_test_add_func ("/net/silence/who-answers-stays", test_who_answers_stays);
  return g_test_run ();
}
