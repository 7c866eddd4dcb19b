/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-options.h"
#include "sim-source.h"
/* sim-guard: never ghosts in production. Threads: main; these wait for the broker. */
#define SIM_TOPIC_DEFAULT "iot-events"
#define SIM_GUARD_N_RECORDS 100 /* the last ones of a topic that are looked at */
#define SIM_GUARD_TIMEOUT_MS 10000

/* FALSE with a reason when these options may not write: the default topic on a broker elsewhere, or a topic whose last
 * records hold one without `origin`. An empty or missing topic is fine. topic: whole name. */
gboolean sim_guard_check (const SimOptions *options, const FwKafkaConf *conf, const char *topic, GError **error);
/* Tombstones for the sources' devices in fleet.state and fleet.assets, where those topics exist; *ret_n: how many were written. */
gboolean sim_guard_forget (const FwKafkaConf *conf, SimSource *const *sources, guint n_sources, guint *ret_n, GError **error);
