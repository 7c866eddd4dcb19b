/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-session-private.h"

#include <string.h>

IngestSession *
ingest_session_new (IngestSessions *shared, gpointer user, guint64 key, gint64 now_ms)
{
  IngestSession *session = g_new0 (IngestSession, 1);
  g_assert (shared->limits.in_flight_max >= 1 && shared->limits.in_flight_max <= G_MAXUINT16);
  g_assert (!shared->commands || shared->limits.commands_in_flight_max >= 1);
  session->shared = shared;
  session->user = user;
  session->key = key;
  session->heard_ms = now_ms;
  session->reply_max = G_MAXUINT32;
  ingest_acks_init (&session->acks);
  return session;
}

static void
drop_rest (IngestSession *session)
{
  g_clear_pointer (&session->rest, g_byte_array_unref);
  session->rest_at = 0;
  ingest_room_leave (&session->shared->room, &session->charged);
}

void
ingest_session_free (IngestSession *session)
{
  if (!session)
    return;
  drop_rest (session);
  ingest_outbox_free (session->outbox);
  ingest_room_leave (&session->shared->room, &session->will_charged);
  ingest_acks_clear (&session->acks);
  g_free (session->client_id);
  g_free (session->will);
  g_free (session);
}

/* FALSE: the packet has to wait. */
static gboolean
take_packet (IngestSession *session, const guint8 *bytes, gsize len, gint64 now_ms, GByteArray *out)
{
  FwMqttPacket packet;
  FwMqttFault fault = fw_mqtt_read (bytes, len, session->version, FW_MQTT_CLIENT, &packet);
  if (!session->is_connected)
    session->version = packet.version;
  if (fault)
    ingest_session_take_fault (session, fault, out);
  else if (!(session->is_connected ? ingest_session_take (session, &packet, now_ms, out)
                                   : ingest_session_take_connect (session, &packet, now_ms, out)))
    return FALSE;
  if (!fault)
    session->shared->counts.n_packets[packet.type]++;
  session->heard_ms = now_ms;
  session->wait = INGEST_WAIT_NONE;
  return TRUE;
}

/* The length of the packet that begins at bytes; 0 when it is not whole, or bad. */
static gsize
find_packet (IngestSession *session, const guint8 *bytes, gsize len, GByteArray *out)
{
  gsize packet_len;
  gboolean is_connect = bytes[0] >> 4 == FW_MQTT_CONNECT;
  if (is_connect == session->is_connected)
    {
      ingest_session_end (session, is_connect ? INGEST_END_SECOND_CONNECT : INGEST_END_NOT_CONNECT,
                          out);
      return 0;
    }
  FwMqttFault fault
      = fw_mqtt_packet_len (bytes, len, session->shared->limits.packet_max, &packet_len);
  if (fault)
    ingest_session_take_fault (session, fault, out);
  return fault || packet_len > len ? 0 : packet_len;
}

/* How many bytes were taken. */
static gsize
take_packets (IngestSession *session, const guint8 *bytes, gsize len, gint64 now_ms,
              GByteArray *out)
{
  gsize at = 0;
  while (at < len && session->why == INGEST_END_NONE)
    {
      gsize packet_len = find_packet (session, bytes + at, len - at, out);
      if (packet_len == 0)
        {
          if (session->wait == INGEST_WAIT_NONE)
            session->waits_since_ms = now_ms;
          session->wait = INGEST_WAIT_BYTES;
          break;
        }
      if (!take_packet (session, bytes + at, packet_len, now_ms, out))
        break;
      at += packet_len;
    }
  return at;
}

/* Anew, so that what a large packet took is given back. */
static void
drop_taken (IngestSession *session)
{
  g_autoptr (GByteArray) old = session->rest;
  session->rest = g_byte_array_new ();
  g_byte_array_append (session->rest, old->data + session->rest_at, old->len - session->rest_at);
  session->rest_at = 0;
}

static void
keep_rest (IngestSession *session, const guint8 *bytes, gsize len, GByteArray *out)
{
  gsize held = session->rest ? session->rest->len - session->rest_at : 0;
  if (len == 0)
    return;
  if (!ingest_room_hold (&session->shared->room, &session->charged, held + len))
    {
      ingest_session_end (session, INGEST_END_UNFINISHED, out);
      drop_rest (session);
      return;
    }
  if (!session->rest)
    session->rest = g_byte_array_new ();
  else if (session->rest_at > 0)
    drop_taken (session);
  g_byte_array_append (session->rest, bytes, (guint) len);
}

void
ingest_session_feed (IngestSession *session, const guint8 *bytes, gsize len, gint64 now_ms,
                     GByteArray *out)
{
  if (session->why != INGEST_END_NONE || session->is_draining)
    return;
  if (session->rest || session->wait == INGEST_WAIT_ROOM)
    {
      keep_rest (session, bytes, len, out);
      ingest_session_resume (session, now_ms, out);
      return;
    }
  gsize taken = take_packets (session, bytes, len, now_ms, out);
  if (session->why == INGEST_END_NONE)
    keep_rest (session, bytes + taken, len - taken, out);
}

void
ingest_session_resume (IngestSession *session, gint64 now_ms, GByteArray *out)
{
  if (!session->rest || session->why != INGEST_END_NONE || session->is_draining)
    return;
  GByteArray *rest = session->rest;
  guint32 at = session->rest_at;
  session->rest_at
      += (guint32) take_packets (session, rest->data + at, rest->len - at, now_ms, out);
  if (session->why != INGEST_END_NONE || session->rest_at == rest->len)
    drop_rest (session);
}

gboolean
ingest_session_stored (IngestSession *session, guint32 ticket, FwMqttReason reason, const char *why,
                       GByteArray *out)
{
  if (!ingest_acks_answer (&session->acks, ticket, reason, why))
    return FALSE;
  ingest_session_release (session, out);
  return session->wait == INGEST_WAIT_ROOM && session->why == INGEST_END_NONE;
}

static gboolean
is_past (gint64 since_ms, gint64 allowed_ms, gint64 now_ms)
{
  return now_ms - since_ms >= allowed_ms;
}

static void
end_stalled (IngestSession *session, GByteArray *out)
{
  if (!session->is_connected)
    ingest_session_refuse_connect (session, FW_MQTT_BUSY, NULL, out);
  ingest_session_end (session, INGEST_END_STALLED, out);
}

void
ingest_session_tick (IngestSession *session, gint64 now_ms, GByteArray *out)
{
  const IngestSessionLimits *limits = &session->shared->limits;
  gint64 silence_max_ms = session->keep_alive_s * G_GINT64_CONSTANT (1500);
  ingest_acks_shrink (&session->acks);
  ingest_session_deliver (session, out);
  if (session->wait == INGEST_WAIT_ROOM)
    {
      /* Its pings are behind what waits, so that its silence says nothing. */
      if (is_past (session->waits_since_ms, limits->stall_ms, now_ms))
        end_stalled (session, out);
      return;
    }
  if (!session->is_connected && is_past (session->heard_ms, limits->connect_ms, now_ms))
    ingest_session_end (session, INGEST_END_CONNECT_TIMEOUT, out);
  if (session->wait == INGEST_WAIT_BYTES
      && is_past (session->waits_since_ms, limits->packet_ms, now_ms))
    ingest_session_end (session, INGEST_END_PACKET_TIMEOUT, out);
  if (silence_max_ms > 0 && is_past (session->heard_ms, silence_max_ms, now_ms))
    ingest_session_end (session, INGEST_END_KEEP_ALIVE, out);
}

void
ingest_session_drain (IngestSession *session, GByteArray *out)
{
  session->is_draining = TRUE;
  ingest_session_release (session, out);
}

/* Whether a client that had to wait has said goodbye behind what waits. */
static gboolean
has_left (const IngestSession *session)
{
  const GByteArray *rest = session->rest;
  FwMqttPacket packet;
  gsize len = 0;
  for (gsize at = session->rest_at; rest && at < rest->len; at += len)
    {
      if (fw_mqtt_packet_len (rest->data + at, rest->len - at, rest->len - at, &len) || len == 0
          || fw_mqtt_read (rest->data + at, len, session->version, FW_MQTT_CLIENT, &packet))
        return FALSE;
      if (packet.type == FW_MQTT_DISCONNECT)
        return packet.reason == FW_MQTT_SUCCESS;
    }
  return FALSE;
}

void
ingest_session_closed (IngestSession *session)
{
  if (session->why == INGEST_END_NONE && has_left (session))
    g_clear_pointer (&session->will, g_free);
  if (session->why == INGEST_END_NONE)
    {
      session->why = INGEST_END_LEFT;
      session->shared->counts.n_ends[INGEST_END_LEFT]++;
    }
  g_clear_pointer (&session->outbox, ingest_outbox_free);
  ingest_session_publish_will (session);
}

gboolean
ingest_session_wants_input (const IngestSession *session)
{
  return session->why == INGEST_END_NONE && session->wait != INGEST_WAIT_ROOM
         && !session->is_draining;
}

gboolean
ingest_session_is_over (const IngestSession *session)
{
  return session->why != INGEST_END_NONE;
}

IngestEnd
ingest_session_why (const IngestSession *session)
{
  return session->why;
}

FwMqttFault
ingest_session_fault (const IngestSession *session)
{
  return session->fault;
}

FwMqttVersion
ingest_session_version (const IngestSession *session)
{
  return session->version;
}

gboolean
ingest_session_is_connected (const IngestSession *session)
{
  return session->is_connected;
}

const char *
ingest_session_client_id (const IngestSession *session)
{
  return session->client_id;
}

gpointer
ingest_session_user (const IngestSession *session)
{
  return session->user;
}

guint64
ingest_session_key (const IngestSession *session)
{
  return session->key;
}

guint
ingest_session_n_in_flight (const IngestSession *session)
{
  return session->acks.n;
}

gsize
ingest_session_memory (const IngestSession *session)
{
  const IngestWill *will = session->will;
  return sizeof *session + (session->client_id ? strlen (session->client_id) + 1 : 0)
         + (will ? sizeof *will + will->topic_len + will->payload_len : 0)
         + (session->rest ? sizeof (GByteArray) + session->rest->len : 0)
         + ingest_acks_heap_bytes (&session->acks) + ingest_outbox_bytes (session->outbox);
}
