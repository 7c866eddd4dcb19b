/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mqtt.h"
/* fw-mqtt-client: one MQTT connection seen from the client, as a state machine; bytes come in and go out, time is passed in.
 *   open --CONNACK--> connected ... publish --PUBACK--> acknowledged (tag, reason)
 *   subscribe --SUBACK--> granted   received (ticket) ... confirm (ticket) --> PUBACK, in the order of the PUBLISHes
 * Promises: what the server allows is kept (Receive Maximum, Maximum Packet Size, Server Keep Alive, Maximum QoS); each
 *   QoS 1 publish is acknowledged once, or the connection ends and it is among the unanswered; under 200 bytes when idle.
 * Does not: know sockets or clocks; connect again; keep a message, credentials or a topic; send QoS 2 or an alias.
 * Threads: its owner's. A callback may call anything here but free. */
typedef struct FwMqttClient FwMqttClient;

typedef enum
{
  FW_MQTT_OVER_NONE,
  FW_MQTT_OVER_LEFT,       /* fw_mqtt_client_leave */
  FW_MQTT_OVER_REFUSED,    /* by CONNACK: fw_mqtt_client_reason */
  FW_MQTT_OVER_SENT_AWAY,  /* by DISCONNECT: fw_mqtt_client_reason */
  FW_MQTT_OVER_FAULT,      /* a packet that cannot be read: fw_mqtt_client_fault */
  FW_MQTT_OVER_UNEXPECTED, /* a packet that answers nothing, or that was not asked for */
  FW_MQTT_OVER_SILENT,     /* no CONNACK or PINGRESP within answer_ms */
  FW_MQTT_N_OVERS,
} FwMqttOver;
extern const char *const fw_mqtt_over_names[FW_MQTT_N_OVERS + 1];

typedef struct
{
  /* Let in; publish and subscribe from now on. connack: borrowed for the call (session present, assigned client id ...). */
  void (*connected) (gpointer user, FwMqttClient *client, const FwMqttPacket *connack);
  /* The server's PUBACK; below UNSPECIFIED it has the message. */
  void (*acknowledged) (gpointer user, FwMqttClient *client, guint64 tag, FwMqttReason reason);
  /* The server's SUBACK to the subscription of that tag: a QoS, or a reason from UNSPECIFIED on. NULL: never subscribes. */
  void (*granted) (gpointer user, FwMqttClient *client, guint64 tag, guint8 code);
  /* All borrowed for the call. QoS 1 waits for fw_mqtt_client_confirm (ticket). NULL: never subscribes. */
  void (*received) (gpointer user, FwMqttClient *client, const FwMqttMessage *message,
                    const FwMqttProperties *properties, guint32 ticket);
} FwMqttClientHandler;

typedef struct
{
  gsize  packet_max;    /* bytes of a packet that is taken, header included; told in 5.0 */
  guint  in_flight_max; /* 1 .. 65535: own QoS 1 publishes at once; the server may allow fewer */
  guint  receive_max;   /* 1 .. 65535: the server's at once, told in 5.0; at it nothing more is read
                         * (fw_mqtt_client_wants_input), also from a 5.0 server: Mosquitto 2.0.11 sends on */
  gint64 answer_ms;     /* for CONNACK and PINGRESP to come */
} FwMqttClientLimits;

/* What the clients of one thread have in common; borrowed for their life. */
typedef struct
{
  FwMqttClientLimits  limits;
  FwMqttClientHandler handler;
  gint64              now_ms; /* monotonic; the owner keeps it right before each call */
} FwMqttClients;

typedef struct
{
  FwMqttVersion version;
  const char   *client_id;    /* "": the server gives one; not in 3.1.1 with a session */
  const char   *username;     /* NULL: none */
  FwMqttBytes   password;     /* data NULL: none */
  guint16       keep_alive_s; /* 0: none */
  guint32       session_s;    /* how long the server keeps the session of a client that is gone, G_MAXUINT32 for ever; 0:
                               * a clean one. 3.1.1 knows only whether. For subscribers: what was published is not kept */
} FwMqttHello;

/* Appends CONNECT to out; hello is borrowed for the call. */
FwMqttClient *fw_mqtt_client_new (FwMqttClients *shared, gpointer user, const FwMqttHello *hello, GByteArray *out);
void          fw_mqtt_client_free (FwMqttClient *client); /* NULL is fine */

/* All that follow append to out what must be sent. Once fw_mqtt_client_over is not NONE, send that and close. */
void         fw_mqtt_client_feed (FwMqttClient *client, const guint8 *bytes, gsize len, GByteArray *out);
/* About once a second: keep-alive and deadlines. */
void         fw_mqtt_client_tick (FwMqttClient *client, GByteArray *out);
/* SUCCESS: it is in out; QoS 1 will be `acknowledged` with the tag. Else nothing was done: OVER_RECEIVE_MAXIMUM (the
 * window is full: after the next acknowledged), UNAVAILABLE (not connected), TOO_LARGE, NO_QOS, NO_RETAIN. */
FwMqttReason fw_mqtt_client_publish (FwMqttClient *client, const FwMqttMessage *message, guint64 tag, GByteArray *out);
/* options: QoS 0 or 1 and, in 5.0, the standard's flags. FALSE: not connected. The filter must be good. */
gboolean     fw_mqtt_client_subscribe (FwMqttClient *client, const char *filter, guint8 options, guint64 tag, GByteArray *out);
/* reason: SUCCESS, or in 5.0 one that PUBACK has. Tickets in any order; an unknown one is ignored. */
void         fw_mqtt_client_confirm (FwMqttClient *client, guint32 ticket, FwMqttReason reason, GByteArray *out);
/* DISCONNECT, and over by LEFT. */
void         fw_mqtt_client_leave (FwMqttClient *client, GByteArray *out);

gboolean     fw_mqtt_client_is_connected (const FwMqttClient *client);
gboolean     fw_mqtt_client_wants_input (const FwMqttClient *client);
/* How many QoS 1 publishes there is room for. */
guint        fw_mqtt_client_room (const FwMqttClient *client);
/* Walks the tags of QoS 1 publishes without PUBACK, oldest first, also when over; at from 0; FALSE at their end. */
gboolean     fw_mqtt_client_next_unanswered (const FwMqttClient *client, guint32 *at, guint64 *ret_tag);
FwMqttOver   fw_mqtt_client_over (const FwMqttClient *client);
FwMqttReason fw_mqtt_client_reason (const FwMqttClient *client); /* REFUSED (3.1.1: made from its return code), SENT_AWAY */
FwMqttFault  fw_mqtt_client_fault (const FwMqttClient *client);  /* FW_MQTT_OK unless over by FAULT */
gsize        fw_mqtt_client_memory (const FwMqttClient *client); /* bytes, all that it holds */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwMqttClient, fw_mqtt_client_free)
