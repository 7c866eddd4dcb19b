/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-header.h"
#include "fw-kafka-conf.h"
/* fw-producer: idempotent, acks=all; what is reported acknowledged is in Kafka.
 * Promises: keys are partitioned by murmur2_random; a full queue is an answer (FALSE), never a wait; after a fatal error
 *   a new producer is made and unreported records are reported as failed.
 * Threads: one owner; reports arrive inside fw_producer_poll, on that thread. */
typedef struct FwProducer FwProducer;
/* ok: Kafka has it, at (partition, offset). tag: as given to send. */
typedef void (*FwDeliveryFunc) (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset, const char *why);
typedef struct { guint64 n_sent, n_acked, n_failed, n_queue_full; } FwProducerCounts;

FwProducer *fw_producer_new (const FwKafkaConf *conf, guint linger_ms, FwDeliveryFunc report, gpointer user, GError **error);
void        fw_producer_free (FwProducer *producer); /* drops what is unreported: call flush first */
/* Waits until the producer has its ID and every leader of topic is connected and knows its partitions, so that the first
 * records do not wait for a second in librdkafka. Reports may arrive. UNAVAILABLE when no broker answers or there is no such topic; sending works all the same. */
gboolean    fw_producer_prepare (FwProducer *producer, const char *topic, gint timeout_ms, GError **error);
/* topic: whole name. key NULL = null key; value NULL = tombstone. timestamp_ms 0 = now. Copies. FALSE: full, poll and try again. */
gboolean    fw_producer_send (FwProducer *producer, const char *topic, const char *key, gsize key_len, const char *value, gsize value_len,
                              const FwHeader *headers, guint n_headers, gint64 timestamp_ms, guint64 tag) G_GNUC_WARN_UNUSED_RESULT;
void        fw_producer_poll (FwProducer *producer, gint timeout_ms);
/* When reports begin to wait, eight bytes (a one) are written to fd, an eventfd that outlives the producer: its owner
 * can sleep on it beside its sockets. It wakes once per batch; read it, then poll with 0. Also after a new producer. */
void        fw_producer_wake_by (FwProducer *producer, gint fd);
/* Waits until all is reported or the deadline has passed; TRUE when nothing is left. */
gboolean    fw_producer_flush (FwProducer *producer, gint timeout_ms);
gboolean    fw_producer_has_id (const FwProducer *producer); /* as of the last poll: Kafka knows it, and takes its records */
FwProducerCounts fw_producer_counts (const FwProducer *producer);
/* For tests: a fatal error, as a broker that lost its state would cause. */
void        fw_producer_break (FwProducer *producer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwProducer, fw_producer_free)
