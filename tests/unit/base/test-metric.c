/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-metric.h"

#include <math.h>
#include <string.h>

#include "fw-thread.h"

enum
{
  SENT,
  REJECTED,
  LAG,
  HOP
};

static const char *const reasons[] = { "too_long", "bad_json", NULL };
static const char *const hops[] = { "kafka", "relay", NULL };
static const FwMetricRow rows[] = {
  { "fleetwire_test_sent_total", FW_METRIC_COUNTER, NULL, NULL, "Frames sent" },
  { "fleetwire_test_rejected_total", FW_METRIC_COUNTER, "reason", reasons,
    "Refused \\ by\nreason" },
  { "fleetwire_test_lag_seconds", FW_METRIC_GAUGE, NULL, NULL, "Lag" },
  { "fleetwire_hop_latency_seconds", FW_METRIC_HISTOGRAM, "hop", hops, "Time per hop" },
  { 0 },
};

static const char golden[] = "# HELP fleetwire_test_sent_total Frames sent\n"
                             "# TYPE fleetwire_test_sent_total counter\n"
                             "fleetwire_test_sent_total 18446744073709551615\n"
                             "# HELP fleetwire_test_rejected_total Refused \\\\ by\\nreason\n"
                             "# TYPE fleetwire_test_rejected_total counter\n"
                             "fleetwire_test_rejected_total{reason=\"too_long\"} 0\n"
                             "fleetwire_test_rejected_total{reason=\"bad_json\"} 3\n"
                             "# HELP fleetwire_test_lag_seconds Lag\n"
                             "# TYPE fleetwire_test_lag_seconds gauge\n"
                             "fleetwire_test_lag_seconds 0.1\n"
                             "# HELP fleetwire_hop_latency_seconds Time per hop\n"
                             "# TYPE fleetwire_hop_latency_seconds histogram\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.001\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.0025\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.005\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.01\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.025\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.05\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.1\"} 1\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.25\"} 2\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"0.5\"} 2\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"1\"} 2\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"2.5\"} 2\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"5\"} 2\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"10\"} 2\n"
                             "fleetwire_hop_latency_seconds_bucket{hop=\"kafka\",le=\"+Inf\"} 3\n"
                             "fleetwire_hop_latency_seconds_sum{hop=\"kafka\"} 20.201\n"
                             "fleetwire_hop_latency_seconds_count{hop=\"kafka\"} 3\n";

static void
test_page_is_as_published (void)
{
  g_autoptr (FwMetrics) metrics = fw_metrics_new (rows);

  fw_metrics_add (metrics, SENT, 0, G_MAXUINT64);
  fw_metrics_add (metrics, REJECTED, 1, 3);
  fw_metrics_set (metrics, LAG, 0, 0.1);
  fw_metrics_observe (metrics, HOP, 0, 0.001); /* an edge belongs to its bucket */
  fw_metrics_observe (metrics, HOP, 0, 0.2);
  fw_metrics_observe (metrics, HOP, 0, 20);
  fw_metrics_observe (metrics, HOP, 0, NAN);
  g_autofree char *text = fw_metrics_text (metrics);
  g_assert_true (g_str_has_prefix (text, golden));
  g_assert_nonnull (strstr (text, "fleetwire_hop_latency_seconds_count{hop=\"relay\"} 0\n"));
  g_assert_cmpfloat (fw_metrics_value (metrics, HOP, 0), ==, 3);
  g_assert_cmpfloat (fw_metrics_value (metrics, REJECTED, 1), ==, 3);
  g_assert_cmpfloat (fw_metrics_value (metrics, LAG, 0), ==, 0.1);
}

static void
test_a_gauge_may_be_odd (void)
{
  static const struct
  {
    double value;
    const char *line;
  } cases[] = {
    { -2.5, "_seconds -2.5\n" },
    { INFINITY, "_seconds +Inf\n" },
    { NAN, "_seconds NaN\n" },
    { 1e21, "_seconds 1e+21\n" },
  };
  g_autoptr (FwMetrics) metrics = fw_metrics_new (rows);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fw_metrics_set (metrics, LAG, 0, cases[i].value);
      g_autofree char *text = fw_metrics_text (metrics);
      g_assert_nonnull (strstr (text, cases[i].line));
    }
}

#define N_ADDS 50000

static void
add_many (gpointer metrics)
{
  for (guint i = 0; i < N_ADDS; i++)
    {
      fw_metrics_add (metrics, SENT, 0, 1);
      fw_metrics_observe (metrics, HOP, 1, 0.002);
    }
}

static void
test_threads_lose_no_count (void)
{
  g_autoptr (FwMetrics) metrics = fw_metrics_new (rows);
  FwThread *a = fw_thread_start ("a", add_many, metrics, NULL);
  FwThread *b = fw_thread_start ("b", add_many, metrics, NULL);

  g_free (fw_metrics_text (metrics)); /* reading meanwhile is allowed */
  fw_thread_join (a);
  fw_thread_join (b);
  g_assert_cmpfloat (fw_metrics_value (metrics, SENT, 0), ==, 2 * N_ADDS);
  g_assert_cmpfloat (fw_metrics_value (metrics, HOP, 1), ==, 2 * N_ADDS);
}

static void
test_reference_lists_labels (void)
{
  g_autofree char *text = fw_metrics_markdown (rows);

  g_assert_nonnull (strstr (
      text,
      "| `fleetwire_hop_latency_seconds` | histogram | `hop`: kafka, relay | Time per hop |\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/metric/page-is-as-published", test_page_is_as_published);
  g_test_add_func ("/base/metric/a-gauge-may-be-odd", test_a_gauge_may_be_odd);
  g_test_add_func ("/base/metric/threads-lose-no-count", test_threads_lose_no_count);
  g_test_add_func ("/base/metric/reference-lists-labels", test_reference_lists_labels);
  return g_test_run ();
}
