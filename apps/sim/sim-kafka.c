/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-kafka.h"

#include <string.h>
#include <unistd.h>

#include "fw-log.h"
#include "fw-producer.h"

#include "fw-i18n.h"

FW_LOG_TOPIC ("sim-kafka");

#define PREPARE_TIMEOUT_MS 5000

typedef struct
{
  SimSink sink;
  FwProducer *producer;
  char *topic, *run_id;
  GString *key;
} Kafka;

static void
on_report (gpointer user G_GNUC_UNUSED, guint64 tag G_GNUC_UNUSED, gboolean ok,
           gint32 partition G_GNUC_UNUSED, gint64 offset G_GNUC_UNUSED, const char *why)
{
  if (!ok)
    fw_warn_limited (_ ("Kafka did not take an event: %s"), why != NULL ? why : "?");
}

static SimSent
kafka_send (SimSink *sink, const FwEvent *ev, const GString *value)
{
  Kafka *kf = (Kafka *) sink;
  FwHeader run = { "run", kf->run_id, strlen (kf->run_id) };
  g_string_truncate (kf->key, 0);
  g_string_append_len (kf->key, ev->fleet.data, ev->fleet.len);
  g_string_append_c (kf->key, '/');
  g_string_append_len (kf->key, ev->device_id.data, ev->device_id.len);
  gboolean is_taken = fw_producer_send (kf->producer, kf->topic, kf->key->str, kf->key->len,
                                        value->str, value->len, &run, 1, 0, 0);
  return is_taken ? SIM_SENT : SIM_FULL;
}

/* Whole milliseconds are spent in the producer's poll, the rest asleep, so that an event does not
 * leave early. */
static void
kafka_wait (SimSink *sink, gint64 wait_us)
{
  Kafka *kf = (Kafka *) sink;
  fw_producer_poll (kf->producer, (gint) (wait_us / 1000));
  if (wait_us > 0 && wait_us < 1000)
    usleep ((useconds_t) wait_us);
}

static gboolean
kafka_finish (SimSink *sink, gint timeout_ms)
{
  return fw_producer_flush (((Kafka *) sink)->producer, timeout_ms);
}

static SimSinkCounts
kafka_counts (const SimSink *sink)
{
  FwProducerCounts counts = fw_producer_counts (((const Kafka *) sink)->producer);
  return (SimSinkCounts){ counts.n_acked, counts.n_failed, counts.n_queue_full };
}

static void
kafka_free (SimSink *sink)
{
  Kafka *kf = (Kafka *) sink;
  fw_producer_free (kf->producer);
  g_free (kf->topic);
  g_free (kf->run_id);
  g_string_free (kf->key, TRUE);
  g_free (kf);
}

SimSink *
sim_kafka_new (const FwKafkaConf *conf, const char *topic, const char *run_id, guint linger_ms,
               GError **error)
{
  g_autoptr (FwProducer) producer = fw_producer_new (conf, linger_ms, on_report, NULL, error);
  if (producer == NULL || !fw_producer_prepare (producer, topic, PREPARE_TIMEOUT_MS, error))
    return NULL;
  Kafka *kf = g_new0 (Kafka, 1);
  kf->sink = (SimSink){ kafka_send, kafka_wait, kafka_finish, kafka_counts, kafka_free };
  kf->producer = g_steal_pointer (&producer);
  kf->topic = g_strdup (topic);
  kf->run_id = g_strdup (run_id);
  kf->key = g_string_new (NULL);
  return &kf->sink;
}
