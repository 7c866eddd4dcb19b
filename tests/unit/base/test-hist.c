/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-hist.h"

#include <stdlib.h>

#include "fw-rng.h"

#define N_VALUES 20000

static int
compare (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;
  return x < y ? -1 : x > y;
}

/* Spread over all magnitudes up to 2^40. */
static guint64
value_at (guint i)
{
  return fw_rng_u64 (3, 0, i) >> (24 + fw_rng_u64 (3, 1, i) % 40);
}

static void
test_error_is_within_a_64th (void)
{
  static guint64 sorted[N_VALUES];
  static FwHist hist;
  const double quantiles[] = { 0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1 };

  fw_hist_clear (&hist);
  for (guint i = 0; i < N_VALUES; i++)
    {
      sorted[i] = value_at (i);
      fw_hist_record (&hist, sorted[i], 1);
    }
  qsort (sorted, N_VALUES, sizeof sorted[0], compare);
  for (guint i = 0; i < G_N_ELEMENTS (quantiles); i++)
    {
      guint rank = MAX ((guint) (quantiles[i] * N_VALUES + 0.9999), 1);
      guint64 exact = sorted[rank - 1], found = fw_hist_quantile (&hist, quantiles[i]);
      g_assert_cmpuint (found, >=, exact);
      g_assert_cmpuint (found - exact, <=, exact / 64);
    }
  g_assert_cmpuint (fw_hist_quantile (&hist, 1), ==, sorted[N_VALUES - 1]);
}

static void
test_merge_equals_recording_in_one (void)
{
  static FwHist all, a, b;

  fw_hist_clear (&all);
  fw_hist_clear (&a);
  fw_hist_clear (&b);
  for (guint i = 0; i < N_VALUES; i++)
    {
      fw_hist_record (&all, value_at (i) + 1, 1 + i % 3);
      fw_hist_record (i % 2 ? &a : &b, value_at (i) + 1, 1 + i % 3);
    }
  fw_hist_record (&all, 0, 1);
  fw_hist_record (&b, 0, 1);
  fw_hist_merge (&a, &b);
  g_assert_cmpmem (&a, sizeof a, &all, sizeof all);
}

static void
test_merge_with_nothing (void)
{
  static FwHist empty, some;

  fw_hist_clear (&empty);
  fw_hist_clear (&some);
  fw_hist_record (&some, 5, 2);
  fw_hist_merge (&some, &empty);
  fw_hist_merge (&empty, &some);
  g_assert_cmpmem (&empty, sizeof empty, &some, sizeof some);
  g_assert_cmpuint (some.min, ==, 5);
  g_assert_cmpfloat (fw_hist_mean (&some), ==, 5);
}

static void
test_edges (void)
{
  static FwHist hist;

  fw_hist_clear (&hist);
  g_assert_cmpuint (fw_hist_quantile (&hist, 0.5), ==, 0);
  g_assert_cmpfloat (fw_hist_mean (&hist), ==, 0);
  fw_hist_record (&hist, G_MAXUINT64, 1);
  g_assert_cmpuint (hist.max, ==, G_GUINT64_CONSTANT (1) << 40);
  g_assert_cmpuint (fw_hist_quantile (&hist, 0.5), ==, hist.max);
  fw_hist_record (&hist, G_MAXUINT64, G_MAXUINT64 / 2);
  g_assert_cmpuint (hist.sum, ==, G_MAXUINT64); /* stays, instead of starting over */
  fw_hist_record (&hist, 0, 0);
  g_assert_cmpuint (hist.min, ==, hist.max);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/hist/error-is-within-a-64th", test_error_is_within_a_64th);
  g_test_add_func ("/base/hist/merge-equals-recording-in-one", test_merge_equals_recording_in_one);
  g_test_add_func ("/base/hist/merge-with-nothing", test_merge_with_nothing);
  g_test_add_func ("/base/hist/edges", test_edges);
  return g_test_run ();
}
