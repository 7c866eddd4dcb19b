/* SPDX-License-Identifier: Apache-2.0 */
/* The server under test does what its peer asks by a first letter: e(cho), p(ause), c(lose after an
 * answer), x (close at once), f(lood). */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-streams.h"
#include "fw-thread.h"
#include "ws-peer.h"

#define FLOOD_BYTES (256 * 1024)

typedef struct
{
  FwStreams *server;
  FwStream *paused;
  gint n_open, n_closed, n_drained, n_woken, n_ticks, n_paused; /* atomic */
  gint n_received_while_paused;
  gint callers_fd;
  FwWake *told;
} House;

static void
tell (House *house, gint *what)
{
  g_atomic_int_inc (what);
  fw_wake_signal (house->told);
}

static gpointer
on_open (gpointer user, FwStream *stream)
{
  House *house = user;

  g_assert_nonnull (strstr (fw_stream_peer (stream), ":"));
  tell (house, &house->n_open);
  return house;
}

static void
flood (FwStream *stream)
{
  g_autofree guint8 *bytes = g_malloc0 (FLOOD_BYTES);

  while (fw_stream_send (stream, bytes, FLOOD_BYTES) && fw_stream_kept (stream) == 0)
    ;
}

static void
on_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  House *house = user;

  g_assert_true (data == house && fw_stream_data (stream) == data);
  if (stream == house->paused)
    g_atomic_int_inc (&house->n_received_while_paused);
  switch (bytes[0])
    {
    case 'p':
      house->paused = stream;
      fw_stream_pause (stream, TRUE);
      tell (house, &house->n_paused);
      break;
    case 'c':
      g_assert_true (fw_stream_send (stream, (const guint8 *) "bye", 3));
      fw_stream_close (stream, FALSE);
      g_assert_false (fw_stream_send (stream, bytes, len));
      break;
    case 'x':
      fw_stream_close (stream, TRUE);
      break;
    case 'f':
      flood (stream);
      break;
    case 'o': /* over output_max */
      while (fw_stream_send (stream, bytes, len))
        ;
      break;
    default:
      fw_stream_send (stream, bytes, len);
    }
}

static void
on_drained (gpointer user, FwStream *stream, gpointer data)
{
  (void) stream, (void) data;
  tell (user, &((House *) user)->n_drained);
}

static void
on_closed (gpointer user, FwStream *stream, gpointer data)
{
  House *house = user;

  g_assert_true (data == house);
  if (stream == house->paused)
    house->paused = NULL;
  tell (house, &house->n_closed);
}

static void
on_woken (gpointer user)
{
  House *house = user;
  guint64 n;

  if (house->callers_fd > 0 && read (house->callers_fd, &n, sizeof n) < 0)
    return;
  if (house->paused)
    {
      FwStream *stream = g_steal_pointer (&house->paused);

      fw_stream_pause (stream, FALSE);
    }
  tell (house, &house->n_woken);
}

static void
on_tick (gpointer user)
{
  tell (user, &((House *) user)->n_ticks);
}

static const FwStreamHandler handler = {
  .open = on_open,
  .received = on_received,
  .drained = on_drained,
  .closed = on_closed,
  .woken = on_woken,
  .tick = on_tick,
};

static House *
house_new (FwStreamsOptions options)
{
  House *house = g_new0 (House, 1);
  g_autoptr (GError) error = NULL;

  options.listen_host = "localhost";
  house->callers_fd = options.wake_fd;
  options.output_max = options.output_max ? options.output_max : 16 << 20;
  options.tick_ms = options.tick_ms ? options.tick_ms : 1000;
  house->told = fw_wake_new ();
  house->server = fw_streams_new (&options, &handler, house, &error);
  g_assert_no_error (error);
  return house;
}

static void
house_free (House *house)
{
  fw_streams_stop (house->server);
  g_assert_cmpint (house->n_open, ==, house->n_closed);
  fw_wake_free (house->told);
  g_free (house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (House, house_free)

static void
house_await (House *house, gint *what, gint n)
{
  gint64 until_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  while (g_atomic_int_get (what) < n)
    {
      GPollFD poll = { fw_wake_fd (house->told), G_IO_IN, 0 };

      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_poll (&poll, 1, 100);
      fw_wake_clear (house->told);
    }
}

static Peer *
house_peer (House *house)
{
  return peer_connect (fw_streams_port (house->server), 0);
}

static void
expect_bytes (Peer *peer, const char *text)
{
  while (peer->in->len < strlen (text))
    g_assert_true (peer_read_some (peer, strlen (text) - peer->in->len));
  g_assert_cmpmem (peer->in->data, peer->in->len, text, strlen (text));
  g_byte_array_set_size (peer->in, 0);
}

static void
test_bytes_come_and_go (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  g_autoptr (Peer) one = house_peer (house), two = house_peer (house);

  peer_say (one, "echo");
  peer_say (two, "e2");
  expect_bytes (one, "echo");
  expect_bytes (two, "e2");
  g_clear_pointer (&one, peer_free);
  g_clear_pointer (&two, peer_free);
  house_await (house, &house->n_closed, 2);
  g_assert_cmpuint (fw_streams_counts (house->server).n_accepted, ==, 2);
  g_assert_cmpuint (fw_streams_counts (house->server).n_bytes_in, ==, 6);
  g_assert_cmpuint (fw_streams_counts (house->server).n_bytes_out, ==, 6);
}

static void
test_a_paused_stream_is_not_read (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  g_autoptr (Peer) quiet = house_peer (house), other = house_peer (house);

  peer_say (quiet, "p");
  house_await (house, &house->n_paused, 1);
  peer_say (quiet, "e1");
  peer_say (other, "e");
  expect_bytes (other, "e"); /* the loop has gone round */
  g_assert_cmpint (g_atomic_int_get (&house->n_received_while_paused), ==, 0);
  fw_streams_wake (house->server);
  expect_bytes (quiet, "e1");
}

static void
test_the_last_words_arrive_before_the_end (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  g_autoptr (Peer) peer = house_peer (house);

  peer_say (peer, "c");
  peer_say (peer, "what nobody reads any more must not turn the end into a reset");
  expect_bytes (peer, "bye");
  g_assert_true (peer_reaches_end (peer));
}

static void
test_closed_at_once (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  g_autoptr (Peer) peer = house_peer (house);

  peer_say (peer, "x");
  g_assert_true (peer_reaches_end (peer));
  house_await (house, &house->n_closed, 1);
}

static void
test_what_the_kernel_does_not_take_is_kept (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  g_autoptr (Peer) peer = house_peer (house);
  gsize n = 0;

  peer_say (peer, "f");
  while (g_atomic_int_get (&house->n_drained) == 0)
    {
      GPollFD poll = { peer->fd, G_IO_IN, 0 };

      if (g_poll (&poll, 1, 10) == 0)
        continue; /* it has all, and drained is about to be told */
      g_assert_true (peer_read_some (peer, 65536));
      n += peer->in->len;
      g_byte_array_set_size (peer->in, 0);
    }
  peer_say (peer, "e");
  while (peer->in->len == 0 || peer->in->data[peer->in->len - 1] != 'e')
    {
      g_byte_array_set_size (peer->in, 0);
      g_assert_true (peer_read_some (peer, 65536));
      n += peer->in->len;
    }
  g_assert_cmpuint (n % FLOOD_BYTES, ==, 1);
}

static void
test_who_does_not_read_is_cut (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1, .output_max = 1 << 20 });
  g_autoptr (Peer) peer = peer_connect (fw_streams_port (house->server), 4096);

  peer_say (peer, "over and over");
  house_await (house, &house->n_closed, 1);
  g_assert_cmpuint (fw_streams_counts (house->server).n_overflowed, ==, 1);
}

static void
test_limits_of_connections (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1, .connections_max = 2 });
  g_autoptr (Peer) one = house_peer (house), two = house_peer (house), three = NULL, four = NULL;

  house_await (house, &house->n_open, 2);
  three = house_peer (house);
  g_assert_true (peer_reaches_end (three));
  g_assert_cmpuint (fw_streams_counts (house->server).n_refused_limit, ==, 1);
  g_clear_pointer (&one, peer_free);
  house_await (house, &house->n_closed, 1);
  four = house_peer (house);
  peer_say (four, "e");
  expect_bytes (four, "e");
  peer_say (two, "e");
  expect_bytes (two, "e");
}

static void
test_a_descriptor_of_the_caller_wakes_it (void)
{
  gint fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  const guint64 one = 1;
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = fd, .tick_ms = 1 });

  g_assert_cmpint (write (fd, &one, sizeof one), ==, sizeof one);
  house_await (house, &house->n_woken, 1);
  house_await (house, &house->n_ticks, 2);
  close (fd);
}

static void
test_a_port_in_use_is_a_sentence (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  const FwStreamsOptions options = { .listen_host = "localhost",
                                     .listen_port = fw_streams_port (house->server),
                                     .tick_ms = 1000,
                                     .wake_fd = -1 };
  g_autoptr (GError) error = NULL;

  g_assert_null (fw_streams_new (&options, &handler, house, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "another program listens there"));
}

/* Streams that we make. */

typedef struct
{
  FwStreams *streams;
  FwAddresses *addresses;
  FwWake *told;
  gint n_connected, n_closed; /* atomic */
  GString *heard;
  const char *why;
} Caller;

static void
caller_tell (Caller *caller, gint *what)
{
  g_atomic_int_inc (what);
  fw_wake_signal (caller->told);
}

static void
caller_connected (gpointer user, FwStream *stream, gpointer data)
{
  g_assert_true (data == user && fw_stream_send (stream, (const guint8 *) "cheers", 6));
  caller_tell (user, &((Caller *) user)->n_connected);
}

static void
caller_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  (void) stream, (void) data;
  g_string_append_len (((Caller *) user)->heard, (const char *) bytes, (gssize) len);
}

static void
caller_closed (gpointer user, FwStream *stream, gpointer data)
{
  Caller *caller = user;

  g_assert_true (data == user);
  caller->why = fw_stream_why (stream);
  caller_tell (caller, &caller->n_closed);
}

static void
caller_started (gpointer user, FwStreams *streams)
{
  Caller *caller = user;
  FwStreamTarget target = { caller->addresses };

  g_assert_false (
      fw_stream_send (fw_stream_connect (streams, &target, caller), (const guint8 *) "e", 1));
}

static void
caller_woken (gpointer user)
{
  (void) user;
}

static Caller *
caller_new (const char *host, guint16 port, guint timeout_ms)
{
  static const FwStreamHandler calls = { .started = caller_started,
                                         .connected = caller_connected,
                                         .received = caller_received,
                                         .closed = caller_closed,
                                         .woken = caller_woken };
  const FwStreamsOptions options
      = { .output_max = 4096, .tick_ms = 5, .connect_timeout_ms = timeout_ms, .wake_fd = -1 };
  Caller *caller = g_new0 (Caller, 1);
  g_autoptr (GError) error = NULL;

  caller->told = fw_wake_new ();
  caller->heard = g_string_new (NULL);
  caller->addresses = fw_addresses_resolve (host, port, &error);
  g_assert_no_error (error);
  caller->streams = fw_streams_new (&options, &calls, caller, &error);
  g_assert_no_error (error);
  return caller;
}

static void
caller_await (Caller *caller, gint *what)
{
  gint64 until_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  while (g_atomic_int_get (what) == 0)
    {
      GPollFD poll = { fw_wake_fd (caller->told), G_IO_IN, 0 };

      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_poll (&poll, 1, 100);
      fw_wake_clear (caller->told);
    }
}

static void
caller_free (Caller *caller)
{
  fw_streams_stop (caller->streams);
  fw_addresses_free (caller->addresses);
  fw_wake_free (caller->told);
  g_string_free (caller->heard, TRUE);
  g_free (caller);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Caller, caller_free)

static void
test_one_that_we_make_speaks_and_hears (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ .wake_fd = -1 });
  g_autoptr (Caller) caller = caller_new ("localhost", fw_streams_port (house->server), 0);

  caller_await (caller, &caller->n_closed); /* it said "c": close after an answer */
  g_assert_cmpint (caller->n_connected, ==, 1);
  g_assert_cmpstr (caller->heard->str, ==, "bye");
  g_assert_cmpstr (caller->why, ==, "the other end has closed the connection");
  g_assert_cmpuint (fw_streams_counts (caller->streams).n_connected, ==, 1);
}

/* Listens on one address, and never accepts. */
static int
deaf_listener (gboolean is_v6, guint16 *ret_port)
{
  const struct sockaddr_in v4
      = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
  const struct sockaddr *where = is_v6 ? (const void *) &v6 : (const void *) &v4;
  struct sockaddr_in6 bound;
  socklen_t bound_len = sizeof bound;
  int fd = socket (where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, where, is_v6 ? sizeof v6 : sizeof v4), ==, 0);
  g_assert_cmpint (listen (fd, 0), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &bound, &bound_len), ==, 0);
  *ret_port = ntohs (bound.sin6_port); /* where sin_port is, too */
  return fd;
}

static void
test_a_refusal_is_told (void)
{
  guint16 port;
  int fd = deaf_listener (FALSE, &port);
  g_autoptr (Caller) caller = NULL;

  close (fd);
  caller = caller_new ("127.0.0.1", port, 0);
  caller_await (caller, &caller->n_closed);
  g_assert_cmpint (caller->n_connected, ==, 0);
  g_assert_cmpstr (caller->why, ==, g_strerror (ECONNREFUSED));
}

static void
test_the_next_address_is_tried (void)
{
  guint16 port;
  int fd = deaf_listener (TRUE, &port);
  g_autoptr (Caller) caller = caller_new ("localhost", port, 0); /* 127.0.0.1 refuses */

  caller_await (caller, &caller->n_connected);
  close (fd);
}

static void
test_who_does_not_answer_is_given_up (void)
{
  guint16 port;
  int fd = deaf_listener (FALSE, &port);
  g_autoptr (Peer) fills_the_backlog = peer_connect (port, 0);
  g_autoptr (Caller) caller = caller_new ("127.0.0.1", port, 20);

  g_assert_nonnull (fills_the_backlog);
  caller_await (caller, &caller->n_closed);
  g_assert_cmpint (caller->n_connected, ==, 0);
  g_assert_cmpstr (caller->why, ==, "no answer in time");
  close (fd);
}

static void
test_a_name_that_is_none_is_a_sentence (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fw_addresses_resolve ("no such host", 1, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "'no such host'"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/streams/bytes-come-and-go", test_bytes_come_and_go);
  g_test_add_func ("/net/streams/a-paused-stream-is-not-read", test_a_paused_stream_is_not_read);
  g_test_add_func ("/net/streams/the-last-words-arrive-before-the-end",
                   test_the_last_words_arrive_before_the_end);
  g_test_add_func ("/net/streams/closed-at-once", test_closed_at_once);
  g_test_add_func ("/net/streams/what-the-kernel-does-not-take-is-kept",
                   test_what_the_kernel_does_not_take_is_kept);
  g_test_add_func ("/net/streams/who-does-not-read-is-cut", test_who_does_not_read_is_cut);
  g_test_add_func ("/net/streams/limits-of-connections", test_limits_of_connections);
  g_test_add_func ("/net/streams/a-descriptor-of-the-caller-wakes-it",
                   test_a_descriptor_of_the_caller_wakes_it);
  g_test_add_func ("/net/streams/a-port-in-use-is-a-sentence", test_a_port_in_use_is_a_sentence);
  g_test_add_func ("/net/streams/one-that-we-make-speaks-and-hears",
                   test_one_that_we_make_speaks_and_hears);
  g_test_add_func ("/net/streams/a-refusal-is-told", test_a_refusal_is_told);
  g_test_add_func ("/net/streams/the-next-address-is-tried", test_the_next_address_is_tried);
  g_test_add_func ("/net/streams/who-does-not-answer-is-given-up",
                   test_who_does_not_answer_is_given_up);
  g_test_add_func ("/net/streams/a-name-that-is-none-is-a-sentence",
                   test_a_name_that_is_none_is_a_sentence);
  return g_test_run ();
}
