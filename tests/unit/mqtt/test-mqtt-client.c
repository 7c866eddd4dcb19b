/* SPDX-License-Identifier: Apache-2.0 */
/* The client against a server of few words: the test says each packet of it. */
#include <string.h>

#include "fw-mqtt-client.h"
#include "mqtt-notation.h"

#define LET_IN_3 "20 02 00 00"
#define LET_IN_5 "20 ~ 00 00 00"
#define HEARD_CONNECT_3 "CONNECT id=truck-1 clean keep=60"

typedef struct
{
  FwMqttClients shared;
  FwMqttClient *client;
  FwMqttVersion version;
  GByteArray *out;
  GString *told; /* by the callbacks */
} Rig;

static void
on_connected (gpointer user, FwMqttClient *client, const FwMqttPacket *connack)
{
  Rig *rig = user;
  g_assert_true (fw_mqtt_client_is_connected (client));
  g_string_append (rig->told, connack->is_session_present ? "connected present;" : "connected;");
}

static void
on_acknowledged (gpointer user, FwMqttClient *client G_GNUC_UNUSED, guint64 tag,
                 FwMqttReason reason)
{
  g_string_append_printf (((Rig *) user)->told, "ack %" G_GUINT64_FORMAT ":%02x;", tag, reason);
}

static void
on_granted (gpointer user, FwMqttClient *client G_GNUC_UNUSED, guint64 tag, guint8 code)
{
  g_string_append_printf (((Rig *) user)->told, "granted %" G_GUINT64_FORMAT ":%02x;", tag, code);
}

static void
on_received (gpointer user, FwMqttClient *client G_GNUC_UNUSED, const FwMqttMessage *message,
             const FwMqttProperties *properties G_GNUC_UNUSED, guint32 ticket)
{
  Rig *rig = user;
  g_string_append_printf (rig->told, "got q%u %.*s=%.*s", message->qos, (int) message->topic.len,
                          (const char *) message->topic.data, (int) message->payload.len,
                          (const char *) message->payload.data);
  g_string_append_printf (rig->told, message->qos > 0 ? " %u;" : ";", ticket);
}

static char *
heard (Rig *rig)
{
  char *text = mqtt_describe_all (rig->out->data, rig->out->len, rig->version, FW_MQTT_CLIENT);
  g_byte_array_set_size (rig->out, 0);
  return text;
}

static char *
told (Rig *rig)
{
  char *text = g_strdup (rig->told->str);
  g_string_truncate (rig->told, 0);
  return text;
}

#define ASSERT_TEXT(call, expected)      \
  G_STMT_START                           \
  {                                      \
    g_autofree char *got = (call);       \
    g_assert_cmpstr (got, ==, expected); \
  }                                      \
  G_STMT_END
#define ASSERT_OVER(rig, end) \
  g_assert_cmpstr (fw_mqtt_over_names[fw_mqtt_client_over ((rig)->client)], ==, end)

static void
say (Rig *rig, const char *notation)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  mqtt_bytes (notation, bytes);
  fw_mqtt_client_feed (rig->client, bytes->data, bytes->len, rig->out);
}

static void
rig_connect (Rig *rig, const FwMqttHello *hello)
{
  rig->version = hello->version;
  rig->client = fw_mqtt_client_new (&rig->shared, rig, hello, rig->out);
}

static Rig *
rig_new (void)
{
  Rig *rig = g_new0 (Rig, 1);
  rig->shared.limits = (FwMqttClientLimits){
    .packet_max = 200, .in_flight_max = 3, .receive_max = 2, .answer_ms = 5000
  };
  rig->shared.handler
      = (FwMqttClientHandler){ on_connected, on_acknowledged, on_granted, on_received };
  rig->out = g_byte_array_new ();
  rig->told = g_string_new (NULL);
  return rig;
}

/* Let in, with what was said until then forgotten. */
static Rig *
rig_let_in (const char *connack)
{
  Rig *rig = rig_new ();
  FwMqttHello hello
      = { .version = strlen (connack) > strlen (LET_IN_3) ? FW_MQTT_5_0 : FW_MQTT_3_1_1,
          .client_id = "truck-1",
          .keep_alive_s = 60 };
  rig_connect (rig, &hello);
  say (rig, connack);
  g_byte_array_set_size (rig->out, 0);
  g_string_truncate (rig->told, 0);
  return rig;
}

static void
rig_free (Rig *rig)
{
  fw_mqtt_client_free (rig->client);
  g_byte_array_unref (rig->out);
  g_string_free (rig->told, TRUE);
  g_free (rig);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Rig, rig_free)

static FwMqttReason
publish (Rig *rig, guint8 qos, guint64 tag)
{
  FwMqttMessage message
      = { { (const guint8 *) "a", 1 }, { (const guint8 *) "x", 1 }, qos, FALSE, FALSE };
  return fw_mqtt_client_publish (rig->client, &message, tag, rig->out);
}

static void
test_connect (void)
{
  static const struct
  {
    FwMqttHello hello;
    const char *expected;
  } rows[] = {
    { { FW_MQTT_3_1_1, "truck-1", NULL, { NULL, 0 }, 60, 0 }, HEARD_CONNECT_3 },
    { { FW_MQTT_3_1_1, "t", "u", { (const guint8 *) "p", 1 }, 0, 100 },
      "CONNECT id=t keep=0 username=u password=p" },
    { { FW_MQTT_5_0, "", NULL, { NULL, 0 }, 60, 0 }, "CONNECT id= clean keep=60 {21:2 27:200}" },
    { { FW_MQTT_5_0, "t", "u", { NULL, 0 }, 60, 100 },
      "CONNECT id=t keep=60 username=u {11:100 21:2 27:200}" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Rig) rig = rig_new ();
      rig_connect (rig, &rows[i].hello);
      ASSERT_TEXT (heard (rig), rows[i].expected);
      g_assert_false (fw_mqtt_client_is_connected (rig->client));
      g_assert_cmpuint (publish (rig, 0, 0), ==, FW_MQTT_UNAVAILABLE);
      say (rig, rows[i].hello.version == FW_MQTT_5_0 ? LET_IN_5 : LET_IN_3);
      ASSERT_TEXT (told (rig), "connected;");
    }
}

static void
test_refused (void)
{
  static const struct
  {
    FwMqttVersion version;
    const char *connack;
    guint reason;
  } rows[] = {
    { FW_MQTT_3_1_1, "20 02 00 04", FW_MQTT_BAD_CREDENTIALS },
    { FW_MQTT_3_1_1, "20 02 00 05", FW_MQTT_NOT_AUTHORIZED },
    { FW_MQTT_5_0, "20 ~ 00 89 00", FW_MQTT_BUSY },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Rig) rig = rig_new ();
      rig_connect (rig, &(FwMqttHello){ .version = rows[i].version, .client_id = "t" });
      g_byte_array_set_size (rig->out, 0);
      say (rig, rows[i].connack);
      ASSERT_OVER (rig, "refused");
      g_assert_cmphex (fw_mqtt_client_reason (rig->client), ==, rows[i].reason);
      ASSERT_TEXT (told (rig), "");
      ASSERT_TEXT (heard (rig), "");
    }
}

static void
test_window (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (publish (rig, 1, 100 + i), ==, FW_MQTT_SUCCESS);
  g_assert_cmphex (publish (rig, 1, 103), ==, FW_MQTT_OVER_RECEIVE_MAXIMUM);
  g_assert_cmphex (publish (rig, 0, 0), ==, FW_MQTT_SUCCESS);
  ASSERT_TEXT (heard (rig), "PUBLISH #1 q1 topic=a payload=x | PUBLISH #2 q1 topic=a payload=x | "
                            "PUBLISH #3 q1 topic=a payload=x | PUBLISH q0 topic=a payload=x");
  say (rig, "40 02 00 02");
  ASSERT_TEXT (told (rig), "ack 101:00;");
  g_assert_cmpuint (fw_mqtt_client_room (rig->client), ==, 0); /* the oldest is out still */
  say (rig, "40 02 00 01");
  ASSERT_TEXT (told (rig), "ack 100:00;");
  g_assert_cmpuint (fw_mqtt_client_room (rig->client), ==, 2);
  guint32 at = 0;
  guint64 tag;
  g_assert_true (fw_mqtt_client_next_unanswered (rig->client, &at, &tag));
  g_assert_cmpuint (tag, ==, 102);
  g_assert_false (fw_mqtt_client_next_unanswered (rig->client, &at, &tag));
}

static void
test_ids_go_round (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_3);
  g_assert_cmpuint (publish (rig, 1, 0), ==, FW_MQTT_SUCCESS);
  for (guint i = 1; i <= 70000; i++)
    {
      guint id = (i - 1) % 65535 + 1;
      guint8 ack[] = { 0x40, 2, (guint8) (id >> 8), (guint8) id };
      g_autofree char *expected = g_strdup_printf ("ack %u:00;", i - 1);
      g_assert_cmpuint (publish (rig, 1, i), ==, FW_MQTT_SUCCESS);
      fw_mqtt_client_feed (rig->client, ack, sizeof ack, rig->out);
      ASSERT_TEXT (told (rig), expected);
      g_byte_array_set_size (rig->out, 0);
    }
}

static void
test_terms (void)
{
  g_autoptr (Rig) rig = rig_let_in ("20 ~ 00 00 0f 21 0001 13 0008 24 01 25 00 27 00000009");
  g_assert_cmpuint (fw_mqtt_client_room (rig->client), ==, 1);
  FwMqttMessage message
      = { { (const guint8 *) "a", 1 }, { (const guint8 *) "xy", 2 }, 1, FALSE, FALSE };
  g_assert_cmphex (fw_mqtt_client_publish (rig->client, &message, 1, rig->out), ==,
                   FW_MQTT_TOO_LARGE);
  message.payload.len = 1;
  message.is_retained = TRUE;
  g_assert_cmphex (fw_mqtt_client_publish (rig->client, &message, 1, rig->out), ==,
                   FW_MQTT_NO_RETAIN);
  g_assert_cmpuint (publish (rig, 1, 1), ==, FW_MQTT_SUCCESS);
  ASSERT_TEXT (heard (rig), "PUBLISH #1 q1 topic=a payload=x");
  rig->shared.now_ms += 6000; /* three quarters of the server's 8 s */
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_TEXT (heard (rig), "PINGREQ");

  g_autoptr (Rig) lower = rig_let_in ("20 ~ 00 00 02 24 00");
  g_assert_cmphex (publish (lower, 1, 1), ==, FW_MQTT_NO_QOS);
  g_assert_cmphex (publish (lower, 0, 1), ==, FW_MQTT_SUCCESS);
}

static void
test_refused_publish (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_5);
  publish (rig, 1, 7);
  say (rig, "40 ~ 0001 99 0c 1f <no object>");
  ASSERT_TEXT (told (rig), "ack 7:99;");
}

static void
test_keep_alive (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_3);
  rig->shared.now_ms = 44999;
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_TEXT (heard (rig), "");
  rig->shared.now_ms = 45000;
  fw_mqtt_client_tick (rig->client, rig->out);
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_TEXT (heard (rig), "PINGREQ");
  say (rig, "d0 00");
  rig->shared.now_ms = 80000;
  publish (rig, 0, 0); /* says as much as a ping */
  rig->shared.now_ms = 100000;
  g_byte_array_set_size (rig->out, 0);
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_TEXT (heard (rig), "");
  rig->shared.now_ms = 125000;
  fw_mqtt_client_tick (rig->client, rig->out);
  rig->shared.now_ms = 129999;
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_OVER (rig, "none");
  rig->shared.now_ms = 130000;
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_OVER (rig, "silent");
}

static void
test_no_connack (void)
{
  g_autoptr (Rig) rig = rig_new ();
  rig_connect (rig, &(FwMqttHello){ .version = FW_MQTT_5_0, .client_id = "t" });
  g_byte_array_set_size (rig->out, 0);
  rig->shared.now_ms = 5000;
  fw_mqtt_client_tick (rig->client, rig->out);
  ASSERT_OVER (rig, "silent");
  ASSERT_TEXT (heard (rig), "");
}

static void
test_subscriber (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_5);
  g_assert_true (fw_mqtt_client_subscribe (rig->client, "$share/f/a/+", 1, 5, rig->out));
  ASSERT_TEXT (heard (rig), "SUBSCRIBE #1 filter=$share/f/a/+:01");
  say (rig, "90 ~ 0001 00 01");
  say (rig, "30 ~ <a/b> 00 'q' | 32 ~ <a/c> 0009 00 'r' | 32 ~ <a/d> 0003 00 's'");
  ASSERT_TEXT (told (rig), "granted 5:01;got q0 a/b=q;got q1 a/c=r 0;got q1 a/d=s 1;");
  g_assert_false (fw_mqtt_client_wants_input (rig->client));
  fw_mqtt_client_confirm (rig->client, 1, FW_MQTT_SUCCESS, rig->out);
  ASSERT_TEXT (heard (rig), "");
  fw_mqtt_client_confirm (rig->client, 0, FW_MQTT_SUCCESS, rig->out);
  ASSERT_TEXT (heard (rig), "PUBACK #9 | PUBACK #3");
  fw_mqtt_client_confirm (rig->client, 0, FW_MQTT_SUCCESS, rig->out); /* twice does no harm */
  ASSERT_TEXT (heard (rig), "");
  g_assert_true (fw_mqtt_client_wants_input (rig->client));
}

/* At Receive Maximum nothing more is read; what one read has brought beyond it is taken. */
static void
test_receive_max (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_5);
  say (rig, "32 ~ <a> 0001 00 | 32 ~ <a> 0002 00 | 32 ~ <a> 0003 00");
  ASSERT_TEXT (told (rig), "got q1 a= 0;got q1 a= 1;got q1 a= 2;");
  g_assert_false (fw_mqtt_client_wants_input (rig->client));
  fw_mqtt_client_confirm (rig->client, 0, FW_MQTT_SUCCESS, rig->out);
  g_assert_false (fw_mqtt_client_wants_input (rig->client));
  fw_mqtt_client_confirm (rig->client, 1, FW_MQTT_SUCCESS, rig->out);
  g_assert_true (fw_mqtt_client_wants_input (rig->client));

  g_autoptr (Rig) old = rig_let_in (LET_IN_3);
  say (old, "32 ~ <a> 0001 | 32 ~ <a> 0002 | 32 ~ <a> 0003");
  ASSERT_TEXT (told (old), "got q1 a= 0;got q1 a= 1;got q1 a= 2;");
}

static void
test_ends (void)
{
  static const struct
  {
    const char *bytes, *over, *in_5;
  } rows[] = {
    { LET_IN_5, "unexpected", "DISCONNECT 82" }, /* a second CONNACK */
    { "40 02 00 09", "unexpected", "DISCONNECT 82" },
    { "90 ~ 0001 00 01", "unexpected", "DISCONNECT 82" },
    { "34 ~ <a> 0001 00", "unexpected", "DISCONNECT 82" },
    { "30 ~ <a> 03 23 0001", "unexpected", "DISCONNECT 94" },
    { "e0 ~ 8b 00", "sent_away", "" },
    { "c0 00", "fault", "DISCONNECT 82" },
    { "30 ff 7f", "fault", "DISCONNECT 95" },
    { "ff", "fault", "DISCONNECT 81" },
    { "62 ~ 0001", "unexpected", "DISCONNECT 82" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Rig) rig = rig_let_in (LET_IN_5);
      say (rig, rows[i].bytes);
      ASSERT_OVER (rig, rows[i].over);
      ASSERT_TEXT (heard (rig), rows[i].in_5);
      say (rig, "d0 00"); /* an end is an end */
      g_assert_false (fw_mqtt_client_wants_input (rig->client));
    }
}

static void
test_leave (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_5);
  publish (rig, 1, 7);
  g_byte_array_set_size (rig->out, 0);
  fw_mqtt_client_leave (rig->client, rig->out);
  ASSERT_TEXT (heard (rig), "DISCONNECT");
  ASSERT_OVER (rig, "left");
  guint32 at = 0;
  guint64 tag;
  g_assert_true (fw_mqtt_client_next_unanswered (rig->client, &at, &tag));
}

/* Split at every byte, it says the same. */
static void
test_splits (void)
{
  static const char stream[] = LET_IN_5 "| 32 ~ <a/b> 0001 00 'payload' | d0 00 | 30 ~ <c> 00";
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  mqtt_bytes (stream, bytes);
  for (guint cut = 0; cut <= bytes->len; cut++)
    {
      g_autoptr (Rig) rig = rig_new ();
      rig_connect (rig, &(FwMqttHello){ .version = FW_MQTT_5_0, .client_id = "t" });
      g_autofree guint8 *first = g_memdup2 (bytes->data, cut);
      g_autofree guint8 *second = g_memdup2 (bytes->data + cut, bytes->len - cut);
      fw_mqtt_client_feed (rig->client, first, cut, rig->out);
      fw_mqtt_client_feed (rig->client, second, bytes->len - cut, rig->out);
      ASSERT_TEXT (told (rig), "connected;got q1 a/b=payload 0;got q0 c=;");
    }
}

static void
test_memory (void)
{
  g_autoptr (Rig) rig = rig_let_in (LET_IN_5);
  publish (rig, 1, 1);
  say (rig, "40 02 00 01");
  fw_mqtt_client_tick (rig->client, rig->out);
  g_assert_cmpuint (fw_mqtt_client_memory (rig->client), <, 200);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mqtt/client/connect-says-who-and-what-it-takes", test_connect);
  g_test_add_func ("/mqtt/client/a-refusal-has-its-reason", test_refused);
  g_test_add_func ("/mqtt/client/publishes-wait-for-the-window", test_window);
  g_test_add_func ("/mqtt/client/packet-ids-go-round", test_ids_go_round);
  g_test_add_func ("/mqtt/client/the-server's-terms-are-kept", test_terms);
  g_test_add_func ("/mqtt/client/a-refused-publish-is-told-by-its-tag", test_refused_publish);
  g_test_add_func ("/mqtt/client/keep-alive-pings-only-the-silent", test_keep_alive);
  g_test_add_func ("/mqtt/client/connack-has-a-deadline", test_no_connack);
  g_test_add_func ("/mqtt/client/a-subscriber-confirms-in-order", test_subscriber);
  g_test_add_func ("/mqtt/client/receive-maximum-is-guarded", test_receive_max);
  g_test_add_func ("/mqtt/client/what-ends-it", test_ends);
  g_test_add_func ("/mqtt/client/leaving-keeps-what-was-not-answered", test_leave);
  g_test_add_func ("/mqtt/client/splits-change-nothing", test_splits);
  g_test_add_func ("/mqtt/client/an-idle-one-is-small", test_memory);
  return g_test_run ();
}
