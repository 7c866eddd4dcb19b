/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-outbox.h"

#include <string.h>

#include "fw-hash.h"
#include "fw-text.h"

#define FEW 8 /* subscriptions, found by looking at each */
#define BURST_BYTES \
  (32 * 1024) /* said at once; the rest of what QoS 0 would send waits for the next turn */

typedef struct
{
  IngestListener listener;
  IngestOutbox *outbox;
  GList all, due; /* data: this */
  guint8 qos;
  gboolean is_due : 1;
  guint16 topic_len;
  char topic[]; /* ended by NUL, which no topic holds */
} Subscription;

typedef struct
{
  IngestCommand *command;
  guint16 packet_id;
} Flight;

struct IngestOutbox
{
  IngestSession *session;
  IngestSessions *shared;
  GQueue all, due;      /* Subscription */
  GHashTable *by_topic; /* of a gateway that has more than a few; NULL: nobody's yet */
  GArray *flights;      /* NULL: none */
  guint in_flight_max;
  guint16 last_id;
  gboolean is_held; /* and said so */
};

IngestOutbox *
ingest_outbox_new (IngestSession *session, IngestSessions *shared, guint in_flight_max)
{
  IngestOutbox *outbox = g_new0 (IngestOutbox, 1);
  outbox->session = session;
  outbox->shared = shared;
  outbox->in_flight_max = in_flight_max;
  return outbox;
}

static guint
n_flights (const IngestOutbox *outbox)
{
  return outbox->flights ? outbox->flights->len : 0;
}

/* Subscriptions. */

static Subscription *
find (const IngestOutbox *outbox, FwMqttBytes topic)
{
  if (outbox->by_topic)
    {
      g_autofree char *text = g_strndup ((const char *) topic.data, topic.len);
      return g_hash_table_lookup (outbox->by_topic, text);
    }
  for (const GList *l = outbox->all.head; l; l = l->next)
    {
      Subscription *sub = l->data;
      if (fw_text_is ((const char *) topic.data, topic.len, sub->topic))
        return sub;
    }
  return NULL;
}

static void
enter (IngestOutbox *outbox, Subscription *sub)
{
  g_queue_push_tail_link (&outbox->all, &sub->all);
  if (outbox->by_topic)
    g_hash_table_insert (outbox->by_topic, sub->topic, sub);
  if (outbox->by_topic || outbox->all.length <= FEW)
    return;
  outbox->by_topic = g_hash_table_new (fw_hash_text, g_str_equal);
  for (GList *l = outbox->all.head; l; l = l->next)
    g_hash_table_insert (outbox->by_topic, ((Subscription *) l->data)->topic, l->data);
}

static void
drop (Subscription *sub)
{
  IngestOutbox *outbox = sub->outbox;
  ingest_commands_unlisten (outbox->shared->commands, &sub->listener);
  g_queue_unlink (&outbox->all, &sub->all);
  if (outbox->by_topic)
    g_hash_table_remove (outbox->by_topic, sub->topic);
  if (sub->is_due)
    g_queue_unlink (&outbox->due, &sub->due);
  g_free (sub);
}

void
ingest_outbox_free (IngestOutbox *outbox)
{
  if (!outbox)
    return;
  while (outbox->all.head)
    drop (outbox->all.head->data);
  for (guint i = 0; i < n_flights (outbox); i++)
    ingest_command_unref (g_array_index (outbox->flights, Flight, i).command);
  g_clear_pointer (&outbox->flights, g_array_unref);
  g_clear_pointer (&outbox->by_topic, g_hash_table_unref);
  g_free (outbox);
}

void
ingest_outbox_due (IngestListener *listener)
{
  Subscription *sub = (Subscription *) listener;
  if (!sub->is_due)
    g_queue_push_tail_link (&sub->outbox->due, &sub->due);
  sub->is_due = TRUE;
}

IngestSession *
ingest_outbox_session (const IngestListener *listener)
{
  return ((const Subscription *) listener)->outbox->session;
}

gboolean
ingest_outbox_subscribe (IngestOutbox *outbox, FwMqttBytes topic, const IngestIdentity *whose,
                         guint8 qos)
{
  const IngestSessionLimits *limits = &outbox->shared->limits;
  IngestCommands *commands = outbox->shared->commands;
  Subscription *sub = find (outbox, topic);
  if (!sub)
    {
      if (outbox->all.length >= limits->subscriptions_max
          || ingest_commands_n_listeners (commands) >= limits->all_subscriptions_max)
        return FALSE;
      sub = g_malloc0 (sizeof *sub + topic.len + 1);
      sub->outbox = outbox;
      sub->all.data = sub->due.data = sub;
      sub->topic_len = (guint16) topic.len;
      memcpy (sub->topic, topic.data, topic.len);
      enter (outbox, sub);
      ingest_commands_listen (commands, &sub->listener, whose->fleet, whose->device_id);
    }
  sub->qos = qos;
  ingest_outbox_due (&sub->listener);
  return TRUE;
}

gboolean
ingest_outbox_unsubscribe (IngestOutbox *outbox, FwMqttBytes topic)
{
  Subscription *sub = find (outbox, topic);
  if (sub)
    drop (sub);
  return sub != NULL;
}

/* In flight. */

gboolean
ingest_outbox_acknowledge (IngestOutbox *outbox, guint16 packet_id)
{
  for (guint i = 0; i < n_flights (outbox); i++)
    {
      g_autoptr (IngestCommand) command = g_array_index (outbox->flights, Flight, i).command;
      if (g_array_index (outbox->flights, Flight, i).packet_id == packet_id)
        {
          ingest_commands_acknowledge (outbox->shared->commands, command);
          g_array_remove_index_fast (outbox->flights, i);
          return TRUE;
        }
      g_steal_pointer (&command);
    }
  return FALSE;
}

static gboolean
is_in_use (const IngestOutbox *outbox, guint16 packet_id)
{
  for (guint i = 0; i < n_flights (outbox); i++)
    if (g_array_index (outbox->flights, Flight, i).packet_id == packet_id)
      return TRUE;
  return packet_id == 0;
}

static guint16
take_id (IngestOutbox *outbox)
{
  do
    outbox->last_id++;
  while (is_in_use (outbox, outbox->last_id));
  return outbox->last_id;
}

/* Sending. */

static void
describe (const IngestOutbox *outbox, const Subscription *sub, const IngestCommand *command,
          FwMqttPacket *packet)
{
  gsize len;
  const char *value = ingest_command_value (command, &len);
  gint64 left_ms
      = ingest_command_expires_ms (command) - ingest_commands_now_ms (outbox->shared->commands);
  packet->type = FW_MQTT_PUBLISH;
  packet->packet_id = 0;
  packet->properties.has = 0;
  if (ingest_session_version (outbox->session) == FW_MQTT_5_0)
    fw_mqtt_set_number (&packet->properties, FW_MQTT_MESSAGE_EXPIRY,
                        (guint32) CLAMP ((left_ms + 999) / 1000, 1, G_MAXUINT32));
  packet->publish = (FwMqttMessage){ .topic = { (const guint8 *) sub->topic, sub->topic_len },
                                     .payload = { (const guint8 *) value, (guint32) len },
                                     .qos = sub->qos };
}

static void
send_one (Subscription *sub, IngestCommand *command,
          gboolean (*put) (IngestSession *session, FwMqttPacket *packet, GByteArray *out),
          GByteArray *out)
{
  IngestOutbox *outbox = sub->outbox;
  guint64 *n_sent = outbox->shared->counts.n_sent;
  FwMqttPacket packet;
  describe (outbox, sub, command, &packet);
  if (sub->qos > 0)
    packet.packet_id = take_id (outbox);
  if (!put (outbox->session, &packet, out))
    {
      n_sent[INGEST_SENT_TOO_LARGE]++;
      return;
    }
  n_sent[sub->qos > 0 ? INGEST_SENT_QOS_1 : INGEST_SENT]++;
  if (sub->qos == 0)
    {
      ingest_commands_acknowledge (outbox->shared->commands, command);
      return;
    }
  Flight flight = { ingest_command_ref (command), packet.packet_id };
  if (!outbox->flights)
    outbox->flights = g_array_new (FALSE, FALSE, sizeof flight);
  g_array_append_val (outbox->flights, flight);
}

static gboolean
must_wait (IngestOutbox *outbox, const Subscription *sub)
{
  gboolean was_held = outbox->is_held;
  outbox->is_held = sub->qos > 0 && n_flights (outbox) >= outbox->in_flight_max;
  if (outbox->is_held && !was_held)
    outbox->shared->counts.n_sent[INGEST_SENT_HELD]++;
  return outbox->is_held;
}

void
ingest_outbox_send (IngestOutbox *outbox,
                    gboolean (*put) (IngestSession *session, FwMqttPacket *packet, GByteArray *out),
                    GByteArray *out)
{
  guint begin = out->len;
  Subscription *sub;
  while ((sub = g_queue_peek_head (&outbox->due)) && out->len - begin < BURST_BYTES)
    {
      IngestCommand *command = ingest_commands_next (outbox->shared->commands, &sub->listener);
      if (command && must_wait (outbox, sub))
        return;
      if (command)
        {
          ingest_commands_pass (&sub->listener, command);
          send_one (sub, command, put, out);
          continue;
        }
      g_queue_unlink (&outbox->due, &sub->due);
      sub->is_due = FALSE;
    }
}

gsize
ingest_outbox_bytes (const IngestOutbox *outbox)
{
  gsize n = outbox ? sizeof *outbox : 0;
  for (const GList *l = outbox ? outbox->all.head : NULL; l; l = l->next)
    n += sizeof (Subscription) + ((const Subscription *) l->data)->topic_len + 1;
  return n + (outbox ? n_flights (outbox) * sizeof (Flight) : 0);
}
