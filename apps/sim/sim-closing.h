/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-run.h"
/* sim-closing: what a run says at its end. Pure. Threads: any. */
typedef struct
{
  const char *run_id;
  guint n_devices;
  SimSinkCounts counts;
  const SimRunResult *result;
  double cpu_s; /* of the whole run, all threads */
} SimClosing;

/* One JSON object without a line end: run, produced, failed, devices, lateness_ms {p50, p99, max}, events_per_cpu_s; transfer full. */
char *sim_closing_json (const SimClosing *closing);
/* The same in a sentence; transfer full. */
char *sim_closing_sentence (const SimClosing *closing);
/* A sentence when the simulator itself was late, else NULL; transfer full. */
char *sim_closing_warning (const SimClosing *closing);
