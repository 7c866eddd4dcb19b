/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-mqtt: control packets of MQTT 3.1.1 and 5.0 <-> structs, for both ends of a connection.
 * Promises: any bytes; a packet that breaks a rule of the standard has a fault with a stable name and, for 5.0, a reason
 *   code; reading allocates and copies nothing: what was read points into the bytes. What was read writes back the same
 *   (user properties are checked, and not kept). Fuzzed.
 * Does not: I/O, keep state between packets, know what a server allows (see ingest-session). Threads: any. */

/* The numbers of this file are the standard's own. */
typedef enum { FW_MQTT_UNKNOWN = 0, FW_MQTT_3_1_1 = 4, FW_MQTT_5_0 = 5 } FwMqttVersion;
typedef enum { FW_MQTT_CLIENT, FW_MQTT_SERVER } FwMqttEnd;
typedef enum
{
  FW_MQTT_CONNECT = 1, FW_MQTT_CONNACK, FW_MQTT_PUBLISH, FW_MQTT_PUBACK, FW_MQTT_PUBREC, FW_MQTT_PUBREL, FW_MQTT_PUBCOMP,
  FW_MQTT_SUBSCRIBE, FW_MQTT_SUBACK, FW_MQTT_UNSUBSCRIBE, FW_MQTT_UNSUBACK, FW_MQTT_PINGREQ, FW_MQTT_PINGRESP,
  FW_MQTT_DISCONNECT, FW_MQTT_AUTH, FW_MQTT_N_TYPES,
} FwMqttType;

typedef enum
{
  FW_MQTT_OK,
  FW_MQTT_FAULT_LENGTH,          /* remaining length of more than 4 bytes; in 5.0 also one not as short as can be */
  FW_MQTT_FAULT_TOO_LARGE,
  FW_MQTT_FAULT_TYPE,            /* no such packet in this version */
  FW_MQTT_FAULT_DIRECTION,       /* the other end sends these */
  FW_MQTT_FAULT_FLAGS,           /* reserved bits */
  FW_MQTT_FAULT_TRUNCATED,       /* a field reaches past the packet's end */
  FW_MQTT_FAULT_TRAILING,        /* bytes behind the last field */
  FW_MQTT_FAULT_TEXT,            /* not UTF-8, or with U+0000 */
  FW_MQTT_FAULT_PACKET_ID,       /* 0 */
  FW_MQTT_FAULT_QOS,             /* 3 */
  FW_MQTT_FAULT_DUP,             /* set at QoS 0 */
  FW_MQTT_FAULT_TOPIC,           /* a wildcard in a topic name */
  FW_MQTT_FAULT_NO_TOPIC,        /* empty, and no alias */
  FW_MQTT_FAULT_ALIAS,           /* 0 */
  FW_MQTT_FAULT_FILTER,
  FW_MQTT_FAULT_NO_FILTER,       /* SUBSCRIBE or UNSUBSCRIBE of nothing */
  FW_MQTT_FAULT_OPTIONS,         /* of a subscription */
  FW_MQTT_FAULT_REASON,          /* a code that this packet does not have */
  FW_MQTT_FAULT_PROPERTY,        /* unknown, or not of this packet */
  FW_MQTT_FAULT_PROPERTY_TWICE,
  FW_MQTT_FAULT_PROPERTY_VALUE,
  FW_MQTT_FAULT_PROTOCOL,        /* CONNECT of something else */
  FW_MQTT_FAULT_VERSION,         /* of MQTT; packet->version is the one to answer in */
  FW_MQTT_FAULT_CONNECT_FLAGS,
  FW_MQTT_FAULT_CLIENT_ID,       /* 3.1.1: empty without clean session */
  FW_MQTT_N_FAULTS,
} FwMqttFault;
extern const char *const fw_mqtt_fault_names[FW_MQTT_N_FAULTS + 1];

/* Reason codes of 5.0; those of 3.1.1 are made from them by fw_mqtt_return_code. */
typedef enum
{
  FW_MQTT_SUCCESS = 0x00, FW_MQTT_WITH_WILL = 0x04, FW_MQTT_NO_SUBSCRIPTION = 0x11, FW_MQTT_UNSPECIFIED = 0x80,
  FW_MQTT_MALFORMED = 0x81, FW_MQTT_PROTOCOL_ERROR = 0x82, FW_MQTT_BAD_VERSION = 0x84, FW_MQTT_BAD_CLIENT_ID = 0x85,
  FW_MQTT_BAD_CREDENTIALS = 0x86, FW_MQTT_NOT_AUTHORIZED = 0x87, FW_MQTT_UNAVAILABLE = 0x88, FW_MQTT_BUSY = 0x89,
  FW_MQTT_SHUTTING_DOWN = 0x8b, FW_MQTT_BAD_AUTH_METHOD = 0x8c, FW_MQTT_KEEP_ALIVE = 0x8d, FW_MQTT_TAKEN_OVER = 0x8e,
  FW_MQTT_BAD_FILTER = 0x8f, FW_MQTT_BAD_TOPIC = 0x90, FW_MQTT_OVER_RECEIVE_MAXIMUM = 0x93, FW_MQTT_BAD_ALIAS = 0x94,
  FW_MQTT_TOO_LARGE = 0x95, FW_MQTT_RATE = 0x96, FW_MQTT_QUOTA = 0x97, FW_MQTT_ADMINISTRATIVE = 0x98,
  FW_MQTT_BAD_PAYLOAD = 0x99, FW_MQTT_NO_RETAIN = 0x9a, FW_MQTT_NO_QOS = 0x9b, FW_MQTT_NO_SHARED = 0x9e,
  FW_MQTT_NO_IDS = 0xa1, FW_MQTT_NO_WILDCARD = 0xa2,
} FwMqttReason;
FwMqttReason fw_mqtt_fault_reason (FwMqttFault fault);
/* CONNACK's return code in 3.1.1 for a reason code of 5.0. */
guint8       fw_mqtt_return_code (FwMqttReason reason);

typedef enum
{
  FW_MQTT_PAYLOAD_FORMAT = 0x01, FW_MQTT_MESSAGE_EXPIRY = 0x02, FW_MQTT_CONTENT_TYPE = 0x03, FW_MQTT_RESPONSE_TOPIC = 0x08,
  FW_MQTT_CORRELATION = 0x09, FW_MQTT_SUBSCRIPTION_ID = 0x0b, FW_MQTT_SESSION_EXPIRY = 0x11, FW_MQTT_ASSIGNED_ID = 0x12,
  FW_MQTT_SERVER_KEEP_ALIVE = 0x13, FW_MQTT_AUTH_METHOD = 0x15, FW_MQTT_AUTH_DATA = 0x16, FW_MQTT_PROBLEM_INFO = 0x17,
  FW_MQTT_WILL_DELAY = 0x18, FW_MQTT_RESPONSE_INFO_WANTED = 0x19, FW_MQTT_RESPONSE_INFO = 0x1a, FW_MQTT_SERVER_REFERENCE = 0x1c,
  FW_MQTT_REASON_STRING = 0x1f, FW_MQTT_RECEIVE_MAXIMUM = 0x21, FW_MQTT_ALIAS_MAXIMUM = 0x22, FW_MQTT_ALIAS = 0x23,
  FW_MQTT_MAXIMUM_QOS = 0x24, FW_MQTT_RETAIN_AVAILABLE = 0x25, FW_MQTT_USER_PROPERTY = 0x26, FW_MQTT_MAXIMUM_PACKET = 0x27,
  FW_MQTT_WILDCARD_AVAILABLE = 0x28, FW_MQTT_IDS_AVAILABLE = 0x29, FW_MQTT_SHARED_AVAILABLE = 0x2a, FW_MQTT_N_PROPERTIES,
} FwMqttProperty;

typedef struct { const guint8 *data; guint32 len; } FwMqttBytes; /* borrowed; data NULL: absent */

typedef union { guint32 number; FwMqttBytes bytes; } FwMqttValue;
/* value[p] means something only where has holds 1 << p: begin one by has = 0. */
typedef struct
{
  guint64     has;
  FwMqttValue value[FW_MQTT_N_PROPERTIES];
} FwMqttProperties;

static inline gboolean
fw_mqtt_has (const FwMqttProperties *properties, FwMqttProperty property)
{
  return (properties->has >> property & 1) != 0;
}
static inline guint32
fw_mqtt_number (const FwMqttProperties *properties, FwMqttProperty property, guint32 otherwise)
{
  return fw_mqtt_has (properties, property) ? properties->value[property].number : otherwise;
}
void fw_mqtt_set_number (FwMqttProperties *properties, FwMqttProperty property, guint32 number);
void fw_mqtt_set_text (FwMqttProperties *properties, FwMqttProperty property, const char *text, gsize len);

typedef struct
{
  FwMqttBytes topic, payload;
  guint8      qos;
  gboolean    is_retained, is_dup;
} FwMqttMessage;

typedef struct
{
  FwMqttBytes      client_id, username, password;
  guint16          keep_alive_s;
  gboolean         is_clean, has_will;
  FwMqttMessage    will;
  FwMqttProperties will_properties;
} FwMqttConnect;

typedef struct
{
  FwMqttType       type;
  FwMqttVersion    version;
  guint16          packet_id;          /* 0 where there is none */
  guint8           reason;             /* of CONNACK (3.1.1: its return code), PUBACK to PUBCOMP, DISCONNECT, AUTH */
  gboolean         is_session_present; /* CONNACK */
  FwMqttProperties properties;
  union
  {
    FwMqttConnect connect;
    FwMqttMessage publish;
    FwMqttBytes   filters; /* SUBSCRIBE, UNSUBSCRIBE: for fw_mqtt_next_filter */
    FwMqttBytes   codes;   /* SUBACK, UNSUBACK: one reason code each */
  };
} FwMqttPacket;

typedef struct { FwMqttBytes text; guint8 options; } FwMqttFilter; /* options: SUBSCRIBE; its lowest two bits are the QoS */

/* The whole length of the packet that begins at bytes, as soon as it can be known: *ret_len is 0 before. max: of the whole
 * packet. A fault is seen from the first bytes, before the rest has come. */
FwMqttFault fw_mqtt_packet_len (const guint8 *bytes, gsize len, gsize max, gsize *ret_len);
/* Reads the one packet that fills bytes (see above), sent by `from`. CONNECT brings its own version. On a fault type and
 * version are right, nothing else. */
FwMqttFault fw_mqtt_read (const guint8 *bytes, gsize len, FwMqttVersion version, FwMqttEnd from, FwMqttPacket *ret_packet);
/* Walks packet->filters, at from 0; FALSE at their end. */
gboolean    fw_mqtt_next_filter (const FwMqttPacket *packet, guint32 *at, FwMqttFilter *ret_filter);

/* Appends the packet, which must keep the standard's rules. */
void fw_mqtt_write (const FwMqttPacket *packet, GByteArray *out);
/* PUBACK and its like without properties, the short way. */
void fw_mqtt_write_ack (FwMqttVersion version, FwMqttType type, guint16 packet_id, guint8 reason, GByteArray *out);
/* For packet->filters. options: none in UNSUBSCRIBE, so pass -1. */
void fw_mqtt_put_filter (const char *text, gint options, GByteArray *filters);

gboolean fw_mqtt_topic_is_good (FwMqttBytes topic);   /* UTF-8 without wildcards; also empty */
gboolean fw_mqtt_filter_is_good (FwMqttBytes filter); /* where wildcards may stand; not whether it is UTF-8 */
gboolean fw_mqtt_filter_is_shared (FwMqttBytes filter);
gboolean fw_mqtt_filter_has_wildcard (FwMqttBytes filter);
