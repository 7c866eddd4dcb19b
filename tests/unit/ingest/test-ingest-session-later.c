/* SPDX-License-Identifier: Apache-2.0 */
/* A CONNECT that waits until it is known who it is. */
#include "device.h"

#define PUBLISH "32 ~ <t> 0001 00 'x'"
#define WILL_3 "10 ~ <MQTT> 04 0e 003c <truck-1> <w> <bye>"

static char *
decide (Device *device, FwMqttReason door)
{
  device->door = door;
  ingest_session_resume (device->session, device->now_ms, device->out);
  return device_heard (device);
}

static void
test_what_comes_behind_waits_too (void)
{
  g_autoptr (Device) device = device_new ();

  device->door = INGEST_CONNECT_LATER;
  ASSERT_HEARD (device_send (device, CONNECT_5 "|" PUBLISH), "");
  g_assert_false (ingest_session_wants_input (device->session));
  g_assert_false (ingest_session_is_connected (device->session));
  ASSERT_HEARD (device_send (device, "c0 00"), "");
  ASSERT_HEARD (decide (device, INGEST_CONNECT_LATER), "");
  g_assert_cmpuint (device->published->len, ==, 0);
  g_autofree char *heard = decide (device, FW_MQTT_SUCCESS);
  g_assert_true (g_str_has_prefix (heard, "CONNACK"));
  g_assert_true (g_str_has_suffix (heard, "PINGRESP"));
  g_assert_cmpuint (device->published->len, ==, 1);
  g_assert_true (ingest_session_wants_input (device->session));
  g_assert_cmpstr (ingest_session_client_id (device->session), ==, "truck-1");
}

static void
test_it_may_be_refused (void)
{
  static const struct
  {
    const char *connect, *heard;
    FwMqttReason reason;
  } rows[] = {
    { CONNECT_3, "CONNACK 04", FW_MQTT_BAD_CREDENTIALS },
    { CONNECT_3, "CONNACK 05", FW_MQTT_NOT_AUTHORIZED },
    { CONNECT_3, "CONNACK 03", FW_MQTT_BUSY },
    { CONNECT_5, "CONNACK 86", FW_MQTT_BAD_CREDENTIALS },
    { CONNECT_5, "CONNACK 97", FW_MQTT_QUOTA },
    { CONNECT_5, "CONNACK 89", FW_MQTT_BUSY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Device) device = device_new ();

      device->door = INGEST_CONNECT_LATER;
      ASSERT_HEARD (device_send (device, rows[i].connect), "");
      ASSERT_HEARD (decide (device, rows[i].reason), rows[i].heard);
      ASSERT_ENDED (device, INGEST_END_CONNECT_REFUSED);
    }
}

static void
test_it_does_not_wait_for_ever (void)
{
  g_autoptr (Device) device = device_new ();
  gint64 connect_ms = device->shared.limits.connect_ms, stall_ms = device->shared.limits.stall_ms;

  device->door = INGEST_CONNECT_LATER;
  ASSERT_HEARD (device_send (device, CONNECT_5), "");
  g_assert_cmpint (connect_ms, <, stall_ms);
  ASSERT_HEARD (device_wait (device, connect_ms), ""); /* it has said CONNECT in time */
  ASSERT_HEARD (device_wait (device, stall_ms - connect_ms), "CONNACK 89");
  ASSERT_ENDED (device, INGEST_END_STALLED);
}

static void
test_who_goes_meanwhile_leaves_no_will (void)
{
  g_autoptr (Device) device = device_new ();

  device->door = INGEST_CONNECT_LATER;
  ASSERT_HEARD (device_send (device, WILL_3), "");
  ingest_session_closed (device->session);
  g_assert_cmpuint (device->published->len, ==, 0);
}

static void
test_the_will_is_kept_once_it_is_in (void)
{
  g_autoptr (Device) device = device_new ();

  device->door = INGEST_CONNECT_LATER;
  ASSERT_HEARD (device_send (device, WILL_3), "");
  ASSERT_HEARD (decide (device, FW_MQTT_SUCCESS), "CONNACK");
  ingest_session_closed (device->session);
  g_assert_cmpuint (device->published->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (device->published, 0), ==, "w=bye will");
}

static void
test_a_credential_that_is_over_ends_it (void)
{
  g_autoptr (Device) device = device_new ();

  g_free (device_send (device, CONNECT_5));
  ingest_session_end (device->session, INGEST_END_CREDENTIAL, device->out);
  ASSERT_HEARD (device_heard (device), "DISCONNECT 87 {1f:the credential is not good any more}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/session/later/what-comes-behind-waits-too",
                   test_what_comes_behind_waits_too);
  g_test_add_func ("/ingest/session/later/it-may-be-refused", test_it_may_be_refused);
  g_test_add_func ("/ingest/session/later/it-does-not-wait-for-ever",
                   test_it_does_not_wait_for_ever);
  g_test_add_func ("/ingest/session/later/who-goes-meanwhile-leaves-no-will",
                   test_who_goes_meanwhile_leaves_no_will);
  g_test_add_func ("/ingest/session/later/the-will-is-kept-once-it-is-in",
                   test_the_will_is_kept_once_it_is_in);
  g_test_add_func ("/ingest/session/later/a-credential-that-is-over-ends-it",
                   test_a_credential_that_is_over_ends_it);
  return g_test_run ();
}
