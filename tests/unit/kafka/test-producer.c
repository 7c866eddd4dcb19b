/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-producer.h"
#include "kafka-fixture.h"

typedef struct
{
  guint n_ok, n_failed;
  guint64 tags;
  gint64 last_offset;
} Reports;

static void
on_report (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset,
           const char *why)
{
  Reports *reports = user;
  (void) partition;
  reports->n_ok += ok;
  reports->n_failed += !ok;
  reports->tags += tag;
  reports->last_offset = offset;
  g_assert_cmpint (ok, ==, why == NULL);
}

static void
test_acknowledged_with_its_tag (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Reports reports = { 0 };
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, on_report, &reports, NULL);
  guint64 large = G_GUINT64_CONSTANT (0x8000000000000001);
  g_assert_true (fw_producer_send (producer, "c", NULL, 0, "v", 1, NULL, 0, 0, large));
  g_assert_true (fw_producer_send (producer, "c", "k", 1, NULL, 0, NULL, 0, 0, 1));
  g_assert_true (fw_producer_flush (producer, PATIENCE_MS));
  g_assert_cmpuint (reports.n_ok, ==, 2);
  g_assert_cmpuint (reports.tags, ==, large + 1);
  g_assert_cmpint (reports.last_offset, ==, 1);
}

static void
test_too_large_is_failed_not_full (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Reports reports = { 0 };
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, on_report, &reports, NULL);
  g_autofree char *large = g_malloc0 (2 << 20);
  g_assert_true (fw_producer_send (producer, "a", NULL, 0, large, 2 << 20, NULL, 0, 0, 5));
  g_assert_true (fw_producer_flush (producer, PATIENCE_MS));
  g_assert_cmpuint (reports.n_failed, ==, 1);
  g_assert_cmpuint (reports.tags, ==, 5);
  g_assert_cmpuint (fw_producer_counts (producer).n_failed, ==, 1);
}

static void
test_full_queue_is_an_answer (void)
{
  char *properties[] = { (char *) "queue.buffering.max.messages=3", NULL };
  FwKafkaOptions options = { (char *) "localhost:1", properties, NULL, NULL };
  g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options, NULL, NULL);
  Reports reports = { 0 };
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, on_report, &reports, NULL);
  guint n = 0;
  while (n < 10 && fw_producer_send (producer, "one", NULL, 0, "v", 1, NULL, 0, 0, n))
    n++;
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (fw_producer_counts (producer).n_queue_full, ==, 1);
  g_assert_false (fw_producer_flush (producer, 10));
}

typedef struct
{
  const char *key;
  gint32 murmur2;
} Vector;

static void
check_partition (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset,
                 const char *why)
{
  const Vector *vectors = user;
  (void) offset;
  (void) why;
  g_assert_true (ok);
  g_assert_cmpint (partition, ==, (vectors[tag].murmur2 & G_MAXINT32) % 8);
}

/* Hashes as the tests of Kafka's own Java client have them. */
static void
test_keys_land_where_java_puts_them (void)
{
  static const Vector vectors[] = {
    { "21", -973932308 },
    { "foobar", -790332482 },
    { "a-little-bit-long-string", -985981536 },
    { "abc", 479470107 },
  };
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  g_autoptr (FwProducer) producer
      = fw_producer_new (conf, 0, check_partition, (gpointer) vectors, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    g_assert_true (fw_producer_send (producer, "h", vectors[i].key, strlen (vectors[i].key), "v", 1,
                                     NULL, 0, 0, i));
  g_assert_true (fw_producer_flush (producer, PATIENCE_MS));
  g_assert_cmpuint (fw_producer_counts (producer).n_acked, ==, G_N_ELEMENTS (vectors));
}

static void
test_after_a_fatal_error_a_new_producer (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Reports reports = { 0 };
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 60000, on_report, &reports, NULL);
  for (guint i = 0; i < 5; i++)
    g_assert_true (fw_producer_send (producer, "d", NULL, 0, "v", 1, NULL, 0, 0, i));
  fw_producer_break (producer);

  gint64 deadline = 0;
  while (reports.n_failed < 5 && fixture_waits (&deadline))
    fw_producer_poll (producer, 100);
  deadline = 0;
  while (!fw_producer_send (producer, "d", NULL, 0, "v", 1, NULL, 0, 0, 9)
         && fixture_waits (&deadline))
    fw_producer_poll (producer, 100);
  g_assert_true (fw_producer_flush (producer, PATIENCE_MS));
  g_assert_cmpuint (reports.n_ok, ==, 1);
  g_assert_cmpuint (reports.n_failed, ==, 5);
}

/* Its owner sleeps on the descriptor alone, as a server does beside its sockets. */
static void
await_reports (FwProducer *producer, int fd, const Reports *reports, guint n)
{
  gint64 deadline = 0;
  while (reports->n_ok + reports->n_failed < n && fixture_waits (&deadline))
    {
      struct pollfd wait = { .fd = fd, .events = POLLIN };
      guint64 n_woken;
      g_assert_cmpint (poll (&wait, 1, PATIENCE_MS), ==, 1);
      g_assert_cmpint (read (fd, &n_woken, sizeof n_woken), ==, sizeof n_woken);
      fw_producer_poll (producer, 0);
    }
}

static void
test_reports_wake_whoever_sleeps_on_a_descriptor (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Reports reports = { 0 };
  int fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, on_report, &reports, NULL);
  g_autofree char *large = g_malloc0 (2 << 20);

  fw_producer_wake_by (producer, fd);
  g_assert_true (fw_producer_send (producer, "f", NULL, 0, "v", 1, NULL, 0, 0, 1));
  await_reports (producer, fd, &reports, 1);
  g_assert_true (fw_producer_send (producer, "f", NULL, 0, large, 2 << 20, NULL, 0, 0, 2));
  await_reports (producer, fd, &reports, 2); /* refused at once: that too is a report */
  g_assert_cmpuint (reports.n_ok, ==, 1);
  fw_producer_break (producer);
  while (!fw_producer_send (producer, "f", NULL, 0, "v", 1, NULL, 0, 0, 3))
    fw_producer_poll (producer, 100);
  await_reports (producer, fd, &reports, 3); /* by the new one */
  g_clear_pointer (&producer, fw_producer_free);
  close (fd);
}

static void
test_prepare_knows_what_is_there (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, NULL, NULL, NULL);
  g_assert_true (fw_producer_prepare (producer, "e", PATIENCE_MS, NULL));

  FwKafkaOptions options = { .bootstrap = (char *) "localhost:1" };
  g_autoptr (FwKafkaConf) nowhere = fw_kafka_conf_new (&options, NULL, NULL);
  g_autoptr (FwProducer) lonely = fw_producer_new (nowhere, 0, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_false (fw_producer_prepare (lonely, "e", 100, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
}

static void
test_prepare_waits_for_an_id (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  fw_mock_broker_withhold_id (fixture_shared ());
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, NULL, NULL, NULL);
  g_assert_true (fw_producer_prepare (producer, "g", PATIENCE_MS, NULL));
  g_assert_true (fw_producer_has_id (producer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kafka/producer/acknowledged-with-its-tag", test_acknowledged_with_its_tag);
  g_test_add_func ("/kafka/producer/too-large-is-failed-not-full",
                   test_too_large_is_failed_not_full);
  g_test_add_func ("/kafka/producer/full-queue-is-an-answer", test_full_queue_is_an_answer);
  g_test_add_func ("/kafka/producer/keys-land-where-java-puts-them",
                   test_keys_land_where_java_puts_them);
  g_test_add_func ("/kafka/producer/after-a-fatal-error-a-new-producer",
                   test_after_a_fatal_error_a_new_producer);
  g_test_add_func ("/kafka/producer/reports-wake-whoever-sleeps-on-a-descriptor",
                   test_reports_wake_whoever_sleeps_on_a_descriptor);
  g_test_add_func ("/kafka/producer/prepare-knows-what-is-there", test_prepare_knows_what_is_there);
  g_test_add_func ("/kafka/producer/prepare-waits-for-an-id", test_prepare_waits_for_an_id);
  return g_test_run ();
}
