/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-subscribe.h"

#include <string.h>

#include "fw-error.h"
#include "fw-streams.h"
#include "fw-time.h"
#include "ingest-subscriber.h"
#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-subscribe");

#define TICK_MS 250                    /* of retries that begin late by at most that */
#define OUTPUT_MAX_BYTES (1024 * 1024) /* acknowledgements; the window holds a quarter of it */
#define KEEP_ALIVE_S 60
#define ANSWER_MS 20000
#define RETRY_MIN_MS 1000
#define RETRY_MAX_MS 30000
#define SOURCE_BYTES 256 /* of fleet.rejects: the topic, shortened */

struct IngestSubscribe
{
  IngestSubscribeSetup setup;
  IngestStore *store;
  IngestIntake *intake;
  IngestSubscriber *subscriber;
  FwStreams *streams; /* set by its thread */
  FwStreams *own;     /* the same, set by main */
  FwAddresses *addresses;
  FwTls *tls;       /* NULL: without */
  FwStream *stream; /* NULL: no connection */
  IngestBroker broker;
  char *client_id, *password;
  char **filters;
  gboolean was_subscribed;
  FwEventCounts counted; /* that the metrics have */
  IngestSubscriberCounts ends_counted;
  guint64 bytes_counted;              /* admin thread */
  gint must_drain, is_drained, is_up; /* atomic */
};

static gint64
now_ms (void)
{
  return fw_clock_mono_us (fw_clock_system ()) / 1000;
}

/* Events. */

static IngestVerdict
refuse (IngestSubscribe *self, guint refusal, const IngestNews *news)
{
  char source[SOURCE_BYTES];

  g_snprintf (source, sizeof source, "subscribe/%.*s", (int) news->topic_len, news->topic);
  ingest_store_reject (self->store, source, refusal, news->payload, news->payload_len);
  return INGEST_REFUSED;
}

static IngestVerdict
on_take (gpointer user, const IngestNews *news)
{
  IngestSubscribe *self = user;
  IngestIdentity from;
  IngestRecord record;
  guint refusal;

  if (ingest_store_turns_away (self->store))
    return INGEST_FULL;
  if (!ingest_topics_match (self->setup.topics, news->topic, news->topic_len, &from))
    return refuse (self, INGEST_REFUSED_TOPIC, news);
  refusal = ingest_intake_take (self->intake, news->payload, news->payload_len, &from, &record);
  if (refusal)
    return refuse (self, refusal, news);
  return ingest_store_put (self->store, &record, fw_clock_wall_ms (fw_clock_system ()), news->tag)
             ? INGEST_TAKEN
             : INGEST_FULL;
}

static void
on_stored (gpointer user, guint64 tag, gboolean ok)
{
  ingest_subscriber_stored (((IngestSubscribe *) user)->subscriber, tag, ok);
}

/* The connection. */

static void
on_closed (gpointer user, FwStream *stream, gpointer data)
{
  IngestSubscribe *self = user;
  g_autofree char *why = ingest_subscriber_why (self->subscriber);

  (void) data;
  self->stream = NULL;
  self->was_subscribed = FALSE;
  g_atomic_int_set (&self->is_up, 0);
  ingest_subscriber_closed (self->subscriber, now_ms ());
  if (g_atomic_int_get (&self->must_drain))
    return;
  fw_warn (_ ("broker %s:%u: %s; retrying in %.1f s"), self->broker.host, self->broker.port,
           why ? why : fw_stream_why (stream),
           (double) ingest_subscriber_retry_ms (self->subscriber) / 1000);
}

/* Asked anew each time, since a broker may move; nobody but the broker waits for this thread. */
static void
call (IngestSubscribe *self)
{
  g_autoptr (GError) error = NULL;

  ingest_subscriber_opening (self->subscriber);
  g_clear_pointer (&self->addresses, fw_addresses_free);
  self->addresses = fw_addresses_resolve (self->broker.host, self->broker.port, &error);
  if (self->addresses)
    {
      self->stream = fw_stream_connect (
          self->streams, &(FwStreamTarget){ self->addresses, self->tls, self->broker.host }, NULL);
      return;
    }
  ingest_subscriber_closed (self->subscriber, now_ms ());
  fw_warn (_ ("%s; retrying in %.1f s"), error->message,
           (double) ingest_subscriber_retry_ms (self->subscriber) / 1000);
}

static void
say_whether_subscribed (IngestSubscribe *self)
{
  if (self->was_subscribed || !ingest_subscriber_is_subscribed (self->subscriber))
    return;
  self->was_subscribed = TRUE;
  g_atomic_int_set (&self->is_up, 1);
  fw_info (_ ("subscribed at %s:%u as %s"), self->broker.host, self->broker.port, self->client_id);
  if (ingest_subscriber_was_forgotten (self->subscriber))
    fw_warn (_ ("the broker has forgotten our session (its persistence, or --subscribe-session): "
                "what it had taken from devices meanwhile is lost"));
}

/* Sends what there is to say, and hangs up where that was the last. */
static void
say (IngestSubscribe *self)
{
  GByteArray *out = ingest_subscriber_out (self->subscriber);
  gboolean ok
      = self->stream && (out->len == 0 || fw_stream_send (self->stream, out->data, out->len));

  g_byte_array_set_size (out, 0);
  if (!ok)
    return;
  if (ingest_subscriber_is_over (self->subscriber))
    fw_stream_close (self->stream, FALSE);
  else
    fw_stream_pause (self->stream, !ingest_subscriber_wants_input (self->subscriber));
  say_whether_subscribed (self);
}

static void
on_connected (gpointer user, FwStream *stream, gpointer data)
{
  IngestSubscribe *self = user;

  (void) stream, (void) data;
  ingest_subscriber_opened (self->subscriber, now_ms ());
  say (self);
}

static void
on_received (gpointer user, FwStream *stream, gpointer data, const guint8 *bytes, gsize len)
{
  IngestSubscribe *self = user;

  (void) stream, (void) data;
  ingest_subscriber_feed (self->subscriber, bytes, len, now_ms ());
  say (self);
}

/* The loop's other turns. */

static void
drain (IngestSubscribe *self)
{
  ingest_subscriber_drain (self->subscriber);
  if (ingest_store_n_in_flight (self->store) > 0)
    return;
  ingest_subscriber_leave (self->subscriber);
  say (self);
  if (!self->stream)
    g_atomic_int_set (&self->is_drained, 1);
}

static void
on_woken (gpointer user)
{
  IngestSubscribe *self = user;

  ingest_store_poll (self->store);
  if (!ingest_store_is_full (self->store))
    ingest_subscriber_go_on (self->subscriber, now_ms ());
  say (self);
  if (g_atomic_int_get (&self->must_drain))
    drain (self);
}

static void
count (IngestSubscribe *self)
{
  IngestSubscriberCounts now = ingest_subscriber_counts (self->subscriber);
  FwMetrics *metrics = self->setup.metrics;

  for (guint i = 0; i < FW_MQTT_N_OVERS; i++)
    fw_metrics_add (metrics, INGEST_METRIC_SUBSCRIBE_ENDS, i,
                    now.n_ends[i] - self->ends_counted.n_ends[i]);
  fw_metrics_add (metrics, INGEST_METRIC_SUBSCRIBE_FORGOTTEN, 0,
                  now.n_forgotten - self->ends_counted.n_forgotten);
  self->ends_counted = now;
  ingest_intake_count (self->intake, &self->counted, metrics);
}

static void
on_tick (gpointer user)
{
  IngestSubscribe *self = user;

  if (ingest_subscriber_wants_connection (self->subscriber, now_ms ()))
    call (self);
  ingest_subscriber_tick (self->subscriber, now_ms ());
  on_woken (self);
  count (self);
}

/* A thread of its own before fw_streams_new has returned. */
static void
on_started (gpointer user, FwStreams *streams)
{
  IngestSubscribe *self = user;

  self->streams = streams;
  call (self);
}

/* Its life. */

gboolean
ingest_subscribe_parse (const char *url, IngestBroker *ret, GError **error)
{
  gboolean has_tls = g_str_has_prefix (url, "mqtts://");
  gboolean is_mqtt = has_tls || g_str_has_prefix (url, "mqtt://");
  g_autoptr (GUri) uri = is_mqtt ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;
  gboolean is_good = uri && g_uri_get_host (uri) && *g_uri_get_host (uri)
                     && g_uri_get_port (uri) != 0 && !g_uri_get_query (uri)
                     && !g_uri_get_fragment (uri)
                     && strspn (g_uri_get_path (uri), "/") == strlen (g_uri_get_path (uri));

  if (!is_good || g_uri_get_userinfo (uri))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("--subscribe: '%s' is not mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; who we "
                      "are there is said by --subscribe-username and --subscribe-password-file"),
                   is_good ? "mqtt://...@..." : url);
      return FALSE;
    }
  ret->has_tls = has_tls;
  ret->host = g_strdup (g_uri_get_host (uri));
  ret->port = g_uri_get_port (uri) > 0 ? (guint16) g_uri_get_port (uri) : has_tls ? 8883 : 1883;
  return TRUE;
}

char *
ingest_subscribe_filter (const char *pattern)
{
  g_auto (GStrv) levels = g_strsplit (pattern, "/", -1);

  for (char **level = levels; *level; level++)
    if (**level == '{')
      {
        g_free (*level);
        *level = g_strdup ("+");
      }
  return g_strjoinv ("/", levels);
}

static gboolean
choose_filters (IngestSubscribe *self, GError **error)
{
  char **named = self->setup.options->subscribe_topics;
  g_autoptr (GPtrArray) filters = g_ptr_array_new_with_free_func (g_free);

  for (char **at = named; at && *at; at++)
    g_ptr_array_add (filters, g_strdup (*at));
  for (const char *const *at = self->setup.patterns; filters->len == 0 && *at; at++)
    g_ptr_array_add (filters, ingest_subscribe_filter (*at));
  for (guint i = 0; i < filters->len; i++)
    {
      const char *filter = g_ptr_array_index (filters, i);

      if (fw_mqtt_filter_is_good (
              (FwMqttBytes){ (const guint8 *) filter, (guint32) strlen (filter) }))
        continue;
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("--subscribe-topic: '%s' is no topic filter"), filter);
      return FALSE;
    }
  g_ptr_array_add (filters, NULL);
  self->filters = (char **) g_ptr_array_free (g_steal_pointer (&filters), FALSE);
  return TRUE;
}

static gboolean
read_password (IngestSubscribe *self, GError **error)
{
  const char *path = self->setup.options->subscribe_password_file;

  if (!path || !*path)
    return TRUE;
  if (!g_file_get_contents (path, &self->password, NULL, error))
    {
      g_prefix_error (error, "--subscribe-password-file: ");
      (*error)->domain = FW_ERROR;
      (*error)->code = FW_ERROR_CONFIG;
      return FALSE;
    }
  g_strchomp (self->password);
  return TRUE;
}

static gboolean
prepare_tls (IngestSubscribe *self, GError **error)
{
  const IngestOptions *options = self->setup.options;
  const FwTlsClient client
      = { options->subscribe_ca, options->subscribe_certificate, options->subscribe_key };

  if (self->broker.has_tls)
    self->tls = fw_tls_new_client (&client, error);
  return self->tls || !self->broker.has_tls;
}

static void
make_subscriber (IngestSubscribe *self)
{
  const IngestOptions *options = self->setup.options;
  const char *id = options->subscribe_client_id, *password = self->password;
  const IngestSubscriberOptions made = {
    .client_id = self->client_id
    = id && *id ? g_strdup (id) : g_strdup_printf ("fleetwire-%s", g_get_host_name ()),
    .username = options->subscribe_username,
    .password = { (const guint8 *) password, password ? (guint32) strlen (password) : 0 },
    .filters = (const char *const *) self->filters,
    .session_s = (guint32) (options->subscribe_session_ms / 1000),
    .keep_alive_s = KEEP_ALIVE_S,
    .limits = { .packet_max = (gsize) options->packet_max,
                .in_flight_max = 1,
                .receive_max = (guint) options->subscribe_in_flight_max,
                .answer_ms = ANSWER_MS },
    .retry_min_ms = RETRY_MIN_MS,
    .retry_max_ms = RETRY_MAX_MS,
    .seed = g_str_hash (self->client_id) ^ (guint64) fw_clock_wall_ms (fw_clock_system ()),
  };

  self->subscriber = ingest_subscriber_new (&made, on_take, self, now_ms ());
}

static FwStreams *
open_streams (IngestSubscribe *self, GError **error)
{
  static const FwStreamHandler handler = { .connected = on_connected,
                                           .received = on_received,
                                           .closed = on_closed,
                                           .woken = on_woken,
                                           .started = on_started,
                                           .tick = on_tick };
  const FwStreamsOptions options = { .output_max = OUTPUT_MAX_BYTES,
                                     .tick_ms = TICK_MS,
                                     .wake_fd = ingest_store_fd (self->store),
                                     .thread_name = "subscribe" };

  return fw_streams_new (&options, &handler, self, error);
}

IngestSubscribe *
ingest_subscribe_new (const IngestSubscribeSetup *setup, GError **error)
{
  g_autoptr (IngestSubscribe) self = g_new0 (IngestSubscribe, 1);
  const IngestStoreSetup store
      = { setup->conf, setup->options, setup->metrics, INGEST_DOOR_SUBSCRIBE };

  self->setup = *setup;
  if (!ingest_subscribe_parse (setup->options->subscribe, &self->broker, error)
      || !choose_filters (self, error) || !read_password (self, error)
      || !prepare_tls (self, error))
    return NULL;
  make_subscriber (self);
  self->intake = ingest_intake_new (setup->mapping);
  ingest_intake_set_event_max (self->intake, (gsize) setup->options->event_max);
  self->store = ingest_store_new (&store, on_stored, self, error);
  if (self->store)
    self->own = open_streams (self, error);
  return self->own ? g_steal_pointer (&self) : NULL;
}

void
ingest_subscribe_free (IngestSubscribe *self)
{
  if (!self)
    return;
  fw_streams_stop (self->own);
  fw_addresses_free (self->addresses);
  fw_tls_unref (self->tls);
  ingest_store_free (self->store);
  ingest_subscriber_free (self->subscriber);
  ingest_intake_free (self->intake);
  g_strfreev (self->filters);
  g_free (self->broker.host);
  g_free (self->client_id);
  g_free (self->password);
  g_free (self);
}

void
ingest_subscribe_drain (IngestSubscribe *self)
{
  g_atomic_int_set (&self->must_drain, 1);
  fw_streams_wake (self->own);
}

gboolean
ingest_subscribe_is_drained (const IngestSubscribe *self)
{
  return g_atomic_int_get (&self->is_drained) != 0;
}

void
ingest_subscribe_publish_metrics (IngestSubscribe *self)
{
  guint64 n_bytes = fw_streams_counts (self->own).n_bytes_in;
  FwMetrics *metrics = self->setup.metrics;

  fw_metrics_set (metrics, INGEST_METRIC_CONNECTIONS, INGEST_DOOR_SUBSCRIBE,
                  g_atomic_int_get (&self->is_up));
  fw_metrics_set (metrics, INGEST_METRIC_IN_FLIGHT, INGEST_DOOR_SUBSCRIBE,
                  ingest_store_n_in_flight (self->store));
  fw_metrics_add (metrics, INGEST_METRIC_BYTES, INGEST_DOOR_SUBSCRIBE,
                  n_bytes - self->bytes_counted);
  self->bytes_counted = n_bytes;
}
