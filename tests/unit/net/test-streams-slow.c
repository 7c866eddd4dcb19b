/* SPDX-License-Identifier: Apache-2.0 */
/* A server that says more than a caller reads, by TLS; then the caller reads. */
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "certificates.h"
#include "fw-streams.h"
#include "fw-thread.h"

#define PIECE_BYTES (16 * 1024)

typedef struct
{
  gboolean is_deaf; /* the server takes no more input once it was greeted */
  Certificates *files;
  FwTls *server_tls, *caller_tls;
  FwAddresses *addresses;
  FwStreams *server, *caller;
  FwStream *call;
  FwWake *told;
  gint server_thread, n_greetings, n_drained, n_said, n_heard; /* atomic; said, heard: bytes */
} Pair;

static void
await (const Pair *pair, const gint *what, gint n)
{
  gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (g_atomic_int_get (what) < n)
    {
      GPollFD poll = { fw_wake_fd (pair->told), G_IO_IN, 0 };

      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_poll (&poll, 1, 50);
      fw_wake_clear (pair->told);
    }
}

static void
count (Pair *pair, gint *what, gint by)
{
  g_atomic_int_add (what, by);
  fw_wake_signal (pair->told);
}

static gpointer
server_open (gpointer user, FwStream *stream)
{
  Pair *pair = user;

  (void) stream;
  pair->server_thread = (gint) syscall (SYS_gettid);
  return NULL;
}

/* Says so much that some of it has to wait. */
static void
server_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  static const guint8 piece[PIECE_BYTES];
  Pair *pair = user;

  (void) data, (void) bytes, (void) len;
  while (pair->n_greetings == 0 && fw_stream_kept (stream) == 0)
    {
      g_assert_true (fw_stream_send (stream, piece, sizeof piece));
      pair->n_said += PIECE_BYTES;
    }
  fw_stream_pause (stream, pair->is_deaf);
  count (pair, &pair->n_greetings, 1);
}

static void
server_drained (gpointer user, FwStream *stream, gpointer data)
{
  Pair *pair = user;

  (void) stream, (void) data;
  count (pair, &pair->n_drained, 1);
}

static void
nothing (gpointer user)
{
  (void) user;
}

static void
caller_started (gpointer user, FwStreams *streams)
{
  Pair *pair = user;
  const FwStreamTarget target = { pair->addresses, pair->caller_tls, "localhost" };

  pair->call = fw_stream_connect (streams, &target, NULL);
}

static void
greet (FwStream *stream)
{
  g_assert_true (fw_stream_send (stream, (const guint8 *) "hello", 5));
}

static void
caller_connected (gpointer user, FwStream *stream, gpointer data)
{
  (void) user, (void) data;
  fw_stream_pause (stream, TRUE);
  greet (stream);
}

static void
caller_reads (gpointer user)
{
  Pair *pair = user;

  if (pair->is_deaf)
    greet (pair->call);
  fw_stream_pause (pair->call, FALSE);
}

static void
caller_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  Pair *pair = user;

  (void) stream, (void) data, (void) bytes;
  count (pair, &pair->n_heard, (gint) len);
}

static FwStreams *
start (Pair *pair, const FwStreamHandler *handler, FwTls *listens_by)
{
  const FwStreamsOptions options = { .tls_listen_host = listens_by ? "localhost" : NULL,
                                     .tls = listens_by,
                                     .output_max = 1 << 20,
                                     .tick_ms = 1000,
                                     .wake_fd = -1 };
  g_autoptr (GError) error = NULL;
  FwStreams *streams = fw_streams_new (&options, handler, pair, &error);

  g_assert_no_error (error);
  return streams;
}

static Pair *
pair_new (gboolean is_deaf)
{
  static const FwStreamHandler serves = {
    .open = server_open, .received = server_received, .drained = server_drained, .woken = nothing
  };
  static const FwStreamHandler calls = { .started = caller_started,
                                         .connected = caller_connected,
                                         .received = caller_received,
                                         .woken = caller_reads };
  Pair *pair = g_new0 (Pair, 1);

  pair->is_deaf = is_deaf;
  pair->files = certificates_new ();
  pair->told = fw_wake_new ();
  pair->server_tls = fw_tls_new_server (
      &(FwTlsServer){ pair->files->server, pair->files->server_key, NULL, FALSE }, NULL);
  pair->caller_tls = fw_tls_new_client (&(FwTlsClient){ pair->files->ca, NULL, NULL }, NULL);
  pair->server = start (pair, &serves, pair->server_tls);
  pair->addresses = fw_addresses_resolve ("127.0.0.1", fw_streams_tls_port (pair->server), NULL);
  pair->caller = start (pair, &calls, NULL);
  return pair;
}

static void
pair_free (Pair *pair)
{
  fw_streams_stop (pair->caller);
  fw_streams_stop (pair->server);
  fw_addresses_free (pair->addresses);
  fw_tls_unref (pair->caller_tls);
  fw_tls_unref (pair->server_tls);
  fw_wake_free (pair->told);
  certificates_free (pair->files);
  g_free (pair);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

/* Only then does the caller read. */
static void
hear_all (Pair *pair)
{
  await (pair, &pair->n_greetings, 1);
  fw_streams_wake (pair->caller);
  await (pair, &pair->n_drained, 1);
  await (pair, &pair->n_heard, pair->n_said);
}

static void
test_one_that_is_paused_hears_nothing (void)
{
  g_autoptr (Pair) pair = pair_new (TRUE);

  hear_all (pair);
  fw_streams_stop (g_steal_pointer (&pair->server));
  g_assert_cmpint (pair->n_greetings, ==, 1);
}

static gboolean
thread_sleeps (gint thread)
{
  g_autofree char *file = g_strdup_printf ("/proc/self/task/%d/stat", thread);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  return strstr (text, ") S ") != NULL;
}

static void
test_one_with_nothing_more_to_say_sleeps (void)
{
  g_autoptr (Pair) pair = pair_new (FALSE);
  gint64 until_us;

  hear_all (pair);
  until_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  while (!thread_sleeps (pair->server_thread))
    g_assert_cmpint (g_get_monotonic_time (), <, until_us);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/streams-slow/one-that-is-paused-hears-nothing",
                   test_one_that_is_paused_hears_nothing);
  g_test_add_func ("/net/streams-slow/one-with-nothing-more-to-say-sleeps",
                   test_one_with_nothing_more_to_say_sleeps);
  return g_test_run ();
}
