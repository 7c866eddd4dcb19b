/* SPDX-License-Identifier: Apache-2.0 */
/* How a client comes in and goes, and what becomes of its will. */
#include "device.h"

#define TERMS "21:4 24:1 25:0 27:1000 28:0 29:0 2a:0}"
#define WILL_5 "10 ~ <MQTT> 05 0e 003c 00 <truck-1> 05 18 0000003c <w> <bye>" /* QoS 1, delayed */

typedef struct
{
  const char *bytes, *expected;
  IngestEnd end;
} Row;

static void
assert_rows (const Row *rows, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (Device) device = device_new ();
      ASSERT_HEARD (device_send (device, rows[i].bytes), rows[i].expected);
      ASSERT_ENDED (device, rows[i].end);
      g_assert_cmpuint (device->shared.counts.n_ends[rows[i].end], ==, rows[i].end ? 1 : 0);
    }
}

static void
test_connack (void)
{
  static const Row rows[] = {
    { CONNECT_3, "CONNACK", INGEST_END_NONE },
    { "10 ~ <MQTT> 04 00 003c <truck-1>", "CONNACK",
      INGEST_END_NONE }, /* no session is ever present */
    { "10 ~ <MQTT> 04 02 003c <>", "CONNACK", INGEST_END_NONE },
    { "10 ~ <MQTT> 04 02 ffff <truck-1>", "CONNACK", INGEST_END_NONE },
    { CONNECT_5, "CONNACK {" TERMS, INGEST_END_NONE },
    { "10 ~ <MQTT> 05 00 003c 05 11 0000000a <truck-1>", "CONNACK {11:0 " TERMS, INGEST_END_NONE },
    { "10 ~ <MQTT> 05 02 0000 00 <truck-1>", "CONNACK {13:600 " TERMS, INGEST_END_NONE },
    { "10 ~ <MQTT> 05 02 0259 00 <truck-1>", "CONNACK {13:600 " TERMS, INGEST_END_NONE },
    { "10 ~ <MQTT> 05 02 003c 00 <>", "CONNACK {12:fleetwire-7 " TERMS, INGEST_END_NONE },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_refused (void)
{
  static const Row rows[] = {
    { "10 ~ <MQIsdp> 03 02 003c <a>", "CONNACK 01", INGEST_END_FAULT },
    { "10 ~ <MQTT> 06 02 003c 00 <a>", "CONNACK 84 {1f:protocol_version}", INGEST_END_FAULT },
    { "10 ~ <MQTT> 04 00 003c <>", "CONNACK 02", INGEST_END_FAULT },
    { "10 ~ <MQTT> 04 03 003c <a>", "", INGEST_END_FAULT },
    { "10 ~ <MQTT> 04 06 003c <a> <#> <x>", "", INGEST_END_FAULT },
    { "10 ~ <MQTT> 05 03 003c 00 <a>", "CONNACK 81 {1f:connect_flags}", INGEST_END_FAULT },
    { "10 ~ <MQTT> 05 02 003c 06 21 0001 21 0001 <a>", "CONNACK 82 {1f:property_twice}",
      INGEST_END_FAULT },
    { "10 ~ <HTTP> 04 02 003c <a>", "", INGEST_END_FAULT },
    { "10 ff 7f", "", INGEST_END_FAULT },
    { "10 ~ <MQTT> 05 02 003c 06 15 <abc> <a>", "CONNACK 8c", INGEST_END_CONNECT_REFUSED },
    { "10 ~ <MQTT> 05 16 003c 00 <a> 00 <w> <x>", "CONNACK 9b", INGEST_END_CONNECT_REFUSED },
    { "10 ~ <MQTT> 05 02 003c 05 27 00000010 <a>", "CONNACK 95", INGEST_END_CONNECT_REFUSED },
    { "10 ~ <MQTT> 04 02 003c <a-name-of-33-bytes-0123456789abcd>", "CONNACK 02",
      INGEST_END_CONNECT_REFUSED },
    { "c0 00", "", INGEST_END_NOT_CONNECT },
    { "32 ~ <a> 0001", "", INGEST_END_NOT_CONNECT },
    { "'GET / HTTP/1.1'", "", INGEST_END_NOT_CONNECT },
    { "16 03 01 02 00", "", INGEST_END_FAULT }, /* TLS at the wrong door */
    { CONNECT_3 "|" CONNECT_3, "CONNACK", INGEST_END_SECOND_CONNECT },
    { CONNECT_5 "|" CONNECT_5, "CONNACK {" TERMS " | DISCONNECT 82 {1f:a second CONNECT}",
      INGEST_END_SECOND_CONNECT },
    /* One that could not be read either: 0x84 is no reason for DISCONNECT. */
    { CONNECT_5 "| 10 ~ <HTTP> 05", "CONNACK {" TERMS " | DISCONNECT 82 {1f:a second CONNECT}",
      INGEST_END_SECOND_CONNECT },
    { CONNECT_3 "| e0 00", "CONNACK", INGEST_END_LEFT },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_handler_refuses (void)
{
  static const struct
  {
    FwMqttReason reason;
    const char *in_3, *in_5;
  } rows[] = {
    { FW_MQTT_BAD_CREDENTIALS, "CONNACK 04", "CONNACK 86" },
    { FW_MQTT_NOT_AUTHORIZED, "CONNACK 05", "CONNACK 87" },
    { FW_MQTT_BUSY, "CONNACK 03", "CONNACK 89" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Device) old = device_new ();
      g_autoptr (Device) device = device_new ();
      old->door = device->door = rows[i].reason;
      ASSERT_HEARD (device_send (old, CONNECT_3), rows[i].in_3);
      ASSERT_HEARD (device_send (device, CONNECT_5), rows[i].in_5);
      ASSERT_ENDED (device, INGEST_END_CONNECT_REFUSED);
      g_assert_false (ingest_session_is_connected (device->session));
    }
}

static void
test_connect_timeout (void)
{
  g_autoptr (Device) device = device_new ();
  ASSERT_HEARD (device_send (device, "10 20"), "");
  ASSERT_HEARD (device_wait (device, 4999), "");
  ASSERT_HEARD (device_send (device, "00"), "");
  ASSERT_HEARD (device_wait (device, 1), "");
  ASSERT_ENDED (device, INGEST_END_CONNECT_TIMEOUT);
}

static void
test_taken_over (void)
{
  g_autoptr (Device) device = device_new ();
  g_free (device_send (device, WILL_5));
  ingest_session_end (device->session, INGEST_END_TAKEN_OVER, device->out);
  ASSERT_HEARD (device_heard (device),
                "DISCONNECT 8e {1f:this client identifier has connected again}");
  ingest_session_closed (device->session);
  g_assert_cmpuint (device->published->len, ==, 1);
}

/* Sends packets after CONNECT with a will, then the connection goes. */
static void
assert_will (const char *packets, gboolean is_published)
{
  g_autoptr (Device) device = device_new ();
  g_free (device_send (device, WILL_5));
  g_free (device_send (device, packets));
  g_assert_cmpuint (device->published->len, ==, 0);
  ingest_session_closed (device->session);
  g_assert_cmpuint (device->published->len, ==, is_published);
  g_assert_cmpuint (device->shared.counts.n_wills[0], ==, is_published);
  if (is_published)
    g_assert_cmpstr (g_ptr_array_index (device->published, 0), ==, "w=bye will");
}

static void
test_will (void)
{
  assert_will ("e0 00", FALSE);
  assert_will ("e0 01 00", FALSE);
  assert_will ("e0 01 04", TRUE);
  assert_will ("e0 01 80", TRUE);
  assert_will ("c0 00", TRUE);                  /* the connection broke */
  assert_will ("30 ~ <#> 00", TRUE);            /* we ended it */
  assert_will ("e0 ~ 00 05 11 0000000a", TRUE); /* not a valid goodbye: CONNECT had no expiry */
}

/* It was there to be read, only not taken yet. */
static void
test_goodbye_that_waits (void)
{
  g_autoptr (Device) device = device_new ();
  g_free (device_send (device, WILL_5));
  device->n_takes = 0;
  ASSERT_HEARD (device_send (device, "32 ~ <a> 0001 00 | e0 00"), "");
  device->n_takes = G_MAXUINT;
  ingest_session_closed (device->session);
  g_assert_cmpuint (device->published->len, ==, 0);
}

static void
test_refused_will (void)
{
  g_autoptr (Device) device = device_new ();
  g_free (device_send (device, WILL_5));
  device->answer = (IngestAnswer){ INGEST_REFUSED, FW_MQTT_BAD_PAYLOAD, NULL };
  ingest_session_closed (device->session);
  g_assert_cmpuint (device->shared.counts.n_wills[1], ==, 1);
  ASSERT_HEARD (device_heard (device), "");
}

static void
test_names (void)
{
  for (guint i = 0; i < INGEST_N_ENDS; i++)
    g_assert_nonnull (ingest_end_names[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/session-door/connack-tells-the-terms", test_connack);
  g_test_add_func ("/ingest/session-door/who-is-not-let-in-is-told-in-its-version", test_refused);
  g_test_add_func ("/ingest/session-door/the-handler-may-refuse", test_handler_refuses);
  g_test_add_func ("/ingest/session-door/connect-has-a-deadline", test_connect_timeout);
  g_test_add_func ("/ingest/session-door/taken-over", test_taken_over);
  g_test_add_func ("/ingest/session-door/a-will-stands-until-a-clean-goodbye", test_will);
  g_test_add_func ("/ingest/session-door/a-goodbye-that-waits-counts", test_goodbye_that_waits);
  g_test_add_func ("/ingest/session-door/a-will-may-be-refused", test_refused_will);
  g_test_add_func ("/ingest/session-door/every-end-has-a-name", test_names);
  return g_test_run ();
}
