/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mapping.h"
#include "ingest-auth.h"
#include "ingest-listen.h"
#include "ingest-rates.h"
#include "ingest-store.h"
#include "ingest-topic.h"
/* ingest-mqtt: the MQTT door: sockets, sessions and their way into Kafka, on one thread.
 *   received --feed--> session --publish--> store --report--> stored --> session --PUBACK--> out
 *      ^                  `--full, or enough under way: the stream is paused, and goes on with a report
 * Promises: PUBACK only after Kafka has the event; a second connection of a client id ends the first; while Kafka is
 *   away nothing is acknowledged and at most --receive-maximum events of a connection are read.
 * Threads: new, drain and free belong to main; the rest runs on the door's thread. */
typedef struct IngestMqtt IngestMqtt;
typedef struct
{
  const FwKafkaConf *conf;
  const IngestOptions *options;
  FwMetrics *metrics;
  const FwMapping *mapping;   /* nullable */
  const IngestTopics *topics;
  IngestAuth *auth;           /* nullable: everybody may speak */
  IngestRates *rates;         /* nullable */
} IngestMqttSetup; /* all borrowed, and outlive the door */

IngestMqtt *ingest_mqtt_new (const IngestMqttSetup *setup, const IngestListen *listen, GError **error);
guint16     ingest_mqtt_port (const IngestMqtt *door);
guint16     ingest_mqtt_tls_port (const IngestMqtt *door);
void        ingest_mqtt_drain (IngestMqtt *door);             /* takes no more; acknowledges what it has; any thread */
gboolean    ingest_mqtt_is_drained (const IngestMqtt *door);  /* any thread */
void        ingest_mqtt_publish_metrics (IngestMqtt *door);   /* admin thread */
void        ingest_mqtt_free (IngestMqtt *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestMqtt, ingest_mqtt_free)
