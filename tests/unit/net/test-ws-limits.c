/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in, where it listens, and what wakes it. */
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-error.h"
#include "ws-house.h"

static void
test_connections_over_the_limit_get_503 (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) first = NULL, second = NULL, third = NULL, fourth = NULL;
  g_autofree char *head = NULL, *head_2 = NULL;

  options.limits.connections_max = 2;
  house = house_new (&options);
  first = house_peer (house, 0);
  second = house_peer (house, 0);
  third = peer_connect (fw_ws_server_port (house->server), 0);
  head = peer_handshake (third, NULL);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (head, "Retry-After: "));
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_refused[FW_NET_LIMIT_CONNECTIONS], ==, 1);
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

  options.limits.connections_per_address_max = 1;
  house = house_new (&options);
  first = house_peer (house, 0);
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

  options.limits.connections_per_address_max = 4;
  house = house_new (&options);
  for (guint i = 0; i < 4 + 16 + 1; i++) /* and 16 spare */
    g_ptr_array_add (peers, peer_connect (fw_ws_server_port (house->server), 0));
  head = peer_read_head (g_ptr_array_index (peers, peers->len - 1));
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 503 "));
  g_assert_nonnull (strstr (head, "Retry-After: "));
}

static void
expect_status (guint16 port, GPtrArray *peers, const char *status)
{
  Peer *peer = peer_connect (port, 0);
  g_autofree char *head = peer_handshake (peer, NULL);

  g_assert_true (g_str_has_prefix (head, status));
  g_ptr_array_add (peers, peer);
}

/* The kernel spreads connections over the two as it likes: only together they know how many there
 * are. */
static void
test_servers_that_share_a_gate_count_together (void)
{
  const FwWsLimits limits = { .connections_max = 6, .connections_per_address_max = 5 };
  g_autoptr (FwWsGate) gate = fw_ws_gate_new (&limits);
  FwWsServerOptions options = house_options ();
  g_autoptr (House) first = NULL, second = NULL;
  g_autoptr (GPtrArray) peers = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);
  guint64 n_refused = 0;

  options.gate = gate;
  first = house_new (&options);
  options.listen_port = fw_ws_server_port (first->server);
  second = house_new (&options);
  for (guint i = 0; i < 5; i++)
    expect_status (options.listen_port, peers, "HTTP/1.1 101 ");
  for (guint i = 0; i < 8; i++)
    expect_status (options.listen_port, peers, "HTTP/1.1 503 ");
  n_refused += fw_ws_server_counts (first->server).n_refused[FW_NET_LIMIT_PER_ADDRESS];
  n_refused += fw_ws_server_counts (second->server).n_refused[FW_NET_LIMIT_PER_ADDRESS];
  g_assert_cmpuint (n_refused, ==, 8);
}

static void
test_a_page_being_loaded_takes_no_place (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  g_autoptr (Peer) page = NULL, socket = NULL;
  g_autofree char *head = NULL;

  options.limits.connections_per_address_max = 1;
  house = house_new (&options);
  page = peer_connect (fw_ws_server_port (house->server), 0);
  peer_say (page, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  head = peer_read_head (page);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 200 "));
  socket = house_peer (house, 0);
  g_assert_nonnull (socket);
}

static void
test_handshakes_per_second_are_limited (void)
{
  FwWsServerOptions options = house_options ();
  g_autoptr (House) house = NULL;
  guint n_opened = 0, n_refused = 0;

  options.limits.handshakes_per_s_max = 3;
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
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_refused[FW_NET_LIMIT_HANDSHAKES], ==,
                    n_refused);
  g_assert_cmpuint (n_opened + n_refused, ==, 20);
}

static int
foreign_listener (guint16 *ret_port)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof name;
  int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &on,
              sizeof on); /* as another relay of the same user has it */
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
  peer = house_peer (house, 0);
  g_assert_nonnull (peer);
  to.sin6_port = htons (fw_ws_server_port (house->server));
  if (fd < 0
      || bind (fd,
               (struct sockaddr *) &(struct sockaddr_in6){ .sin6_family = AF_INET6,
                                                           .sin6_addr = in6addr_loopback },
               sizeof to)
             != 0)
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
  g_assert_cmpuint (fw_ws_server_counts (house->server).n_refused[FW_NET_LIMIT_DESCRIPTORS], ==, 1);
  later = house_peer (house, 0);
  g_assert_nonnull (later);
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
  g_test_add_func ("/net/limit/connections-get-503", test_connections_over_the_limit_get_503);
  g_test_add_func ("/net/limit/connections-of-one-address",
                   test_connections_of_one_address_are_limited);
  g_test_add_func ("/net/limit/sockets-are-refused-at-once",
                   test_sockets_far_over_the_limit_are_refused_at_once);
  g_test_add_func ("/net/limit/servers-that-share-a-gate",
                   test_servers_that_share_a_gate_count_together);
  g_test_add_func ("/net/limit/a-page-takes-no-place", test_a_page_being_loaded_takes_no_place);
  g_test_add_func ("/net/limit/handshakes-per-second", test_handshakes_per_second_are_limited);
  g_test_add_func ("/net/limit/out-of-descriptors-is-answered",
                   test_out_of_descriptors_is_answered);
  g_test_add_func ("/net/listen/a-port-of-another-program-is-refused",
                   test_a_port_of_another_program_is_refused);
  g_test_add_func ("/net/listen/an-address-not-ours-is-refused",
                   test_an_address_not_ours_is_refused);
  g_test_add_func ("/net/listen/two-servers-share-a-port", test_two_servers_share_a_port);
  g_test_add_func ("/net/listen/localhost-is-both-families", test_localhost_is_both_families);
  g_test_add_func ("/net/loop/timer-fires-once", test_timer_fires_once);
  g_test_add_func ("/net/loop/many-wakes-are-one", test_many_wakes_are_one);
  return g_test_run ();
}
