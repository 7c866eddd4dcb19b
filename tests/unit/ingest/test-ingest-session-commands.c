/* SPDX-License-Identifier: Apache-2.0 */
/* What a subscribed device is sent, and when it is sent again. A command's value is its id here. */
#include <string.h>

#include "device.h"

#define HOUR_MS (3600 * 1000)
#define SUBSCRIBE_5 "82 ~ 0001 00 <cmd/7> 01"
#define SUBSCRIBE_3 "82 ~ 0001 <cmd/7> 01"
#define SUBSCRIBE_0 "82 ~ 0001 <cmd/7> 00"

static const IngestCommandsLimits roomy = { 10, 100, 100000 };

static Device *
subscriber (const char *connect)
{
  Device *device = device_new ();
  device_may_subscribe (device, &roomy);
  g_free (device_send (device, connect));
  return device;
}

static void
test_sleeping (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  ASSERT_HEARD (device_command (device, "7", "one", HOUR_MS), "");
  ASSERT_HEARD (device_command (device, "8", "other", HOUR_MS), "");
  ASSERT_HEARD (device_command (device, "7", "two", HOUR_MS), "");
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3),
                "SUBACK #1 01 | PUBLISH #1 q1 topic=cmd/7 payload=one"
                " | PUBLISH #2 q1 topic=cmd/7 payload=two");
}

static void
test_awake (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  ASSERT_HEARD (device_send (device, SUBSCRIBE_5), "SUBACK #1 01");
  ASSERT_HEARD (device_command (device, "7", "one", 1500),
                "PUBLISH #1 q1 topic=cmd/7 payload=one {02:2}");
  ASSERT_HEARD (device_command (device, "8", "other", HOUR_MS), "");
}

static void
test_acknowledged (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_send (device, SUBSCRIBE_3));
  g_free (device_command (device, "7", "one", HOUR_MS));
  ASSERT_HEARD (device_send (device, "40 02 0001"), "");
  g_free (device_reconnect (device, CONNECT_3));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3), "SUBACK #1 01");
  ASSERT_HEARD (device_command (device, "7", "one", HOUR_MS), ""); /* a copy */
  ASSERT_HEARD (device_command (device, "7", "two", HOUR_MS),
                "PUBLISH #1 q1 topic=cmd/7 payload=two");
}

static void
test_declined (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  g_free (device_send (device, SUBSCRIBE_5));
  g_free (device_command (device, "7", "one", HOUR_MS));
  ASSERT_HEARD (device_send (device, "40 ~ 0001 83"), "");
  g_free (device_reconnect (device, CONNECT_5));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_5), "SUBACK #1 01");
  g_assert_cmpuint (device->shared.counts.n_sent[INGEST_SENT_DECLINED], ==, 1);
}

static void
test_again (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_send (device, SUBSCRIBE_3));
  g_free (device_command (device, "7", "one", HOUR_MS));
  ASSERT_HEARD (device_reconnect (device, CONNECT_3), "CONNACK");
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3),
                "SUBACK #1 01 | PUBLISH #1 q1 topic=cmd/7 payload=one");
}

static void
test_qos_0 (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  ASSERT_HEARD (device_send (device, SUBSCRIBE_0), "SUBACK #1 00");
  for (guint i = 0; i < 5; i++)
    {
      char id[] = { (char) ('a' + i), 0 };
      g_autofree char *expected = g_strdup_printf ("PUBLISH q0 topic=cmd/7 payload=%s", id);
      ASSERT_HEARD (device_command (device, "7", id, HOUR_MS), expected);
    }
  g_free (device_reconnect (device, CONNECT_3));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3), "SUBACK #1 01");
}

static void
test_qos_0_in_bursts (void)
{
  static const IngestCommandsLimits wide = { 2000, 2000, 10000000 };
  g_autoptr (Device) device = device_new ();
  device_may_subscribe (device, &wide);
  g_free (device_send (device, CONNECT_3));
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *id = g_strdup_printf ("a command of about fifty bytes, that is long %u", i);
      g_free (device_command (device, "7", id, HOUR_MS));
    }
  g_free (device_send (device, SUBSCRIBE_0));
  guint first = (guint) device->shared.counts.n_sent[INGEST_SENT];
  g_assert_cmpuint (first, >, 100);
  g_assert_cmpuint (first, <, 1000);
  for (guint i = 0; i < 10; i++)
    g_free (device_wait (device, 1000));
  g_assert_cmpuint (device->shared.counts.n_sent[INGEST_SENT], ==, 2000);
}

static void
test_expiry (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_command (device, "7", "short", 5000));
  g_free (device_command (device, "7", "gone", 0));
  g_free (device_command (device, "7", "long", HOUR_MS));
  g_free (device_wait (device, 4999));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3),
                "SUBACK #1 01 | PUBLISH #1 q1 topic=cmd/7 payload=short"
                " | PUBLISH #2 q1 topic=cmd/7 payload=long");
  g_free (device_reconnect (device, CONNECT_3));
  g_free (device_wait (device, 1));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3),
                "SUBACK #1 01 | PUBLISH #1 q1 topic=cmd/7 payload=long");
}

static void
test_in_flight (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_send (device, SUBSCRIBE_3));
  g_free (device_command (device, "7", "one", HOUR_MS));
  g_free (device_command (device, "7", "two", HOUR_MS));
  ASSERT_HEARD (device_command (device, "7", "three", HOUR_MS), "");
  ASSERT_HEARD (device_command (device, "7", "four", HOUR_MS), "");
  g_assert_cmpuint (device->shared.counts.n_sent[INGEST_SENT_HELD], ==, 1);
  ASSERT_HEARD (device_send (device, "40 02 0002"), "PUBLISH #3 q1 topic=cmd/7 payload=three");
  ASSERT_HEARD (device_send (device, "40 02 0001 | 40 02 0003"),
                "PUBLISH #4 q1 topic=cmd/7 payload=four");
}

/* The identifiers begin anew, past the one that is still out. */
static void
test_packet_ids (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_send (device, SUBSCRIBE_3));
  g_free (device_command (device, "7", "held", HOUR_MS));
  for (guint n = 2; n <= G_MAXUINT16; n++)
    {
      g_autofree char *id = g_strdup_printf ("%u", n);
      g_autofree char *expected = g_strdup_printf ("PUBLISH #%u q1 topic=cmd/7 payload=%u", n, n);
      g_autofree char *puback = g_strdup_printf ("40 02 %04x", n);
      ASSERT_HEARD (device_command (device, "7", id, HOUR_MS), expected);
      ASSERT_HEARD (device_send (device, puback), "");
    }
  ASSERT_HEARD (device_command (device, "7", "next", HOUR_MS),
                "PUBLISH #2 q1 topic=cmd/7 payload=next");
}

static void
test_receive_maximum (void)
{
  g_autoptr (Device) device = subscriber ("10 ~ <MQTT> 05 02 003c 03 21 0001 <truck-1>");
  g_free (device_send (device, SUBSCRIBE_5));
  ASSERT_HEARD (device_command (device, "7", "one", HOUR_MS),
                "PUBLISH #1 q1 topic=cmd/7 payload=one {02:3600}");
  ASSERT_HEARD (device_command (device, "7", "two", HOUR_MS), "");
  ASSERT_HEARD (device_send (device, "40 02 0001"),
                "PUBLISH #2 q1 topic=cmd/7 payload=two {02:3600}");
}

static void
test_maximum_packet (void)
{
  g_autoptr (Device) device = subscriber ("10 ~ <MQTT> 05 02 003c 05 27 00000020 <truck-1>");
  g_free (device_send (device, CONNECT_5));
  g_free (device_reconnect (device, "10 ~ <MQTT> 05 02 003c 05 27 00000028 <truck-1>"));
  g_free (device_send (device, SUBSCRIBE_5));
  ASSERT_HEARD (device_command (device, "7", "a value that its client could not take", HOUR_MS),
                "");
  ASSERT_HEARD (device_command (device, "7", "small", HOUR_MS),
                "PUBLISH #2 q1 topic=cmd/7 payload=small {02:3600}");
  g_assert_cmpuint (device->shared.counts.n_sent[INGEST_SENT_TOO_LARGE], ==, 1);
  g_free (device_reconnect (device, CONNECT_5)); /* with more room */
  ASSERT_HEARD (device_send (device, SUBSCRIBE_5),
                "SUBACK #1 01"
                " | PUBLISH #1 q1 topic=cmd/7 payload=a value that its client could not take "
                "{02:3600} | PUBLISH #2 q1 topic=cmd/7 payload=small {02:3600}");
}

static void
test_unsubscribed (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  g_free (device_send (device, SUBSCRIBE_5));
  g_free (device_command (device, "7", "one", HOUR_MS));
  ASSERT_HEARD (device_send (device, "a2 ~ 0002 00 <cmd/7> <cmd/7> <x>"), "UNSUBACK #2 00 11 11");
  ASSERT_HEARD (device_command (device, "7", "two", HOUR_MS), "");
  ASSERT_HEARD (device_send (device, "40 02 0001"), ""); /* which still counts */
  ASSERT_HEARD (device_send (device, SUBSCRIBE_5),
                "SUBACK #1 01 | PUBLISH #2 q1 topic=cmd/7 payload=two {02:3600}");
}

static void
test_twice (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_send (device, SUBSCRIBE_0));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3), "SUBACK #1 01");
  ASSERT_HEARD (device_command (device, "7", "one", HOUR_MS),
                "PUBLISH #1 q1 topic=cmd/7 payload=one");
}

static void
test_refused (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  g_autoptr (Device) old = subscriber (CONNECT_3);
  ASSERT_HEARD (device_send (device, "82 ~ 0001 00 <cmd/7> 02 <cmd> 01 <cmd/+> 00 <x/7> 00"),
                "SUBACK #1 01 87 a2 87");
  ASSERT_HEARD (device_send (device, "82 ~ 0002 02 0b 05 <cmd/8> 01"), "SUBACK #2 a1");
  ASSERT_HEARD (device_send (old, "82 ~ 0001 <cmd/7> 02 <cmd> 01 <cmd/#> 00 <#> 00"),
                "SUBACK #1 01 80 80 80");
  g_assert_cmpuint (device->shared.counts.n_subscribed[INGEST_SUBSCRIBE_REFUSED], ==, 4);
}

/* What is asked for, and what was answered, as "01 01 97". */
static char *
ask_for (Device *device, guint first, guint n)
{
  g_autoptr (GString) packet = g_string_new ("82 ~ 0001 00");
  for (guint i = first; i < first + n; i++)
    g_string_append_printf (packet, " <cmd/%u> 01", i);
  g_autofree char *heard = device_send (device, packet->str);
  g_assert_true (g_str_has_prefix (heard, "SUBACK #1 "));
  return g_strdup (heard + strlen ("SUBACK #1 "));
}

static void
test_quota (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  ASSERT_HEARD (ask_for (device, 0, 11), "01 01 01 01 01 01 01 01 01 01 01");
  ASSERT_HEARD (ask_for (device, 11, 2), "01 97");
  ASSERT_HEARD (ask_for (device, 3, 2), "01 01"); /* are among them */
  ASSERT_HEARD (device_send (device, "a2 ~ 0002 00 <cmd/3> <cmd/3> <cmd/12>"),
                "UNSUBACK #2 00 11 11");
  ASSERT_HEARD (ask_for (device, 12, 1), "01");
  ASSERT_HEARD (device_command (device, "12", "one", HOUR_MS),
                "PUBLISH #1 q1 topic=cmd/12 payload=one {02:3600}");
  g_assert_cmpuint (device->shared.counts.n_subscribed[INGEST_SUBSCRIBE_QUOTA], ==, 1);
}

static void
test_quota_of_all (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  IngestListener others[4] = { { 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    ingest_commands_listen (device->commands, &others[i], (FwText){ "south", 5 },
                            (FwText){ "7", 1 });
  ASSERT_HEARD (ask_for (device, 0, 11), "01 01 01 01 01 01 01 01 01 01 97");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    ingest_commands_unlisten (device->commands, &others[i]);
  ASSERT_HEARD (ask_for (device, 10, 1), "01");
}

static void
test_gateway (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  g_free (device_send (device, "82 ~ 0001 <cmd/7> 01 <cmd/8> 00"));
  ASSERT_HEARD (device_command (device, "8", "b", HOUR_MS), "PUBLISH q0 topic=cmd/8 payload=b");
  ASSERT_HEARD (device_command (device, "7", "a", HOUR_MS), "PUBLISH #1 q1 topic=cmd/7 payload=a");
}

static void
test_puback_of_nothing (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  g_free (device_send (device, SUBSCRIBE_5));
  g_free (device_command (device, "7", "one", HOUR_MS));
  ASSERT_HEARD (device_send (device, "40 02 0002"),
                "DISCONNECT 82 {1f:nothing was sent that this answers}");
  ASSERT_HEARD (device_command (device, "7", "two", HOUR_MS), "");
}

static void
test_draining (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_5);
  g_free (device_send (device, SUBSCRIBE_5));
  g_free (device_send (device, "32 ~ <a> 0001 00 'x'"));
  ingest_session_drain (device->session, device->out);
  ASSERT_HEARD (device_command (device, "7", "one", HOUR_MS), "");
  ASSERT_HEARD (device_store (device, 0, FW_MQTT_SUCCESS, NULL),
                "PUBACK #1 | DISCONNECT 8b {1f:shutting down, come again}");
}

static void
test_withdrawn (void)
{
  g_autoptr (Device) device = subscriber (CONNECT_3);
  FwCommand all = { .fleet = { "north", 5 }, .device_id = { "7", 1 } };
  g_free (device_command (device, "7", "one", HOUR_MS));
  ingest_commands_add (device->commands, ingest_command_new (&all, NULL, 0));
  ASSERT_HEARD (device_send (device, SUBSCRIBE_3), "SUBACK #1 01");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(claim, function) g_test_add_func ("/ingest/session-commands/" claim, function)
  ADD ("a-sleeping-device-gets-what-waits", test_sleeping);
  ADD ("one-that-is-awake-gets-it-at-once", test_awake);
  ADD ("never-again-after-its-puback", test_acknowledged);
  ADD ("a-puback-that-says-no-is-one-too", test_declined);
  ADD ("again-in-a-new-connection-without-puback", test_again);
  ADD ("qos-0-counts-when-sent", test_qos_0);
  ADD ("qos-0-goes-in-bursts", test_qos_0_in_bursts);
  ADD ("never-after-its-expiry", test_expiry);
  ADD ("in-flight-ones-are-bounded", test_in_flight);
  ADD ("an-identifier-in-use-is-not-given", test_packet_ids);
  ADD ("by-the-clients-receive-maximum-too", test_receive_maximum);
  ADD ("one-too-large-for-the-client-is-passed-over", test_maximum_packet);
  ADD ("unsubscribed", test_unsubscribed);
  ADD ("subscribed-twice-changes-the-qos", test_twice);
  ADD ("only-a-devices-own-topic-is-granted", test_refused);
  ADD ("subscriptions-are-bounded", test_quota);
  ADD ("and-those-of-all", test_quota_of_all);
  ADD ("a-gateway-listens-for-several", test_gateway);
  ADD ("a-puback-of-nothing-ends-it", test_puback_of_nothing);
  ADD ("nothing-is-sent-while-draining", test_draining);
  ADD ("what-was-withdrawn-is-not-sent", test_withdrawn);
  return g_test_run ();
}
