/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mqtt.h"
/* fw-mqtt-private: a place in a packet's bytes that is moved along by taking fields.
 * The first fault stands; after it every take gives 0 or nothing, so that a reader asks once, at its end. */
typedef struct
{
  const guint8 *at, *end;
  FwMqttFault fault;
} FwMqttCursor;

#define FW_MQTT_IN(type) (1u << FW_MQTT_##type)
#define FW_MQTT_IN_WILL 1u /* no packet has type 0 */

static inline void
fw_mqtt_fail (FwMqttCursor *cursor, FwMqttFault fault)
{
  if (cursor->fault == FW_MQTT_OK)
    cursor->fault = fault;
  cursor->at = cursor->end;
}
static inline gsize
fw_mqtt_left (const FwMqttCursor *cursor)
{
  return (gsize) (cursor->end - cursor->at);
}

guint8      fw_mqtt_take_u8 (FwMqttCursor *cursor);
guint16     fw_mqtt_take_u16 (FwMqttCursor *cursor);
guint32     fw_mqtt_take_u32 (FwMqttCursor *cursor);
guint32     fw_mqtt_take_varint (FwMqttCursor *cursor); /* as short as can be, or FAULT_LENGTH */
guint16     fw_mqtt_take_packet_id (FwMqttCursor *cursor);
FwMqttBytes fw_mqtt_take_bytes (FwMqttCursor *cursor);  /* two bytes of length before it */
FwMqttBytes fw_mqtt_take_text (FwMqttCursor *cursor);
FwMqttBytes fw_mqtt_take_topic (FwMqttCursor *cursor);
FwMqttBytes fw_mqtt_take_rest (FwMqttCursor *cursor);

/* where: FW_MQTT_IN (type) or FW_MQTT_IN_WILL. */
void fw_mqtt_take_properties (FwMqttCursor *cursor, guint where, FwMqttProperties *properties);
void fw_mqtt_put_properties (GByteArray *out, const FwMqttProperties *properties);
void fw_mqtt_take_connect (FwMqttCursor *cursor, FwMqttPacket *packet);

gboolean fw_mqtt_text_is_good (FwMqttBytes text);
gboolean fw_mqtt_has_reason (FwMqttType type, guint8 reason);

void fw_mqtt_put_u8 (GByteArray *out, guint value);
void fw_mqtt_put_u16 (GByteArray *out, guint value);
void fw_mqtt_put_u32 (GByteArray *out, guint32 value);
void fw_mqtt_put_bytes (GByteArray *out, FwMqttBytes bytes);
/* Puts the length of what stands behind `from` before it. */
void fw_mqtt_put_length_at (GByteArray *out, guint from);
