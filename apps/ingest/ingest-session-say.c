/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-session-private.h"

#include <string.h>

/* One row per end: its label in the metrics, and what a 5.0 client is told; SUCCESS: nothing. */
static const struct
{
  FwMqttReason reason;
  const char *words;
} goodbyes[INGEST_N_ENDS] = {
  [INGEST_END_SECOND_CONNECT] = { FW_MQTT_PROTOCOL_ERROR, "a second CONNECT" },
  [INGEST_END_KEEP_ALIVE] = { FW_MQTT_KEEP_ALIVE, "nothing came for 1.5 times the keep alive" },
  [INGEST_END_PACKET_TIMEOUT] = { FW_MQTT_ADMINISTRATIVE, "a packet did not come to its end" },
  [INGEST_END_STALLED] = { FW_MQTT_QUOTA, "Kafka takes no more for now" },
  [INGEST_END_QOS] = { FW_MQTT_NO_QOS, "QoS 0 and 1 are served here" },
  [INGEST_END_TOPIC_ALIAS] = { FW_MQTT_BAD_ALIAS, "topic aliases are not offered here" },
  [INGEST_END_NOT_STORED] = { FW_MQTT_BUSY, "Kafka did not take an event in time" },
  [INGEST_END_PACKET_ID] = { FW_MQTT_PROTOCOL_ERROR, "the packet identifier is in use" },
  [INGEST_END_UNEXPECTED] = { FW_MQTT_PROTOCOL_ERROR, "nothing was sent that this answers" },
  [INGEST_END_TAKEN_OVER] = { FW_MQTT_TAKEN_OVER, "this client identifier has connected again" },
  [INGEST_END_CREDENTIAL] = { FW_MQTT_NOT_AUTHORIZED, "the credential is not good any more" },
  [INGEST_END_UNFINISHED] = { FW_MQTT_QUOTA, "too much is unfinished on all connections" },
  [INGEST_END_SHUTDOWN] = { FW_MQTT_SHUTTING_DOWN, "shutting down, come again" },
};

const char *const ingest_end_names[INGEST_N_ENDS + 1] = {
  [INGEST_END_NONE] = "none",
  [INGEST_END_LEFT] = "left",
  [INGEST_END_FAULT] = "fault",
  [INGEST_END_NOT_CONNECT] = "not_connect",
  [INGEST_END_CONNECT_TIMEOUT] = "connect_timeout",
  [INGEST_END_CONNECT_REFUSED] = "connect_refused",
  [INGEST_END_SECOND_CONNECT] = "second_connect",
  [INGEST_END_KEEP_ALIVE] = "keep_alive",
  [INGEST_END_PACKET_TIMEOUT] = "packet_timeout",
  [INGEST_END_STALLED] = "stalled",
  [INGEST_END_QOS] = "qos",
  [INGEST_END_TOPIC_ALIAS] = "topic_alias",
  [INGEST_END_NOT_STORED] = "not_stored",
  [INGEST_END_PACKET_ID] = "packet_id",
  [INGEST_END_UNEXPECTED] = "unexpected",
  [INGEST_END_PUBLISH_REFUSED] = "publish_refused",
  [INGEST_END_TAKEN_OVER] = "taken_over",
  [INGEST_END_CREDENTIAL] = "credential",
  [INGEST_END_UNFINISHED] = "unfinished",
  [INGEST_END_SHUTDOWN] = "shutdown",
};

static gboolean
put_if_taken (const IngestSession *session, const FwMqttPacket *packet, GByteArray *out)
{
  guint begin = out->len;
  fw_mqtt_write (packet, out);
  if (out->len - begin <= session->reply_max)
    return TRUE;
  g_byte_array_set_size (out, begin);
  return FALSE;
}

gboolean
ingest_session_say (IngestSession *session, FwMqttPacket *packet, const char *why, GByteArray *out)
{
  packet->version = session->version;
  if (why && session->version == FW_MQTT_5_0)
    {
      guint64 has = packet->properties.has;
      fw_mqtt_set_text (&packet->properties, FW_MQTT_REASON_STRING, why, strlen (why));
      if (put_if_taken (session, packet, out))
        return TRUE;
      packet->properties.has = has;
    }
  return put_if_taken (session, packet, out);
}

static void
say_goodbye (IngestSession *session, FwMqttReason reason, const char *words, GByteArray *out)
{
  FwMqttPacket packet;
  if (session->version != FW_MQTT_5_0 || !session->is_connected || reason == FW_MQTT_SUCCESS)
    return;
  packet.type = FW_MQTT_DISCONNECT;
  packet.reason = reason;
  packet.properties.has = 0;
  ingest_session_say (session, &packet, words, out);
}

void
ingest_session_end (IngestSession *session, IngestEnd end, GByteArray *out)
{
  if (session->why != INGEST_END_NONE)
    return;
  session->why = end;
  session->shared->counts.n_ends[end]++;
  say_goodbye (session, goodbyes[end].reason, goodbyes[end].words, out);
}

void
ingest_session_take_fault (IngestSession *session, FwMqttFault fault, GByteArray *out)
{
  FwMqttReason reason = fw_mqtt_fault_reason (fault);
  const char *name = fw_mqtt_fault_names[fault];
  session->fault = fault;
  session->shared->counts.n_faults[fault]++;
  if (session->is_connected)
    say_goodbye (session, reason, name, out);
  /* 3.1.1 answers no CONNECT that breaks another rule ([MQTT-3.1.4-1]). */
  else if (session->version == FW_MQTT_5_0 || fault == FW_MQTT_FAULT_VERSION
           || fault == FW_MQTT_FAULT_CLIENT_ID)
    ingest_session_refuse_connect (session, reason, name, out);
  ingest_session_end (session, INGEST_END_FAULT, out);
}

static void
say_puback (IngestSession *session, const IngestAck *ack, GByteArray *out)
{
  FwMqttPacket packet;
  if (!ack->why || !session->wants_words)
    {
      fw_mqtt_write_ack (session->version, FW_MQTT_PUBACK, ack->packet_id, ack->reason, out);
      return;
    }
  packet.type = FW_MQTT_PUBACK;
  packet.packet_id = ack->packet_id;
  packet.reason = ack->reason;
  packet.properties.has = 0;
  ingest_session_say (session, &packet, ack->why, out);
}

void
ingest_session_release (IngestSession *session, GByteArray *out)
{
  IngestSessionCounts *counts = &session->shared->counts;
  IngestAck ack;
  while (session->why == INGEST_END_NONE && ingest_acks_pop (&session->acks, &ack))
    {
      gboolean is_good = ack.reason < FW_MQTT_UNSPECIFIED;
      if (is_good)
        counts->n_acked++;
      else
        counts->n_refused++;
      if (is_good || session->version == FW_MQTT_5_0)
        say_puback (session, &ack, out);
      else
        ingest_session_end (session, INGEST_END_PUBLISH_REFUSED, out);
    }
  if (session->is_draining && session->acks.n == 0)
    ingest_session_end (session, INGEST_END_SHUTDOWN, out);
}
