/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-run.h"

#include "sim-metrics.h"

#define START_MS G_GINT64_CONSTANT (1772460000000)

/* One device that reports every 100 ms. */
typedef struct
{
  SimSource source;
  gint64 next_ms;
} Beat;

static void
beat_begin (SimSource *source, gint64 start_ms)
{
  ((Beat *) source)->next_ms = start_ms;
}

static gint64
beat_due_ms (SimSource *source)
{
  return ((Beat *) source)->next_ms;
}

static gboolean
beat_take (SimSource *source, FwEvent *ev)
{
  Beat *beat = (Beat *) source;
  fw_event_clear (ev);
  ev->device_id = (FwText){ "a", 1 };
  ev->ts_ms = beat->next_ms;
  beat->next_ms += 100;
  return TRUE;
}

/* A sink in which time passes as the test says. */
typedef struct
{
  SimSink sink;
  FwManualClock clock;
  gint stop;
  guint n_sent, n_refusals, stop_after;
  guint stall_at; /* this event takes stall_us */
  gint64 stall_us;
  gint64 sent_us[64];
} Probe;

static SimSent
probe_send (SimSink *sink, const FwEvent *ev G_GNUC_UNUSED, const GString *value G_GNUC_UNUSED)
{
  Probe *probe = (Probe *) sink;
  if (probe->n_refusals > 0)
    {
      probe->n_refusals--;
      return SIM_FULL;
    }
  probe->sent_us[probe->n_sent] = probe->clock.mono_us;
  if (probe->n_sent == probe->stall_at)
    fw_manual_clock_advance (&probe->clock, probe->stall_us);
  if (++probe->n_sent == probe->stop_after)
    g_atomic_int_set (&probe->stop, 1);
  return SIM_SENT;
}

static void
probe_wait (SimSink *sink, gint64 wait_us)
{
  fw_manual_clock_advance (&((Probe *) sink)->clock, wait_us);
}

static SimSinkCounts
probe_counts (const SimSink *sink)
{
  return (SimSinkCounts){ ((const Probe *) sink)->n_sent, 0, 0 };
}

static void
run_for (Probe *probe, gint64 seconds, SimRunResult *result)
{
  g_autoptr (FwMetrics) metrics = fw_metrics_new (sim_metric_rows);
  Beat beat = { { beat_begin, beat_due_ms, beat_take, NULL, NULL, 1 }, START_MS };
  probe->sink = (SimSink){ probe_send, probe_wait, NULL, probe_counts, NULL };
  fw_manual_clock_init (&probe->clock, START_MS);
  SimRun run = {
    .clock = &probe->clock.clock,
    .sources = { NULL, &beat.source },
    .sink = &probe->sink,
    .metrics = metrics,
    .start_ms = START_MS,
    .end_ms = START_MS + seconds * 1000,
    .stop = &probe->stop,
  };
  sim_run (&run, result);
  g_assert_cmpfloat (fw_metrics_value (metrics, SIM_METRIC_SENT, 0), ==, result->n_sent);
}

static void
test_events_leave_when_they_are_due (void)
{
  Probe probe = { .stall_at = G_MAXUINT };
  SimRunResult result;
  run_for (&probe, 2, &result);
  g_assert_cmpuint (result.n_sent, ==, 20);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (probe.sent_us[i] - probe.sent_us[0], ==, i * 100000);
  g_assert_cmpuint (fw_hist_quantile (&result.lateness_us, 1.0), ==, 0);
}

static void
test_a_stall_delays_nothing_after_it_and_is_measured (void)
{
  Probe probe = { .stall_at = 5, .stall_us = 250000 };
  SimRunResult result;
  run_for (&probe, 2, &result);
  g_assert_cmpuint (result.n_sent, ==, 20);
  g_assert_cmpint (probe.sent_us[19] - probe.sent_us[0], ==, 1900000);
  g_assert_cmpuint (fw_hist_quantile (&result.lateness_us, 1.0), >=, 250000 * 63 / 64);
  g_assert_cmpuint (fw_hist_quantile (&result.lateness_us, 0.5), ==, 0);
}

static void
test_a_full_queue_is_waited_for_and_loses_nothing (void)
{
  Probe probe = { .stall_at = G_MAXUINT, .n_refusals = 30 };
  SimRunResult result;
  run_for (&probe, 1, &result);
  g_assert_cmpuint (result.n_sent, ==, 10);
  g_assert_cmpuint (fw_hist_quantile (&result.lateness_us, 1.0), >=, 29000);
}

static void
test_a_signal_stops_it_between_two_events (void)
{
  Probe probe = { .stall_at = G_MAXUINT, .stop_after = 7 };
  SimRunResult result;
  run_for (&probe, 1000000, &result);
  g_assert_cmpuint (result.n_sent, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/run/events-leave-when-they-are-due", test_events_leave_when_they_are_due);
  g_test_add_func ("/sim/run/a-stall-delays-nothing-after-it-and-is-measured",
                   test_a_stall_delays_nothing_after_it_and_is_measured);
  g_test_add_func ("/sim/run/a-full-queue-is-waited-for-and-loses-nothing",
                   test_a_full_queue_is_waited_for_and_loses_nothing);
  g_test_add_func ("/sim/run/a-signal-stops-it-between-two-events",
                   test_a_signal_stops_it_between_two_events);
  return g_test_run ();
}
