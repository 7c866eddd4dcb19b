/* SPDX-License-Identifier: Apache-2.0 */
/* The test is the broker, Kafka and the clock. */
#include <string.h>

#include "ingest-subscriber.h"
#include "mqtt-notation.h"

#define CONNACK "20 ~ 00 00 00"
#define CONNACK_PRESENT "20 ~ 01 00 00"
#define SUBACK "90 ~ 0001 00 01"
#define PUBLISH(id, payload) "32 ~ <f/north/7/t> 00" id " 00 '" payload "'"

typedef struct
{
  IngestSubscriber *subscriber;
  GString *taken; /* payloads, each with a space behind */
  GArray *tags;
  guint room;
  IngestVerdict verdict;
  gint64 now_ms;
  FwMqttVersion version;
} Broker;

static IngestVerdict
on_take (gpointer user, const IngestNews *news)
{
  Broker *broker = user;

  if (broker->verdict != INGEST_TAKEN)
    return broker->verdict;
  if (broker->room == 0)
    return INGEST_FULL;
  broker->room--;
  g_assert_cmpmem (news->topic, news->topic_len, "f/north/7/t", 11);
  g_string_append_len (broker->taken, news->payload, (gssize) news->payload_len);
  g_string_append_c (broker->taken, ' ');
  g_array_append_val (broker->tags, news->tag);
  return INGEST_TAKEN;
}

static Broker *
broker_new (void)
{
  static const char *const filters[] = { "$share/fw/f/+/+/t", NULL };
  const IngestSubscriberOptions options = {
    .client_id = "fw-1",
    .username = "jane",
    .password = { (const guint8 *) "s3cret", 6 },
    .filters = filters,
    .session_s = 3600,
    .keep_alive_s = 60,
    .limits = { .packet_max = 1000, .in_flight_max = 1, .receive_max = 3, .answer_ms = 5000 },
    .retry_min_ms = 1000,
    .retry_max_ms = 30000,
    .seed = 7,
  };
  Broker *broker = g_new0 (Broker, 1);

  broker->subscriber = ingest_subscriber_new (&options, on_take, broker, 0);
  broker->taken = g_string_new (NULL);
  broker->tags = g_array_new (FALSE, FALSE, sizeof (guint64));
  broker->room = G_MAXUINT;
  broker->version = FW_MQTT_5_0;
  return broker;
}

static void
broker_free (Broker *broker)
{
  ingest_subscriber_free (broker->subscriber);
  g_string_free (broker->taken, TRUE);
  g_array_unref (broker->tags);
  g_free (broker);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Broker, broker_free)

static void
expect (Broker *broker, const char *expected)
{
  GByteArray *out = ingest_subscriber_out (broker->subscriber);
  g_autofree char *said = mqtt_describe_all (out->data, out->len, broker->version, FW_MQTT_CLIENT);

  g_assert_cmpstr (said, ==, expected);
  g_byte_array_set_size (out, 0);
}

static void
say (Broker *broker, const char *notation, const char *expected)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  mqtt_bytes (notation, bytes);
  ingest_subscriber_feed (broker->subscriber, bytes->data, bytes->len, broker->now_ms);
  expect (broker, expected);
}

static void
open_to (Broker *broker, const char *expected)
{
  g_assert_true (ingest_subscriber_wants_connection (broker->subscriber, broker->now_ms));
  ingest_subscriber_opening (broker->subscriber);
  g_assert_false (ingest_subscriber_wants_connection (broker->subscriber, broker->now_ms));
  ingest_subscriber_opened (broker->subscriber, broker->now_ms);
  expect (broker, expected);
}

static const char connect_5[]
    = "CONNECT id=fw-1 keep=60 username=jane password=s3cret {11:3600 21:3 27:1000}";
static const char connect_3[] = "CONNECT id=fw-1 keep=60 username=jane password=s3cret";
static const char subscribe_5[] = "SUBSCRIBE #1 filter=$share/fw/f/+/+/t:11";

static void
subscribe (Broker *broker, const char *connack)
{
  open_to (broker, connect_5);
  say (broker, connack, subscribe_5);
  g_assert_false (ingest_subscriber_is_subscribed (broker->subscriber));
  say (broker, SUBACK, "");
  g_assert_true (ingest_subscriber_is_subscribed (broker->subscriber));
}

static void
close_and_wait (Broker *broker)
{
  ingest_subscriber_closed (broker->subscriber, broker->now_ms);
  broker->now_ms += ingest_subscriber_retry_ms (broker->subscriber);
}

static void
stored (Broker *broker, guint i, gboolean ok, const char *expected)
{
  ingest_subscriber_stored (broker->subscriber, g_array_index (broker->tags, guint64, i), ok);
  expect (broker, expected);
}

static void
expect_why (Broker *broker, const char *in_it)
{
  g_autofree char *why = ingest_subscriber_why (broker->subscriber);

  g_assert_true (ingest_subscriber_is_over (broker->subscriber));
  g_assert_nonnull (why);
  if (!strstr (why, in_it))
    g_error ("'%s' is not in '%s'", in_it, why);
}

static void
test_a_message_is_acknowledged_when_it_is_stored (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  say (broker, PUBLISH ("01", "a") "|" PUBLISH ("02", "b"), "");
  g_assert_cmpstr (broker->taken->str, ==, "a b ");
  stored (broker, 1, TRUE, ""); /* in the order that they came in */
  stored (broker, 0, TRUE, "PUBACK #1 | PUBACK #2");
}

static void
test_qos_0_is_taken_and_not_answered (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  say (broker, "30 ~ <f/north/7/t> 00 'a'", "");
  stored (broker, 0, TRUE, "");
  say (broker, "30 ~ <f/north/7/t> 00 'b'", "");
  stored (broker, 1, FALSE, "");
  g_assert_false (ingest_subscriber_is_over (broker->subscriber));
}

static void
test_what_nothing_can_mend_is_taken_off_the_broker (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  broker->verdict = INGEST_REFUSED;
  say (broker, PUBLISH ("01", "bad"), "PUBACK #1");
}

static void
test_what_does_not_fit_is_held_in_its_order_and_no_more_is_read (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  broker->room = 1;
  say (broker, PUBLISH ("01", "a") "|" PUBLISH ("02", "b") "|" PUBLISH ("03", "c"), "");
  g_assert_cmpstr (broker->taken->str, ==, "a ");
  g_assert_false (ingest_subscriber_wants_input (broker->subscriber));
  ingest_subscriber_tick (broker->subscriber, broker->now_ms += 100000);
  g_assert_false (ingest_subscriber_is_over (broker->subscriber)); /* nor is an answer missed */
  broker->room = 1;
  ingest_subscriber_go_on (broker->subscriber, broker->now_ms);
  g_assert_false (ingest_subscriber_wants_input (broker->subscriber));
  broker->room = 5;
  ingest_subscriber_go_on (broker->subscriber, broker->now_ms);
  g_assert_cmpstr (broker->taken->str, ==, "a b c ");
  g_assert_false (ingest_subscriber_wants_input (broker->subscriber)); /* three are under way */
  stored (broker, 0, TRUE, "PUBACK #1");
  g_assert_true (ingest_subscriber_wants_input (broker->subscriber));
}

static void
test_what_was_not_stored_is_asked_for_again (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  say (broker, PUBLISH ("01", "a") "|" PUBLISH ("02", "b"), "");
  stored (broker, 0, FALSE, "");
  expect_why (broker, "send it again");
  close_and_wait (broker);
  subscribe (broker, CONNACK_PRESENT);
  g_assert_false (ingest_subscriber_was_forgotten (broker->subscriber));
  stored (broker, 1, TRUE, ""); /* of the last connection: its number means another by now */
  say (broker, "3a ~ <f/north/7/t> 0001 00 'a'", "");
  stored (broker, 2, TRUE, "PUBACK #1");
}

static void
test_a_session_that_the_broker_has_forgotten_is_told (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  g_assert_false (ingest_subscriber_was_forgotten (broker->subscriber));
  close_and_wait (broker);
  subscribe (broker, CONNACK);
  g_assert_true (ingest_subscriber_was_forgotten (broker->subscriber));
  g_assert_cmpuint (ingest_subscriber_counts (broker->subscriber).n_forgotten, ==, 1);
}

static void
test_retries_come_later_each_time_and_never_at_the_same (void)
{
  g_autoptr (Broker) broker = broker_new ();
  gint64 most_ms = 1000;

  for (guint i = 0; i < 12; i++, most_ms = MIN (2 * most_ms, 30000))
    {
      open_to (broker, i % 2 == 0 ? connect_5 : connect_3);
      ingest_subscriber_closed (broker->subscriber, broker->now_ms);
      g_assert_false (ingest_subscriber_wants_connection (broker->subscriber, broker->now_ms));
      g_assert_cmpint (ingest_subscriber_retry_ms (broker->subscriber), >=, most_ms / 2);
      g_assert_cmpint (ingest_subscriber_retry_ms (broker->subscriber), <=, most_ms);
      broker->now_ms += ingest_subscriber_retry_ms (broker->subscriber);
      broker->version = broker->version == FW_MQTT_5_0 ? FW_MQTT_3_1_1 : FW_MQTT_5_0;
    }
  subscribe (broker, CONNACK);
  broker->now_ms += 20000;
  ingest_subscriber_closed (broker->subscriber, broker->now_ms);
  g_assert_cmpint (ingest_subscriber_retry_ms (broker->subscriber), <=, 1000);
}

static void
test_a_broker_without_5_0_is_spoken_to_in_3_1_1 (void)
{
  g_autoptr (Broker) broker = broker_new ();

  open_to (broker, connect_5);
  say (broker, "20 ~ 00 84 00", "");
  expect_why (broker, "version");
  close_and_wait (broker);
  broker->version = FW_MQTT_3_1_1;
  open_to (broker, connect_3);
  say (broker, "20 02 0000", "SUBSCRIBE #1 filter=$share/fw/f/+/+/t:01");
  say (broker, "90 03 0001 01", "");
  say (broker, "32 ~ <f/north/7/t> 0009 'a'", "");
  stored (broker, 0, TRUE, "PUBACK #9");
}

static void
test_why_a_broker_sends_us_away_is_said (void)
{
  static const struct
  {
    const char *said, *why;
  } cases[] = {
    { "20 ~ 00 86 00", "--subscribe-password-file" },
    { "20 ~ 00 87 00", "--subscribe-username" },
    { "20 ~ 00 85 00", "--subscribe-client-id" },
    { "20 ~ 00 97 00", "0x97" },
    { CONNACK "| e0 ~ 8e", "--subscribe-client-id" },
    { CONNACK "| 90 ~ 0001 00 87", "--subscribe-topic" },
    { CONNACK "| ff 00", "no MQTT" },
    { CONNACK "| d0 00 | " SUBACK " | 40 02 0005", "not asked for" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Broker) broker = broker_new ();
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      open_to (broker, connect_5);
      mqtt_bytes (cases[i].said, bytes);
      ingest_subscriber_feed (broker->subscriber, bytes->data, bytes->len, 0);
      expect_why (broker, cases[i].why);
    }
}

static void
test_who_is_cut_again_and_again_is_told_what_it_may_be (void)
{
  g_autoptr (Broker) broker = broker_new ();

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *why = NULL;

      subscribe (broker, CONNACK);
      why = ingest_subscriber_why (broker->subscriber);
      g_assert_cmpint (why != NULL, ==, i == 2);
      close_and_wait (broker);
    }
}

static void
test_a_broker_that_is_silent_is_left (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  ingest_subscriber_tick (broker->subscriber, broker->now_ms = 50000);
  expect (broker, "PINGREQ");
  ingest_subscriber_tick (broker->subscriber, broker->now_ms = 56000);
  expect_why (broker, "does not answer");
}

static void
test_a_stop_acknowledges_what_was_taken_and_leaves_the_rest (void)
{
  g_autoptr (Broker) broker = broker_new ();

  subscribe (broker, CONNACK);
  broker->room = 1;
  say (broker, PUBLISH ("01", "a") "|" PUBLISH ("02", "b"), "");
  ingest_subscriber_drain (broker->subscriber);
  g_assert_false (ingest_subscriber_wants_input (broker->subscriber));
  broker->room = 1;
  ingest_subscriber_go_on (broker->subscriber, broker->now_ms);
  g_assert_cmpstr (broker->taken->str, ==, "a ");
  stored (broker, 0, TRUE, "PUBACK #1");
  ingest_subscriber_leave (broker->subscriber);
  expect (broker, "DISCONNECT");
  g_assert_true (ingest_subscriber_is_over (broker->subscriber));
  close_and_wait (broker);
  g_assert_false (ingest_subscriber_wants_connection (broker->subscriber, broker->now_ms));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/ingest/subscriber/" #name, test_##name)
  CLAIM (a_message_is_acknowledged_when_it_is_stored);
  CLAIM (qos_0_is_taken_and_not_answered);
  CLAIM (what_nothing_can_mend_is_taken_off_the_broker);
  CLAIM (what_does_not_fit_is_held_in_its_order_and_no_more_is_read);
  CLAIM (what_was_not_stored_is_asked_for_again);
  CLAIM (a_session_that_the_broker_has_forgotten_is_told);
  CLAIM (retries_come_later_each_time_and_never_at_the_same);
  CLAIM (a_broker_without_5_0_is_spoken_to_in_3_1_1);
  CLAIM (why_a_broker_sends_us_away_is_said);
  CLAIM (who_is_cut_again_and_again_is_told_what_it_may_be);
  CLAIM (a_broker_that_is_silent_is_left);
  CLAIM (a_stop_acknowledges_what_was_taken_and_leaves_the_rest);
  return g_test_run ();
}
