/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <librdkafka/rdkafka.h>
#include "fw-kafka-conf.h"
/* fw-kafka-rd: how this layer's own files get librdkafka handles out of an FwKafkaConf. No other layer includes it.
 * Promises: librdkafka's own lines go to our log, never to stderr; user properties beat `defaults` and lose to `musts`.
 * Threads: creation on any; callbacks as librdkafka says. */
typedef struct
{
  const char *key, *value;
} FwRdProperty;

/* What the user set, in order of application. */
typedef void (*FwKafkaPropertyFunc) (gpointer user, const char *key, const char *value);
void fw_kafka_conf_foreach (const FwKafkaConf *conf, FwKafkaPropertyFunc each, gpointer user);

typedef struct
{
  rd_kafka_type_t type;
  const FwRdProperty *defaults; /* ended by a NULL key; what we prefer */
  const FwRdProperty *musts;    /* ended by a NULL key; what correctness stands on */
  void (*on_error) (rd_kafka_t *rk, int code, const char *reason, void *opaque);             /* nullable */
  void (*on_delivery) (rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque); /* nullable */
  int (*on_stats) (rd_kafka_t *rk, char *json, size_t len, void *opaque); /* nullable; every statistics.interval.ms */
  void *opaque;
} FwRdOptions;

rd_kafka_t *fw_rd_new (const FwKafkaConf *conf, const FwRdOptions *options, GError **error);
/* Destroys a consumer. librdkafka (2.0.2, its issue 4131) waits for ever where a broker was away and a topic of its went:
 * after 3 s it is left behind, with its threads, to the end of the process. None of our callbacks is called any more. */
void fw_rd_end (rd_kafka_t *rk);
/* How long an empty fetch may wait, as a property value. The mock cluster answers an empty fetch only when it is
 * over, so that this is its latency; a real broker answers as soon as there is data. */
const char *fw_rd_fetch_wait_ms (const FwKafkaConf *conf);
/* How soon a broker that is away is looked for again, at the latest: reconnect.backoff.max.ms. */
gint fw_rd_reconnect_max_ms (const FwKafkaConf *conf);
/* FALSE also when nothing has been heard of the cluster within timeout_ms. */
gboolean fw_rd_is_mock (rd_kafka_t *rk, gint timeout_ms);
/* The error for a failed librdkafka call: what, then librdkafka's own words. */
void fw_rd_set_error (GError **error, rd_kafka_resp_err_t code, const char *what);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (rd_kafka_t, rd_kafka_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (rd_kafka_topic_t, rd_kafka_topic_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (rd_kafka_queue_t, rd_kafka_queue_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (rd_kafka_message_t, rd_kafka_message_destroy)
