/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-run.h"

#include "fw-event-json.h"
#include "sim-metrics.h"

#define WAIT_MAX_US 50000 /* how soon a signal is heeded */
#define FULL_WAIT_US 1000
#define RUSH_EVENTS \
  512 /* without a wait between them, before the sink gets its turn all the same */

typedef struct
{
  const SimRun *run;
  SimRunResult *result;
  gint64 began_us;     /* monotonic time of start_ms */
  SimSinkCounts noted; /* what the metrics have been told */
  GString *value;
  guint n_rushed;
} Pace;

static gboolean
is_stopped (const Pace *pc)
{
  return g_atomic_int_get (pc->run->stop) != 0;
}

static SimSource *
earliest (const SimRun *run, gint64 *ret_due_ms)
{
  SimSource *first = NULL;
  *ret_due_ms = G_MAXINT64;
  for (guint i = 0; i < SIM_N_SOURCES; i++)
    {
      gint64 due_ms = run->sources[i] != NULL ? sim_source_due_ms (run->sources[i]) : G_MAXINT64;
      if (due_ms >= *ret_due_ms)
        continue;
      *ret_due_ms = due_ms;
      first = run->sources[i];
    }
  return first;
}

static gint64
until_us (const Pace *pc, gint64 due_ms)
{
  return pc->began_us + (due_ms - pc->run->start_ms) * 1000 - fw_clock_mono_us (pc->run->clock);
}

static void
let_sink_work (Pace *pc, gint64 wait_us)
{
  pc->run->sink->wait (pc->run->sink, wait_us);
  SimSinkCounts now = pc->run->sink->counts (pc->run->sink);
  fw_metrics_add (pc->run->metrics, SIM_METRIC_PRODUCED, 0, now.n_produced - pc->noted.n_produced);
  fw_metrics_add (pc->run->metrics, SIM_METRIC_FAILED, 0, now.n_failed - pc->noted.n_failed);
  fw_metrics_add (pc->run->metrics, SIM_METRIC_QUEUE_FULL, 0, now.n_full - pc->noted.n_full);
  pc->noted = now;
}

/* FALSE when stopped while waiting. */
static gboolean
wait_until (Pace *pc, gint64 due_ms)
{
  if (++pc->n_rushed % RUSH_EVENTS == 0)
    let_sink_work (pc, 0);
  if (pc->run->is_fast)
    return !is_stopped (pc);
  gint64 wait_us = until_us (pc, due_ms);
  while (wait_us > 0 && !is_stopped (pc))
    {
      let_sink_work (pc, MIN (wait_us, WAIT_MAX_US));
      wait_us = until_us (pc, due_ms);
    }
  return !is_stopped (pc);
}

static void
note_lateness (Pace *pc, gint64 due_ms)
{
  if (pc->run->is_fast)
    return;
  gint64 late_us = MAX (-until_us (pc, due_ms), 0);
  fw_hist_record (&pc->result->lateness_us, (guint64) late_us, 1);
  fw_metrics_observe (pc->run->metrics, SIM_METRIC_LATENESS, 0, late_us / 1e6);
}

static SimSent
send (Pace *pc, const FwEvent *ev)
{
  g_string_truncate (pc->value, 0);
  fw_event_write (ev, pc->value);
  for (;;)
    {
      SimSent sent = pc->run->sink->send (pc->run->sink, ev, pc->value);
      if (sent != SIM_FULL)
        return sent;
      if (is_stopped (pc))
        return SIM_BROKEN;
      let_sink_work (pc, FULL_WAIT_US);
    }
}

/* FALSE when the run is over. */
static gboolean
emit_next (Pace *pc)
{
  FwEvent ev;
  gint64 due_ms;
  SimSource *source = earliest (pc->run, &due_ms);
  if (due_ms >= pc->run->end_ms || !wait_until (pc, due_ms))
    return FALSE;
  if (!source->take (source, &ev))
    {
      fw_metrics_add (pc->run->metrics, SIM_METRIC_SILENT, 0, 1);
      return TRUE;
    }
  SimSent sent = send (pc, &ev);
  if (sent == SIM_BROKEN)
    return FALSE;
  note_lateness (pc, due_ms);
  pc->result->n_sent++;
  fw_metrics_add (pc->run->metrics, SIM_METRIC_SENT, 0, 1);
  return TRUE;
}

void
sim_run (const SimRun *run, SimRunResult *ret_result)
{
  ret_result->n_sent = 0;
  fw_hist_clear (&ret_result->lateness_us);
  Pace pace = { .run = run,
                .result = ret_result,
                .began_us = fw_clock_mono_us (run->clock),
                .value = g_string_sized_new (512) };
  while (emit_next (&pace))
    ;
  g_string_free (pace.value, TRUE);
}
