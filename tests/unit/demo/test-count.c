/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-count.h"

static void
deliver (DemoCount *count, gint64 offset, const char *run, const char *device, gint64 seq,
         gint64 late_ms)
{
  DemoRecord record = {
    .partition = 3, .offset = offset, .run = run, .device = device, .seq = seq, .ts_ms = 1000
  };
  demo_count_record (count, &record, 1000 + late_ms);
}

static void
test_each_once (void)
{
  g_autoptr (DemoCount) count = demo_count_new ("me");
  for (gint64 i = 0; i < 100; i++)
    deliver (count, i, "me", i % 2 ? "default/a" : "default/b", i / 2, i);
  const DemoTotals *totals = demo_count_totals (count);
  g_assert_cmpuint (totals->n_delivered, ==, 100);
  g_assert_cmpuint (totals->n_duplicated + totals->n_foreign, ==, 0);
  g_assert_cmpuint (totals->latency_ms.count, ==, 100);
  g_assert_cmpuint (fw_hist_quantile (&totals->latency_ms, 0.5), ==, 49);
}

static void
test_delivered_again_is_a_duplicate (void)
{
  g_autoptr (DemoCount) count = demo_count_new ("me");
  deliver (count, 7, "me", "default/a", 0, 0);
  deliver (count, 7, "me", "default/a", 0, 0);
  g_assert_cmpuint (demo_count_totals (count)->n_delivered, ==, 1);
  g_assert_cmpuint (demo_count_totals (count)->n_duplicated, ==, 1);
}

static void
test_twice_in_kafka_is_a_duplicate (void)
{
  g_autoptr (DemoCount) count = demo_count_new ("me");
  deliver (count, 7, "me", "default/a", 5, 0);
  deliver (count, 8, "me", "default/a", 5, 0);
  deliver (count, 9, "me", "default/b", 5, 0);
  g_assert_cmpuint (demo_count_totals (count)->n_delivered, ==, 2);
  g_assert_cmpuint (demo_count_totals (count)->n_duplicated, ==, 1);
}

static void
test_other_runs_are_foreign (void)
{
  g_autoptr (DemoCount) count = demo_count_new ("me");
  deliver (count, 0, NULL, "default/a", 1, 0);
  deliver (count, 1, "you", "default/a", 1, 0);
  deliver (count, 2, "me", "default/a", 1, 0);
  g_assert_cmpuint (demo_count_totals (count)->n_foreign, ==, 2);
  g_assert_cmpuint (demo_count_totals (count)->n_delivered, ==, 1);
  g_assert_cmpuint (demo_count_totals (count)->latency_ms.count, ==, 1);
}

static void
test_rows_count_once_per_event_of_ours (void)
{
  g_autoptr (DemoCount) count = demo_count_new ("me");
  demo_count_row (count, "default/a", 1000, 1400);
  deliver (count, 0, "me", "default/a", 1, 0);
  demo_count_row (count, "default/a", 1000, 1400);
  demo_count_row (count, "default/a", 1000, 1900);
  demo_count_row (count, "default/stranger", 1000, 1900);
  g_assert_cmpuint (demo_count_totals (count)->latency_fleet_ms.count, ==, 1);
  g_assert_cmpuint (demo_count_totals (count)->latency_fleet_ms.max, ==, 400);
}

static void
test_a_seq_beyond_the_limit_costs_no_memory (void)
{
  g_autoptr (DemoCount) count = demo_count_new ("me");
  deliver (count, 0, "me", "default/a", DEMO_SEQ_MAX, 0);
  deliver (count, 1, "me", "default/a", G_MAXINT64, 0);
  g_assert_cmpuint (demo_count_totals (count)->n_delivered, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/count/each-once", test_each_once);
  g_test_add_func ("/demo/count/delivered-again-is-a-duplicate",
                   test_delivered_again_is_a_duplicate);
  g_test_add_func ("/demo/count/twice-in-kafka-is-a-duplicate", test_twice_in_kafka_is_a_duplicate);
  g_test_add_func ("/demo/count/other-runs-are-foreign", test_other_runs_are_foreign);
  g_test_add_func ("/demo/count/rows-count-once-per-event-of-ours",
                   test_rows_count_once_per_event_of_ours);
  g_test_add_func ("/demo/count/a-seq-beyond-the-limit-costs-no-memory",
                   test_a_seq_beyond_the_limit_costs_no_memory);
  return g_test_run ();
}
