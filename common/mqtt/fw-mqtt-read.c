/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mqtt-private.h"

#define LENGTH_MAX_BYTES 4
#define SHARE_LEN 7 /* $share/ */

enum
{
  OPTION_QOS = 0x03,
  OPTION_NO_LOCAL = 0x04,
  OPTION_RETAIN_HANDLING = 0x30,
  OPTION_RESERVED = 0xc0,
};

static gboolean
are_flags_good (FwMqttType type, guint8 flags)
{
  gboolean is_two
      = type == FW_MQTT_PUBREL || type == FW_MQTT_SUBSCRIBE || type == FW_MQTT_UNSUBSCRIBE;
  return type == FW_MQTT_PUBLISH || flags == (is_two ? 2 : 0);
}

/* What the first byte alone tells. */
static FwMqttFault
first_byte_fault (guint8 byte)
{
  FwMqttType type = byte >> 4;
  if (type == 0)
    return FW_MQTT_FAULT_TYPE;
  return are_flags_good (type, byte & 0x0f) ? FW_MQTT_OK : FW_MQTT_FAULT_FLAGS;
}

FwMqttFault
fw_mqtt_packet_len (const guint8 *bytes, gsize len, gsize max, gsize *ret_len)
{
  gsize remaining = 0;
  FwMqttFault fault = len > 0 ? first_byte_fault (bytes[0]) : FW_MQTT_OK;
  *ret_len = 0;
  for (gsize i = 1; !fault && i < len; i++)
    {
      remaining |= (gsize) (bytes[i] & 0x7f) << (7 * (i - 1));
      if (1 + i + remaining > max)
        return FW_MQTT_FAULT_TOO_LARGE;
      if (!(bytes[i] & 0x80))
        {
          *ret_len = 1 + i + remaining;
          return FW_MQTT_OK;
        }
      if (i == LENGTH_MAX_BYTES)
        return FW_MQTT_FAULT_LENGTH;
    }
  return fault;
}

static gboolean
is_sent_by (FwMqttType type, FwMqttEnd from)
{
  switch (type)
    {
    case FW_MQTT_CONNECT:
    case FW_MQTT_SUBSCRIBE:
    case FW_MQTT_UNSUBSCRIBE:
    case FW_MQTT_PINGREQ:
      return from == FW_MQTT_CLIENT;
    case FW_MQTT_CONNACK:
    case FW_MQTT_SUBACK:
    case FW_MQTT_UNSUBACK:
    case FW_MQTT_PINGRESP:
      return from == FW_MQTT_SERVER;
    default:
      return TRUE;
    }
}

static void
take_publish (FwMqttCursor *cursor, guint8 flags, FwMqttEnd from, FwMqttPacket *packet)
{
  FwMqttMessage *message = &packet->publish;
  message->qos = flags >> 1 & 3;
  message->is_dup = flags >> 3 & 1;
  message->is_retained = flags & 1;
  if (message->qos == 3)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_QOS);
  if (message->qos == 0 && message->is_dup)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_DUP);
  message->topic = fw_mqtt_take_topic (cursor);
  if (message->qos > 0)
    packet->packet_id = fw_mqtt_take_packet_id (cursor);
  if (packet->version == FW_MQTT_5_0)
    fw_mqtt_take_properties (cursor, FW_MQTT_IN (PUBLISH), &packet->properties);
  message->payload = fw_mqtt_take_rest (cursor);
  if (G_UNLIKELY (packet->properties.has))
    {
      if (fw_mqtt_number (&packet->properties, FW_MQTT_ALIAS, 1) == 0)
        fw_mqtt_fail (cursor, FW_MQTT_FAULT_ALIAS);
      if (from == FW_MQTT_CLIENT && fw_mqtt_has (&packet->properties, FW_MQTT_SUBSCRIPTION_ID))
        fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROPERTY_VALUE);
    }
  if (message->topic.len == 0 && !fw_mqtt_has (&packet->properties, FW_MQTT_ALIAS))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_NO_TOPIC);
}

/* A reason and properties, each of which may be left out at the end: the reason is then 0. */
static void
take_reason (FwMqttCursor *cursor, FwMqttPacket *packet)
{
  if (packet->version != FW_MQTT_5_0 || fw_mqtt_left (cursor) == 0)
    return;
  packet->reason = fw_mqtt_take_u8 (cursor);
  if (!fw_mqtt_has_reason (packet->type, packet->reason))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_REASON);
  if (fw_mqtt_left (cursor) > 0)
    fw_mqtt_take_properties (cursor, 1u << packet->type, &packet->properties);
}

static void
take_connack (FwMqttCursor *cursor, FwMqttPacket *packet)
{
  guint8 flags = fw_mqtt_take_u8 (cursor);
  packet->reason = fw_mqtt_take_u8 (cursor);
  packet->is_session_present = flags & 1;
  gboolean is_known = packet->version == FW_MQTT_5_0
                          ? fw_mqtt_has_reason (FW_MQTT_CONNACK, packet->reason)
                          : packet->reason <= 5;
  if (!cursor->fault && flags > 1)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_FLAGS);
  if (!is_known || (packet->is_session_present && packet->reason != 0))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_REASON);
  if (packet->version == FW_MQTT_5_0)
    fw_mqtt_take_properties (cursor, FW_MQTT_IN (CONNACK), &packet->properties);
}

/* 5.0: $share/NAME/FILTER, the name without wildcards and not empty, and without No Local. */
static gboolean
is_share_good (FwMqttBytes filter, guint8 options)
{
  guint32 at = SHARE_LEN;
  while (at < filter.len && filter.data[at] != '/')
    at++;
  FwMqttBytes name = { filter.data + SHARE_LEN, at - SHARE_LEN };
  return name.len > 0 && !fw_mqtt_filter_has_wildcard (name) && at + 1 < filter.len
         && !(options & OPTION_NO_LOCAL);
}

static gboolean
are_options_good (guint8 options, FwMqttVersion version)
{
  if ((options & OPTION_QOS) == OPTION_QOS)
    return FALSE;
  if (version == FW_MQTT_3_1_1)
    return !(options & ~OPTION_QOS);
  return !(options & OPTION_RESERVED)
         && (options & OPTION_RETAIN_HANDLING) != OPTION_RETAIN_HANDLING;
}

static FwMqttFilter
take_filter (FwMqttCursor *cursor, const FwMqttPacket *packet)
{
  FwMqttFilter filter = { fw_mqtt_take_text (cursor), 0 };
  if (packet->type == FW_MQTT_SUBSCRIBE)
    filter.options = fw_mqtt_take_u8 (cursor);
  return filter;
}

static void
take_filters (FwMqttCursor *cursor, FwMqttPacket *packet)
{
  packet->filters = (FwMqttBytes){ cursor->at, (guint32) fw_mqtt_left (cursor) };
  if (packet->filters.len == 0)
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_NO_FILTER);
  while (cursor->at < cursor->end)
    {
      FwMqttFilter filter = take_filter (cursor, packet);
      if (cursor->fault)
        return;
      if (!are_options_good (filter.options, packet->version))
        fw_mqtt_fail (cursor, FW_MQTT_FAULT_OPTIONS);
      if (!fw_mqtt_filter_is_good (filter.text)
          || (packet->version == FW_MQTT_5_0 && fw_mqtt_filter_is_shared (filter.text)
              && !is_share_good (filter.text, filter.options)))
        fw_mqtt_fail (cursor, FW_MQTT_FAULT_FILTER);
    }
}

gboolean
fw_mqtt_next_filter (const FwMqttPacket *packet, guint32 *at, FwMqttFilter *ret_filter)
{
  const guint8 *data = packet->filters.data;
  FwMqttCursor cursor = { data + *at, data + packet->filters.len, FW_MQTT_OK };
  if (cursor.at >= cursor.end)
    return FALSE;
  *ret_filter = take_filter (&cursor, packet);
  *at = (guint32) (cursor.at - data);
  return TRUE;
}

static void
take_codes (FwMqttCursor *cursor, FwMqttPacket *packet)
{
  packet->codes = fw_mqtt_take_rest (cursor);
  gboolean has_codes = packet->version == FW_MQTT_5_0 || packet->type == FW_MQTT_SUBACK;
  if (has_codes != (packet->codes.len > 0))
    fw_mqtt_fail (cursor, has_codes ? FW_MQTT_FAULT_TRUNCATED : FW_MQTT_FAULT_TRAILING);
  for (guint32 i = 0; i < packet->codes.len; i++)
    {
      guint8 code = packet->codes.data[i];
      if (!fw_mqtt_has_reason (packet->type, code)
          || (packet->version == FW_MQTT_3_1_1 && code > FW_MQTT_UNSPECIFIED))
        fw_mqtt_fail (cursor, FW_MQTT_FAULT_REASON);
    }
}

static void
take_disconnect (FwMqttCursor *cursor, FwMqttEnd from, FwMqttPacket *packet)
{
  take_reason (cursor, packet);
  FwMqttProperty forbidden
      = from == FW_MQTT_CLIENT ? FW_MQTT_SERVER_REFERENCE : FW_MQTT_SESSION_EXPIRY;
  if (fw_mqtt_has (&packet->properties, forbidden))
    fw_mqtt_fail (cursor, FW_MQTT_FAULT_PROPERTY);
}

static void
take_body (FwMqttCursor *cursor, guint8 flags, FwMqttEnd from, FwMqttPacket *packet)
{
  switch (packet->type)
    {
    case FW_MQTT_CONNECT:
      fw_mqtt_take_connect (cursor, packet);
      break;
    case FW_MQTT_CONNACK:
      take_connack (cursor, packet);
      break;
    case FW_MQTT_PUBLISH:
      take_publish (cursor, flags, from, packet);
      break;
    case FW_MQTT_PUBACK:
    case FW_MQTT_PUBREC:
    case FW_MQTT_PUBREL:
    case FW_MQTT_PUBCOMP:
      packet->packet_id = fw_mqtt_take_packet_id (cursor);
      take_reason (cursor, packet);
      break;
    case FW_MQTT_SUBSCRIBE:
    case FW_MQTT_SUBACK:
    case FW_MQTT_UNSUBSCRIBE:
    case FW_MQTT_UNSUBACK:
      packet->packet_id = fw_mqtt_take_packet_id (cursor);
      if (packet->version == FW_MQTT_5_0)
        fw_mqtt_take_properties (cursor, 1u << packet->type, &packet->properties);
      if (packet->type == FW_MQTT_SUBSCRIBE || packet->type == FW_MQTT_UNSUBSCRIBE)
        take_filters (cursor, packet);
      else
        take_codes (cursor, packet);
      break;
    case FW_MQTT_DISCONNECT:
      take_disconnect (cursor, from, packet);
      break;
    case FW_MQTT_AUTH:
      take_reason (cursor, packet);
      break;
    default: /* pings are empty */
      break;
    }
}

/* Where the body begins. fw_mqtt_packet_len has found the end of the length. */
static const guint8 *
body (const guint8 *bytes)
{
  const guint8 *at = bytes + 1;
  while (*at & 0x80)
    at++;
  return at + 1;
}

FwMqttFault
fw_mqtt_read (const guint8 *bytes, gsize len, FwMqttVersion version, FwMqttEnd from,
              FwMqttPacket *ret_packet)
{
  gsize whole;
  FwMqttFault fault = fw_mqtt_packet_len (bytes, len, G_MAXSIZE, &whole);
  ret_packet->type = len > 0 ? bytes[0] >> 4 : 0;
  ret_packet->version = version;
  if (fault)
    return fault;
  if (whole == 0 || whole != len)
    return whole == 0 || whole > len ? FW_MQTT_FAULT_TRUNCATED : FW_MQTT_FAULT_TRAILING;
  if (ret_packet->type == FW_MQTT_AUTH && version != FW_MQTT_5_0)
    return FW_MQTT_FAULT_TYPE;
  if (!is_sent_by (ret_packet->type, from))
    return FW_MQTT_FAULT_DIRECTION;
  FwMqttCursor cursor = { body (bytes), bytes + len, FW_MQTT_OK };
  gboolean is_padded = cursor.at - bytes > 2 && cursor.at[-1] == 0;
  ret_packet->packet_id = 0;
  ret_packet->reason = 0;
  ret_packet->properties.has = 0;
  take_body (&cursor, bytes[0] & 0x0f, from, ret_packet);
  if (cursor.at < cursor.end)
    return FW_MQTT_FAULT_TRAILING;
  return !cursor.fault && is_padded && ret_packet->version == FW_MQTT_5_0 ? FW_MQTT_FAULT_LENGTH
                                                                          : cursor.fault;
}
