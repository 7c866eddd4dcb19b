/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-session-private.h"

#define QOS_MASK 3

static FwMqttReason
judge (IngestSession *session, const FwMqttPacket *packet, FwMqttBytes topic, IngestIdentity *whose)
{
  const IngestSessions *shared = session->shared;
  if (fw_mqtt_has (&packet->properties, FW_MQTT_SUBSCRIPTION_ID))
    return FW_MQTT_NO_IDS;
  if (session->version == FW_MQTT_5_0 && fw_mqtt_filter_is_shared (topic))
    return FW_MQTT_NO_SHARED;
  if (fw_mqtt_filter_has_wildcard (topic))
    return FW_MQTT_NO_WILDCARD;
  return shared->handler.subscribe && shared->commands
             ? shared->handler.subscribe (session->user, session, topic, whose)
             : FW_MQTT_NOT_AUTHORIZED;
}

/* The QoS that is granted, or a reason. */
static guint8
subscribe (IngestSession *session, const FwMqttPacket *packet, const FwMqttFilter *filter)
{
  guint64 *counts = session->shared->counts.n_subscribed;
  guint8 qos = MIN (filter->options & QOS_MASK, 1);
  IngestIdentity whose;
  FwMqttReason reason = judge (session, packet, filter->text, &whose);
  if (reason != FW_MQTT_SUCCESS)
    {
      counts[INGEST_SUBSCRIBE_REFUSED]++;
      return reason;
    }
  if (!session->outbox)
    session->outbox = ingest_outbox_new (session, session->shared, session->send_max);
  if (!ingest_outbox_subscribe (session->outbox, filter->text, &whose, qos))
    {
      counts[INGEST_SUBSCRIBE_QUOTA]++;
      return FW_MQTT_QUOTA;
    }
  counts[INGEST_SUBSCRIBED]++;
  return qos;
}

static guint8
unsubscribe (IngestSession *session, const FwMqttFilter *filter)
{
  if (!session->outbox || !ingest_outbox_unsubscribe (session->outbox, filter->text))
    return FW_MQTT_NO_SUBSCRIPTION;
  session->shared->counts.n_subscribed[INGEST_UNSUBSCRIBED]++;
  return FW_MQTT_SUCCESS;
}

void
ingest_session_take_filters (IngestSession *session, const FwMqttPacket *packet, GByteArray *out)
{
  g_autoptr (GByteArray) codes = g_byte_array_new ();
  gboolean is_subscribe = packet->type == FW_MQTT_SUBSCRIBE;
  guint8 code_max = session->version == FW_MQTT_3_1_1 ? FW_MQTT_UNSPECIFIED : G_MAXUINT8;
  FwMqttFilter filter;
  FwMqttPacket answer;
  for (guint32 at = 0; fw_mqtt_next_filter (packet, &at, &filter);)
    {
      guint8 code
          = is_subscribe ? subscribe (session, packet, &filter) : unsubscribe (session, &filter);
      code = MIN (code, code_max);
      g_byte_array_append (codes, &code, 1);
    }
  answer.type = is_subscribe ? FW_MQTT_SUBACK : FW_MQTT_UNSUBACK;
  answer.packet_id = packet->packet_id;
  answer.properties.has = 0;
  answer.codes = (FwMqttBytes){ codes->data, codes->len };
  ingest_session_say (session, &answer, NULL, out);
  ingest_session_deliver (session, out);
}

/* A reason of 0x80 or above is the device's answer too: it has the command, and will not do it. */
void
ingest_session_take_puback (IngestSession *session, const FwMqttPacket *packet, GByteArray *out)
{
  if (!session->outbox || !ingest_outbox_acknowledge (session->outbox, packet->packet_id))
    {
      ingest_session_end (session, INGEST_END_UNEXPECTED, out);
      return;
    }
  if (packet->reason >= FW_MQTT_UNSPECIFIED)
    session->shared->counts.n_sent[INGEST_SENT_DECLINED]++;
  ingest_session_deliver (session, out);
}

static gboolean
put (IngestSession *session, FwMqttPacket *packet, GByteArray *out)
{
  return ingest_session_say (session, packet, NULL, out);
}

void
ingest_session_deliver (IngestSession *session, GByteArray *out)
{
  if (session->outbox && session->why == INGEST_END_NONE && !session->is_draining)
    ingest_outbox_send (session->outbox, put, out);
}

void
ingest_session_heard (IngestListener *listener, GByteArray *out)
{
  ingest_outbox_due (listener);
  ingest_session_deliver (ingest_outbox_session (listener), out);
}

IngestSession *
ingest_session_of (const IngestListener *listener)
{
  return ingest_outbox_session (listener);
}
