/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of 5.0 (2.2.2): one row says of what kind each is and where it may stand. */
#include "fw-mqtt-private.h"

#include <string.h>

#define MESSAGE (FW_MQTT_IN (PUBLISH) | FW_MQTT_IN_WILL)
#define ENTRY (FW_MQTT_IN (CONNECT) | FW_MQTT_IN (CONNACK))
#define ACKS                                                                              \
  (FW_MQTT_IN (PUBACK) | FW_MQTT_IN (PUBREC) | FW_MQTT_IN (PUBREL) | FW_MQTT_IN (PUBCOMP) \
   | FW_MQTT_IN (SUBACK) | FW_MQTT_IN (UNSUBACK))

typedef enum
{
  NONE,
  FLAG, /* a byte, 0 or 1 */
  U16,
  U16_FROM_1,
  U32,
  U32_FROM_1,
  VARINT_FROM_1,
  TEXT,
  TOPIC,
  BYTES,
  PAIR,
} Kind;

/* clang-format off */
static const struct
{
  guint8 kind;
  guint16 where;
} rows[FW_MQTT_N_PROPERTIES] = {
  [FW_MQTT_PAYLOAD_FORMAT] = { FLAG, MESSAGE },
  [FW_MQTT_MESSAGE_EXPIRY] = { U32, MESSAGE },
  [FW_MQTT_CONTENT_TYPE] = { TEXT, MESSAGE },
  [FW_MQTT_RESPONSE_TOPIC] = { TOPIC, MESSAGE },
  [FW_MQTT_CORRELATION] = { BYTES, MESSAGE },
  [FW_MQTT_SUBSCRIPTION_ID] = { VARINT_FROM_1, FW_MQTT_IN (PUBLISH) | FW_MQTT_IN (SUBSCRIBE) },
  [FW_MQTT_SESSION_EXPIRY] = { U32, ENTRY | FW_MQTT_IN (DISCONNECT) },
  [FW_MQTT_ASSIGNED_ID] = { TEXT, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_SERVER_KEEP_ALIVE] = { U16, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_AUTH_METHOD] = { TEXT, ENTRY | FW_MQTT_IN (AUTH) },
  [FW_MQTT_AUTH_DATA] = { BYTES, ENTRY | FW_MQTT_IN (AUTH) },
  [FW_MQTT_PROBLEM_INFO] = { FLAG, FW_MQTT_IN (CONNECT) },
  [FW_MQTT_WILL_DELAY] = { U32, FW_MQTT_IN_WILL },
  [FW_MQTT_RESPONSE_INFO_WANTED] = { FLAG, FW_MQTT_IN (CONNECT) },
  [FW_MQTT_RESPONSE_INFO] = { TEXT, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_SERVER_REFERENCE] = { TEXT, FW_MQTT_IN (CONNACK) | FW_MQTT_IN (DISCONNECT) },
  [FW_MQTT_REASON_STRING] = { TEXT, ACKS | FW_MQTT_IN (CONNACK) | FW_MQTT_IN (DISCONNECT) | FW_MQTT_IN (AUTH) },
  [FW_MQTT_RECEIVE_MAXIMUM] = { U16_FROM_1, ENTRY },
  [FW_MQTT_ALIAS_MAXIMUM] = { U16, ENTRY },
  [FW_MQTT_ALIAS] = { U16, FW_MQTT_IN (PUBLISH) },
  [FW_MQTT_MAXIMUM_QOS] = { FLAG, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_RETAIN_AVAILABLE] = { FLAG, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_USER_PROPERTY] = { PAIR, G_MAXUINT16 },
  [FW_MQTT_MAXIMUM_PACKET] = { U32_FROM_1, ENTRY },
  [FW_MQTT_WILDCARD_AVAILABLE] = { FLAG, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_IDS_AVAILABLE] = { FLAG, FW_MQTT_IN (CONNACK) },
  [FW_MQTT_SHARED_AVAILABLE] = { FLAG, FW_MQTT_IN (CONNACK) },
};
/* clang-format on */

void
fw_mqtt_set_number (FwMqttProperties *properties, FwMqttProperty property, guint32 number)
{
  properties->has |= G_GUINT64_CONSTANT (1) << property;
  properties->value[property].number = number;
}

void
fw_mqtt_set_text (FwMqttProperties *properties, FwMqttProperty property, const char *text,
                  gsize len)
{
  properties->has |= G_GUINT64_CONSTANT (1) << property;
  properties->value[property].bytes = (FwMqttBytes){ (const guint8 *) text, (guint32) len };
}

static guint32
take_number (FwMqttCursor *cursor, Kind kind)
{
  guint32 number = kind == FLAG                        ? fw_mqtt_take_u8 (cursor)
                   : kind == U16 || kind == U16_FROM_1 ? fw_mqtt_take_u16 (cursor)
                   : kind == VARINT_FROM_1             ? fw_mqtt_take_varint (cursor)
                                                       : fw_mqtt_take_u32 (cursor);
  gboolean is_from_1 = kind == U16_FROM_1 || kind == U32_FROM_1 || kind == VARINT_FROM_1;
  if ((kind == FLAG && number > 1) || (is_from_1 && number == 0))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROPERTY_VALUE);
  return number;
}

static void
take_value (FwMqttCursor *cursor, Kind kind, FwMqttValue *value)
{
  switch (kind)
    {
    case TEXT:
      value->bytes = fw_mqtt_take_text (cursor);
      break;
    case TOPIC:
      value->bytes = fw_mqtt_take_topic (cursor);
      break;
    case BYTES:
      value->bytes = fw_mqtt_take_bytes (cursor);
      break;
    default:
      value->number = take_number (cursor, kind);
    }
}

static void
take_property (FwMqttCursor *cursor, guint where, FwMqttProperties *properties)
{
  guint32 id = fw_mqtt_take_varint (cursor);
  if (id >= FW_MQTT_N_PROPERTIES || !(rows[id].where & where))
    {
      fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROPERTY);
      return;
    }
  if (rows[id].kind == PAIR)
    {
      fw_mqtt_take_text (cursor);
      fw_mqtt_take_text (cursor);
      return;
    }
  /* A message that several subscriptions ask for names them all; the last one is kept. */
  gboolean may_repeat = id == FW_MQTT_SUBSCRIPTION_ID && where == FW_MQTT_IN (PUBLISH);
  if (fw_mqtt_has (properties, id) && !may_repeat)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROPERTY_TWICE);
  properties->has |= G_GUINT64_CONSTANT (1) << id;
  take_value (cursor, rows[id].kind, &properties->value[id]);
}

void
fw_mqtt_take_properties (FwMqttCursor *cursor, guint where, FwMqttProperties *properties)
{
  guint32 len = fw_mqtt_take_varint (cursor);
  properties->has = 0;
  if (G_LIKELY (len == 0))
    return;
  if (len > fw_mqtt_left (cursor))
    {
      fw_mqtt_fail (cursor, FW_MQTT_FAULT_TRUNCATED);
      return;
    }
  FwMqttCursor inner = { cursor->at, cursor->at + len, FW_MQTT_OK };
  while (inner.at < inner.end)
    take_property (&inner, where, properties);
  cursor->at += len;
  if (inner.fault)
    fw_mqtt_fail (cursor, inner.fault);
}

static void
put_varint (GByteArray *out, guint32 value)
{
  for (; value > 0x7f; value >>= 7)
    fw_mqtt_put_u8 (out, (value & 0x7f) | 0x80);
  fw_mqtt_put_u8 (out, value);
}

static void
put_value (GByteArray *out, Kind kind, const FwMqttValue *value)
{
  switch (kind)
    {
    case FLAG:
      fw_mqtt_put_u8 (out, value->number);
      break;
    case U16:
    case U16_FROM_1:
      fw_mqtt_put_u16 (out, value->number);
      break;
    case U32:
    case U32_FROM_1:
      fw_mqtt_put_u32 (out, value->number);
      break;
    case VARINT_FROM_1:
      put_varint (out, value->number);
      break;
    default:
      fw_mqtt_put_bytes (out, value->bytes);
    }
}

void
fw_mqtt_put_properties (GByteArray *out, const FwMqttProperties *properties)
{
  guint begin = out->len;
  for (guint id = 0; properties->has && id < FW_MQTT_N_PROPERTIES; id++)
    if (fw_mqtt_has (properties, id))
      {
        fw_mqtt_put_u8 (out, id);
        put_value (out, rows[id].kind, &properties->value[id]);
      }
  fw_mqtt_put_length_at (out, begin);
}
