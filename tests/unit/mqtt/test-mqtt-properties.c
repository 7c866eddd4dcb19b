/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for any packet and any bytes; -m slow runs longer. */
#include <string.h>

#include "mqtt-notation.h"

#define N_PACKETS 30

static guint
rounds (guint n)
{
  return g_test_slow () ? n * 100 : n;
}

static guint
below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint) n);
}

static FwMqttBytes
random_text (guint max)
{
  static const char letters[]
      = "fleet/north/truck-1/telemetry/abcdefghijklmnopqrstuvwxyz-0123456789"
        "fleet/north/truck-1/telemetry/abcdefghijklmnopqrstuvwxyz-0123456789";
  return (FwMqttBytes){ (const guint8 *) letters, 1 + below (MIN (max, sizeof letters - 1)) };
}

static FwMqttMessage
random_message (void)
{
  static guint8 zeros[300];
  FwMqttMessage message = { random_text (60), { zeros, below (sizeof zeros) }, 0, FALSE, FALSE };
  message.qos = (guint8) below (3);
  message.is_retained = below (2) == 0;
  message.is_dup = message.qos > 0 && below (2) == 0;
  return message;
}

static void
make_connect (FwMqttPacket *packet)
{
  FwMqttConnect *connect = &packet->connect;
  memset (connect, 0, sizeof *connect);
  connect->client_id = random_text (30);
  connect->is_clean = below (2) == 0;
  connect->keep_alive_s = (guint16) below (65536);
  connect->has_will = below (2) == 0;
  if (below (2) == 0)
    connect->username = random_text (20);
  if (connect->username.data && below (2) == 0)
    connect->password = random_text (20);
  if (!connect->has_will)
    return;
  connect->will = random_message ();
  connect->will.is_dup = FALSE;
}

static void
make_packet (FwMqttPacket *packet, FwMqttVersion version, GByteArray *filters)
{
  static const FwMqttType types[]
      = { FW_MQTT_CONNECT,   FW_MQTT_PUBLISH,     FW_MQTT_PUBLISH, FW_MQTT_PUBACK,
          FW_MQTT_SUBSCRIBE, FW_MQTT_UNSUBSCRIBE, FW_MQTT_PINGREQ, FW_MQTT_DISCONNECT };
  packet->type = types[below (G_N_ELEMENTS (types))];
  packet->version = version;
  packet->packet_id = (guint16) (1 + below (65535));
  packet->reason = 0;
  packet->properties.has = 0;
  g_byte_array_set_size (filters, 0);
  if (packet->type == FW_MQTT_CONNECT)
    make_connect (packet);
  else if (packet->type == FW_MQTT_PUBLISH)
    packet->publish = random_message ();
  else
    {
      gboolean has_options = packet->type == FW_MQTT_SUBSCRIBE;
      fw_mqtt_put_filter ("fleet/+/#", has_options ? (gint) below (3) : -1, filters);
      packet->filters = (FwMqttBytes){ filters->data, filters->len };
    }
  if (version == FW_MQTT_5_0 && packet->type == FW_MQTT_PUBLISH && below (2) == 0)
    fw_mqtt_set_number (&packet->properties, FW_MQTT_MESSAGE_EXPIRY, below (1000));
  if (version == FW_MQTT_5_0 && packet->type == FW_MQTT_DISCONNECT && below (2) == 0)
    fw_mqtt_set_text (&packet->properties, FW_MQTT_REASON_STRING, "gone", 4);
}

/* Appends packets to bytes; what they say, divided by " | ". */
static char *
make_stream (GByteArray *bytes, FwMqttVersion version)
{
  g_autoptr (GByteArray) filters = g_byte_array_new ();
  GString *said = g_string_new (NULL);
  for (guint i = 0; i < N_PACKETS; i++)
    {
      FwMqttPacket packet, read;
      guint begin = bytes->len;
      make_packet (&packet, version, filters);
      fw_mqtt_write (&packet, bytes);
      g_assert_cmpint (
          fw_mqtt_read (bytes->data + begin, bytes->len - begin, version, FW_MQTT_CLIENT, &read),
          ==, FW_MQTT_OK);
      g_autofree char *one = mqtt_describe (&read);
      g_string_append_printf (said, "%s%s", i > 0 ? " | " : "", one);
    }
  return g_string_free (said, FALSE);
}

/* Takes what is whole out of pending, as a connection would. */
static void
take_whole (GByteArray *pending, FwMqttVersion version, GString *said)
{
  gsize len;
  while (fw_mqtt_packet_len (pending->data, pending->len, 1 << 20, &len) == FW_MQTT_OK && len > 0
         && len <= pending->len)
    {
      g_autofree char *one = mqtt_describe_all (pending->data, len, version, FW_MQTT_CLIENT);
      g_string_append_printf (said, "%s%s", said->len > 0 ? " | " : "", one);
      g_byte_array_remove_range (pending, 0, (guint) len);
    }
}

static void
test_splits (void)
{
  for (guint round = 0; round < rounds (50); round++)
    {
      FwMqttVersion version = round % 2 ? FW_MQTT_5_0 : FW_MQTT_3_1_1;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autoptr (GByteArray) pending = g_byte_array_new ();
      g_autoptr (GString) said = g_string_new (NULL);
      g_autofree char *expected = make_stream (bytes, version);
      for (guint at = 0, n; at < bytes->len; at += n)
        {
          guint piece = 1 + below (round % 3 ? 200 : 3);
          n = MIN (piece, bytes->len - at);
          g_byte_array_append (pending, bytes->data + at, n);
          take_whole (pending, version, said);
        }
      g_assert_cmpstr (said->str, ==, expected);
      g_assert_cmpuint (pending->len, ==, 0);
    }
}

/* Reads a copy of the very size; what can be read is written and read again to the same. */
static void
assert_survives (const guint8 *bytes, gsize len, FwMqttVersion version, FwMqttEnd from)
{
  FwMqttPacket packet, again;
  g_autofree guint8 *copy = g_memdup2 (bytes, len);
  g_autoptr (GByteArray) written = g_byte_array_new ();
  FwMqttFault fault = fw_mqtt_read (copy, len, version, from, &packet);
  g_assert_cmpint (fault, <, FW_MQTT_N_FAULTS);
  if (fault)
    return;
  fw_mqtt_write (&packet, written);
  g_assert_cmpint (fw_mqtt_read (written->data, written->len, packet.version, from, &again), ==,
                   FW_MQTT_OK);
  g_autofree char *first = mqtt_describe (&packet);
  g_autofree char *second = mqtt_describe (&again);
  g_assert_cmpstr (first, ==, second);
}

static void
test_any_bytes (void)
{
  for (guint round = 0; round < rounds (50000); round++)
    {
      guint8 bytes[40];
      guint len = 2 + below (sizeof bytes - 1);
      for (guint i = 0; i < len; i++)
        bytes[i] = (guint8) (below (3) ? below (12) : below (256));
      bytes[0] = (guint8) (below (16) << 4 | (below (2) ? 0 : below (16)));
      bytes[1] = (guint8) (len - 2);
      assert_survives (bytes, len, below (2) ? FW_MQTT_5_0 : FW_MQTT_3_1_1,
                       below (2) ? FW_MQTT_CLIENT : FW_MQTT_SERVER);
    }
}

/* Good packets with one byte changed, or cut short. */
static void
test_broken_packets (void)
{
  for (guint round = 0; round < rounds (20000); round++)
    {
      FwMqttPacket packet;
      FwMqttVersion version = round % 2 ? FW_MQTT_5_0 : FW_MQTT_3_1_1;
      g_autoptr (GByteArray) filters = g_byte_array_new ();
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      make_packet (&packet, version, filters);
      fw_mqtt_write (&packet, bytes);
      bytes->data[below (bytes->len)] ^= (guint8) (1 << below (8));
      assert_survives (bytes->data, round % 5 ? bytes->len : below (bytes->len), version,
                       FW_MQTT_CLIENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mqtt/properties/any-split-gives-the-same-packets", test_splits);
  g_test_add_func ("/mqtt/properties/any-bytes-are-read-or-refused", test_any_bytes);
  g_test_add_func ("/mqtt/properties/a-broken-packet-is-read-or-refused", test_broken_packets);
  return g_test_run ();
}
