/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* ingest-health: asks Kafka every few seconds whether the topic's leaders answer, so that a load balancer learns it
 * without an event having to be turned away.
 * Threads: one of its own, because asking blocks; is_ready from any. */
typedef struct IngestHealth IngestHealth;
IngestHealth *ingest_health_new (const FwKafkaConf *conf /* borrowed */, const char *topic, GError **error);
void          ingest_health_free (IngestHealth *health);
gboolean      ingest_health_is_ready (IngestHealth *health, char **ret_why_not);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestHealth, ingest_health_free)
