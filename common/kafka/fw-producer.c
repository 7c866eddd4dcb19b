/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-producer.h"

#include <errno.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-kafka-rd.h"
#include "fw-log.h"
#include "fw-time.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("kafka-producer");

/* After a fatal error the old handle is purged: what it had not reported is reported as failed
 * before the new begins. */

#define PURGE_TIMEOUT_MS 5000
#define FLUSH_STEP_MS 100
#define ID_STEP_MS 20
#define ASK_AGAIN_US 50000
#define STATS_INTERVAL_MS "100"

G_STATIC_ASSERT (sizeof (gpointer)
                 >= sizeof (guint64)); /* a tag travels as librdkafka's message opaque */

typedef struct
{
  guint64 tag;
  rd_kafka_resp_err_t code;
} Refused; /* librdkafka did not take it: reported by the next poll */

struct FwProducer
{
  const FwKafkaConf *conf;
  rd_kafka_t *rk;
  char linger_ms[16];
  FwDeliveryFunc report;
  gpointer user;
  FwProducerCounts counts;
  GArray *refused; /* Refused */
  gboolean is_fatal, has_id;
  gint wake_fd; /* -1 for none */
};

static void
report_one (FwProducer *self, guint64 tag, rd_kafka_resp_err_t code, gint32 partition,
            gint64 offset)
{
  if (code)
    self->counts.n_failed++;
  else
    self->counts.n_acked++;
  if (self->report)
    self->report (self->user, tag, !code, partition, offset, code ? rd_kafka_err2str (code) : NULL);
}

static void
on_delivery (rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
  (void) rk;
  report_one (opaque, (guint64) GPOINTER_TO_SIZE (message->_private), message->err,
              message->partition, message->offset);
}

static void
on_error (rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
  FwProducer *self = opaque;
  char why[256];
  if (code != RD_KAFKA_RESP_ERR__FATAL)
    {
      fw_warn_limited ("%s, retrying", reason);
      return;
    }
  rd_kafka_fatal_error (rk, why, sizeof why);
  fw_warn ("%s; beginning again with a new producer", why);
  self->is_fatal = TRUE;
}

static void
wake_by_fd (FwProducer *self)
{
  static const guint64 one = 1;
  rd_kafka_queue_t *reports;
  if (self->wake_fd < 0)
    return;
  reports = rd_kafka_queue_get_main (self->rk);
  rd_kafka_queue_io_event_enable (reports, self->wake_fd, &one, sizeof one);
  rd_kafka_queue_destroy (reports);
}

/* Of all that the statistics say, the one thing that librdkafka tells in no other way. */
static int
on_stats (rd_kafka_t *rk, char *json, size_t len, void *opaque)
{
  FwProducer *self = opaque;
  (void) rk;
  self->has_id = g_strstr_len (json, (gssize) len, "\"idemp_state\": \"Assigned\"") != NULL;
  return 0;
}

static gboolean
open_handle (FwProducer *self, GError **error)
{
  const FwRdProperty defaults[] = {
    { "linger.ms", self->linger_ms },
    { "queue.buffering.max.kbytes", "65536" },
    { "partitioner", "murmur2_random" },
    { NULL, NULL },
  };
  static const FwRdProperty musts[] = {
    { "enable.idempotence", "true" },
    { "acks", "all" },
    { "statistics.interval.ms", STATS_INTERVAL_MS },
    { NULL, NULL },
  };
  const FwRdOptions options
      = { RD_KAFKA_PRODUCER, defaults, musts, on_error, on_delivery, on_stats, self };
  self->rk = fw_rd_new (self->conf, &options, error);
  self->is_fatal = self->has_id = FALSE;
  if (self->rk)
    wake_by_fd (self);
  return self->rk != NULL;
}

static void
close_handle (FwProducer *self)
{
  if (!self->rk)
    return;
  rd_kafka_purge (self->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush (self->rk, PURGE_TIMEOUT_MS); /* serves the purged reports */
  g_clear_pointer (&self->rk, rd_kafka_destroy);
}

static void
renew (FwProducer *self)
{
  g_autoptr (GError) error = NULL;
  close_handle (self);
  if (!open_handle (self, &error))
    g_error ("cannot make a second producer where the first could be made: %s", error->message);
}

static void
report_refused (FwProducer *self)
{
  g_autoptr (GArray) refused = self->refused;
  self->refused = g_array_new (FALSE, FALSE, sizeof (Refused));
  for (guint i = 0; i < refused->len; i++)
    {
      const Refused *one = &g_array_index (refused, Refused, i);
      report_one (self, one->tag, one->code, -1, -1);
    }
}

FwProducer *
fw_producer_new (const FwKafkaConf *conf, guint linger_ms, FwDeliveryFunc report, gpointer user,
                 GError **error)
{
  g_autoptr (FwProducer) self = g_new0 (FwProducer, 1);
  self->conf = conf;
  self->report = report;
  self->user = user;
  self->wake_fd = -1;
  self->refused = g_array_new (FALSE, FALSE, sizeof (Refused));
  g_snprintf (self->linger_ms, sizeof self->linger_ms, "%u", linger_ms);
  return open_handle (self, error) ? g_steal_pointer (&self) : NULL;
}

void
fw_producer_free (FwProducer *self)
{
  if (!self)
    return;
  self->report = NULL;
  close_handle (self);
  g_array_unref (self->refused);
  g_free (self);
}

/* 0: there is no such topic (yet). */
static guint
count_partitions (FwProducer *self, rd_kafka_topic_t *rkt, gint timeout_ms, GError **error)
{
  const rd_kafka_metadata_t *metadata;
  rd_kafka_resp_err_t code = rd_kafka_metadata (self->rk, 0, rkt, &metadata, timeout_ms);
  if (code)
    {
      fw_rd_set_error (error, code, rd_kafka_topic_name (rkt));
      return 0;
    }
  guint n = metadata->topic_cnt == 1 && !metadata->topics[0].err
                ? (guint) metadata->topics[0].partition_cnt
                : 0;
  rd_kafka_metadata_destroy (metadata);
  return n;
}

/* A broker that makes topics on request needs a moment: asks again until the deadline. */
static guint
await_partitions (FwProducer *self, const char *topic, gint timeout_ms, GError **error)
{
  const FwClock *clock = fw_clock_system ();
  gint64 deadline_us = fw_clock_mono_us (clock) + timeout_ms * G_GINT64_CONSTANT (1000);
  g_autoptr (GError) local = NULL;
  g_autoptr (rd_kafka_topic_t) rkt = rd_kafka_topic_new (self->rk, topic, NULL);
  guint n = 0;
  if (!rkt)
    fw_rd_set_error (error, rd_kafka_last_error (), topic);
  while (rkt && !(n = count_partitions (self, rkt, timeout_ms, &local)) && !local
         && fw_clock_mono_us (clock) < deadline_us)
    g_usleep (ASK_AGAIN_US);
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (rkt && n == 0)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("there is no topic '%s' at '%s': `fleetwire topics apply` makes those that a "
                    "fleet needs"),
                 topic, fw_kafka_conf_bootstrap (self->conf));
  return n;
}

/* A broker just started has none to give, and is asked again only after half a second. */
static void
await_id (FwProducer *self, gint timeout_ms)
{
  const FwClock *clock = fw_clock_system ();
  gint64 deadline_us = fw_clock_mono_us (clock) + timeout_ms * G_GINT64_CONSTANT (1000);
  while (!self->has_id && fw_clock_mono_us (clock) < deadline_us)
    fw_producer_poll (self, ID_STEP_MS);
  if (!self->has_id)
    fw_warn (_ ("%s has given no producer ID in %d ms: the first records will wait for it"),
             fw_kafka_conf_bootstrap (self->conf), timeout_ms);
}

/* A question to every leader: its answer comes after the partitions have been handed to their
 * brokers' threads. */
gboolean
fw_producer_prepare (FwProducer *self, const char *topic, gint timeout_ms, GError **error)
{
  guint n = await_partitions (self, topic, timeout_ms, error);
  if (n == 0)
    return FALSE;
  await_id (self, timeout_ms);
  g_autoptr (rd_kafka_topic_partition_list_t) ends = rd_kafka_topic_partition_list_new ((int) n);
  for (guint p = 0; p < n; p++)
    rd_kafka_topic_partition_list_add (ends, topic, (int32_t) p)->offset = RD_KAFKA_OFFSET_END;
  rd_kafka_resp_err_t code = rd_kafka_offsets_for_times (self->rk, ends, timeout_ms);
  if (code)
    fw_rd_set_error (error, code, topic);
  return !code;
}

/* A refusal is reported by the next poll, so the owner must come to it. */
static void
wake_myself (FwProducer *self)
{
  static const guint64 one = 1;
  if (self->wake_fd >= 0 && write (self->wake_fd, &one, sizeof one) < 0)
    fw_warn_limited ("cannot wake the producer's thread: %s", g_strerror (errno));
}

static rd_kafka_headers_t *
make_headers (const FwHeader *headers, guint n_headers)
{
  if (n_headers == 0)
    return NULL;
  rd_kafka_headers_t *made = rd_kafka_headers_new (n_headers);
  for (guint i = 0; i < n_headers; i++)
    rd_kafka_header_add (made, headers[i].name, -1, headers[i].value, (gssize) headers[i].len);
  return made;
}

static rd_kafka_resp_err_t
produce (FwProducer *self, const char *topic, const char *key, gsize key_len, const char *value,
         gsize value_len, rd_kafka_headers_t *headers, gint64 timestamp_ms, guint64 tag)
{
  return rd_kafka_producev (self->rk, RD_KAFKA_V_TOPIC (topic),
                            RD_KAFKA_V_KEY (key, key ? key_len : 0),
                            RD_KAFKA_V_VALUE ((void *) value, value ? value_len : 0),
                            RD_KAFKA_V_MSGFLAGS (RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS (headers),
                            RD_KAFKA_V_TIMESTAMP (timestamp_ms),
                            RD_KAFKA_V_OPAQUE (GSIZE_TO_POINTER ((gsize) tag)), RD_KAFKA_V_END);
}

gboolean
fw_producer_send (FwProducer *self, const char *topic, const char *key, gsize key_len,
                  const char *value, gsize value_len, const FwHeader *headers, guint n_headers,
                  gint64 timestamp_ms, guint64 tag)
{
  rd_kafka_headers_t *made = make_headers (headers, n_headers);
  rd_kafka_resp_err_t code
      = produce (self, topic, key, key_len, value, value_len, made, timestamp_ms, tag);
  if (code && made)
    rd_kafka_headers_destroy (made);
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL || code == RD_KAFKA_RESP_ERR__FATAL)
    {
      self->counts.n_queue_full++;
      return FALSE;
    }
  self->counts.n_sent++;
  if (code)
    {
      Refused refused = { tag, code };
      g_array_append_val (self->refused, refused);
      wake_myself (self);
    }
  return TRUE;
}

void
fw_producer_poll (FwProducer *self, gint timeout_ms)
{
  if (self->refused->len > 0)
    {
      report_refused (self);
      timeout_ms = 0;
    }
  rd_kafka_poll (self->rk, timeout_ms);
  if (self->is_fatal)
    renew (self);
}

void
fw_producer_wake_by (FwProducer *self, gint fd)
{
  self->wake_fd = fd;
  wake_by_fd (self);
}

static guint64
n_unreported (const FwProducer *self)
{
  return self->counts.n_sent - self->counts.n_acked - self->counts.n_failed;
}

gboolean
fw_producer_flush (FwProducer *self, gint timeout_ms)
{
  const FwClock *clock = fw_clock_system ();
  gint64 deadline_us = fw_clock_mono_us (clock) + timeout_ms * G_GINT64_CONSTANT (1000);
  while (n_unreported (self) > 0)
    {
      gint64 left_ms = (deadline_us - fw_clock_mono_us (clock)) / 1000;
      if (left_ms <= 0)
        return FALSE;
      rd_kafka_flush (self->rk, (int) MIN (left_ms, FLUSH_STEP_MS)); /* sends now what lingers */
      fw_producer_poll (self, 0);
    }
  return TRUE;
}

void
fw_producer_break (FwProducer *self)
{
  rd_kafka_test_fatal_error (self->rk, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                             "broken by a test");
}

gboolean
fw_producer_has_id (const FwProducer *self)
{
  return self->has_id;
}

FwProducerCounts
fw_producer_counts (const FwProducer *self)
{
  return self->counts;
}
