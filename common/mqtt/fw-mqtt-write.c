/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mqtt-private.h"

#include <string.h>

void
fw_mqtt_put_u8 (GByteArray *out, guint value)
{
  guint8 byte = (guint8) value;
  g_byte_array_append (out, &byte, 1);
}

void
fw_mqtt_put_u16 (GByteArray *out, guint value)
{
  guint8 bytes[] = { (guint8) (value >> 8), (guint8) value };
  g_byte_array_append (out, bytes, sizeof bytes);
}

void
fw_mqtt_put_u32 (GByteArray *out, guint32 value)
{
  fw_mqtt_put_u16 (out, value >> 16);
  fw_mqtt_put_u16 (out, value & 0xffff);
}

void
fw_mqtt_put_bytes (GByteArray *out, FwMqttBytes bytes)
{
  g_assert (bytes.len <= G_MAXUINT16);
  fw_mqtt_put_u16 (out, bytes.len);
  if (bytes.len > 0)
    g_byte_array_append (out, bytes.data, bytes.len);
}

void
fw_mqtt_put_length_at (GByteArray *out, guint from)
{
  guint8 length[4];
  guint n = 0, rest = out->len - from;
  for (; rest > 0x7f; rest >>= 7)
    length[n++] = (guint8) (rest | 0x80);
  length[n++] = (guint8) rest;
  g_byte_array_set_size (out, out->len + n);
  memmove (out->data + from + n, out->data + from, out->len - n - from);
  memcpy (out->data + from, length, n);
}

void
fw_mqtt_put_filter (const char *text, gint options, GByteArray *filters)
{
  fw_mqtt_put_bytes (filters, (FwMqttBytes){ (const guint8 *) text, (guint32) strlen (text) });
  if (options >= 0)
    fw_mqtt_put_u8 (filters, (guint) options);
}

static void
put_raw (GByteArray *out, FwMqttBytes bytes)
{
  if (bytes.len > 0)
    g_byte_array_append (out, bytes.data, bytes.len);
}

static guint
connect_flags (const FwMqttConnect *connect)
{
  guint will = 4u | (guint) connect->will.qos << 3 | (connect->will.is_retained ? 0x20 : 0);
  return (connect->is_clean ? 2 : 0) | (connect->has_will ? will : 0)
         | (connect->password.data ? 0x40 : 0) | (connect->username.data ? 0x80 : 0);
}

static void
put_connect (GByteArray *out, const FwMqttPacket *packet)
{
  const FwMqttConnect *connect = &packet->connect;
  fw_mqtt_put_bytes (out, (FwMqttBytes){ (const guint8 *) "MQTT", 4 });
  fw_mqtt_put_u8 (out, packet->version);
  fw_mqtt_put_u8 (out, connect_flags (connect));
  fw_mqtt_put_u16 (out, connect->keep_alive_s);
  if (packet->version == FW_MQTT_5_0)
    fw_mqtt_put_properties (out, &packet->properties);
  fw_mqtt_put_bytes (out, connect->client_id);
  if (connect->has_will)
    {
      if (packet->version == FW_MQTT_5_0)
        fw_mqtt_put_properties (out, &connect->will_properties);
      fw_mqtt_put_bytes (out, connect->will.topic);
      fw_mqtt_put_bytes (out, connect->will.payload);
    }
  if (connect->username.data)
    fw_mqtt_put_bytes (out, connect->username);
  if (connect->password.data)
    fw_mqtt_put_bytes (out, connect->password);
}

static void
put_publish (GByteArray *out, const FwMqttPacket *packet)
{
  fw_mqtt_put_bytes (out, packet->publish.topic);
  if (packet->publish.qos > 0)
    fw_mqtt_put_u16 (out, packet->packet_id);
  if (packet->version == FW_MQTT_5_0)
    fw_mqtt_put_properties (out, &packet->properties);
  put_raw (out, packet->publish.payload);
}

static void
put_reason (GByteArray *out, const FwMqttPacket *packet)
{
  if (packet->version != FW_MQTT_5_0 || (packet->reason == 0 && !packet->properties.has))
    return;
  fw_mqtt_put_u8 (out, packet->reason);
  if (packet->properties.has)
    fw_mqtt_put_properties (out, &packet->properties);
}

static void
put_body (GByteArray *out, const FwMqttPacket *packet)
{
  gboolean is_5 = packet->version == FW_MQTT_5_0;
  switch (packet->type)
    {
    case FW_MQTT_CONNECT:
      put_connect (out, packet);
      break;
    case FW_MQTT_CONNACK:
      fw_mqtt_put_u8 (out, packet->is_session_present ? 1 : 0);
      fw_mqtt_put_u8 (out, packet->reason);
      if (is_5)
        fw_mqtt_put_properties (out, &packet->properties);
      break;
    case FW_MQTT_PUBLISH:
      put_publish (out, packet);
      break;
    case FW_MQTT_SUBSCRIBE:
    case FW_MQTT_UNSUBSCRIBE:
    case FW_MQTT_SUBACK:
    case FW_MQTT_UNSUBACK:
      fw_mqtt_put_u16 (out, packet->packet_id);
      if (is_5)
        fw_mqtt_put_properties (out, &packet->properties);
      if (is_5 || packet->type != FW_MQTT_UNSUBACK)
        put_raw (out, packet->filters);
      break;
    case FW_MQTT_DISCONNECT:
    case FW_MQTT_AUTH:
      put_reason (out, packet);
      break;
    case FW_MQTT_PINGREQ:
    case FW_MQTT_PINGRESP:
      break;
    default:
      fw_mqtt_put_u16 (out, packet->packet_id);
      put_reason (out, packet);
    }
}

static guint
fixed_flags (const FwMqttPacket *packet)
{
  const FwMqttMessage *message = &packet->publish;
  switch (packet->type)
    {
    case FW_MQTT_PUBLISH:
      return (message->is_dup ? 8u : 0) | (guint) message->qos << 1
             | (message->is_retained ? 1 : 0);
    case FW_MQTT_PUBREL:
    case FW_MQTT_SUBSCRIBE:
    case FW_MQTT_UNSUBSCRIBE:
      return 2;
    default:
      return 0;
    }
}

void
fw_mqtt_write (const FwMqttPacket *packet, GByteArray *out)
{
  fw_mqtt_put_u8 (out, (guint) packet->type << 4 | fixed_flags (packet));
  guint begin = out->len;
  put_body (out, packet);
  fw_mqtt_put_length_at (out, begin);
}

void
fw_mqtt_write_ack (FwMqttVersion version, FwMqttType type, guint16 packet_id, guint8 reason,
                   GByteArray *out)
{
  gboolean has_reason = version == FW_MQTT_5_0 && reason != 0;
  guint8 bytes[] = { (guint8) (type << 4 | (type == FW_MQTT_PUBREL ? 2 : 0)), has_reason ? 3 : 2,
                     (guint8) (packet_id >> 8), (guint8) packet_id, reason };
  g_byte_array_append (out, bytes, has_reason ? 5 : 4);
}
