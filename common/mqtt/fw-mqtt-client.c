/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mqtt-client-private.h"

#include <string.h>

/* So soon that a tick which comes late harms nothing. */
#define PING_AFTER_MS_PER_S 750

const char *const fw_mqtt_over_names[FW_MQTT_N_OVERS + 1] = {
  [FW_MQTT_OVER_NONE] = "none",       [FW_MQTT_OVER_LEFT] = "left",
  [FW_MQTT_OVER_REFUSED] = "refused", [FW_MQTT_OVER_SENT_AWAY] = "sent_away",
  [FW_MQTT_OVER_FAULT] = "fault",     [FW_MQTT_OVER_UNEXPECTED] = "unexpected",
  [FW_MQTT_OVER_SILENT] = "silent",
};

static FwMqttBytes
text (const char *string)
{
  return string ? (FwMqttBytes){ (const guint8 *) string, (guint32) strlen (string) }
                : (FwMqttBytes){ NULL, 0 };
}

void
fw_mqtt_client_say (FwMqttClient *client, FwMqttPacket *packet, GByteArray *out)
{
  packet->version = client->version;
  fw_mqtt_write (packet, out);
  client->said_ms = client->shared->now_ms;
}

static void
say_connect (FwMqttClient *client, const FwMqttHello *hello, GByteArray *out)
{
  const FwMqttClientLimits *limits = &client->shared->limits;
  FwMqttPacket packet;
  packet.type = FW_MQTT_CONNECT;
  packet.properties.has = 0;
  packet.connect = (FwMqttConnect){
    .client_id = text (hello->client_id),
    .username = text (hello->username),
    .password = hello->password,
    .keep_alive_s = hello->keep_alive_s,
    .is_clean = hello->session_s == 0,
  };
  fw_mqtt_set_number (&packet.properties, FW_MQTT_RECEIVE_MAXIMUM, limits->receive_max);
  fw_mqtt_set_number (&packet.properties, FW_MQTT_MAXIMUM_PACKET, (guint32) limits->packet_max);
  if (hello->session_s > 0)
    fw_mqtt_set_number (&packet.properties, FW_MQTT_SESSION_EXPIRY, hello->session_s);
  fw_mqtt_client_say (client, &packet, out);
}

FwMqttClient *
fw_mqtt_client_new (FwMqttClients *shared, gpointer user, const FwMqttHello *hello, GByteArray *out)
{
  const FwMqttClientLimits *limits = &shared->limits;
  g_assert (limits->in_flight_max >= 1 && limits->in_flight_max <= G_MAXUINT16);
  g_assert (limits->receive_max >= 1 && limits->receive_max <= G_MAXUINT16);
  FwMqttClient *client = g_new0 (FwMqttClient, 1);
  client->shared = shared;
  client->user = user;
  client->version = (guint8) hello->version;
  client->keep_alive_s = hello->keep_alive_s;
  client->asked_ms = shared->now_ms;
  say_connect (client, hello, out);
  return client;
}

void
fw_mqtt_client_free (FwMqttClient *client)
{
  if (!client)
    return;
  g_clear_pointer (&client->rest, g_byte_array_unref);
  g_free (client->out.ring);
  g_free (client->in.ring);
  g_free (client);
}

void
fw_mqtt_client_end (FwMqttClient *client, FwMqttOver over, FwMqttReason reason, GByteArray *out)
{
  FwMqttPacket packet;
  if (client->over != FW_MQTT_OVER_NONE)
    return;
  client->over = (guint8) over;
  gboolean is_told = reason != FW_MQTT_SUCCESS && client->version == FW_MQTT_5_0;
  if (!client->is_connected || (!is_told && over != FW_MQTT_OVER_LEFT))
    return;
  packet.type = FW_MQTT_DISCONNECT;
  packet.reason = (guint8) reason;
  packet.properties.has = 0;
  fw_mqtt_client_say (client, &packet, out);
}

void
fw_mqtt_client_leave (FwMqttClient *client, GByteArray *out)
{
  fw_mqtt_client_end (client, FW_MQTT_OVER_LEFT, FW_MQTT_SUCCESS, out);
}

void
fw_mqtt_client_tick (FwMqttClient *client, GByteArray *out)
{
  gint64 now_ms = client->shared->now_ms;
  FwMqttPacket packet;
  fw_mqtt_flights_shrink (&client->out);
  fw_mqtt_flights_shrink (&client->in);
  if (client->over != FW_MQTT_OVER_NONE)
    return;
  if (client->asked_ms != FW_MQTT_NOT_ASKED)
    {
      if (now_ms - client->asked_ms >= client->shared->limits.answer_ms)
        fw_mqtt_client_end (client, FW_MQTT_OVER_SILENT, FW_MQTT_UNSPECIFIED, out);
      return;
    }
  gint64 ping_after_ms = (gint64) client->keep_alive_s * PING_AFTER_MS_PER_S;
  if (ping_after_ms == 0 || now_ms - client->said_ms < ping_after_ms)
    return;
  packet.type = FW_MQTT_PINGREQ;
  fw_mqtt_client_say (client, &packet, out);
  client->asked_ms = now_ms;
}

/* Packet ids go round; one that is in use cannot come up: fewer than all are out at once. */
static guint16
next_id (FwMqttClient *client)
{
  client->last_id = client->last_id == G_MAXUINT16 ? 1 : client->last_id + 1;
  return client->last_id;
}

guint
fw_mqtt_client_room (const FwMqttClient *client)
{
  if (!fw_mqtt_client_is_connected (client))
    return 0;
  guint max = MIN (client->shared->limits.in_flight_max, client->server_receive_max);
  return max > client->out.n ? max - client->out.n : 0;
}

static FwMqttReason
why_not (const FwMqttClient *client, const FwMqttMessage *message)
{
  if (!fw_mqtt_client_is_connected (client))
    return FW_MQTT_UNAVAILABLE;
  if (message->qos > (client->may_qos_1 ? 1 : 0))
    return FW_MQTT_NO_QOS;
  if (message->is_retained && !client->may_retain)
    return FW_MQTT_NO_RETAIN;
  return message->qos > 0 && fw_mqtt_client_room (client) == 0 ? FW_MQTT_OVER_RECEIVE_MAXIMUM
                                                               : FW_MQTT_SUCCESS;
}

FwMqttReason
fw_mqtt_client_publish (FwMqttClient *client, const FwMqttMessage *message, guint64 tag,
                        GByteArray *out)
{
  FwMqttReason reason = why_not (client, message);
  FwMqttPacket packet;
  guint begin = out->len;
  if (reason != FW_MQTT_SUCCESS)
    return reason;
  gint64 said_ms = client->said_ms;
  guint16 last_id = client->last_id;
  packet.type = FW_MQTT_PUBLISH;
  packet.packet_id = message->qos > 0 ? next_id (client) : 0;
  packet.properties.has = 0;
  packet.publish = *message;
  fw_mqtt_client_say (client, &packet, out);
  if (out->len - begin > client->server_packet_max)
    {
      g_byte_array_set_size (out, begin);
      client->said_ms = said_ms;
      client->last_id = last_id;
      return FW_MQTT_TOO_LARGE;
    }
  FwMqttFlight flight = { .tag = tag, .packet_id = packet.packet_id };
  if (message->qos > 0)
    fw_mqtt_flights_push (&client->out, &flight);
  return FW_MQTT_SUCCESS;
}

gboolean
fw_mqtt_client_subscribe (FwMqttClient *client, const char *filter, guint8 options, guint64 tag,
                          GByteArray *out)
{
  g_autoptr (GByteArray) filters = g_byte_array_new ();
  FwMqttPacket packet;
  if (!fw_mqtt_client_is_connected (client) || client->out.n >= G_MAXUINT16)
    return FALSE;
  FwMqttFlight flight = { .tag = tag, .packet_id = next_id (client), .is_subscribe = TRUE };
  fw_mqtt_put_filter (filter, options, filters);
  packet.type = FW_MQTT_SUBSCRIBE;
  packet.packet_id = flight.packet_id;
  packet.properties.has = 0;
  packet.filters = (FwMqttBytes){ filters->data, filters->len };
  fw_mqtt_client_say (client, &packet, out);
  fw_mqtt_flights_push (&client->out, &flight);
  return TRUE;
}

void
fw_mqtt_client_confirm (FwMqttClient *client, guint32 ticket, FwMqttReason reason, GByteArray *out)
{
  FwMqttFlight *flight = fw_mqtt_flights_get (&client->in, ticket), done;
  if (!flight)
    return;
  flight->is_answered = TRUE;
  flight->reason = (guint8) reason;
  while (client->over == FW_MQTT_OVER_NONE && fw_mqtt_flights_pop (&client->in, &done))
    {
      fw_mqtt_write_ack (client->version, FW_MQTT_PUBACK, done.packet_id, done.reason, out);
      client->said_ms = client->shared->now_ms;
    }
}

gboolean
fw_mqtt_client_is_connected (const FwMqttClient *client)
{
  return client->is_connected && client->over == FW_MQTT_OVER_NONE;
}

gboolean
fw_mqtt_client_wants_input (const FwMqttClient *client)
{
  return client->over == FW_MQTT_OVER_NONE && client->in.n < client->shared->limits.receive_max;
}

gboolean
fw_mqtt_client_next_unanswered (const FwMqttClient *client, guint32 *at, guint64 *ret_tag)
{
  while (*at < client->out.n)
    {
      const FwMqttFlight *flight = fw_mqtt_flights_get (&client->out, client->out.first + (*at)++);
      if (!flight || flight->is_subscribe)
        continue;
      *ret_tag = flight->tag;
      return TRUE;
    }
  return FALSE;
}

FwMqttOver
fw_mqtt_client_over (const FwMqttClient *client)
{
  return client->over;
}

FwMqttReason
fw_mqtt_client_reason (const FwMqttClient *client)
{
  return client->reason;
}

FwMqttFault
fw_mqtt_client_fault (const FwMqttClient *client)
{
  return client->fault;
}

gsize
fw_mqtt_client_memory (const FwMqttClient *client)
{
  return sizeof *client + (client->out.capacity + client->in.capacity) * sizeof (FwMqttFlight)
         + (client->rest ? sizeof (GByteArray) + client->rest->len : 0);
}
