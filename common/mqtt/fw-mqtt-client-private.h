/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mqtt-client.h"
#include "fw-mqtt-flights.h"
/* fw-mqtt-client-private: what the two files of the client share.
 *   fw-mqtt-client.c         life, what its owner asks for, deadlines
 *   fw-mqtt-client-take.c    bytes to packets, what the server says */
#define FW_MQTT_NOT_ASKED (-1)

struct FwMqttClient
{
  FwMqttClients *shared;
  gpointer user;
  GByteArray *rest;          /* of a packet that is not whole; NULL: none */
  FwMqttFlights out, in;     /* own publishes and subscriptions; the server's publishes */
  gint64 said_ms;            /* the last packet that went out */
  gint64 asked_ms;           /* CONNECT or PINGREQ that has no answer yet, or NOT_ASKED */
  guint32 server_packet_max;
  guint16 server_receive_max;
  guint16 keep_alive_s;
  guint16 last_id;           /* of a packet of our own */
  guint8 version, over, reason, fault;
  guint8 is_connected : 1;
  guint8 may_qos_1 : 1;
  guint8 may_retain : 1;
};

void fw_mqtt_client_say (FwMqttClient *client, FwMqttPacket *packet, GByteArray *out);
/* Ends it, once; a 5.0 server is told `reason` unless it is SUCCESS. */
void fw_mqtt_client_end (FwMqttClient *client, FwMqttOver over, FwMqttReason reason, GByteArray *out);
