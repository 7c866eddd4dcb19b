/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-report.h"

static void
test_reads_the_closing_line (void)
{
  DemoProduced produced = { 0 };
  g_assert_true (demo_produced_read (
      "{\"run\":\"ab\",\"produced\":12,\"failed\":1,\"lateness_ms\":{\"p99\":3}}", &produced));
  g_assert_cmpstr (produced.run, ==, "ab");
  g_assert_cmpuint (produced.n_produced, ==, 12);
  g_assert_cmpuint (produced.n_failed, ==, 1);
  demo_produced_clear (&produced);
}

static void
test_refuses_other_lines (void)
{
  static const char *const lines[]
      = { "", "hello", "{\"run\":\"x\"}", "{\"produced\":-1}", "{\"produced\":\"3\"}", "[1]" };
  DemoProduced produced = { 0 };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_false (demo_produced_read (lines[i], &produced));
  g_assert_null (produced.run);
}

static void
test_says_what_was_counted (void)
{
  DemoProduced produced = { (char *) "r", 10, 0 };
  g_autofree DemoTotals *totals = g_new0 (DemoTotals, 1);
  fw_hist_clear (&totals->latency_ms);
  fw_hist_clear (&totals->latency_fleet_ms);
  totals->n_delivered = 9;
  totals->n_duplicated = 2;
  totals->n_foreign = 3;
  fw_hist_record (&totals->latency_ms, 20, 9);
  g_autofree char *json = demo_report_json (&produced, totals, "kafka");
  g_assert_cmpstr (json, ==,
                   "{\"run\":\"r\",\"broker\":\"kafka\",\"produced\":10,\"failed\":0,\"delivered\":"
                   "9,\"lost\":1,\"duplicated\":2,"
                   "\"foreign\":3,\"latency_ms\":{\"p50\":20,\"p99\":20},\"latency_fleet_ms\":{"
                   "\"p50\":null,\"p99\":null}}");
}

/* An acknowledgement that was lost: Kafka has the record all the same. */
static void
test_more_delivered_than_acknowledged_is_no_loss (void)
{
  DemoProduced produced = { NULL, 10, 1 };
  g_autofree DemoTotals *totals = g_new0 (DemoTotals, 1);
  totals->n_delivered = 11;
  g_assert_cmpuint (demo_report_n_lost (&produced, totals), ==, 0);
}

static void
test_a_delay_needs_something_that_came (void)
{
  DemoProduced produced = { NULL, 0, 0 };
  g_autofree DemoTotals *totals = g_new0 (DemoTotals, 1);
  g_autofree char *nothing = demo_report_sentence (&produced, totals);
  g_assert_cmpstr (nothing, ==, "0 events produced, 0 delivered, 0 lost, 0 twice");
  produced.n_produced = totals->n_delivered = 9;
  fw_hist_record (&totals->latency_ms, 20, 9);
  g_autofree char *sentence = demo_report_sentence (&produced, totals);
  g_assert_cmpstr (
      sentence, ==,
      "9 events produced, 9 delivered, 0 lost, 0 twice; half within 20 ms, 99 % within "
      "20 ms");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/report/reads-the-closing-line", test_reads_the_closing_line);
  g_test_add_func ("/demo/report/refuses-other-lines", test_refuses_other_lines);
  g_test_add_func ("/demo/report/says-what-was-counted", test_says_what_was_counted);
  g_test_add_func ("/demo/report/more-delivered-than-acknowledged",
                   test_more_delivered_than_acknowledged_is_no_loss);
  g_test_add_func ("/demo/report/a-delay-needs-something-that-came",
                   test_a_delay_needs_something_that_came);
  return g_test_run ();
}
