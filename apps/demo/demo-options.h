/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* demo-options: what `fleetwire demo` can be told. Plain data. */
typedef struct
{
  gint64 n_devices;
  gint64 seconds_ms; /* 0: until stopped */
  gboolean is_headless;
  char *listen;
  char *replay, *map; /* NULL: the recorded buses */
  double speedup;
  char *sim_topic; /* NULL: iot-events */
  gint64 drain_ms;
  FwKafkaOptions kafka; /* bootstrap NULL: the embedded broker */
} DemoOptions;

extern const FwProgram demo_program;
