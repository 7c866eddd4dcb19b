/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-hist.h"
#include "fw-metric.h"
#include "fw-time.h"
#include "sim-sink.h"
#include "sim-source.h"
/* sim-run: the schedule. Events leave in the order of their due times; in real time each waits for its own, whatever the
 * one before did, and how late it left is recorded: a simulator that cannot keep up says so.
 * Threads: one; *stop may be set by a signal handler. */
#define SIM_N_SOURCES 2
#define SIM_LATE_WARN_US 50000 /* p99 above this is said at the end */

typedef struct
{
  const FwClock *clock;
  SimSource *sources[SIM_N_SOURCES]; /* NULL where there is none */
  SimSink   *sink;
  FwMetrics *metrics;
  gboolean   is_fast;                /* virtual time */
  gint64     start_ms, end_ms;       /* of the schedule; end_ms G_MAXINT64 = until stopped */
  volatile gint *stop;               /* atomic */
} SimRun;

typedef struct { guint64 n_sent; FwHist lateness_us; } SimRunResult;

void sim_run (const SimRun *run, SimRunResult *ret_result);
