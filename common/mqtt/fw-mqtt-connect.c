/* SPDX-License-Identifier: Apache-2.0 */
/* CONNECT (3.1): name, level, flags, keep alive, properties; client id, will, username, password.
 */
#include "fw-mqtt-private.h"

#include <string.h>

#define BRIDGE 0x80 /* set in the level by some brokers that connect as a client */

enum
{
  FLAG_RESERVED = 0x01,
  FLAG_CLEAN = 0x02,
  FLAG_WILL = 0x04,
  FLAG_WILL_QOS = 0x18,
  FLAG_WILL_RETAIN = 0x20,
  FLAG_PASSWORD = 0x40,
  FLAG_USERNAME = 0x80,
};

static gboolean
is_word (FwMqttBytes text, const char *word)
{
  return text.len == strlen (word) && memcmp (text.data, word, text.len) == 0;
}

static void
take_protocol (FwMqttCursor *cursor, FwMqttPacket *packet)
{
  FwMqttBytes name = fw_mqtt_take_text (cursor);
  guint8 level = fw_mqtt_take_u8 (cursor);
  gboolean is_mqtt = is_word (name, "MQTT");
  packet->version = FW_MQTT_UNKNOWN;
  if (cursor->fault)
    return;
  if (!is_mqtt && !is_word (name, "MQIsdp"))
    {
      fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROTOCOL);
      return;
    }
  packet->version = (level & ~BRIDGE) < FW_MQTT_5_0 ? FW_MQTT_3_1_1 : FW_MQTT_5_0;
  if (!is_mqtt || (level != FW_MQTT_3_1_1 && level != FW_MQTT_5_0))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_VERSION);
}

static gboolean
are_flags_good (guint8 flags, FwMqttVersion version)
{
  guint8 will_qos = flags & FLAG_WILL_QOS;
  if (flags & FLAG_RESERVED || will_qos == FLAG_WILL_QOS)
    return FALSE;
  if (!(flags & FLAG_WILL) && flags & (FLAG_WILL_QOS | FLAG_WILL_RETAIN))
    return FALSE;
  return version == FW_MQTT_5_0 || !(flags & FLAG_PASSWORD) || flags & FLAG_USERNAME;
}

static void
take_will (FwMqttCursor *cursor, guint8 flags, FwMqttVersion version, FwMqttConnect *connect)
{
  connect->will_properties.has = 0;
  if (!connect->has_will)
    return;
  if (version == FW_MQTT_5_0)
    fw_mqtt_take_properties (cursor, FW_MQTT_IN_WILL, &connect->will_properties);
  connect->will.topic = fw_mqtt_take_topic (cursor);
  connect->will.payload = fw_mqtt_take_bytes (cursor);
  connect->will.qos = (flags & FLAG_WILL_QOS) >> 3;
  connect->will.is_retained = (flags & FLAG_WILL_RETAIN) != 0;
  connect->will.is_dup = FALSE;
  if (connect->will.topic.len == 0)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_NO_TOPIC);
}

static void
take_payload (FwMqttCursor *cursor, guint8 flags, FwMqttVersion version, FwMqttConnect *connect)
{
  connect->client_id = fw_mqtt_take_text (cursor);
  if (version == FW_MQTT_3_1_1 && connect->client_id.len == 0 && !connect->is_clean)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_CLIENT_ID);
  take_will (cursor, flags, version, connect);
  connect->username = flags & FLAG_USERNAME ? fw_mqtt_take_text (cursor) : (FwMqttBytes){ NULL, 0 };
  connect->password
      = flags & FLAG_PASSWORD ? fw_mqtt_take_bytes (cursor) : (FwMqttBytes){ NULL, 0 };
}

void
fw_mqtt_take_connect (FwMqttCursor *cursor, FwMqttPacket *packet)
{
  FwMqttConnect *connect = &packet->connect;
  take_protocol (cursor, packet);
  guint8 flags = fw_mqtt_take_u8 (cursor);
  if (!cursor->fault && !are_flags_good (flags, packet->version))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_CONNECT_FLAGS);
  connect->is_clean = (flags & FLAG_CLEAN) != 0;
  connect->has_will = (flags & FLAG_WILL) != 0;
  connect->keep_alive_s = fw_mqtt_take_u16 (cursor);
  if (packet->version == FW_MQTT_5_0)
    fw_mqtt_take_properties (cursor, FW_MQTT_IN (CONNECT), &packet->properties);
  if (cursor->fault)
    return;
  if (fw_mqtt_has (&packet->properties, FW_MQTT_AUTH_DATA)
      && !fw_mqtt_has (&packet->properties, FW_MQTT_AUTH_METHOD))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROPERTY_VALUE);
  take_payload (cursor, flags, packet->version, connect);
}
