/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mqtt-client-private.h"

static void
end_unexpected (FwMqttClient *client, FwMqttReason reason, GByteArray *out)
{
  fw_mqtt_client_end (client, FW_MQTT_OVER_UNEXPECTED, reason, out);
}

static FwMqttReason
refusal (const FwMqttPacket *connack)
{
  static const FwMqttReason reasons[] = {
    [1] = FW_MQTT_BAD_VERSION,     [2] = FW_MQTT_BAD_CLIENT_ID,  [3] = FW_MQTT_UNAVAILABLE,
    [4] = FW_MQTT_BAD_CREDENTIALS, [5] = FW_MQTT_NOT_AUTHORIZED,
  };
  return connack->version == FW_MQTT_5_0 ? (FwMqttReason) connack->reason
                                         : reasons[connack->reason];
}

static void
take_connack (FwMqttClient *client, const FwMqttPacket *packet, GByteArray *out)
{
  const FwMqttProperties *terms = &packet->properties;
  client->asked_ms = FW_MQTT_NOT_ASKED;
  if (packet->reason != FW_MQTT_SUCCESS)
    {
      client->reason = (guint8) refusal (packet);
      fw_mqtt_client_end (client, FW_MQTT_OVER_REFUSED, FW_MQTT_SUCCESS, out);
      return;
    }
  client->is_connected = TRUE;
  client->server_packet_max = fw_mqtt_number (terms, FW_MQTT_MAXIMUM_PACKET, G_MAXUINT32);
  client->server_receive_max
      = (guint16) fw_mqtt_number (terms, FW_MQTT_RECEIVE_MAXIMUM, G_MAXUINT16);
  client->keep_alive_s
      = (guint16) fw_mqtt_number (terms, FW_MQTT_SERVER_KEEP_ALIVE, client->keep_alive_s);
  client->may_qos_1 = fw_mqtt_number (terms, FW_MQTT_MAXIMUM_QOS, 1) != 0;
  client->may_retain = fw_mqtt_number (terms, FW_MQTT_RETAIN_AVAILABLE, 1) != 0;
  if (client->shared->handler.connected)
    client->shared->handler.connected (client->user, client, packet);
}

/* The flight that this packet answers, or NULL: ids of what is out follow each other. */
static FwMqttFlight *
answered (FwMqttClient *client, guint16 packet_id, gboolean is_subscribe)
{
  FwMqttFlights *out = &client->out;
  if (out->n == 0)
    return NULL;
  guint16 first_id = out->ring[out->first & (out->capacity - 1)].packet_id;
  guint offset = (packet_id + (guint) G_MAXUINT16 - first_id) % G_MAXUINT16;
  FwMqttFlight *flight = fw_mqtt_flights_get (out, out->first + offset);
  return flight && flight->is_subscribe == is_subscribe ? flight : NULL;
}

static void
take_answer (FwMqttClient *client, const FwMqttPacket *packet, GByteArray *out)
{
  const FwMqttClientHandler *handler = &client->shared->handler;
  gboolean is_suback = packet->type == FW_MQTT_SUBACK;
  FwMqttFlight *flight = answered (client, packet->packet_id, is_suback), done;
  if (!flight || (is_suback && packet->codes.len != 1))
    {
      end_unexpected (client, FW_MQTT_PROTOCOL_ERROR, out);
      return;
    }
  guint64 tag = flight->tag;
  flight->is_answered = TRUE;
  while (fw_mqtt_flights_pop (&client->out, &done))
    ;
  if (is_suback)
    handler->granted (client->user, client, tag, packet->codes.data[0]);
  else
    handler->acknowledged (client->user, client, tag, packet->reason);
}

static void
take_publish (FwMqttClient *client, const FwMqttPacket *packet, GByteArray *out)
{
  guint32 ticket = 0;
  gboolean has_alias = fw_mqtt_has (&packet->properties, FW_MQTT_ALIAS);
  if (packet->publish.qos > 1 || has_alias || !client->shared->handler.received)
    {
      end_unexpected (client, has_alias ? FW_MQTT_BAD_ALIAS : FW_MQTT_PROTOCOL_ERROR, out);
      return;
    }
  if (packet->publish.qos > 0)
    ticket = fw_mqtt_flights_push (&client->in, &(FwMqttFlight){ .packet_id = packet->packet_id });
  client->shared->handler.received (client->user, client, &packet->publish, &packet->properties,
                                    ticket);
}

static void
take_packet (FwMqttClient *client, const FwMqttPacket *packet, GByteArray *out)
{
  if ((packet->type == FW_MQTT_CONNACK) == client->is_connected)
    {
      end_unexpected (client, FW_MQTT_PROTOCOL_ERROR, out);
      return;
    }
  switch (packet->type)
    {
    case FW_MQTT_CONNACK:
      take_connack (client, packet, out);
      break;
    case FW_MQTT_PUBLISH:
      take_publish (client, packet, out);
      break;
    case FW_MQTT_PUBACK:
    case FW_MQTT_SUBACK:
      take_answer (client, packet, out);
      break;
    case FW_MQTT_PINGRESP:
      client->asked_ms = FW_MQTT_NOT_ASKED;
      break;
    case FW_MQTT_DISCONNECT:
      client->reason = packet->reason;
      fw_mqtt_client_end (client, FW_MQTT_OVER_SENT_AWAY, FW_MQTT_SUCCESS, out);
      break;
    default:
      end_unexpected (client, FW_MQTT_PROTOCOL_ERROR, out);
    }
}

/* How many bytes were taken. */
static gsize
take_packets (FwMqttClient *client, const guint8 *bytes, gsize len, GByteArray *out)
{
  FwMqttPacket packet;
  gsize at = 0;
  while (at < len && client->over == FW_MQTT_OVER_NONE)
    {
      gsize n;
      FwMqttFault fault
          = fw_mqtt_packet_len (bytes + at, len - at, client->shared->limits.packet_max, &n);
      if (!fault && (n == 0 || n > len - at))
        break;
      if (!fault)
        fault = fw_mqtt_read (bytes + at, n, client->version, FW_MQTT_SERVER, &packet);
      if (fault)
        {
          client->fault = (guint8) fault;
          fw_mqtt_client_end (client, FW_MQTT_OVER_FAULT, fw_mqtt_fault_reason (fault), out);
          break;
        }
      take_packet (client, &packet, out);
      at += n;
    }
  return at;
}

void
fw_mqtt_client_feed (FwMqttClient *client, const guint8 *bytes, gsize len, GByteArray *out)
{
  if (client->over != FW_MQTT_OVER_NONE || len == 0)
    return;
  if (client->rest)
    {
      g_byte_array_append (client->rest, bytes, (guint) len);
      bytes = client->rest->data;
      len = client->rest->len;
    }
  gsize taken = take_packets (client, bytes, len, out);
  if (taken == len || client->over != FW_MQTT_OVER_NONE)
    g_clear_pointer (&client->rest, g_byte_array_unref);
  else if (client->rest)
    g_byte_array_remove_range (client->rest, 0, (guint) taken);
  else
    {
      client->rest = g_byte_array_new ();
      g_byte_array_append (client->rest, bytes + taken, (guint) (len - taken));
    }
}
