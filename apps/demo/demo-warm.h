/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* demo-warm: a Kafka just started is slow until Java has compiled what it does all day: this sends records and reads them
 * back until they come quickly, so that the show does not begin with what no fleet ever meets again.
 * Promises: nothing that anybody could take for data: tombstones of keys that never were, in a compacted topic of ours.
 * Threads: main. */
typedef struct DemoWarm DemoWarm;

DemoWarm *demo_warm_new (const FwKafkaConf *conf, GError **error);
void      demo_warm_free (DemoWarm *warm); /* NULL is fine */
/* Sends one round and waits for it, 100 ms at most. TRUE when enough rounds in a row have come back quickly. */
gboolean  demo_warm_round (DemoWarm *warm);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoWarm, demo_warm_free)
