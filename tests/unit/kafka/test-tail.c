/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-log.h"
#include "fw-tail.h"
#include "fw-thread.h"
#include "kafka-fixture.h"

#define TOPIC "numbers"
#define PARTITIONS 3
#define PARTITIONS_TEXT TOPIC ":3"

/* What a tail has handed on: numbers by how often, and events by type. */
typedef struct
{
  guint seen[1000];
  guint n_records, n_with_run_header;
  gint64 next[PARTITIONS];
  guint n_events[FW_TAIL_ERROR + 1];
  guint generation;
} Log;

static void
on_record (gpointer user, const FwRecord *record)
{
  Log *log = user;
  g_autofree char *text = g_strndup (record->value, record->value_len);
  guint number = (guint) atoi (text);
  g_assert_cmpuint (number, <, G_N_ELEMENTS (log->seen));
  g_assert_cmpmem (record->key, record->key_len, record->value, record->value_len);
  g_assert_cmpint (record->timestamp_ms, >, 1600000000000);
  g_assert_cmpint (record->offset, ==, log->next[record->partition]);
  log->next[record->partition] = record->offset + 1;
  log->seen[number]++;
  log->n_records++;
  log->n_with_run_header += record->n_headers == 1 && strcmp (record->headers[0].name, "run") == 0
                            && record->headers[0].len == 2;
}

static void
on_event (gpointer user, const FwTailEvent *event)
{
  Log *log = user;
  log->n_events[event->type]++;
  log->generation = event->generation;
  if (event->type == FW_TAIL_TOPIC_RESET)
    memset (log->next, 0, sizeof log->next);
  if (event->type == FW_TAIL_PARTITION_ADDED)
    log->next[event->partition] = event->from_offset;
}

static const FwTailHandler handler = { on_record, on_event };

static void
poll_until_records (FwTail *tail, Log *log, guint n)
{
  gint64 deadline = 0;
  while (log->n_records < n && fixture_waits (&deadline))
    fw_tail_poll (tail, 100, 20);
}

static void
poll_until_event (FwTail *tail, Log *log, FwTailEventType type, guint n)
{
  gint64 deadline = 0;
  while (log->n_events[type] < n && fixture_waits (&deadline))
    fw_tail_poll (tail, 100, 20);
}

static FwTail *
tail_of (FwKafkaConf *conf, const char *topic, FwStart start, Log *log)
{
  FwTail *tail = fw_tail_new (conf, &handler, log, NULL);

  fw_tail_add (tail, topic, start, 0);
  return tail;
}

static FwTail *
caught_up_tail_of (FwKafkaConf *conf, const char *topic, FwStart start, Log *log)
{
  FwTail *tail = tail_of (conf, topic, start, log);

  poll_until_event (tail, log, FW_TAIL_CAUGHT_UP, PARTITIONS);
  return tail;
}

static void
test_each_record_once (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Log log = { 0 };
  fixture_send_numbers (conf, "a", 0, 300);

  g_autoptr (FwTail) tail = caught_up_tail_of (conf, "a", FW_START_BEGIN, &log);

  g_assert_cmpuint (log.n_records, ==, 300);
  g_assert_cmpuint (log.n_with_run_header, ==, 300);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpuint (log.seen[i], ==, 1);
  g_assert_cmpuint (fw_tail_n_partitions (tail, 0), ==, PARTITIONS);
  g_assert_cmpint (fw_tail_lag (tail), ==, 0);
  g_assert_true (fw_tail_is_up (tail));
}

static void
test_from_the_end (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Log log = { 0 };
  fixture_send_numbers (conf, "b", 0, 50);

  g_autoptr (FwTail) tail = caught_up_tail_of (conf, "b", FW_START_END, &log);
  g_assert_cmpuint (log.n_records, ==, 0);

  fixture_send_numbers (conf, "b", 50, 20);
  poll_until_records (tail, &log, 20);
  for (guint i = 0; i < 70; i++)
    g_assert_cmpuint (log.seen[i], ==, i >= 50);
}

/* The mock broker has no index by time: it says "end" to any question. */
static void
test_from_a_time_by_bisection (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, NULL, NULL, NULL);
  Log log = { 0 };
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      gsize len = strlen (text);
      gint64 timestamp_ms = 1700000000000 + i * 1000;
      g_assert_true (
          fw_producer_send (producer, "c", text, len, text, len, NULL, 0, timestamp_ms, 0));
      g_assert_true (
          fw_producer_flush (producer, PATIENCE_MS)); /* a batch each: times differ within */
    }

  g_autoptr (FwTail) tail = fw_tail_new (conf, &handler, &log, NULL);
  fw_tail_add (tail, "c", FW_START_TIME, 1700000000000 + 24500);
  poll_until_event (tail, &log, FW_TAIL_CAUGHT_UP, 1);
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (log.seen[i], ==, i >= 25);
}

static void
bury (gpointer broker)
{
  fw_mock_broker_free (broker);
}

/* A broker may take a second to end, long after its connections have: no reason to wait. */
static void
test_broker_forgets_all (void)
{
  FwMockBroker *broker = fixture_broker ("localhost:0", PARTITIONS_TEXT);
  g_autofree char *address = g_strdup (fw_mock_broker_address (broker));
  g_autoptr (FwKafkaConf) conf = fixture_conf (broker);
  Log log = { 0 };
  fixture_send_numbers (conf, TOPIC, 0, 90);
  g_autoptr (FwTail) tail = tail_of (conf, TOPIC, FW_START_BEGIN, &log);
  poll_until_records (tail, &log, 90);

  FwThread *burial = fw_thread_start ("burial", bury, broker, NULL);
  poll_until_event (tail, &log, FW_TAIL_DOWN, 1);
  broker = fixture_broker (address, PARTITIONS_TEXT);
  fixture_send_numbers (conf, TOPIC, 100, 30);
  poll_until_event (tail, &log, FW_TAIL_TOPIC_RESET, 1);
  poll_until_records (tail, &log, 120);

  g_assert_cmpuint (log.generation, ==, 1);
  g_assert_cmpuint (fw_tail_generation (tail, 0), ==, 1);
  g_assert_cmpuint (log.n_events[FW_TAIL_UP], ==, 2);
  for (guint i = 100; i < 130; i++)
    g_assert_cmpuint (log.seen[i], ==, 1);
  fw_thread_join (burial);
  fw_mock_broker_free (broker);
}

static void
wake_soon (gpointer tail)
{
  fw_tail_wake (tail);
}

static void
test_wake_ends_a_wait (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Log log = { 0 };
  g_autoptr (FwTail) tail = caught_up_tail_of (conf, "d", FW_START_END, &log);
  while (fw_tail_poll (tail, 1, 0))
    ;

  FwThread *thread = fw_thread_start ("waker", wake_soon, tail, NULL);
  gint64 began_us = fw_clock_mono_us (fw_clock_system ());
  g_assert_cmpuint (fw_tail_poll (tail, 1, PATIENCE_MS), ==, 0);
  g_assert_cmpint (fw_clock_mono_us (fw_clock_system ()) - began_us, <, PATIENCE_MS * 500);
  fw_thread_join (thread);
}

static void
test_back_pressure_keeps_order (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  Log log = { 0 };
  fixture_send_numbers (conf, "e", 0, 200);
  g_autoptr (FwTail) tail = tail_of (conf, "e", FW_START_BEGIN, &log);

  gint64 deadline = 0;
  while (log.n_records < 200 && fixture_waits (&deadline))
    g_assert_cmpuint (fw_tail_poll (tail, 7, 200), <=, 7);
  for (guint i = 0; i < 200; i++)
    g_assert_cmpuint (log.seen[i], ==, 1);
}

static void
count_headers (gpointer user, const FwRecord *record)
{
  guint *n = user;
  for (guint i = 0; i < record->n_headers; i++)
    n[i] += strcmp (record->headers[i].name, "many") == 0 && record->headers[i].len == i;
}

static void
ignore_event (gpointer user, const FwTailEvent *event)
{
  (void) user, (void) event;
}

static void
test_every_header_is_handed_on (void)
{
  static const FwTailHandler counting = { count_headers, ignore_event };
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, NULL, NULL, NULL);
  g_autofree char *filling = g_strnfill (300, 'x');
  FwHeader headers[300];
  guint seen[300] = { 0 };
  for (guint i = 0; i < 300; i++)
    headers[i] = (FwHeader){ "many", filling, i };
  g_assert_true (fw_producer_send (producer, "f", NULL, 0, "1", 1, headers, 300, 0, 0));
  g_assert_true (fw_producer_flush (producer, PATIENCE_MS));

  g_autoptr (FwTail) tail = fw_tail_new (conf, &counting, seen, NULL);
  fw_tail_add (tail, "f", FW_START_BEGIN, 0);
  gint64 deadline = 0;
  while (seen[0] == 0 && fixture_waits (&deadline))
    fw_tail_poll (tail, 100, 20);
  for (guint i = 0; i < 300; i++)
    g_assert_cmpuint (seen[i], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fw_log_init ("test", g_getenv ("FLEETWIRE_LOG"), FALSE);
  g_test_add_func ("/kafka/tail/each-record-once", test_each_record_once);
  g_test_add_func ("/kafka/tail/from-the-end", test_from_the_end);
  g_test_add_func ("/kafka/tail/from-a-time-by-bisection", test_from_a_time_by_bisection);
  g_test_add_func ("/kafka/tail/broker-forgets-all", test_broker_forgets_all);
  g_test_add_func ("/kafka/tail/wake-ends-a-wait", test_wake_ends_a_wait);
  g_test_add_func ("/kafka/tail/back-pressure-keeps-order", test_back_pressure_keeps_order);
  g_test_add_func ("/kafka/tail/every-header-is-handed-on", test_every_header_is_handed_on);
  return g_test_run ();
}
