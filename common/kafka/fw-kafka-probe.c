/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-kafka-probe.h"

#include <string.h>

#include "fw-error.h"
#include "fw-time.h"
#include "fw-i18n.h"

#define FINGERPRINT_MAX_BYTES 256
#define POKE_INTERVAL_MS 20
#define POKE_TIMEOUT_MS 500

struct FwProbe
{
  rd_kafka_t *rk;
  GPtrArray *watched; /* rd_kafka_topic_t */
};

FwProbe *
fw_probe_new (const FwKafkaConf *conf, GError **error)
{
  const FwRdProperty defaults[] = {
    { "fetch.wait.max.ms", fw_rd_fetch_wait_ms (conf) },
    { "fetch.error.backoff.ms", "20" },
    { "queued.min.messages", "1" },
    { "queued.max.messages.kbytes", "1024" },
    { NULL, NULL },
  };
  static const FwRdProperty musts[] = {
    { "auto.offset.reset", "error" },
    { "enable.partition.eof", "true" },
    { "enable.auto.commit", "false" },
    { "auto.commit.enable", "false" },
    { NULL, NULL },
  };
  const FwRdOptions options = { RD_KAFKA_CONSUMER, defaults, musts, NULL, NULL, NULL, NULL };
  g_autoptr (FwProbe) self = g_new0 (FwProbe, 1);
  self->watched = g_ptr_array_new_with_free_func ((GDestroyNotify) rd_kafka_topic_destroy);
  self->rk = fw_rd_new (conf, &options, error);
  return self->rk ? g_steal_pointer (&self) : NULL;
}

void
fw_probe_free (FwProbe *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->watched);
  if (self->rk)
    fw_rd_end (self->rk);
  g_free (self);
}

rd_kafka_t *
fw_probe_handle (FwProbe *self)
{
  return self->rk;
}

gboolean
fw_probe_watch (FwProbe *self, const char *topic, GError **error)
{
  rd_kafka_topic_t *rkt = rd_kafka_topic_new (self->rk, topic, NULL);
  if (rkt)
    g_ptr_array_add (self->watched, rkt);
  else
    fw_rd_set_error (error, rd_kafka_last_error (), topic);
  return rkt != NULL;
}

const rd_kafka_metadata_t *
fw_probe_metadata (FwProbe *self, gint timeout_ms, rd_kafka_resp_err_t *ret_code)
{
  const rd_kafka_metadata_t *metadata = NULL;
  *ret_code = rd_kafka_metadata (self->rk, 0, NULL, &metadata, timeout_ms);
  return *ret_code ? NULL : metadata;
}

/* In a ListOffsets request -1 and -2 stand where a time would: the end, and the beginning. */
static gboolean
list_offsets (FwProbe *self, const char *topic, guint n, gint64 time_ms, gint64 *ret_offsets,
              gint timeout_ms, GError **error)
{
  g_autoptr (rd_kafka_topic_partition_list_t) list = rd_kafka_topic_partition_list_new ((int) n);
  for (guint p = 0; p < n; p++)
    rd_kafka_topic_partition_list_add (list, topic, (int32_t) p)->offset = time_ms;

  rd_kafka_resp_err_t code = rd_kafka_offsets_for_times (self->rk, list, timeout_ms);
  for (guint i = 0; !code && i < n; i++)
    {
      code = list->elems[i].err;
      ret_offsets[list->elems[i].partition] = list->elems[i].offset;
    }
  if (code)
    fw_rd_set_error (error, code, topic);
  return !code;
}

gboolean
fw_probe_ends (FwProbe *self, const char *topic, guint n, gint64 *low, gint64 *high,
               gint timeout_ms, GError **error)
{
  return list_offsets (self, topic, n, RD_KAFKA_OFFSET_BEGINNING, low, timeout_ms, error)
         && list_offsets (self, topic, n, RD_KAFKA_OFFSET_END, high, timeout_ms, error);
}

static gboolean
means_none (rd_kafka_resp_err_t code)
{
  return code == RD_KAFKA_RESP_ERR__PARTITION_EOF || code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET
         || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

/* The broker's thread looks at a partition that begins again only when something wakes it, or a
 * second has passed: any question to that broker does. */
static void
poke (FwProbe *self, const char *topic, gint32 partition)
{
  int64_t low, high;
  rd_kafka_query_watermark_offsets (self->rk, topic, partition, &low, &high, POKE_TIMEOUT_MS);
}

static rd_kafka_message_t *
consume_one (FwProbe *self, rd_kafka_topic_t *rkt, gint32 partition, gint timeout_ms)
{
  const FwClock *clock = fw_clock_system ();
  gint64 deadline_us = fw_clock_mono_us (clock) + timeout_ms * G_GINT64_CONSTANT (1000);
  do
    {
      rd_kafka_message_t *message = rd_kafka_consume (rkt, partition, POKE_INTERVAL_MS);
      if (message)
        return message;
      poke (self, rd_kafka_topic_name (rkt), partition);
    }
  while (fw_clock_mono_us (clock) < deadline_us);
  return NULL;
}

rd_kafka_message_t *
fw_probe_read (FwProbe *self, const char *topic, gint32 partition, gint64 offset, gint timeout_ms,
               GError **error)
{
  g_autoptr (rd_kafka_topic_t) rkt = rd_kafka_topic_new (self->rk, topic, NULL);
  if (!rkt || rd_kafka_consume_start (rkt, partition, offset) == -1)
    {
      fw_rd_set_error (error, rd_kafka_last_error (), topic);
      return NULL;
    }
  g_autoptr (rd_kafka_message_t) message = consume_one (self, rkt, partition, timeout_ms);
  rd_kafka_resp_err_t code = message ? message->err : RD_KAFKA_RESP_ERR__TIMED_OUT;
  rd_kafka_consume_stop (rkt, partition);
  if (!code)
    return g_steal_pointer (&message);
  if (!means_none (code))
    fw_rd_set_error (error, code, topic);
  return NULL;
}

gboolean
fw_probe_each (FwProbe *self, const char *topic, gint32 partition, gint64 from, gint64 to,
               gint timeout_ms, FwProbeEach each, gpointer user, GError **error)
{
  g_autoptr (rd_kafka_topic_t) rkt = rd_kafka_topic_new (self->rk, topic, NULL);
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!rkt || rd_kafka_consume_start (rkt, partition, from) == -1)
    {
      fw_rd_set_error (error, rd_kafka_last_error (), topic);
      return FALSE;
    }
  while (from < to && !code)
    {
      g_autoptr (rd_kafka_message_t) message = consume_one (self, rkt, partition, timeout_ms);
      code = message ? message->err : RD_KAFKA_RESP_ERR__TIMED_OUT;
      if (!code && message->offset < to)
        each (user, message);
      if (!code)
        from = message->offset + 1;
    }
  rd_kafka_consume_stop (rkt, partition);
  if (code && !means_none (code))
    fw_rd_set_error (error, code, topic);
  return !code || means_none (code);
}

/* Arrival of the first record at or after offset; G_MAXINT64 when there is none; -1 with error. */
static gint64
arrival_at (FwProbe *self, const char *topic, gint32 partition, gint64 offset, gint timeout_ms,
            GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (rd_kafka_message_t) message
      = fw_probe_read (self, topic, partition, offset, timeout_ms, &local);
  if (local)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return -1;
    }
  rd_kafka_timestamp_type_t type;
  return message ? MAX (rd_kafka_message_timestamp (message, &type), 0) : G_MAXINT64;
}

static gint64
bisect (FwProbe *self, const char *topic, gint32 partition, gint64 low, gint64 high, gint64 at_ms,
        gint timeout_ms, GError **error)
{
  while (low < high)
    {
      gint64 middle = low + (high - low) / 2;
      gint64 arrival_ms = arrival_at (self, topic, partition, middle, timeout_ms, error);
      if (arrival_ms < 0)
        return -1;
      if (arrival_ms >= at_ms)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

static gint64
indexed_offset (FwProbe *self, const char *topic, gint32 partition, gint64 at_ms, gint timeout_ms,
                gint64 *ret_offset, GError **error)
{
  g_autoptr (rd_kafka_topic_partition_list_t) list = rd_kafka_topic_partition_list_new (1);
  rd_kafka_topic_partition_t *asked = rd_kafka_topic_partition_list_add (list, topic, partition);
  asked->offset = MAX (at_ms, 0);
  rd_kafka_resp_err_t code = rd_kafka_offsets_for_times (self->rk, list, timeout_ms);
  if (!code)
    code = asked->err;
  if (code)
    fw_rd_set_error (error, code, topic);
  *ret_offset = asked->offset;
  return !code;
}

gint64
fw_probe_offset_at (FwProbe *self, const char *topic, gint32 partition, gint64 low, gint64 high,
                    gint64 at_ms, gint timeout_ms, GError **error)
{
  gint64 offset, arrival_ms;
  if (low >= high)
    return high;
  arrival_ms = arrival_at (self, topic, partition, low, timeout_ms, error);
  if (arrival_ms < 0 || arrival_ms >= at_ms)
    return arrival_ms < 0 ? -1 : low;
  if (!indexed_offset (self, topic, partition, at_ms, timeout_ms, &offset, error))
    return -1;
  if (offset >= 0)
    return CLAMP (offset, low, high);
  /* "End": true, or there is no time index. The last record tells which. */
  arrival_ms = arrival_at (self, topic, partition, high - 1, timeout_ms, error);
  if (arrival_ms < 0 || arrival_ms == G_MAXINT64 || arrival_ms < at_ms)
    return arrival_ms < 0 ? -1 : high;
  return bisect (self, topic, partition, low, high, at_ms, timeout_ms, error);
}

static guint64
mix (guint64 hash, const void *data, gsize len)
{
  const guint8 *bytes = data;
  for (gsize i = 0; i < MIN (len, FINGERPRINT_MAX_BYTES); i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return (hash ^ len) * G_GUINT64_CONSTANT (0x100000001b3);
}

guint64
fw_probe_fingerprint (const rd_kafka_message_t *message)
{
  rd_kafka_timestamp_type_t type;
  gint64 timestamp_ms = rd_kafka_message_timestamp (message, &type);
  guint64 hash = mix (G_GUINT64_CONSTANT (0xcbf29ce484222325), &timestamp_ms, sizeof timestamp_ms);
  hash = mix (hash, message->key, message->key_len);
  return mix (hash, message->payload, message->len);
}
