/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-session-private.h"

#include <string.h>

static void
keep_will (IngestSession *session, const FwMqttMessage *message)
{
  IngestWill *will = g_malloc (sizeof *will + message->topic.len + message->payload.len);
  will->topic_len = message->topic.len;
  will->payload_len = message->payload.len;
  will->qos = message->qos;
  will->is_retained = message->is_retained;
  memcpy (will->data, message->topic.data, will->topic_len);
  if (will->payload_len > 0)
    memcpy (will->data + will->topic_len, message->payload.data, will->payload_len);
  session->will = will;
}

void
ingest_session_publish_will (IngestSession *session)
{
  IngestSessions *shared = session->shared;
  g_autofree IngestWill *will = g_steal_pointer (&session->will);
  static const FwMqttProperties none;
  ingest_room_leave (&shared->room, &session->will_charged);
  if (!will)
    return;
  FwMqttMessage message = {
    .topic = { will->data, will->topic_len },
    .payload = { will->data + will->topic_len, will->payload_len },
    .qos = will->qos,
    .is_retained = will->is_retained,
  };
  IngestPublish publish = { &message, &none, TRUE, FALSE, 0 };
  IngestAnswer answer = shared->handler.publish (session->user, session, &publish);
  shared->counts.n_wills[answer.verdict != INGEST_TAKEN]++;
}

void
ingest_session_refuse_connect (IngestSession *session, FwMqttReason reason, const char *why,
                               GByteArray *out)
{
  FwMqttPacket packet;
  gboolean is_old = session->version == FW_MQTT_3_1_1;
  packet.type = FW_MQTT_CONNACK;
  packet.reason = is_old ? fw_mqtt_return_code (reason) : reason;
  packet.is_session_present = FALSE;
  packet.properties.has = 0;
  ingest_session_say (session, &packet, why, out);
}

/* What a client must know of this server, and of how it was taken in. */
static void
put_terms (const IngestSession *session, const FwMqttPacket *connect, FwMqttProperties *terms)
{
  const IngestSessionLimits *limits = &session->shared->limits;
  terms->has = 0;
  if (session->version != FW_MQTT_5_0)
    return;
  fw_mqtt_set_number (terms, FW_MQTT_RECEIVE_MAXIMUM, limits->in_flight_max);
  fw_mqtt_set_number (terms, FW_MQTT_MAXIMUM_PACKET, (guint32) limits->packet_max);
  fw_mqtt_set_number (terms, FW_MQTT_MAXIMUM_QOS, 1);
  fw_mqtt_set_number (terms, FW_MQTT_RETAIN_AVAILABLE, 0);
  fw_mqtt_set_number (terms, FW_MQTT_WILDCARD_AVAILABLE, 0);
  fw_mqtt_set_number (terms, FW_MQTT_IDS_AVAILABLE, 0);
  fw_mqtt_set_number (terms, FW_MQTT_SHARED_AVAILABLE, 0);
  if (session->may_expire)
    fw_mqtt_set_number (terms, FW_MQTT_SESSION_EXPIRY, 0);
  if (session->keep_alive_s != connect->connect.keep_alive_s)
    fw_mqtt_set_number (terms, FW_MQTT_SERVER_KEEP_ALIVE, session->keep_alive_s);
  if (connect->connect.client_id.len == 0)
    fw_mqtt_set_text (terms, FW_MQTT_ASSIGNED_ID, session->client_id, strlen (session->client_id));
}

static guint16
choose_keep_alive (const IngestSession *session, guint16 asked_s)
{
  guint max_s = session->shared->limits.keep_alive_max_s;
  gboolean is_too_long = max_s > 0 && (asked_s == 0 || asked_s > max_s);
  /* 3.1.1 cannot be told another. */
  return session->version == FW_MQTT_5_0 && is_too_long ? (guint16) max_s : asked_s;
}

static void
note_wishes (IngestSession *session, const FwMqttPacket *packet)
{
  const FwMqttProperties *wishes = &packet->properties;
  FwMqttBytes id = packet->connect.client_id;
  session->send_max = (guint16) MIN (fw_mqtt_number (wishes, FW_MQTT_RECEIVE_MAXIMUM, G_MAXUINT16),
                                     session->shared->limits.commands_in_flight_max);
  session->reply_max = fw_mqtt_number (wishes, FW_MQTT_MAXIMUM_PACKET, G_MAXUINT32);
  session->wants_words = fw_mqtt_number (wishes, FW_MQTT_PROBLEM_INFO, 1) != 0;
  session->may_expire = fw_mqtt_number (wishes, FW_MQTT_SESSION_EXPIRY, 0) != 0;
  session->keep_alive_s = choose_keep_alive (session, packet->connect.keep_alive_s);
  g_free (session->client_id); /* it may be asked again */
  session->client_id = id.len > 0 ? g_strndup ((const char *) id.data, id.len)
                                  : g_strdup_printf ("fleetwire-%" G_GUINT64_FORMAT, session->key);
}

/* A will of 128 kB is held for as long as its connection. */
static gboolean
has_room_for_will (IngestSession *session, const FwMqttMessage *will)
{
  return ingest_room_hold (&session->shared->room, &session->will_charged,
                           will->topic.len + will->payload.len);
}

static FwMqttReason
judge (IngestSession *session, const FwMqttPacket *packet)
{
  IngestSessions *shared = session->shared;
  const FwMqttConnect *connect = &packet->connect;
  if (connect->client_id.len > shared->limits.client_id_max)
    return FW_MQTT_BAD_CLIENT_ID;
  if (fw_mqtt_has (&packet->properties, FW_MQTT_AUTH_METHOD))
    return FW_MQTT_BAD_AUTH_METHOD;
  /* 3.1.1 has no word for it; nobody waits for the answer to a will. */
  if (session->version == FW_MQTT_5_0 && connect->has_will && connect->will.qos == 2)
    return FW_MQTT_NO_QOS;
  if (connect->has_will && !has_room_for_will (session, &connect->will))
    return FW_MQTT_QUOTA;
  return shared->handler.connect ? shared->handler.connect (session->user, session, connect)
                                 : FW_MQTT_SUCCESS;
}

gboolean
ingest_session_take_connect (IngestSession *session, const FwMqttPacket *packet, gint64 now_ms,
                             GByteArray *out)
{
  FwMqttPacket connack;
  note_wishes (session, packet);
  FwMqttReason reason = judge (session, packet);
  if (session->why != INGEST_END_NONE)
    return TRUE;
  if (reason == INGEST_CONNECT_LATER)
    {
      if (session->wait != INGEST_WAIT_ROOM)
        session->waits_since_ms = now_ms;
      session->wait = INGEST_WAIT_ROOM;
      return FALSE;
    }
  connack.type = FW_MQTT_CONNACK;
  connack.reason = FW_MQTT_SUCCESS;
  connack.is_session_present = FALSE;
  put_terms (session, packet, &connack.properties);
  /* A client that cannot take even this would get no PUBACK with a reason either. */
  if (reason == FW_MQTT_SUCCESS && !ingest_session_say (session, &connack, NULL, out))
    reason = FW_MQTT_TOO_LARGE;
  if (reason != FW_MQTT_SUCCESS)
    {
      ingest_session_refuse_connect (session, reason, NULL, out);
      ingest_session_end (session, INGEST_END_CONNECT_REFUSED, out);
      return TRUE;
    }
  session->is_connected = TRUE;
  if (packet->connect.has_will)
    keep_will (session, &packet->connect.will);
  return TRUE;
}
