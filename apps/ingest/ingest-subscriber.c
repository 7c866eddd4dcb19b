/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-subscriber.h"

#include <string.h>

#include "fw-i18n.h"
#include "fw-rng.h"

#define NOBODY G_MAXUINT64      /* the tag of a message that no acknowledgement waits for */
#define RETAIN_ONLY_IF_NEW 0x10 /* 5.0: a known subscription gets no retained messages again */
#define CALM_MS 10000           /* a connection that held so long was no failure */

typedef struct
{
  char *topic, *payload; /* one allocation */
  gsize topic_len, payload_len;
  guint64 tag;
} Held;

struct IngestSubscriber
{
  IngestSubscriberOptions options;
  IngestSubscriberTake take;
  gpointer user;
  FwMqttClients clients;
  FwMqttClient *client; /* NULL: no connection */
  FwMqttVersion version;
  GByteArray *out;
  GQueue held;        /* Held, in the order of their arrival */
  guint32 generation; /* of the connection, in each tag */
  guint n_failures;   /* in a row */
  gint64 retry_at_ms, retry_ms, opened_ms;
  const char *fault; /* of ours, why it is over; NULL: the client's */
  guint n_granted;
  gboolean is_opening, is_draining, has_left, had_session, is_forgotten;
  IngestSubscriberCounts counts;
};

static void
held_free (Held *held)
{
  g_free (held->topic);
  g_free (held);
}

static guint64
tag_of (const IngestSubscriber *subscriber, guint8 qos, guint32 ticket)
{
  return qos == 0 ? NOBODY : (guint64) subscriber->generation << 32 | ticket;
}

static void
confirm (IngestSubscriber *subscriber, guint64 tag)
{
  if (tag != NOBODY && subscriber->client && tag >> 32 == subscriber->generation)
    fw_mqtt_client_confirm (subscriber->client, (guint32) tag, FW_MQTT_SUCCESS, subscriber->out);
}

/* What is refused once is refused for ever, so the broker need not keep it. */
static gboolean
offer (IngestSubscriber *subscriber, const IngestNews *news)
{
  IngestVerdict verdict = subscriber->take (subscriber->user, news);

  if (verdict == INGEST_REFUSED || verdict == INGEST_IGNORED)
    confirm (subscriber, news->tag);
  return verdict != INGEST_FULL;
}

static void
hold (IngestSubscriber *subscriber, const IngestNews *news)
{
  Held *held = g_new (Held, 1);

  held->topic = g_malloc (news->topic_len + news->payload_len + 1);
  held->payload = held->topic + news->topic_len;
  memcpy (held->topic, news->topic, news->topic_len);
  if (news->payload_len > 0)
    memcpy (held->payload, news->payload, news->payload_len);
  held->topic_len = news->topic_len;
  held->payload_len = news->payload_len;
  held->tag = news->tag;
  g_queue_push_tail (&subscriber->held, held);
}

void
ingest_subscriber_go_on (IngestSubscriber *subscriber, gint64 now_ms)
{
  Held *held;

  subscriber->clients.now_ms = now_ms;
  while ((held = g_queue_peek_head (&subscriber->held)) != NULL)
    {
      const IngestNews news
          = { held->topic, held->payload, held->topic_len, held->payload_len, held->tag };

      if (!offer (subscriber, &news))
        return;
      held_free (g_queue_pop_head (&subscriber->held));
    }
}

/* The client's callbacks. */

static void
on_connected (gpointer user, FwMqttClient *client, const FwMqttPacket *connack)
{
  IngestSubscriber *subscriber = user;
  guint8 options = subscriber->version == FW_MQTT_5_0 ? 1 | RETAIN_ONLY_IF_NEW : 1;
  guint n = 0;

  subscriber->is_forgotten = subscriber->had_session && !connack->is_session_present;
  subscriber->counts.n_forgotten += subscriber->is_forgotten;
  for (const char *const *filter = subscriber->options.filters; *filter; filter++)
    fw_mqtt_client_subscribe (client, *filter, options, n++, subscriber->out);
}

static void
on_granted (gpointer user, FwMqttClient *client, guint64 tag, guint8 code)
{
  IngestSubscriber *subscriber = user;

  (void) client, (void) tag;
  if (code >= FW_MQTT_UNSPECIFIED)
    {
      subscriber->fault = N_ ("the broker refuses the subscription (--subscribe-topic)");
      return;
    }
  subscriber->n_granted++;
  subscriber->had_session = subscriber->had_session || ingest_subscriber_is_subscribed (subscriber);
}

static void
on_received (gpointer user, FwMqttClient *client, const FwMqttMessage *message,
             const FwMqttProperties *properties, guint32 ticket)
{
  IngestSubscriber *subscriber = user;
  const IngestNews news
      = { (const char *) message->topic.data, (const char *) message->payload.data,
          message->topic.len, message->payload.len, tag_of (subscriber, message->qos, ticket) };

  (void) client, (void) properties;
  if (subscriber->held.length > 0 || !offer (subscriber, &news))
    hold (subscriber, &news);
}

/* Its life. */

IngestSubscriber *
ingest_subscriber_new (const IngestSubscriberOptions *options, IngestSubscriberTake take,
                       gpointer user, gint64 now_ms)
{
  IngestSubscriber *subscriber = g_new0 (IngestSubscriber, 1);

  subscriber->options = *options;
  subscriber->take = take;
  subscriber->user = user;
  subscriber->version = FW_MQTT_5_0;
  subscriber->out = g_byte_array_new ();
  subscriber->retry_at_ms = now_ms;
  subscriber->clients.limits = options->limits;
  subscriber->clients.handler = (FwMqttClientHandler){ .connected = on_connected,
                                                       .granted = on_granted,
                                                       .received = on_received };
  return subscriber;
}

static void
forget_connection (IngestSubscriber *subscriber)
{
  g_clear_pointer (&subscriber->client, fw_mqtt_client_free);
  g_byte_array_set_size (subscriber->out, 0);
  g_queue_clear_full (&subscriber->held, (GDestroyNotify) held_free); /* the broker has them */
  subscriber->is_opening = FALSE;
  subscriber->n_granted = 0;
  subscriber->fault = NULL;
}

void
ingest_subscriber_free (IngestSubscriber *subscriber)
{
  if (!subscriber)
    return;
  forget_connection (subscriber);
  g_byte_array_unref (subscriber->out);
  g_free (subscriber);
}

GByteArray *
ingest_subscriber_out (IngestSubscriber *subscriber)
{
  return subscriber->out;
}

gboolean
ingest_subscriber_wants_connection (const IngestSubscriber *subscriber, gint64 now_ms)
{
  return !subscriber->client && !subscriber->is_opening && !subscriber->is_draining
         && now_ms >= subscriber->retry_at_ms;
}

void
ingest_subscriber_opening (IngestSubscriber *subscriber)
{
  subscriber->is_opening = TRUE;
}

void
ingest_subscriber_opened (IngestSubscriber *subscriber, gint64 now_ms)
{
  const IngestSubscriberOptions *options = &subscriber->options;
  const FwMqttHello hello = { .version = subscriber->version,
                              .client_id = options->client_id,
                              .username = options->username,
                              .password = options->password,
                              .keep_alive_s = options->keep_alive_s,
                              .session_s = options->session_s };

  subscriber->generation++;
  subscriber->opened_ms = now_ms;
  subscriber->clients.now_ms = now_ms;
  subscriber->is_forgotten = FALSE;
  subscriber->client
      = fw_mqtt_client_new (&subscriber->clients, subscriber, &hello, subscriber->out);
}

void
ingest_subscriber_feed (IngestSubscriber *subscriber, const guint8 *bytes, gsize len, gint64 now_ms)
{
  subscriber->clients.now_ms = now_ms;
  if (subscriber->client)
    fw_mqtt_client_feed (subscriber->client, bytes, len, subscriber->out);
}

/* What the broker answers is not seen while nothing is read. */
void
ingest_subscriber_tick (IngestSubscriber *subscriber, gint64 now_ms)
{
  subscriber->clients.now_ms = now_ms;
  if (subscriber->client && ingest_subscriber_wants_input (subscriber))
    fw_mqtt_client_tick (subscriber->client, subscriber->out);
}

static gboolean
is_refused_as (const IngestSubscriber *subscriber, FwMqttReason reason)
{
  return subscriber->client && fw_mqtt_client_over (subscriber->client) == FW_MQTT_OVER_REFUSED
         && fw_mqtt_client_reason (subscriber->client) == reason;
}

/* Old brokers say that they know no 5.0, or hang up. */
static void
choose_version (IngestSubscriber *subscriber)
{
  gboolean is_mute = subscriber->client && !fw_mqtt_client_is_connected (subscriber->client)
                     && fw_mqtt_client_over (subscriber->client) == FW_MQTT_OVER_NONE;

  if (is_mute || is_refused_as (subscriber, FW_MQTT_BAD_VERSION))
    subscriber->version = subscriber->version == FW_MQTT_5_0 ? FW_MQTT_3_1_1 : FW_MQTT_5_0;
}

/* Between half and the whole of a time that doubles, so that many do not come back at once. */
static gint64
next_retry_ms (IngestSubscriber *subscriber)
{
  const IngestSubscriberOptions *options = &subscriber->options;
  guint doublings = MIN (subscriber->n_failures, 20u);
  gint64 most = MIN (options->retry_min_ms << doublings, options->retry_max_ms);
  double share = fw_rng_unit (options->seed, subscriber->generation, subscriber->n_failures);

  subscriber->n_failures++;
  return most - (gint64) ((double) (most / 2) * share);
}

void
ingest_subscriber_closed (IngestSubscriber *subscriber, gint64 now_ms)
{
  gboolean was_calm
      = ingest_subscriber_is_subscribed (subscriber) && now_ms - subscriber->opened_ms >= CALM_MS;

  subscriber->counts
      .n_ends[subscriber->client ? fw_mqtt_client_over (subscriber->client) : FW_MQTT_OVER_NONE]++;
  if (was_calm)
    subscriber->n_failures = 0;
  choose_version (subscriber);
  subscriber->retry_ms = next_retry_ms (subscriber);
  subscriber->retry_at_ms = now_ms + subscriber->retry_ms;
  forget_connection (subscriber);
}

void
ingest_subscriber_stored (IngestSubscriber *subscriber, guint64 tag, gboolean ok)
{
  if (ok)
    confirm (subscriber, tag);
  else if (tag != NOBODY && subscriber->client && tag >> 32 == subscriber->generation)
    subscriber->fault = N_ ("Kafka did not take an event in time, the broker shall send it again");
}

void
ingest_subscriber_drain (IngestSubscriber *subscriber)
{
  subscriber->is_draining = TRUE;
  g_queue_clear_full (&subscriber->held, (GDestroyNotify) held_free);
}

void
ingest_subscriber_leave (IngestSubscriber *subscriber)
{
  subscriber->is_draining = TRUE;
  if (subscriber->client)
    fw_mqtt_client_leave (subscriber->client, subscriber->out);
}

gboolean
ingest_subscriber_wants_input (const IngestSubscriber *subscriber)
{
  return subscriber->client && !subscriber->is_draining && subscriber->held.length == 0
         && fw_mqtt_client_wants_input (subscriber->client);
}

gboolean
ingest_subscriber_is_over (const IngestSubscriber *subscriber)
{
  return subscriber->client
         && (subscriber->fault || fw_mqtt_client_over (subscriber->client) != FW_MQTT_OVER_NONE);
}

gboolean
ingest_subscriber_is_subscribed (const IngestSubscriber *subscriber)
{
  return subscriber->client
         && subscriber->n_granted == g_strv_length ((char **) subscriber->options.filters);
}

gboolean
ingest_subscriber_was_forgotten (const IngestSubscriber *subscriber)
{
  return subscriber->is_forgotten;
}

static const char *
reason_text (FwMqttReason reason)
{
  switch (reason)
    {
    case FW_MQTT_BAD_CREDENTIALS:
    case FW_MQTT_NOT_AUTHORIZED:
      return N_ ("it does not know this user or this password (--subscribe-username, "
                 "--subscribe-password-file)");
    case FW_MQTT_TAKEN_OVER:
      return N_ ("another client has the same id: give each ingest one of its own "
                 "(--subscribe-client-id)");
    case FW_MQTT_BAD_CLIENT_ID:
      return N_ ("it does not like the client id (--subscribe-client-id)");
    case FW_MQTT_BAD_VERSION:
      return N_ ("it does not speak this version of MQTT");
    case FW_MQTT_SHUTTING_DOWN:
      return N_ ("it is shutting down");
    case FW_MQTT_BUSY:
    case FW_MQTT_UNAVAILABLE:
      return N_ ("it is not available");
    default:
      return NULL;
    }
}

/* Mosquitto says nothing to a client whose id another one brings. */
static gboolean
was_cut_again (const IngestSubscriber *subscriber)
{
  return ingest_subscriber_is_subscribed (subscriber) && subscriber->n_failures > 1;
}

char *
ingest_subscriber_why (const IngestSubscriber *subscriber)
{
  FwMqttOver over
      = subscriber->client ? fw_mqtt_client_over (subscriber->client) : FW_MQTT_OVER_NONE;
  FwMqttReason reason = subscriber->client ? fw_mqtt_client_reason (subscriber->client) : 0;

  if (subscriber->fault)
    return g_strdup (_ (subscriber->fault));
  switch (over)
    {
    case FW_MQTT_OVER_REFUSED:
    case FW_MQTT_OVER_SENT_AWAY:
      if (reason_text (reason))
        return g_strdup_printf (_ ("the broker ends it: %s"), _ (reason_text (reason)));
      return g_strdup_printf (_ ("the broker ends it, reason code 0x%02x"), reason);
    case FW_MQTT_OVER_FAULT:
      return g_strdup_printf (_ ("the broker sent what is no MQTT (%s)"),
                              fw_mqtt_fault_names[fw_mqtt_client_fault (subscriber->client)]);
    case FW_MQTT_OVER_UNEXPECTED:
      return g_strdup (_ ("the broker sent what was not asked for"));
    case FW_MQTT_OVER_SILENT:
      return g_strdup (_ ("the broker does not answer"));
    default:
      return was_cut_again (subscriber)
                 ? g_strdup (_ ("the broker ends the connection again and again; has another "
                                "client the same id (--subscribe-client-id)?"))
                 : NULL;
    }
}

gint64
ingest_subscriber_retry_ms (const IngestSubscriber *subscriber)
{
  return subscriber->retry_ms;
}

IngestSubscriberCounts
ingest_subscriber_counts (const IngestSubscriber *subscriber)
{
  return subscriber->counts;
}
