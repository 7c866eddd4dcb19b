/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
#include "fw-metric.h"
/* sim-sink: where events go.
 * Promises: never waits inside send; what is counted as produced has arrived.
 * Threads: the run's. */
typedef enum { SIM_SENT, SIM_FULL /* wait, then try again */, SIM_BROKEN /* nobody listens any more: stop */ } SimSent;
typedef struct { guint64 n_produced, n_failed, n_full; } SimSinkCounts;
typedef struct SimSink SimSink;
struct SimSink
{
  SimSent (*send) (SimSink *sink, const FwEvent *ev, const GString *value);
  /* Passes the time, up to wait_us (which may be 0), with what the sink has to do. */
  void (*wait) (SimSink *sink, gint64 wait_us);
  /* Brings out what is under way; TRUE when nothing is left. */
  gboolean (*finish) (SimSink *sink, gint timeout_ms);
  SimSinkCounts (*counts) (const SimSink *sink);
  void (*free) (SimSink *sink);
};

static inline void
sim_sink_free (SimSink *sink)
{
  if (sink != NULL)
    sink->free (sink);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSink, sim_sink_free)

SimSink *sim_stdout_new (void);
