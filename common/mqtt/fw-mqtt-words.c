/* SPDX-License-Identifier: Apache-2.0 */
/* The closed sets: faults by name and code, and which packet may say which reason. */
#include "fw-mqtt-private.h"

#include <string.h>

const char *const fw_mqtt_fault_names[FW_MQTT_N_FAULTS + 1] = {
  [FW_MQTT_OK] = "none",
  [FW_MQTT_FAULT_LENGTH] = "length",
  [FW_MQTT_FAULT_TOO_LARGE] = "too_large",
  [FW_MQTT_FAULT_TYPE] = "packet_type",
  [FW_MQTT_FAULT_DIRECTION] = "direction",
  [FW_MQTT_FAULT_FLAGS] = "flags",
  [FW_MQTT_FAULT_TRUNCATED] = "truncated",
  [FW_MQTT_FAULT_TRAILING] = "trailing",
  [FW_MQTT_FAULT_TEXT] = "text",
  [FW_MQTT_FAULT_PACKET_ID] = "packet_id",
  [FW_MQTT_FAULT_QOS] = "qos",
  [FW_MQTT_FAULT_DUP] = "dup",
  [FW_MQTT_FAULT_TOPIC] = "topic",
  [FW_MQTT_FAULT_NO_TOPIC] = "no_topic",
  [FW_MQTT_FAULT_ALIAS] = "topic_alias",
  [FW_MQTT_FAULT_FILTER] = "filter",
  [FW_MQTT_FAULT_NO_FILTER] = "no_filter",
  [FW_MQTT_FAULT_OPTIONS] = "subscribe_options",
  [FW_MQTT_FAULT_REASON] = "reason_code",
  [FW_MQTT_FAULT_PROPERTY] = "property",
  [FW_MQTT_FAULT_PROPERTY_TWICE] = "property_twice",
  [FW_MQTT_FAULT_PROPERTY_VALUE] = "property_value",
  [FW_MQTT_FAULT_PROTOCOL] = "protocol_name",
  [FW_MQTT_FAULT_VERSION] = "protocol_version",
  [FW_MQTT_FAULT_CONNECT_FLAGS] = "connect_flags",
  [FW_MQTT_FAULT_CLIENT_ID] = "client_id",
};

FwMqttReason
fw_mqtt_fault_reason (FwMqttFault fault)
{
  switch (fault)
    {
    case FW_MQTT_OK:
      return FW_MQTT_SUCCESS;
    case FW_MQTT_FAULT_TOO_LARGE:
      return FW_MQTT_TOO_LARGE;
    case FW_MQTT_FAULT_TOPIC:
      return FW_MQTT_BAD_TOPIC;
    case FW_MQTT_FAULT_FILTER:
      return FW_MQTT_BAD_FILTER;
    case FW_MQTT_FAULT_ALIAS:
      return FW_MQTT_BAD_ALIAS;
    case FW_MQTT_FAULT_PROTOCOL:
    case FW_MQTT_FAULT_VERSION:
      return FW_MQTT_BAD_VERSION;
    case FW_MQTT_FAULT_CLIENT_ID:
      return FW_MQTT_BAD_CLIENT_ID;
    case FW_MQTT_FAULT_DIRECTION:
    case FW_MQTT_FAULT_NO_FILTER:
    case FW_MQTT_FAULT_NO_TOPIC:
    case FW_MQTT_FAULT_PACKET_ID:
    case FW_MQTT_FAULT_PROPERTY_TWICE:
    case FW_MQTT_FAULT_PROPERTY_VALUE:
      return FW_MQTT_PROTOCOL_ERROR;
    default:
      return FW_MQTT_MALFORMED;
    }
}

guint8
fw_mqtt_return_code (FwMqttReason reason)
{
  switch (reason)
    {
    case FW_MQTT_SUCCESS:
      return 0;
    case FW_MQTT_BAD_VERSION:
      return 1;
    case FW_MQTT_BAD_CLIENT_ID:
      return 2;
    case FW_MQTT_BAD_CREDENTIALS:
      return 4;
    case FW_MQTT_NOT_AUTHORIZED:
      return 5;
    default:
      return 3; /* unavailable */
    }
}

/* By type, the codes of 5.0's tables 3-1, 3-4 to 3-10 and 3.15.2.1; of 3.1.1 only SUBACK's. */
#define REASONS(text)     \
  {                       \
    text, sizeof text - 1 \
  }
static const struct
{
  const char *codes;
  gsize n;
} reasons[FW_MQTT_N_TYPES] = {
  [FW_MQTT_CONNACK] = REASONS ("\x00\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8c\x90\x95\x97"
                               "\x99\x9a\x9b\x9c\x9d\x9f"),
  [FW_MQTT_PUBACK] = REASONS ("\x00\x10\x80\x83\x87\x90\x91\x97\x99"),
  [FW_MQTT_PUBREC] = REASONS ("\x00\x10\x80\x83\x87\x90\x91\x97\x99"),
  [FW_MQTT_PUBREL] = REASONS ("\x00\x92"),
  [FW_MQTT_PUBCOMP] = REASONS ("\x00\x92"),
  [FW_MQTT_SUBACK] = REASONS ("\x00\x01\x02\x80\x83\x87\x8f\x91\x97\x9e\xa1\xa2"),
  [FW_MQTT_UNSUBACK] = REASONS ("\x00\x11\x80\x83\x87\x8f\x91"),
  [FW_MQTT_DISCONNECT] = REASONS ("\x00\x04\x80\x81\x82\x83\x87\x89\x8b\x8d\x8e\x8f\x90\x93\x94\x95"
                                  "\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f\xa0\xa1\xa2"),
  [FW_MQTT_AUTH] = REASONS ("\x00\x18\x19"),
};

gboolean
fw_mqtt_has_reason (FwMqttType type, guint8 reason)
{
  return memchr (reasons[type].codes, reason, reasons[type].n) != NULL;
}
