/* SPDX-License-Identifier: Apache-2.0 */
/* A server that gives back what it hears, and callers of ours, by TLS. */
#include <glib/gstdio.h>
#include <string.h>

#include "certificates.h"
#include "fw-error.h"
#include "fw-streams.h"
#include "fw-thread.h"
#include "ws-peer.h"

#define LONG_BYTES (300 * 1000) /* many records, and more than a socket takes at once */

typedef struct
{
  Certificates *files;
  FwTls *tls;
  FwStreams *streams;
  FwWake *told;
  gint n_open;     /* atomic */
  char *last_name; /* of a client's certificate; before n_open is told */
} House;

typedef struct
{
  FwStreams *streams;
  FwTls *tls;
  FwAddresses *addresses;
  const char *server_name, *says;
  FwWake *told;
  gint n_calls;                        /* made at once */
  gint n_connected, n_closed, n_heard; /* atomic; heard: bytes */
  const char *why;
} Caller;

/* Waits until *what has reached n. */
static void
await (FwWake *told, gint *what, gint n)
{
  gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (g_atomic_int_get (what) < n)
    {
      GPollFD poll = { fw_wake_fd (told), G_IO_IN, 0 };

      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_poll (&poll, 1, 50);
      fw_wake_clear (told);
    }
}

static void
nothing (gpointer user)
{
  (void) user;
}

static gpointer
house_open (gpointer user, FwStream *stream)
{
  House *house = user;

  g_free (house->last_name);
  house->last_name = fw_stream_certificate_name (stream);
  g_atomic_int_inc (&house->n_open);
  fw_wake_signal (house->told);
  return NULL;
}

static void
house_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  (void) user, (void) data;
  fw_stream_send (stream, bytes, len);
}

static void
house_closed (gpointer user, FwStream *stream, gpointer data)
{
  (void) user, (void) data;
  g_assert_nonnull (fw_stream_why (stream));
}

static FwTls *
server_tls (const char *certificate, const char *key, const char *client_ca, gboolean is_wanted)
{
  const FwTlsServer server = { certificate, key, client_ca, is_wanted };
  g_autoptr (GError) error = NULL;
  FwTls *tls = fw_tls_new_server (&server, &error);

  g_assert_no_error (error);
  return tls;
}

static House *
house_new (FwStreamsOptions options, gboolean asks_clients, gboolean wants_clients)
{
  static const FwStreamHandler handler = {
    .open = house_open, .received = house_received, .closed = house_closed, .woken = nothing
  };
  House *house = g_new0 (House, 1);
  g_autoptr (GError) error = NULL;

  house->files = certificates_new ();
  house->told = fw_wake_new ();
  house->tls = server_tls (house->files->server, house->files->server_key,
                           asks_clients ? house->files->ca : NULL, wants_clients);
  options.tls_listen_host = "localhost";
  options.tls = house->tls;
  options.output_max = 4 << 20;
  options.tick_ms = 5;
  options.wake_fd = -1;
  house->streams = fw_streams_new (&options, &handler, house, &error);
  g_assert_no_error (error);
  return house;
}

static void
house_free (House *house)
{
  fw_streams_stop (house->streams);
  fw_tls_unref (house->tls);
  certificates_free (house->files);
  fw_wake_free (house->told);
  g_free (house->last_name);
  g_free (house);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (House, house_free)

static void
caller_connected (gpointer user, FwStream *stream, gpointer data)
{
  Caller *caller = user;

  (void) data;
  g_assert_true (fw_stream_send (stream, (const guint8 *) caller->says, strlen (caller->says)));
  g_atomic_int_inc (&caller->n_connected);
  fw_wake_signal (caller->told);
}

static void
caller_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  Caller *caller = user;
  gsize at = (gsize) caller->n_heard % strlen (caller->says);

  (void) stream, (void) data;
  if (caller->n_calls == 1)
    g_assert_cmpmem (bytes, len, caller->says + at, MIN (len, strlen (caller->says) - at));
  g_atomic_int_add (&caller->n_heard, (gint) len);
  fw_wake_signal (caller->told);
}

static void
caller_closed (gpointer user, FwStream *stream, gpointer data)
{
  Caller *caller = user;

  (void) data;
  caller->why = fw_stream_why (stream);
  g_atomic_int_inc (&caller->n_closed);
  fw_wake_signal (caller->told);
}

static void
caller_started (gpointer user, FwStreams *streams)
{
  Caller *caller = user;
  const FwStreamTarget target = { caller->addresses, caller->tls, caller->server_name };

  for (gint i = 0; i < caller->n_calls; i++)
    fw_stream_connect (streams, &target, NULL);
}

typedef struct
{
  const char *ca, *certificate, *key, *server_name, *says;
  gint n_calls;
} Call;

static Caller *
caller_new (const House *house, Call call)
{
  static const FwStreamHandler calls = { .started = caller_started,
                                         .connected = caller_connected,
                                         .received = caller_received,
                                         .closed = caller_closed,
                                         .woken = nothing };
  const FwStreamsOptions options = { .output_max = 4 << 20, .tick_ms = 100, .wake_fd = -1 };
  const FwTlsClient client = { call.ca ? call.ca : house->files->ca, call.certificate, call.key };
  Caller *caller = g_new0 (Caller, 1);
  g_autoptr (GError) error = NULL;

  caller->told = fw_wake_new ();
  caller->says = call.says ? call.says : "hello";
  caller->n_calls = MAX (call.n_calls, 1);
  caller->server_name = call.server_name ? call.server_name : "localhost";
  caller->tls = fw_tls_new_client (&client, &error);
  g_assert_no_error (error);
  caller->addresses
      = fw_addresses_resolve ("127.0.0.1", fw_streams_tls_port (house->streams), &error);
  g_assert_no_error (error);
  caller->streams = fw_streams_new (&options, &calls, caller, &error);
  g_assert_no_error (error);
  return caller;
}

static void
caller_free (Caller *caller)
{
  fw_streams_stop (caller->streams);
  fw_tls_unref (caller->tls);
  fw_addresses_free (caller->addresses);
  fw_wake_free (caller->told);
  g_free (caller);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Caller, caller_free)

static void
test_what_is_said_comes_back (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, FALSE, FALSE);
  g_autofree char *says = g_malloc (LONG_BYTES + 1);
  g_autoptr (Caller) caller = NULL;

  for (guint i = 0; i < LONG_BYTES; i++)
    says[i] = (char) ('a' + (i * 7 + i / 251) % 26);
  says[LONG_BYTES] = '\0';
  caller = caller_new (house, (Call){ .says = says });
  await (caller->told, &caller->n_heard, LONG_BYTES);
  g_assert_cmpint (caller->n_heard, ==, LONG_BYTES);
  g_assert_null (house->last_name);
  g_assert_cmpuint (fw_streams_counts (house->streams).n_handshakes, ==, 1);
}

static void
test_a_client_is_known_by_its_certificate (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, TRUE, TRUE);
  g_autoptr (Caller) caller = caller_new (
      house, (Call){ .certificate = house->files->client, .key = house->files->client_key });

  await (caller->told, &caller->n_heard, 5);
  g_assert_cmpstr (house->last_name, ==, "north/reefer-7");
}

static void
test_one_without_is_let_in_where_that_is_allowed (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, TRUE, FALSE);
  g_autoptr (Caller) caller = caller_new (house, (Call){ 0 });

  await (caller->told, &caller->n_heard, 5);
  g_assert_null (house->last_name);
}

static void
test_one_without_is_turned_away_where_it_is_not (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, TRUE, TRUE);
  g_autoptr (Caller) caller = caller_new (house, (Call){ 0 });

  await (caller->told, &caller->n_closed, 1);
  g_assert_nonnull (strstr (caller->why, "certificate required"));
  g_assert_cmpint (house->n_open, ==, 0);
  g_assert_cmpuint (fw_streams_counts (house->streams).n_handshakes_failed, ==, 1);
}

static void
test_a_server_that_is_not_trusted_is_left (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, FALSE, FALSE);
  g_autoptr (Caller) caller = caller_new (house, (Call){ .ca = house->files->other_ca });
  g_autoptr (Caller) misled = caller_new (house, (Call){ .server_name = "bank.example" });

  await (caller->told, &caller->n_closed, 1);
  g_assert_true (g_str_has_prefix (caller->why, "the certificate of the other end: "));
  await (misled->told, &misled->n_closed, 1);
  g_assert_nonnull (strstr (misled->why, "hostname mismatch"));
  g_assert_cmpint (caller->n_connected + misled->n_connected, ==, 0);
}

static void
test_an_expired_certificate_is_named (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, FALSE, FALSE);
  g_autoptr (Caller) caller = NULL;

  g_assert_cmpint (g_rename (house->files->expired, house->files->server), ==, 0);
  g_assert_cmpint (g_rename (house->files->expired_key, house->files->server_key), ==, 0);
  g_assert_true (fw_tls_reload (house->tls, NULL));
  caller = caller_new (house, (Call){ 0 });
  await (caller->told, &caller->n_closed, 1);
  g_assert_nonnull (strstr (caller->why, "certificate has expired"));
}

static void
test_files_are_read_again_or_all_stays (void)
{
  g_autoptr (House) house = house_new ((FwStreamsOptions){ 0 }, FALSE, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (Caller) caller = NULL;

  g_assert_true (g_file_set_contents (house->files->server, "no certificate", -1, NULL));
  g_assert_false (fw_tls_reload (house->tls, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_CONFIG);
  g_assert_nonnull (strstr (error->message, house->files->server));
  caller = caller_new (house, (Call){ 0 });
  await (caller->told, &caller->n_heard, 5);
}

static void
test_who_does_not_speak_tls_costs_nobody (void)
{
  g_autoptr (House) house
      = house_new ((FwStreamsOptions){ .handshake_timeout_ms = 30 }, FALSE, FALSE);
  guint16 port = fw_streams_tls_port (house->streams);
  g_autoptr (Peer) plain = peer_connect (port, 0), silent = peer_connect (port, 0),
                   half = peer_connect (port, 0);
  g_autoptr (Caller) caller = NULL;

  peer_say (plain, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  peer_send (half, "\x16\x03\x01\x02\x00\x01\x00", 7);
  caller = caller_new (house, (Call){ 0 });
  await (caller->told, &caller->n_heard, 5);
  g_assert_true (peer_reaches_end (plain));
  g_assert_true (peer_reaches_end (silent));
  g_assert_true (peer_reaches_end (half));
  g_assert_cmpint (house->n_open, ==, 1);
  g_assert_cmpuint (fw_streams_counts (house->streams).n_handshakes_failed, ==, 3);
}

static void
test_handshakes_beyond_the_limit_wait (void)
{
  g_autoptr (House) house
      = house_new ((FwStreamsOptions){ .handshakes_per_s_max = 100 }, FALSE, FALSE);
  g_autoptr (Caller) caller = caller_new (house, (Call){ .n_calls = 200 });

  await (caller->told, &caller->n_heard, 200 * 5);
  g_assert_cmpuint (fw_streams_counts (house->streams).n_handshakes, ==, 200);
  g_assert_cmpuint (fw_streams_counts (house->streams).n_handshakes_held, >, 0);
}

static void
test_files_that_will_not_do (void)
{
  g_autoptr (Certificates) files = certificates_new ();
  const FwTlsServer others[] = { { files->server, files->client_key, NULL, FALSE },
                                 { "/nowhere/at.all", files->server_key, NULL, FALSE },
                                 { files->server, files->server_key, "/nowhere/at.all", FALSE },
                                 { files->server, NULL, NULL, FALSE },
                                 { files->server, files->server_key, NULL, FALSE } };
  const char *named[] = { files->client_key, "/nowhere/at.all", "/nowhere/at.all", "together",
                          "everybody can read" };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      gboolean is_last = i + 1 == G_N_ELEMENTS (others);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_chmod (files->server_key, is_last ? 0644 : 0600), ==, 0);
      g_assert_null (fw_tls_new_server (&others[i], &error));
      g_assert_nonnull (strstr (error->message, named[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/streams-tls/what-is-said-comes-back", test_what_is_said_comes_back);
  g_test_add_func ("/net/streams-tls/a-client-is-known-by-its-certificate",
                   test_a_client_is_known_by_its_certificate);
  g_test_add_func ("/net/streams-tls/one-without-is-let-in-where-that-is-allowed",
                   test_one_without_is_let_in_where_that_is_allowed);
  g_test_add_func ("/net/streams-tls/one-without-is-turned-away-where-it-is-not",
                   test_one_without_is_turned_away_where_it_is_not);
  g_test_add_func ("/net/streams-tls/a-server-that-is-not-trusted-is-left",
                   test_a_server_that_is_not_trusted_is_left);
  g_test_add_func ("/net/streams-tls/an-expired-certificate-is-named",
                   test_an_expired_certificate_is_named);
  g_test_add_func ("/net/streams-tls/files-are-read-again-or-all-stays",
                   test_files_are_read_again_or_all_stays);
  g_test_add_func ("/net/streams-tls/who-does-not-speak-tls-costs-nobody",
                   test_who_does_not_speak_tls_costs_nobody);
  g_test_add_func ("/net/streams-tls/handshakes-beyond-the-limit-wait",
                   test_handshakes_beyond_the_limit_wait);
  g_test_add_func ("/net/streams-tls/files-that-will-not-do", test_files_that_will_not_do);
  return g_test_run ();
}
