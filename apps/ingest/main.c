/* SPDX-License-Identifier: Apache-2.0 */
#include <glib-unix.h>
#include <signal.h>

#include "fw-admin.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-net.h"
#include "fw-outward.h"
#include "ingest-auth.h"
#include "ingest-health.h"
#include "ingest-listen.h"
#include "ingest-mqtt.h"
#include "ingest-post.h"
#include "ingest-subscribe.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest");

#define DRAIN_LOOK_MS 20
#define KAFKA_WORDS_BYTES 8192 /* about a record, beside its key and value: more than there are */

typedef struct
{
  IngestOptions options;
  FwConfig *config;
  FwKafkaConf *conf;
  FwMapping *mapping;
  IngestTopics *topics;
  FwMetrics *metrics;
  IngestAuth *auth;   /* NULL: everybody may speak */
  IngestRates *rates; /* NULL: as fast as they like */
  IngestAuthCounts auth_counted;
  guint64 rates_counted; /* forgotten */
  IngestPost *post;
  IngestListen listen;
  IngestMqtt *mqtt;
  IngestSubscribe *subscribe;
  IngestHealth *health;
  FwAdmin *admin;
  GMainLoop *loop;
  gint64 drained_ms;
} Ingest;

static void
ingest_clear (Ingest *ingest)
{
  fw_admin_free (ingest->admin);
  ingest_auth_stop (ingest->auth);
  ingest_post_free (ingest->post);
  ingest_mqtt_free (ingest->mqtt);
  ingest_subscribe_free (ingest->subscribe);
  ingest_listen_clear (&ingest->listen);
  ingest_auth_free (ingest->auth);
  ingest_rates_free (ingest->rates);
  ingest_health_free (ingest->health);
  fw_metrics_free (ingest->metrics);
  ingest_topics_free (ingest->topics);
  fw_mapping_free (ingest->mapping);
  fw_kafka_conf_free (ingest->conf);
  fw_config_free (ingest->config);
  fw_program_clear (&ingest_program, &ingest->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Ingest, ingest_clear)

static gboolean
is_ready (gpointer user, char **ret_why_not)
{
  return ingest_health_is_ready (((Ingest *) user)->health, ret_why_not);
}

static void
publish_credentials (Ingest *ingest)
{
  guint64 n_forgotten = ingest_rates_n_forgotten (ingest->rates);
  IngestAuthCounts now;

  fw_metrics_add (ingest->metrics, INGEST_METRIC_RATES_FORGOTTEN, 0,
                  n_forgotten - ingest->rates_counted);
  ingest->rates_counted = n_forgotten;
  if (!ingest->auth)
    return;
  now = ingest_auth_counts (ingest->auth);
  ingest_metrics_count_auth (ingest->metrics, &now, &ingest->auth_counted);
}

static void
refresh (gpointer user)
{
  Ingest *ingest = user;

  if (ingest->post)
    ingest_post_publish_metrics (ingest->post);
  if (ingest->mqtt)
    ingest_mqtt_publish_metrics (ingest->mqtt);
  if (ingest->subscribe)
    ingest_subscribe_publish_metrics (ingest->subscribe);
  publish_credentials (ingest);
}

static gboolean
open_admin (Ingest *ingest, GError **error)
{
  const FwAdminSource source = { ingest->metrics, is_ready, refresh, ingest };
  GError *local = NULL;

  ingest->admin = fw_admin_new (ingest->options.admin_listen, FALSE, &source, &local);
  if (!local)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

/* What somebody has to type into an app. */
static void
invite_phones (const char *host, guint16 port)
{
  g_autofree char *outward = fw_outward_host (host);

  if (outward)
    fw_info (_ ("phones: Traccar Client to http://%s:%u/v1/traccar, OwnTracks (HTTP) to "
                "http://%s:%u/v1/owntracks"),
             outward, port, outward, port);
}

static gboolean
is_set (const char *text)
{
  return text && *text;
}

static gboolean
open_auth (Ingest *ingest, GError **error)
{
  const IngestOptions *options = &ingest->options;
  const IngestAuthOptions auth = { options->credentials_file,
                                   options->token_key_file,
                                   options->token_audience,
                                   options->token_issuer,
                                   (guint) options->auth_workers,
                                   (guint) options->auth_queue_max,
                                   (guint) options->auth_failures_max,
                                   (guint) options->known_max };

  if (!is_set (options->credentials_file) && !is_set (options->token_key_file)
      && !is_set (options->tls_client_ca))
    return TRUE;
  ingest->auth = ingest_auth_new (&auth, error);
  if (ingest->auth && is_set (options->credentials_file))
    fw_info (_ ("%u devices may speak, says %s"), ingest_auth_n_credentials (ingest->auth),
             options->credentials_file);
  return ingest->auth != NULL;
}

static void
warn_if_open (const Ingest *ingest, const char *host)
{
  g_autofree char *outward = fw_outward_host (host);

  if (outward && !ingest->auth)
    fw_warn (_ ("whoever reaches %s may send events as any device: no --credentials-file, "
                "--token-key-file or --tls-client-ca is given"),
             host);
}

static gboolean
open_http (Ingest *ingest, GError **error)
{
  const IngestPostSetup setup = { ingest->conf,    &ingest->options, ingest->metrics,
                                  ingest->mapping, ingest->auth,     ingest->rates };
  g_autofree char *host = NULL;
  guint16 port;

  if (!*ingest->options.http)
    return TRUE;
  if (!fw_address_parse (ingest->options.http, &host, &port, error))
    return FALSE;
  ingest->post = ingest_post_new (&setup, host, port, error);
  if (!ingest->post)
    return FALSE;
  warn_if_open (ingest, host);
  fw_info (_ ("taking events at http://%s:%u/v1/events"), host, ingest_post_port (ingest->post));
  invite_phones (host, ingest_post_port (ingest->post));
  return TRUE;
}

static const char *const *
topic_patterns (const Ingest *ingest)
{
  static const char *const usual[] = { "fleet/{fleet}/{device_id}/telemetry", NULL };
  char **chosen = ingest->options.mqtt_topics;

  return chosen && *chosen ? (const char *const *) chosen : usual;
}

static void
tell_of_mqtt (const Ingest *ingest)
{
  const IngestListen *listen = &ingest->listen;

  if (listen->host)
    {
      warn_if_open (ingest, listen->host);
      fw_info (_ ("taking events at mqtt://%s:%u"), listen->host, ingest_mqtt_port (ingest->mqtt));
    }
  if (listen->tls_host)
    {
      warn_if_open (ingest, listen->tls_host);
      fw_info (_ ("taking events at mqtts://%s:%u"), listen->tls_host,
               ingest_mqtt_tls_port (ingest->mqtt));
    }
}

static gboolean
open_mqtt (Ingest *ingest, GError **error)
{
  const IngestMqttSetup setup
      = { ingest->conf,   &ingest->options, ingest->metrics, ingest->mapping,
          ingest->topics, ingest->auth,     ingest->rates };
  const IngestListen *listen = &ingest->listen;

  if (!ingest_listen_open (&ingest->listen, &ingest->options, error))
    return FALSE;
  if (!listen->host && !listen->tls_host)
    return TRUE;
  ingest->mqtt = ingest_mqtt_new (&setup, listen, error);
  if (ingest->mqtt)
    tell_of_mqtt (ingest);
  return ingest->mqtt != NULL;
}

static gboolean
open_subscribe (Ingest *ingest, GError **error)
{
  const IngestSubscribeSetup setup = { ingest->conf,    &ingest->options, ingest->metrics,
                                       ingest->mapping, ingest->topics,   topic_patterns (ingest) };

  if (!*ingest->options.subscribe)
    return TRUE;
  ingest->subscribe = ingest_subscribe_new (&setup, error);
  return ingest->subscribe != NULL;
}

/* librdkafka's own bounds stand behind ours, so that ours are the ones that are met. */
static void
set_kafka_defaults (Ingest *ingest)
{
  g_autofree char *give_up = g_strdup_printf ("%" G_GINT64_FORMAT, ingest->options.give_up_ms);
  g_autofree char *records
      = g_strdup_printf ("%" G_GINT64_FORMAT, ingest->options.in_flight_max + 1000);
  g_autofree char *bytes
      = g_strdup_printf ("%" G_GINT64_FORMAT, ingest->options.event_max + KAFKA_WORDS_BYTES);
  g_autofree char *kbytes
      = g_strdup_printf ("%" G_GINT64_FORMAT, ingest->options.in_flight_bytes_max / 1024 + 8192);

  fw_kafka_conf_default (ingest->conf, "message.timeout.ms", give_up);
  fw_kafka_conf_default (ingest->conf, "message.max.bytes", bytes);
  fw_kafka_conf_default (ingest->conf, "queue.buffering.max.messages", records);
  fw_kafka_conf_default (ingest->conf, "queue.buffering.max.kbytes", kbytes);
}

static gboolean
build (Ingest *ingest, GError **error)
{
  IngestOptions *options = &ingest->options;
  IngestBroker broker = { NULL };

  if (!*options->http && !*options->mqtt && !*options->mqtts && !*options->subscribe)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("all doors are shut: --http, --mqtt, --mqtts and --subscribe are empty"));
      return FALSE;
    }
  if (*options->subscribe && !ingest_subscribe_parse (options->subscribe, &broker, error))
    return FALSE;
  g_free (broker.host);
  ingest->metrics = fw_metrics_new (ingest_metric_rows);
  ingest->conf = fw_kafka_conf_new (&options->kafka, ingest->config, error);
  if (!ingest->conf || !fw_mapping_load (ingest->config, options->fields, &ingest->mapping, error))
    return FALSE;
  set_kafka_defaults (ingest);
  ingest->health = ingest_health_new (ingest->conf, options->topic, error);
  ingest->rates = ingest_rates_new (options->rate_max, (guint) options->burst_max,
                                    (guint) options->rated_max);
  ingest->topics = ingest_topics_new (topic_patterns (ingest), error);
  return ingest->health && ingest->topics && open_auth (ingest, error) && open_http (ingest, error)
         && open_mqtt (ingest, error) && open_subscribe (ingest, error)
         && open_admin (ingest, error);
}

static gboolean
is_drained (const Ingest *ingest)
{
  return (!ingest->post || ingest_post_is_drained (ingest->post))
         && (!ingest->mqtt || ingest_mqtt_is_drained (ingest->mqtt))
         && (!ingest->subscribe || ingest_subscribe_is_drained (ingest->subscribe));
}

static gboolean
look_whether_drained (gpointer user)
{
  Ingest *ingest = user;

  ingest->drained_ms += DRAIN_LOOK_MS;
  if (!is_drained (ingest) && ingest->drained_ms < ingest->options.drain_ms)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (ingest->loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user)
{
  Ingest *ingest = user;

  if (ingest->drained_ms > 0)
    return G_SOURCE_CONTINUE;
  fw_info (_ ("stopping: what was received is brought to Kafka first"));
  if (ingest->post)
    ingest_post_drain (ingest->post);
  if (ingest->mqtt)
    ingest_mqtt_drain (ingest->mqtt);
  if (ingest->subscribe)
    ingest_subscribe_drain (ingest->subscribe);
  ingest->drained_ms = 1;
  g_timeout_add (DRAIN_LOOK_MS, look_whether_drained, ingest);
  return G_SOURCE_CONTINUE;
}

static void
read_certificate_again (FwTls *tls)
{
  g_autoptr (GError) error = NULL;

  if (fw_tls_reload (tls, &error))
    fw_info (_ ("read again: the certificate, for connections that begin from now on"));
  else
    fw_error (_ ("%s; the one that was read before stays"), error->message);
}

static gboolean
on_hangup (gpointer user)
{
  Ingest *ingest = user;
  g_autoptr (GError) error = NULL;

  if (ingest->listen.tls)
    read_certificate_again (ingest->listen.tls);
  if (!ingest->auth)
    return G_SOURCE_CONTINUE;
  if (ingest_auth_reload (ingest->auth, &error))
    fw_info (_ ("read again: %u devices may speak"), ingest_auth_n_credentials (ingest->auth));
  else
    fw_error (_ ("%s; those that were read before stay"), error->message);
  return G_SOURCE_CONTINUE;
}

static void
run_until_told (Ingest *ingest)
{
  ingest->loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGINT, on_signal, ingest);
  g_unix_signal_add (SIGTERM, on_signal, ingest);
  if (ingest->auth || ingest->listen.tls)
    g_unix_signal_add (SIGHUP, on_hangup, ingest);
  g_main_loop_run (ingest->loop);
  g_main_loop_unref (ingest->loop);
  if (!is_drained (ingest))
    fw_warn (_ ("stopped with events that Kafka had not taken yet; none of them was "
                "acknowledged (--drain)"));
}

int
main (int argc, char **argv)
{
  g_auto (Ingest) ingest = { 0 };
  FwProgram program = ingest_program;
  g_autofree char *versions = g_strdup_printf ("%s, %s", fw_kafka_versions (), fw_net_versions ());
  g_autoptr (GError) error = NULL;
  int status = FW_EXIT_OK;

  program.versions = versions;
  if (!fw_program_start (&program, &ingest.options, &argc, &argv, &ingest.config, &status))
    return status;
  if (!build (&ingest, &error))
    return fw_program_fail (&program, error);
  run_until_told (&ingest);
  return status;
}
