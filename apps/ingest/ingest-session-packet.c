/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-session-private.h"

#define PUBREL_UNKNOWN 0x92

static gboolean
wait_for_room (IngestSession *session, gint64 now_ms)
{
  if (session->wait != INGEST_WAIT_ROOM)
    {
      session->wait = INGEST_WAIT_ROOM;
      session->waits_since_ms = now_ms;
      session->shared->counts.n_stalls++;
    }
  return FALSE;
}

/* FALSE: there is no room. */
static gboolean
offer (IngestSession *session, const FwMqttPacket *packet, gboolean wants_answer)
{
  IngestPublish publish = { &packet->publish, &packet->properties, FALSE, wants_answer, 0 };
  if (wants_answer)
    publish.ticket = ingest_acks_push (&session->acks, packet->packet_id);
  IngestAnswer answer = session->shared->handler.publish (session->user, session, &publish);
  if (answer.verdict == INGEST_FULL && wants_answer)
    ingest_acks_unpush (&session->acks);
  if (answer.verdict == INGEST_REFUSED && wants_answer)
    ingest_acks_answer (&session->acks, publish.ticket, answer.reason, answer.why);
  return answer.verdict != INGEST_FULL;
}

static gboolean
take_acknowledged (IngestSession *session, const FwMqttPacket *packet, gint64 now_ms,
                   GByteArray *out)
{
  if (ingest_acks_has (&session->acks, packet->packet_id))
    {
      /* Sent again before it was answered: the answer is on its way. */
      if (!packet->publish.is_dup)
        ingest_session_end (session, INGEST_END_PACKET_ID, out);
      return TRUE;
    }
  if (session->acks.n >= session->shared->limits.in_flight_max)
    return wait_for_room (session, now_ms);
  if (!offer (session, packet, TRUE))
    return wait_for_room (session, now_ms);
  ingest_session_release (session, out);
  return TRUE;
}

static gboolean
take_publish (IngestSession *session, const FwMqttPacket *packet, gint64 now_ms, GByteArray *out)
{
  if (packet->publish.qos == 2)
    ingest_session_end (session, INGEST_END_QOS, out);
  else if (fw_mqtt_has (&packet->properties, FW_MQTT_ALIAS))
    ingest_session_end (session, INGEST_END_TOPIC_ALIAS, out);
  else if (packet->publish.qos == 1)
    return take_acknowledged (session, packet, now_ms, out);
  else if (!offer (session, packet, FALSE))
    return wait_for_room (session, now_ms);
  return TRUE;
}

static void
take_ping (IngestSession *session, GByteArray *out)
{
  FwMqttPacket answer;
  answer.type = FW_MQTT_PINGRESP;
  ingest_session_say (session, &answer, NULL, out);
}

static void
take_disconnect (IngestSession *session, const FwMqttPacket *packet, GByteArray *out)
{
  if (fw_mqtt_number (&packet->properties, FW_MQTT_SESSION_EXPIRY, 0) != 0 && !session->may_expire)
    {
      ingest_session_end (session, INGEST_END_UNEXPECTED, out);
      return;
    }
  if (packet->reason == FW_MQTT_SUCCESS)
    g_clear_pointer (&session->will, g_free);
  ingest_session_end (session, INGEST_END_LEFT, out);
}

gboolean
ingest_session_take (IngestSession *session, const FwMqttPacket *packet, gint64 now_ms,
                     GByteArray *out)
{
  switch (packet->type)
    {
    case FW_MQTT_PUBLISH:
      return take_publish (session, packet, now_ms, out);
    case FW_MQTT_SUBSCRIBE:
    case FW_MQTT_UNSUBSCRIBE:
      ingest_session_take_filters (session, packet, out);
      break;
    case FW_MQTT_PUBACK:
      ingest_session_take_puback (session, packet, out);
      break;
    case FW_MQTT_PINGREQ:
      take_ping (session, out);
      break;
    case FW_MQTT_DISCONNECT:
      take_disconnect (session, packet, out);
      break;
    case FW_MQTT_PUBREL: /* of a QoS 2 flow with some server before; lets the client forget it */
      fw_mqtt_write_ack (session->version, FW_MQTT_PUBCOMP, packet->packet_id, PUBREL_UNKNOWN, out);
      break;
    default:
      ingest_session_end (session, INGEST_END_UNEXPECTED, out);
    }
  return TRUE;
}
