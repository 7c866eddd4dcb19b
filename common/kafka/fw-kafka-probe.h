/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-rd.h"
/* fw-kafka-probe: looks at single records and at the ends of partitions, away from any stream that is being read.
 * Promises: bounded waits; finds an offset by time even where the broker has no time index, by bisection.
 * Private to this layer. Threads: one owner; every call blocks up to its timeout. */
typedef struct FwProbe FwProbe;

FwProbe *fw_probe_new (const FwKafkaConf *conf, GError **error);
void     fw_probe_free (FwProbe *probe);
rd_kafka_t *fw_probe_handle (FwProbe *probe); /* borrowed */
/* Keeps a topic in mind: fw_probe_metadata tells of it, and the calls below know its newest partitions. */
gboolean fw_probe_watch (FwProbe *probe, const char *topic, GError **error);
/* All watched topics; free with rd_kafka_metadata_destroy. NULL with *ret_code. */
const rd_kafka_metadata_t *fw_probe_metadata (FwProbe *probe, gint timeout_ms, rd_kafka_resp_err_t *ret_code);

/* First offset kept, and the one after the last, of partitions 0 .. n-1. */
gboolean fw_probe_ends (FwProbe *probe, const char *topic, guint n, gint64 *low, gint64 *high, gint timeout_ms,
                        GError **error);
/* The first record at or after offset; transfer full. NULL without error: there is none (end, or out of range). */
rd_kafka_message_t *fw_probe_read (FwProbe *probe, const char *topic, gint32 partition, gint64 offset,
                                   gint timeout_ms, GError **error);
/* Every record with an offset in [from, to), in order; the wait is for each. */
typedef void (*FwProbeEach) (gpointer user, const rd_kafka_message_t *message);
gboolean fw_probe_each (FwProbe *probe, const char *topic, gint32 partition, gint64 from, gint64 to, gint timeout_ms,
                        FwProbeEach each, gpointer user, GError **error);
/* The first offset in [low, high] whose record arrived at or after at_ms; -1 with error. */
gint64 fw_probe_offset_at (FwProbe *probe, const char *topic, gint32 partition, gint64 low, gint64 high, gint64 at_ms,
                           gint timeout_ms, GError **error);
/* A record's looks: equal for equal records. A topic made again almost surely holds another record at an offset. */
guint64 fw_probe_fingerprint (const rd_kafka_message_t *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwProbe, fw_probe_free)
