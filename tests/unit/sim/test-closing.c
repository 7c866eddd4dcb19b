/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-closing.h"

static SimRunResult result;

static SimClosing
closing_with_lateness (guint64 late_us)
{
  fw_hist_clear (&result.lateness_us);
  result.n_sent = 1000;
  fw_hist_record (&result.lateness_us, 100, 980);
  fw_hist_record (&result.lateness_us, late_us, 20);
  return (SimClosing){ "r1", 300, { 999, 1, 0 }, &result, 0.5 };
}

static void
test_json_has_what_the_demo_counts_by (void)
{
  SimClosing closing = closing_with_lateness (2000);
  g_autofree char *json = sim_closing_json (&closing);
  g_assert_cmpstr (json, ==,
                   "{\"run\":\"r1\",\"produced\":999,\"failed\":1,\"devices\":300,\"lateness_ms\":{"
                   "\"p50\":0.1,\"p99\":2,\"max\":2},"
                   "\"events_per_cpu_s\":2000}");
}

static void
test_only_a_late_simulator_warns (void)
{
  SimClosing good = closing_with_lateness (2000);
  g_assert_null (sim_closing_warning (&good));
  SimClosing bad = closing_with_lateness (400000);
  g_autofree char *warning = sim_closing_warning (&bad);
  g_assert_nonnull (strstr (warning, "400 ms"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/closing/json-has-what-the-demo-counts-by",
                   test_json_has_what_the_demo_counts_by);
  g_test_add_func ("/sim/closing/only-a-late-simulator-warns", test_only_a_late_simulator_warns);
  return g_test_run ();
}
