/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mapping.h"
#include "ingest-store.h"
#include "ingest-topic.h"
/* ingest-subscribe: events from an MQTT broker that is already there, and their way into Kafka (docs/decisions/subscriber.md).
 * Tries for ever to connect; a wrong password is a warning with what to do, and is tried again too.
 * Threads: one of its own; new, drain and free belong to main. */
typedef struct IngestSubscribe IngestSubscribe;
typedef struct
{
  const FwKafkaConf *conf;
  const IngestOptions *options;
  FwMetrics *metrics;
  const FwMapping *mapping;   /* nullable */
  const IngestTopics *topics; /* who speaks */
  const char *const *patterns; /* the same, as text: without --subscribe-topic they are what is subscribed to */
} IngestSubscribeSetup; /* all borrowed, and outlive it */

IngestSubscribe *ingest_subscribe_new (const IngestSubscribeSetup *setup, GError **error);
void             ingest_subscribe_drain (IngestSubscribe *subscribe); /* takes no more; acknowledges what it has */
gboolean         ingest_subscribe_is_drained (const IngestSubscribe *subscribe);
void             ingest_subscribe_publish_metrics (IngestSubscribe *subscribe); /* admin thread */
void             ingest_subscribe_free (IngestSubscribe *subscribe);

typedef struct { char *host; /* without brackets */ guint16 port; gboolean has_tls; } IngestBroker;
/* "mqtt://HOST[:1883]", "mqtts://HOST[:8883]". ret->host is the caller's. */
gboolean ingest_subscribe_parse (const char *url, IngestBroker *ret, GError **error);
/* "fleet/{fleet}/{device_id}/telemetry" -> "fleet/+/+/telemetry". Transfer full. */
char    *ingest_subscribe_filter (const char *pattern);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestSubscribe, ingest_subscribe_free)
