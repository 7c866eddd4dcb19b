/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing, limits and time; how a client comes in and goes is in test-ingest-session-door.c. */
#include "device.h"

static Device *
connected (const char *connect)
{
  Device *device = device_new ();
  g_free (device_send (device, connect)); /* what it heard is not the matter here */
  g_assert_true (ingest_session_is_connected (device->session));
  return device;
}

static const char *
published (const Device *device, guint i)
{
  return i < device->published->len ? g_ptr_array_index (device->published, i) : NULL;
}

static void
test_acknowledged_after_stored (void)
{
  g_autoptr (Device) device = connected (CONNECT_3);
  ASSERT_HEARD (device_send (device, "32 ~ <a/b> 0007 'x' | 30 ~ <c> 'y'"), "");
  g_assert_cmpstr (published (device, 0), ==, "a/b=x");
  g_assert_cmpstr (published (device, 1), ==, "c=y q0");
  g_assert_cmpuint (ingest_session_n_in_flight (device->session), ==, 1);
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #7");
  g_assert_cmpuint (ingest_session_n_in_flight (device->session), ==, 0);
  /* A second report for the same ticket changes nothing. */
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "");
  g_assert_cmpuint (device->shared.counts.n_acked, ==, 1);
}

static void
test_order (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 00 | 32 ~ <a> 0003 00 | 32 ~ <a> 0002 00"), "");
  ASSERT_HEARD (device_store (device, 2, FW_MQTT_SUCCESS, NULL), "");
  ASSERT_HEARD (device_store (device, 1, FW_MQTT_SUCCESS, NULL), "");
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL),
                "PUBACK #1 | PUBACK #3 | PUBACK #2");
}

static void
test_refused_in_5 (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 00"), "");
  device->answer = (IngestAnswer){ INGEST_REFUSED, FW_MQTT_BAD_PAYLOAD, "no 'lat'" };
  /* In its turn: what came before is not answered yet. */
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0002 00"), "");
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_UNSPECIFIED, "Kafka is away"),
                "PUBACK #1 80 {1f:Kafka is away} | PUBACK #2 99 {1f:no 'lat'}");
  ASSERT_HEARD (device_send (device, "30 ~ <a> 00 | c0 00"), "PINGRESP");
  g_assert_cmpuint (device->shared.counts.n_refused, ==, 2);
}

static void
test_words_only_where_wanted (void)
{
  g_autoptr (Device) mute = connected ("10 ~ <MQTT> 05 02 003c 02 17 00 <truck-1>");
  g_autoptr (Device) narrow = connected ("10 ~ <MQTT> 05 02 003c 05 27 00000024 <truck-1>");
  mute->answer = (IngestAnswer){ INGEST_REFUSED, FW_MQTT_BAD_PAYLOAD, "no 'lat'" };
  narrow->answer = (IngestAnswer){ INGEST_REFUSED, FW_MQTT_BAD_PAYLOAD,
                                   "a sentence that is longer than the client takes" };
  ASSERT_HEARD (device_send (mute, "32 ~ <a> 0001 00"), "PUBACK #1 99");
  ASSERT_HEARD (device_send (narrow, "32 ~ <a> 0001 00"), "PUBACK #1 99");
}

/* What came before is acknowledged first. */
static void
test_refused_in_3 (void)
{
  g_autoptr (Device) device = connected (CONNECT_3);
  g_autoptr (Device) failing = connected (CONNECT_3);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001"), "");
  device->answer = (IngestAnswer){ INGEST_REFUSED, FW_MQTT_BAD_PAYLOAD, NULL };
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0002"), "");
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
  ASSERT_ENDED (device, INGEST_END_PUBLISH_REFUSED);
  ASSERT_HEARD (device_send (failing, "32 ~ <a> 0001"), "");
  ASSERT_HEARD (device_store (failing, 0, FW_MQTT_UNSPECIFIED, NULL), "");
  ASSERT_ENDED (failing, INGEST_END_PUBLISH_REFUSED);
}

static void
test_window_in_5 (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (
      device_send (device,
                   "32 ~ <a> 0001 00 | 32 ~ <a> 0002 00 | 32 ~ <a> 0003 00 | 32 ~ <a> 0004 00"),
      "");
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0005 00"), "");
  g_assert_false (ingest_session_wants_input (device->session));
  g_assert_cmpuint (device->published->len, ==, 4);
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
  g_assert_cmpuint (device->published->len, ==, 5);
}

static void
test_not_stored_ends_it (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 00"), "");
  ingest_session_end (device->session, INGEST_END_NOT_STORED, device->out);
  ASSERT_HEARD (device_heard (device), "DISCONNECT 89 {1f:Kafka did not take an event in time}");
}

static void
test_window_in_3 (void)
{
  g_autoptr (Device) device = connected (CONNECT_3);
  ASSERT_HEARD (
      device_send (device, "32 ~ <a> 0001 | 32 ~ <a> 0002 | 32 ~ <a> 0003 | 32 ~ <a> 0004 | c0 00"),
      "PINGRESP");
  g_assert_true (ingest_session_wants_input (device->session));
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0005 | 32 ~ <a> 0006 | c0 00"), "");
  g_assert_false (ingest_session_wants_input (device->session));
  g_assert_cmpuint (device->published->len, ==, 4);
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
  g_assert_false (ingest_session_wants_input (device->session));
  ASSERT_HEARD (device_store (device, 1, FW_MQTT_SUCCESS, NULL), "PUBACK #2 | PINGRESP");
  g_assert_true (ingest_session_wants_input (device->session));
  g_assert_cmpuint (device->published->len, ==, 6);
  g_assert_cmpuint (device->shared.counts.n_stalls, ==, 2);
}

static void
test_full (void)
{
  static const char *const connects[] = { CONNECT_3, CONNECT_5 };
  for (guint i = 0; i < G_N_ELEMENTS (connects); i++)
    {
      const char *packets[]
          = { "32 ~ <a> 0001 | 30 ~ <b> | c0 00", "32 ~ <a> 0001 00 | 30 ~ <b> 00 | c0 00" };
      g_autoptr (Device) device = connected (connects[i]);
      device->n_takes = 0;
      ASSERT_HEARD (device_send (device, packets[i]), "");
      g_assert_false (ingest_session_wants_input (device->session));
      g_assert_cmpuint (ingest_session_n_in_flight (device->session), ==, 0);
      device->n_takes = 1;
      ingest_session_resume (device->session, device->now_ms, device->out);
      ASSERT_HEARD (device_heard (device), ""); /* QoS 0 waits as well */
      g_assert_cmpuint (device->published->len, ==, 1);
      device->n_takes = 1;
      ingest_session_resume (device->session, device->now_ms, device->out);
      ASSERT_HEARD (device_heard (device), "PINGRESP");
      ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
    }
}

/* Nobody waits for ever, and the pings that stand behind the publish are not missed. */
static void
test_stall_ends (void)
{
  g_autoptr (Device) device = connected ("10 ~ <MQTT> 05 02 0005 00 <truck-1>");
  g_autoptr (Device) old = connected (CONNECT_3);
  device->n_takes = old->n_takes = 0;
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 00"), "");
  ASSERT_HEARD (device_wait (device, 19999), "");
  ASSERT_HEARD (device_wait (device, 1), "DISCONNECT 97 {1f:Kafka takes no more for now}");
  ASSERT_ENDED (device, INGEST_END_STALLED);
  ASSERT_HEARD (device_send (old, "32 ~ <a> 0001"), "");
  ASSERT_HEARD (device_wait (old, 20000), "");
  ASSERT_ENDED (old, INGEST_END_STALLED);
}

static void
test_qos_2 (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  g_autoptr (Device) old = connected (CONNECT_3);
  ASSERT_HEARD (device_send (device, "34 ~ <a> 0001 00"),
                "DISCONNECT 9b {1f:QoS 0 and 1 are served here}");
  ASSERT_ENDED (device, INGEST_END_QOS);
  ASSERT_HEARD (device_send (old, "34 ~ <a> 0001"), "");
  ASSERT_ENDED (old, INGEST_END_QOS);
  g_assert_cmpuint (device->published->len + old->published->len, ==, 0);
}

static void
test_packet_ids (void)
{
  g_autoptr (Device) device = connected (CONNECT_3);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 | 3a ~ <a> 0001"), "");
  g_assert_cmpuint (device->published->len, ==, 1);
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
  /* Answered: from here on the same id is a new message, whatever DUP says. */
  ASSERT_HEARD (device_send (device, "3a ~ <a> 0001"), "");
  ASSERT_HEARD (device_store (device, 1, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0002 | 32 ~ <a> 0002"), "");
  ASSERT_ENDED (device, INGEST_END_PACKET_ID);
}

static void
test_topic_alias (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "30 ~ <a> 03 23 0001"),
                "DISCONNECT 94 {1f:topic aliases are not offered here}");
  ASSERT_ENDED (device, INGEST_END_TOPIC_ALIAS);
}

static void
test_retained (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "33 ~ <a> 0001 00 'x'"), "");
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL), "PUBACK #1");
}

static void
test_subscribe (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  g_autoptr (Device) old = connected (CONNECT_3);
  ASSERT_HEARD (
      device_send (device, "82 ~ 0001 00 <a> 01 <a/#> 00 <$share/g/a> 00 | a2 ~ 0002 00 <a> <b>"),
      "SUBACK #1 87 a2 9e | UNSUBACK #2 11 11");
  ASSERT_HEARD (device_send (old, "82 ~ 0001 <a> 01 <a/#> 00 | a2 ~ 0002 <a> <b>"),
                "SUBACK #1 80 80 | UNSUBACK #2");
}

static void
test_unexpected (void)
{
  static const char *const packets[]
      = { "40 02 0001", "50 02 0001", "70 02 0001", "f0 ~ 18 06 15 <abc>" };
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      g_autoptr (Device) device = connected (CONNECT_5);
      ASSERT_HEARD (device_send (device, packets[i]),
                    "DISCONNECT 82 {1f:nothing was sent that this answers}");
      ASSERT_ENDED (device, INGEST_END_UNEXPECTED);
    }
}

/* A client that began a QoS 2 flow elsewhere can forget it. */
static void
test_pubrel (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "62 02 0009"), "PUBCOMP #9 92");
}

static void
test_keep_alive (void)
{
  g_autoptr (Device) device = connected ("10 ~ <MQTT> 05 02 000a 00 <truck-1>");
  g_autoptr (Device) quiet = connected ("10 ~ <MQTT> 04 02 0000 <truck-1>");
  ASSERT_HEARD (device_wait (device, 14999), "");
  ASSERT_HEARD (device_send (device, "c0 00"), "PINGRESP");
  ASSERT_HEARD (device_wait (device, 14999), "");
  ASSERT_HEARD (device_wait (device, 1),
                "DISCONNECT 8d {1f:nothing came for 1.5 times the keep alive}");
  ASSERT_ENDED (device, INGEST_END_KEEP_ALIVE);
  ASSERT_HEARD (device_wait (quiet, G_GINT64_CONSTANT (86400000)), "");
  g_assert_false (ingest_session_is_over (quiet->session));
}

/* A byte now and then keeps no connection alive. */
static void
test_slow_loris (void)
{
  g_autoptr (Device) device = connected ("10 ~ <MQTT> 04 02 0000 <truck-1>");
  for (guint i = 0; i < 29; i++)
    {
      ASSERT_HEARD (device_send (device, i == 0 ? "30 7f" : "00"), "");
      ASSERT_HEARD (device_wait (device, 1000), "");
    }
  g_assert_false (ingest_session_is_over (device->session));
  ASSERT_HEARD (device_wait (device, 1000), "");
  ASSERT_ENDED (device, INGEST_END_PACKET_TIMEOUT);
}

static void
test_memory (void)
{
  g_autoptr (Device) device = connected (CONNECT_3);
  device->shared.limits.in_flight_max = 100;
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *packet = g_strdup_printf ("32 ~ <a> %04x", i + 1);
      ASSERT_HEARD (device_send (device, packet), "");
    }
  g_assert_cmpuint (ingest_session_memory (device->session), >, 50 * 8);
  for (guint i = 0; i < 50; i++)
    g_free (device_store (device, i, FW_MQTT_SUCCESS, NULL));
  ASSERT_HEARD (device_wait (device, 1000), "");
  g_assert_cmpuint (ingest_session_memory (device->session), <, 300);
}

static void
test_faults (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  g_autoptr (Device) large = connected (CONNECT_5);
  g_autoptr (Device) old = connected (CONNECT_3);
  ASSERT_HEARD (device_send (device, "30 ~ <a/#> 00"), "DISCONNECT 90 {1f:topic}");
  ASSERT_ENDED (device, INGEST_END_FAULT);
  g_assert_cmpint (ingest_session_fault (device->session), ==, FW_MQTT_FAULT_TOPIC);
  g_assert_cmpuint (device->shared.counts.n_faults[FW_MQTT_FAULT_TOPIC], ==, 1);
  ASSERT_HEARD (device_send (large, "32 ff 7f"), "DISCONNECT 95 {1f:too_large}");
  ASSERT_HEARD (device_send (old, "30 ~ <a/#>"), "");
  ASSERT_ENDED (old, INGEST_END_FAULT);
  /* Deaf from then on. */
  ASSERT_HEARD (device_send (device, "c0 00"), "");
}

static void
test_drain (void)
{
  g_autoptr (Device) device = connected (CONNECT_5);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 00"), "");
  ingest_session_drain (device->session, device->out);
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0002 00"), "");
  g_assert_false (ingest_session_wants_input (device->session));
  g_assert_false (ingest_session_is_over (device->session));
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL),
                "PUBACK #1 | DISCONNECT 8b {1f:shutting down, come again}");
  ASSERT_ENDED (device, INGEST_END_SHUTDOWN);
  g_assert_cmpuint (device->published->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/session/a-puback-follows-what-was-stored",
                   test_acknowledged_after_stored);
  g_test_add_func ("/ingest/session/pubacks-keep-the-order-of-the-publishes", test_order);
  g_test_add_func ("/ingest/session/a-refusal-has-a-reason-in-5.0", test_refused_in_5);
  g_test_add_func ("/ingest/session/words-only-where-they-are-wanted-and-fit",
                   test_words_only_where_wanted);
  g_test_add_func ("/ingest/session/a-refusal-ends-a-3.1.1-client", test_refused_in_3);
  g_test_add_func ("/ingest/session/over-receive-maximum-input-waits-in-5.0", test_window_in_5);
  g_test_add_func ("/ingest/session/an-event-that-was-not-stored-ends-it", test_not_stored_ends_it);
  g_test_add_func ("/ingest/session/over-the-window-a-3.1.1-client-waits", test_window_in_3);
  g_test_add_func ("/ingest/session/no-room-makes-the-input-wait", test_full);
  g_test_add_func ("/ingest/session/nobody-waits-for-ever", test_stall_ends);
  g_test_add_func ("/ingest/session/qos-2-is-declined", test_qos_2);
  g_test_add_func ("/ingest/session/a-packet-id-in-use", test_packet_ids);
  g_test_add_func ("/ingest/session/topic-aliases-are-not-offered", test_topic_alias);
  g_test_add_func ("/ingest/session/a-retained-message-is-a-message", test_retained);
  g_test_add_func ("/ingest/session/every-subscription-is-refused", test_subscribe);
  g_test_add_func ("/ingest/session/what-answers-nothing-ends-it", test_unexpected);
  g_test_add_func ("/ingest/session/a-pubrel-of-before-is-completed", test_pubrel);
  g_test_add_func ("/ingest/session/keep-alive", test_keep_alive);
  g_test_add_func ("/ingest/session/slow-loris", test_slow_loris);
  g_test_add_func ("/ingest/session/small-when-idle", test_memory);
  g_test_add_func ("/ingest/session/a-broken-packet-ends-it", test_faults);
  g_test_add_func ("/ingest/session/a-drain-answers-what-was-taken", test_drain);
  return g_test_run ();
}
