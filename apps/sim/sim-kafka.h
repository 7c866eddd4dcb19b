/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "sim-sink.h"
/* sim-kafka: events to one topic, keyed fleet/device_id, with the header `run`. Threads: the run's. */

/* topic: whole name. Copies topic and run_id. */
SimSink *sim_kafka_new (const FwKafkaConf *conf, const char *topic, const char *run_id, guint linger_ms, GError **error);
