/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event-json.h"
#include "fw-kafka-conf.h"
#include "fw-metric.h"
#include "relay-fanout.h"
#include "relay-link.h"
#include "relay-options.h"
/* relay-hub: the thread that reads Kafka and owns the state of the fleet, the logs and the groups.
 *   Kafka --records--> fleet (fold), logs (frame once) --blocks, parcels, answers--> links --> socket threads
 * Promises: never waits for a socket thread; what it could not hand over is caught up (relay-link).
 * Threads: new and free by main; start .. stop runs the hub; the rest as said. */
typedef struct RelayHub RelayHub;

RelayHub  *relay_hub_new (const RelayOptions *options, const FwKafkaConf *conf, const FwMapping *mapping, FwMetrics *metrics, GError **error);
void       relay_hub_free (RelayHub *hub); /* NULL is fine */
gboolean   relay_hub_start (RelayHub *hub, GError **error);
void       relay_hub_stop (RelayHub *hub);

/* Before start: the link of socket thread i, and how to wake that thread. */
RelayLink *relay_hub_link (RelayHub *hub, guint i);
void       relay_hub_on_wake (RelayHub *hub, guint i, void (*wake) (gpointer user), gpointer user);
/* Firehose first, then the logs; for relay_fanout_new. */
const RelayStreamName *relay_hub_streams (const RelayHub *hub, guint *ret_n);
const char *relay_hub_epoch (const RelayHub *hub);
void       relay_hub_wake (RelayHub *hub);                           /* any thread: there are asks */
gboolean   relay_hub_is_ready (RelayHub *hub, char **ret_why_not);   /* any thread */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayHub, relay_hub_free)
