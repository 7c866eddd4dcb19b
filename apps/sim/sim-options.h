/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "fw-option.h"
/* sim-options: what `fleetwire sim` can be told. Threads: main. */
#define SIM_DEVICES_UNSET (-1) /* 300, or none beside a replay */
#define SIM_DEVICES_DEFAULT 300

typedef struct
{
  FwKafkaOptions kafka;
  gboolean to_stdout, is_fast, keep_time, repeat, mix_with_real, forget;
  gint64   n_devices, interval_ms, seconds_ms, seed, linger_ms, drain_ms, replay_rows_max;
  double   speedup;
  char    *start, *place, *fleet, *topic, *run, *replay, *map, *roads, *admin_listen;
} SimOptions;

extern const FwProgram sim_program;
