/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-error.h"
#include "fw-kafka-admin.h"
#include "kafka-fixture.h"

static void
assert_refused (const char *listen, const char *topic, gint code, const char *words)
{
  g_autoptr (GError) error = NULL;
  const char *const topics[] = { topic, NULL };
  g_assert_null (fw_mock_broker_new (listen, topics, &error));
  g_assert_error (error, FW_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_topics_are_there_from_the_start (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  g_autoptr (GPtrArray) topics = fw_kafka_list_topics (conf, PATIENCE_MS, NULL);
  g_assert_cmpuint (topics->len, ==, 8);
  for (guint i = 0; i < topics->len; i++)
    {
      const FwTopicInfo *info = g_ptr_array_index (topics, i);
      g_assert_cmpuint (info->n_partitions, ==,
                        strstr ("cg", info->name) ? 1
                        : *info->name == 'h'      ? 8
                                                  : 3);
    }
}

static void
test_both_loopback_families (void)
{
  static const char *const hosts[] = { "127.0.0.1", "[::1]" };
  const char *port = strrchr (fw_mock_broker_address (fixture_shared ()), ':');
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *address = g_strconcat (hosts[i], port, NULL);
      FwKafkaOptions options = { .bootstrap = address };
      g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options, NULL, NULL);
      g_autoptr (GPtrArray) topics = fw_kafka_list_topics (conf, PATIENCE_MS, NULL);
      g_assert_nonnull (topics);
    }
}

static void
test_port_in_use_says_what_to_do (void)
{
  assert_refused (fw_mock_broker_address (fixture_shared ()), "one:1", FW_ERROR_UNAVAILABLE,
                  "--listen");
}

static void
test_bad_addresses_and_topics (void)
{
  assert_refused ("0.0.0.0:0", "one:1", FW_ERROR_USAGE, "localhost:PORT");
  assert_refused ("localhost:70000", "one:1", FW_ERROR_USAGE, "65535");
  assert_refused ("localhost:0", "one:0", FW_ERROR_USAGE, "NAME:PARTITIONS");
  assert_refused ("localhost:0", "a b:1", FW_ERROR_USAGE, "NAME:PARTITIONS");
}

static void
test_cannot_make_topics (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  g_autoptr (GError) error = NULL;
  FwTopicSpec specs[] = { { "a", 3, -1, NULL }, { "two", 1, -1, NULL } };
  g_assert_true (fw_kafka_create_topics (conf, specs, 1, PATIENCE_MS, NULL));
  g_assert_false (fw_kafka_create_topics (conf, specs, 2, PATIENCE_MS, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "--topic NAME:PARTITIONS"));
}

static void
test_no_broker_says_what_to_do (void)
{
  FwKafkaOptions options = { .bootstrap = (char *) "localhost:1" };
  g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_assert_null (fw_kafka_list_topics (conf, 100, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "fleetwire broker"));
}

static void
count_value (gpointer user, const char *key, gsize key_len, const char *value, gsize value_len)
{
  guint *sum = user;
  (void) key;
  (void) key_len;
  g_autofree char *text = g_strndup (value, value_len);
  *sum += (guint) atoi (text);
}

static void
test_peek_reads_the_last_records (void)
{
  g_autoptr (FwKafkaConf) conf = fixture_conf (fixture_shared ());
  guint sum = 0;
  fixture_send_numbers (conf, "g", 0, 10);
  g_assert_true (fw_kafka_peek (conf, "g", 3, PATIENCE_MS, count_value, &sum, NULL));
  g_assert_cmpuint (sum, ==, 7 + 8 + 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kafka/mock-broker/topics-are-there-from-the-start",
                   test_topics_are_there_from_the_start);
  g_test_add_func ("/kafka/mock-broker/both-loopback-families", test_both_loopback_families);
  g_test_add_func ("/kafka/mock-broker/port-in-use-says-what-to-do",
                   test_port_in_use_says_what_to_do);
  g_test_add_func ("/kafka/mock-broker/bad-addresses-and-topics", test_bad_addresses_and_topics);
  g_test_add_func ("/kafka/mock-broker/cannot-make-topics", test_cannot_make_topics);
  g_test_add_func ("/kafka/admin/no-broker-says-what-to-do", test_no_broker_says_what_to_do);
  g_test_add_func ("/kafka/admin/peek-reads-the-last-records", test_peek_reads_the_last_records);
  return g_test_run ();
}
