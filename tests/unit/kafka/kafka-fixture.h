/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "fw-mock-broker.h"
#include "fw-producer.h"
#include "fw-time.h"
/* kafka-fixture: mock brokers on free ports, and confs that point at them; waits with a deadline, never a sleep.
 * Freeing a mock cluster takes librdkafka a second, so tests share one, each with a topic of its own. */
#define PATIENCE_MS 20000

static inline FwKafkaConf *
fixture_conf (const FwMockBroker *broker)
{
  static const char *const soon_back[] = { "reconnect.backoff.ms=10", "reconnect.backoff.max.ms=100", NULL };
  FwKafkaOptions options = { .bootstrap = (char *) fw_mock_broker_address (broker),
                            .properties = (char **) soon_back };
  FwKafkaConf *conf = fw_kafka_conf_new (&options, NULL, NULL);
  g_assert_nonnull (conf);
  return conf;
}

static inline FwMockBroker *
fixture_broker (const char *listen, const char *topic)
{
  g_autoptr (GError) error = NULL;
  const char *const topics[] = { topic, NULL };
  FwMockBroker *broker = fw_mock_broker_new (listen, topics, &error);
  g_assert_no_error (error);
  return broker;
}

/* One for the whole program, with topics a .. h of one, three or eight partitions. */
static inline const FwMockBroker *
fixture_shared (void)
{
  static const char *const topics[] = { "a:3", "b:3", "c:1", "d:3", "e:3", "f:3", "g:1", "h:8", NULL };
  static FwMockBroker *broker;
  if (!broker)
    broker = fw_mock_broker_new ("localhost:0", topics, NULL);
  g_assert_nonnull (broker);
  return broker;
}

static inline void
fixture_send_numbers (const FwKafkaConf *conf, const char *topic, guint from, guint n)
{
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, NULL, NULL, NULL);
  for (guint i = from; i < from + n; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      FwHeader header = { "run", "r1", 2 };
      g_assert_true (fw_producer_send (producer, topic, text, strlen (text), text, strlen (text), &header, 1, 0, i));
    }
  g_assert_true (fw_producer_flush (producer, PATIENCE_MS));
  g_assert_cmpuint (fw_producer_counts (producer).n_acked, ==, n);
}

/* while (fixture_waits (&deadline)) ... : a loop that fails the test instead of lasting for ever. */
static inline gboolean
fixture_waits (gint64 *deadline_us)
{
  gint64 now_us = fw_clock_mono_us (fw_clock_system ());
  if (*deadline_us == 0)
    *deadline_us = now_us + PATIENCE_MS * G_GINT64_CONSTANT (1000);
  g_assert_cmpint (now_us, <, *deadline_us);
  return TRUE;
}
