/* SPDX-License-Identifier: Apache-2.0 */
/* What a session wants to say is collected and sent once per turn of the loop: the acknowledgements
 * of a batch from Kafka leave in one send per device. */
#include "ingest-mqtt-private.h"

#include <string.h>

#include "fw-hash.h"
#include "fw-time.h"
#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-mqtt");

#define TICK_MS 1000
#define CLIENT_ID_MAX_BYTES 256 /* of 65,535 that could be; longer ones are connect_refused */
#define NOBODY G_MAXUINT32
#define out_of ingest_mqtt_out_of

static gint64
now_ms (void)
{
  return fw_clock_mono_us (fw_clock_system ()) / 1000;
}

/* Slots. */

static guint32
take_slot (IngestMqtt *door, Conn *conn)
{
  guint32 slot = door->conns->len;

  if (door->free_slots->len == 0)
    {
      g_ptr_array_add (door->conns, conn);
      return slot;
    }
  slot = g_array_index (door->free_slots, guint32, door->free_slots->len - 1);
  g_array_set_size (door->free_slots, door->free_slots->len - 1);
  door->conns->pdata[slot] = conn;
  return slot;
}

/* A slot is given anew only when no report can name it any more. */
static void
forget_if_done (Conn *conn)
{
  IngestMqtt *door = conn->door;

  if (conn->stream || conn->n_underway > 0 || conn->is_loud)
    return;
  door->conns->pdata[conn->slot] = NULL;
  g_array_append_val (door->free_slots, conn->slot);
  g_free (conn);
}

/* Saying. */

GByteArray *
ingest_mqtt_out_of (Conn *conn)
{
  if (!conn->out)
    conn->out = g_byte_array_new ();
  if (!conn->is_loud)
    g_ptr_array_add (conn->door->loud, conn);
  conn->is_loud = TRUE;
  return conn->out;
}

static void
say (Conn *conn)
{
  g_autoptr (GByteArray) out = g_steal_pointer (&conn->out);

  conn->is_loud = FALSE;
  if (!conn->stream)
    {
      forget_if_done (conn);
      return;
    }
  if (out->len > 0 && !fw_stream_send (conn->stream, out->data, out->len))
    return;
  if (ingest_session_is_over (conn->session))
    fw_stream_close (conn->stream, FALSE);
  else
    fw_stream_pause (conn->stream, !ingest_session_wants_input (conn->session));
}

static void
say_all (IngestMqtt *door)
{
  for (guint i = 0; i < door->loud->len; i++) /* it may grow meanwhile: an end takes over another */
    say (g_ptr_array_index (door->loud, i));
  g_ptr_array_set_size (door->loud, 0);
}

/* What sessions ask of the door. */

static const char *
source_of (const IngestSession *session, char *text, gsize size)
{
  const char *id = ingest_session_client_id (session);

  g_snprintf (text, size, "mqtt/%s", id ? id : "");
  return text;
}

static IngestAnswer
refuse (IngestMqtt *door, const IngestSession *session, guint refusal, const FwMqttBytes *payload)
{
  char source[CLIENT_ID_MAX_BYTES + 8];

  ingest_store_reject (door->store, source_of (session, source, sizeof source), refusal,
                       (const char *) payload->data, payload->len);
  return (IngestAnswer){ INGEST_REFUSED,
                         refusal == INGEST_REFUSED_IDENTITY ? FW_MQTT_NOT_AUTHORIZED
                                                            : FW_MQTT_BAD_PAYLOAD,
                         ingest_intake_sentence (refusal) };
}

static IngestAnswer
put (Conn *conn, const IngestRecord *record, const IngestPublish *publish)
{
  guint64 slot = publish->wants_answer ? conn->slot : NOBODY;

  if (!ingest_store_put (conn->door->store, record, fw_clock_wall_ms (fw_clock_system ()),
                         slot << 32 | publish->ticket))
    return (IngestAnswer){ .verdict = INGEST_FULL };
  conn->n_underway += publish->wants_answer;
  return (IngestAnswer){ .verdict = INGEST_TAKEN };
}

static IngestAnswer
full (Conn *conn)
{
  if (!conn->is_waiting)
    g_queue_push_tail (&conn->door->waiting, conn);
  conn->is_waiting = TRUE;
  return (IngestAnswer){ .verdict = INGEST_FULL };
}

/* Not read until its bucket has filled again: so nothing of it is lost in either version of MQTT,
 * where 3.1.1 could only be closed on, and clients of 5.0 drop what a PUBACK refuses. */
static IngestAnswer
slow_down (Conn *conn)
{
  if (!conn->is_slowed)
    {
      g_queue_push_tail (&conn->door->slowed, conn);
      fw_metrics_add (conn->door->setup.metrics, INGEST_METRIC_OVER_RATE, INGEST_DOOR_MQTT, 1);
    }
  conn->is_slowed = TRUE;
  return (IngestAnswer){ .verdict = INGEST_FULL };
}

static IngestAnswer
on_publish (gpointer user, IngestSession *session, const IngestPublish *publish)
{
  Conn *conn = user;
  IngestMqtt *door = conn->door;
  const FwMqttMessage *message = publish->message;
  IngestIdentity said, from;
  IngestRecord record;
  IngestAnswer answer;
  guint refusal;

  if (ingest_store_turns_away (door->store))
    return full (conn);
  if (!ingest_topics_match (door->setup.topics, (const char *) message->topic.data,
                            message->topic.len, &said))
    {
      answer = refuse (door, session, INGEST_REFUSED_TOPIC, &message->payload);
      answer.reason = FW_MQTT_BAD_TOPIC;
      return answer;
    }
  refusal = !ingest_mqtt_identify (conn, &said, &from)
                ? INGEST_REFUSED_IDENTITY
                : ingest_intake_take (door->intake, (const char *) message->payload.data,
                                      message->payload.len, &from, &record);
  if (refusal)
    return refuse (door, session, refusal, &message->payload);
  if (!ingest_rates_take (door->setup.rates, record.key, record.key_len))
    return slow_down (conn);
  answer = put (conn, &record, publish);
  if (answer.verdict != INGEST_FULL)
    return answer;
  ingest_rates_give_back (door->setup.rates, record.key, record.key_len);
  return full (conn);
}

static void
on_stored (gpointer user, guint64 tag, gboolean ok)
{
  IngestMqtt *door = user;
  guint32 slot = (guint32) (tag >> 32);
  Conn *conn = slot == NOBODY ? NULL : g_ptr_array_index (door->conns, slot);

  if (!conn) /* QoS 0: nobody waits */
    return;
  conn->n_underway--;
  if (!conn->session)
    forget_if_done (conn);
  else if (!ok)
    ingest_session_end (conn->session, INGEST_END_NOT_STORED, out_of (conn));
  else if (ingest_session_stored (conn->session, (guint32) tag, FW_MQTT_SUCCESS, NULL,
                                  out_of (conn)))
    ingest_session_resume (conn->session, now_ms (), out_of (conn));
}

/* Connections. */

static gpointer
on_open (gpointer user, FwStream *stream)
{
  IngestMqtt *door = user;
  Conn *conn = g_new0 (Conn, 1);

  conn->door = door;
  conn->stream = stream;
  conn->slot = take_slot (door, conn);
  conn->guest.data = conn;
  conn->session = ingest_session_new (&door->sessions, conn, door->next_key++, now_ms ());
  g_atomic_int_inc (&door->n_conns);
  return conn;
}

static void
on_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  Conn *conn = data;

  (void) stream;
  ingest_session_feed (conn->session, bytes, len, now_ms (), out_of (conn));
  say_all (user);
}

static void
stop_waiting (Conn *conn)
{
  if (conn->is_waiting)
    g_queue_remove (&conn->door->waiting, conn);
  if (conn->is_slowed)
    g_queue_remove (&conn->door->slowed, conn);
  conn->is_waiting = conn->is_slowed = FALSE;
}

static void
on_closed (gpointer user, FwStream *stream, gpointer data)
{
  IngestMqtt *door = user;
  Conn *conn = data;

  ingest_mqtt_log_end (conn->session, fw_stream_peer (stream));
  conn->stream = NULL;
  if (ingest_session_is_connected (conn->session)
      && g_hash_table_lookup (door->by_client_id, conn) == conn)
    g_hash_table_remove (door->by_client_id, conn);
  ingest_session_closed (conn->session);
  stop_waiting (conn); /* after its will, which is asked once */
  ingest_desk_dismiss (&conn->guest);
  g_clear_pointer (&conn->session, ingest_session_free);
  g_atomic_int_add (&door->n_conns, -1);
  forget_if_done (conn);
}

/* The loop's other turns. */

static void
feed_waiting (IngestMqtt *door)
{
  Conn *conn;

  while (!ingest_store_is_full (door->store) && (conn = g_queue_pop_head (&door->waiting)))
    {
      conn->is_waiting = FALSE;
      ingest_session_resume (conn->session, now_ms (), out_of (conn));
    }
}

/* Those that are too quick still come again to the end of the queue, behind all of now. */
static void
feed_slowed (IngestMqtt *door)
{
  for (guint n = door->slowed.length; n > 0 && door->slowed.length > 0; n--)
    {
      Conn *conn = g_queue_pop_head (&door->slowed);

      conn->is_slowed = FALSE;
      ingest_session_resume (conn->session, now_ms (), out_of (conn));
    }
}

static void
drain (IngestMqtt *door)
{
  fw_streams_refuse (door->server);
  for (guint i = 0; i < door->conns->len; i++)
    {
      Conn *conn = g_ptr_array_index (door->conns, i);

      if (conn && conn->session)
        ingest_session_drain (conn->session, out_of (conn));
    }
}

static void
look_whether_drained (IngestMqtt *door)
{
  if (g_atomic_int_get (&door->n_conns) == 0 && ingest_store_n_in_flight (door->store) == 0)
    g_atomic_int_set (&door->is_drained, 1);
}

static void
on_woken (gpointer user)
{
  IngestMqtt *door = user;

  ingest_store_poll (door->store);
  ingest_desk_turn (door->desk);
  feed_waiting (door);
  if (door->courier)
    ingest_courier_turn (door->courier);
  if (g_atomic_int_get (&door->must_drain) == 1
      && g_atomic_int_compare_and_exchange (&door->must_drain, 1, 2))
    drain (door);
  say_all (door);
  if (g_atomic_int_get (&door->must_drain))
    look_whether_drained (door);
}

static void
on_tick (gpointer user)
{
  IngestMqtt *door = user;
  gint64 at_ms = now_ms (), wall_ms = fw_clock_wall_ms (fw_clock_system ());

  for (guint i = 0; i < door->conns->len; i++)
    {
      Conn *conn = g_ptr_array_index (door->conns, i);

      if (!conn || !conn->session)
        continue;
      ingest_session_tick (conn->session, at_ms, door->scratch);
      ingest_mqtt_check_credential (conn, wall_ms, door->scratch);
      if (door->scratch->len > 0 || ingest_session_is_over (conn->session))
        g_byte_array_append (out_of (conn), door->scratch->data, door->scratch->len);
      g_byte_array_set_size (door->scratch, 0);
    }
  feed_slowed (door);
  if (door->courier)
    ingest_courier_tick (door->courier);
  on_woken (door);
  ingest_intake_count (door->intake, &door->counted, door->setup.metrics);
  ingest_metrics_count_sessions (door->setup.metrics, &door->sessions.counts,
                                 &door->sessions_counted);
}

/* Its life. */

static void
make_sessions (IngestMqtt *door)
{
  const IngestOptions *options = door->setup.options;

  door->sessions.limits = (IngestSessionLimits){
    .packet_max = (gsize) options->packet_max,
    .in_flight_max = (guint) options->receive_max,
    .client_id_max = CLIENT_ID_MAX_BYTES,
    .keep_alive_max_s = (guint) (options->keep_alive_max_ms / 1000),
    .connect_ms = options->connect_timeout_ms,
    .packet_ms = options->packet_timeout_ms,
    .stall_ms = options->give_up_ms,
    .commands_in_flight_max = (guint) options->commands_in_flight_max,
    .subscriptions_max = (guint) options->subscriptions_max,
    .all_subscriptions_max = (guint) options->all_subscriptions_max,
  };
  door->sessions.room.max = (gsize) options->unfinished_max;
  door->sessions.handler
      = (IngestSessionHandler){ ingest_mqtt_on_connect, on_publish, ingest_mqtt_on_subscribe };
}

static gboolean
open_server (IngestMqtt *door, const IngestListen *listen, GError **error)
{
  static const FwStreamHandler handler = {
    .open = on_open,
    .received = on_received,
    .closed = on_closed,
    .woken = on_woken,
    .tick = on_tick,
  };
  const IngestOptions *options = door->setup.options;
  const FwStreamsOptions server = {
    .listen_host = listen->host,
    .listen_port = listen->port,
    .tls_listen_host = listen->tls_host,
    .tls_listen_port = listen->tls_port,
    .tls = listen->tls,
    .handshakes_per_s_max = (guint) options->handshakes_per_s_max,
    .handshake_timeout_ms = (guint) options->handshake_timeout_ms,
    .connections_max = (guint) options->connections_max,
    .connections_per_address_max = (guint) options->connections_per_address_max,
    .output_max = (gsize) options->output_max,
    .tick_ms = TICK_MS,
    .wake_fd = ingest_store_fd (door->store),
    .thread_name = "mqtt",
  };

  door->server = fw_streams_new (&server, &handler, door, error);
  return door->server && (!door->courier || ingest_courier_start (door->courier, error));
}

IngestMqtt *
ingest_mqtt_new (const IngestMqttSetup *setup, const IngestListen *listen, GError **error)
{
  g_autoptr (IngestMqtt) door = g_new0 (IngestMqtt, 1);
  const IngestStoreSetup store = { setup->conf, setup->options, setup->metrics, INGEST_DOOR_MQTT };

  door->setup = *setup;
  door->conns = g_ptr_array_new ();
  door->free_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  door->by_client_id = g_hash_table_new (ingest_mqtt_conn_hash, ingest_mqtt_conn_equal);
  door->loud = g_ptr_array_new ();
  door->scratch = g_byte_array_new ();
  door->intake = ingest_intake_new (setup->mapping);
  ingest_intake_set_event_max (door->intake, (gsize) setup->options->event_max);
  make_sessions (door);
  ingest_mqtt_open_desk (door);
  door->store = ingest_store_new (&store, on_stored, door, error);
  return door->store && ingest_mqtt_open_courier (door, error) && open_server (door, listen, error)
             ? g_steal_pointer (&door)
             : NULL;
}

void
ingest_mqtt_free (IngestMqtt *door)
{
  if (!door)
    return;
  ingest_courier_stop (door->courier);
  fw_streams_stop (door->server);
  for (guint i = 0; i < door->conns->len; i++)
    g_free (g_ptr_array_index (door->conns, i)); /* only those that reports could still name */
  ingest_store_free (door->store);
  ingest_desk_free (door->desk);
  ingest_courier_free (door->courier);
  ingest_intake_free (door->intake);
  g_hash_table_unref (door->by_client_id);
  g_ptr_array_unref (door->conns);
  g_ptr_array_unref (door->loud);
  g_array_unref (door->free_slots);
  g_byte_array_unref (door->scratch);
  g_free (door);
}

guint16
ingest_mqtt_tls_port (const IngestMqtt *door)
{
  return fw_streams_tls_port (door->server);
}

guint16
ingest_mqtt_port (const IngestMqtt *door)
{
  return fw_streams_port (door->server);
}

void
ingest_mqtt_drain (IngestMqtt *door)
{
  g_atomic_int_set (&door->must_drain, 1);
  fw_streams_wake (door->server);
}

gboolean
ingest_mqtt_is_drained (const IngestMqtt *door)
{
  return g_atomic_int_get (&door->is_drained) != 0;
}

void
ingest_mqtt_publish_metrics (IngestMqtt *door)
{
  FwStreamsCounts now = fw_streams_counts (door->server);
  FwMetrics *metrics = door->setup.metrics;

  fw_metrics_set (metrics, INGEST_METRIC_CONNECTIONS, INGEST_DOOR_MQTT,
                  g_atomic_int_get (&door->n_conns));
  fw_metrics_set (metrics, INGEST_METRIC_IN_FLIGHT, INGEST_DOOR_MQTT,
                  ingest_store_n_in_flight (door->store));
  fw_metrics_set (metrics, INGEST_METRIC_UNFINISHED, INGEST_DOOR_MQTT,
                  (double) ingest_room_used (&door->sessions.room));
  fw_metrics_add (metrics, INGEST_METRIC_REFUSED_CONNECTIONS, INGEST_DOOR_MQTT,
                  now.n_refused_limit - door->server_counted.n_refused_limit);
  fw_metrics_add (metrics, INGEST_METRIC_BYTES, INGEST_DOOR_MQTT,
                  now.n_bytes_in - door->server_counted.n_bytes_in);
  fw_metrics_add (metrics, INGEST_METRIC_OUTPUT_FULL, 0,
                  now.n_overflowed - door->server_counted.n_overflowed);
  fw_metrics_add (metrics, INGEST_METRIC_HANDSHAKES, 0,
                  now.n_handshakes - door->server_counted.n_handshakes);
  fw_metrics_add (metrics, INGEST_METRIC_HANDSHAKES_FAILED, 0,
                  now.n_handshakes_failed - door->server_counted.n_handshakes_failed);
  fw_metrics_add (metrics, INGEST_METRIC_HANDSHAKES_HELD, 0,
                  now.n_handshakes_held - door->server_counted.n_handshakes_held);
  door->server_counted = now;
}
