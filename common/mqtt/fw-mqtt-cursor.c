/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mqtt-private.h"

#define VARINT_MAX_BYTES 4

guint8
fw_mqtt_take_u8 (FwMqttCursor *cursor)
{
  if (G_LIKELY (cursor->at < cursor->end))
    return *cursor->at++;
  fw_mqtt_fail (cursor, FW_MQTT_FAULT_TRUNCATED);
  return 0;
}

guint16
fw_mqtt_take_u16 (FwMqttCursor *cursor)
{
  if (G_UNLIKELY (fw_mqtt_left (cursor) < 2))
    {
      fw_mqtt_fail (cursor, FW_MQTT_FAULT_TRUNCATED);
      return 0;
    }
  const guint8 *at = cursor->at;
  cursor->at += 2;
  return (guint16) (at[0] << 8 | at[1]);
}

guint32
fw_mqtt_take_u32 (FwMqttCursor *cursor)
{
  guint32 high = fw_mqtt_take_u16 (cursor);
  return high << 16 | fw_mqtt_take_u16 (cursor);
}

guint32
fw_mqtt_take_varint (FwMqttCursor *cursor)
{
  guint32 value = 0;
  for (guint i = 0; i < VARINT_MAX_BYTES; i++)
    {
      guint8 byte = fw_mqtt_take_u8 (cursor);
      value |= (guint32) (byte & 0x7f) << (7 * i);
      if (byte & 0x80)
        continue;
      if (byte == 0 && i > 0)
        break;
      return value;
    }
  fw_mqtt_fail (cursor, FW_MQTT_FAULT_LENGTH);
  return 0;
}

guint16
fw_mqtt_take_packet_id (FwMqttCursor *cursor)
{
  guint16 id = fw_mqtt_take_u16 (cursor);
  if (id == 0)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_PACKET_ID);
  return id;
}

FwMqttBytes
fw_mqtt_take_bytes (FwMqttCursor *cursor)
{
  guint16 len = fw_mqtt_take_u16 (cursor);
  FwMqttBytes bytes = { cursor->at, len };
  if (G_LIKELY (len <= fw_mqtt_left (cursor)))
    {
      cursor->at += len;
      return bytes;
    }
  fw_mqtt_fail (cursor, FW_MQTT_FAULT_TRUNCATED);
  return (FwMqttBytes){ cursor->at, 0 };
}

FwMqttBytes
fw_mqtt_take_text (FwMqttCursor *cursor)
{
  FwMqttBytes text = fw_mqtt_take_bytes (cursor);
  if (!fw_mqtt_text_is_good (text))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_TEXT);
  return text;
}

FwMqttBytes
fw_mqtt_take_topic (FwMqttCursor *cursor)
{
  FwMqttBytes topic = fw_mqtt_take_bytes (cursor);
  if (G_UNLIKELY (!fw_mqtt_topic_is_good (topic)))
    fw_mqtt_fail (cursor, fw_mqtt_text_is_good (topic) ? FW_MQTT_FAULT_TOPIC : FW_MQTT_FAULT_TEXT);
  return topic;
}

FwMqttBytes
fw_mqtt_take_rest (FwMqttCursor *cursor)
{
  FwMqttBytes rest = { cursor->at, (guint32) fw_mqtt_left (cursor) };
  cursor->at = cursor->end;
  return rest;
}
