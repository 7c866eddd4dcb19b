/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-rng.h"

#include <math.h>

/* The vectors that the authors of Philox publish for philox2x64-10. */
static void
test_known_answers (void)
{
  g_assert_cmphex (fw_rng_u64 (0, 0, 0), ==, 0xca00a0459843d731);
  g_assert_cmphex (fw_rng_u64 (G_MAXUINT64, G_MAXUINT64, G_MAXUINT64), ==, 0x65b021d60cd8310f);
  g_assert_cmphex (fw_rng_u64 (0xa4093822299f31d0, 0x13198a2e03707344, 0x243f6a8885a308d3), ==,
                   0x0a5e742c2997341c);
}

static void
test_unit_is_even (void)
{
  guint n_in_tenth[10] = { 0 };

  for (guint i = 0; i < 100000; i++)
    {
      double x = fw_rng_unit (7, 1, i);
      g_assert_true (x >= 0 && x < 1);
      n_in_tenth[(int) (x * 10)]++;
    }
  for (guint i = 0; i < 10; i++)
    g_assert_cmpfloat_with_epsilon (n_in_tenth[i], 10000, 400);
}

/* Moments, and the share within one, two and three deviations. */
static void
test_normal_has_its_shape (void)
{
  const guint n = 100000;
  const double share[] = { 0.6827, 0.9545, 0.9973 };
  double sum = 0, sum2 = 0, n_within[3] = { 0 };

  for (guint i = 0; i < n; i++)
    {
      double x = fw_rng_normal (11, 2, i);
      sum += x;
      sum2 += x * x;
      for (guint k = 0; k < 3; k++)
        n_within[k] += fabs (x) < k + 1;
    }
  g_assert_cmpfloat_with_epsilon (sum / n, 0, 0.01);
  g_assert_cmpfloat_with_epsilon (sum2 / n, 1, 0.015);
  for (guint k = 0; k < 3; k++)
    g_assert_cmpfloat_with_epsilon (n_within[k] / n, share[k], 0.004);
}

static double
box_muller_of_libm (guint64 seed, guint64 stream, guint64 counter, double b)
{
  return sqrt (-2 * log (1 - fw_rng_unit (seed, stream, counter))) * cos (2 * G_PI * b);
}

/* The second word of each vector, and the C library's functions, give the same number but for
 * rounding. */
static void
test_normal_is_box_muller (void)
{
  const double b0 = (double) (G_GUINT64_CONSTANT (0x66c24222c9a845b5) >> 11) * 0x1p-53;
  const double b1 = (double) (G_GUINT64_CONSTANT (0xb0f883d38000de5d) >> 11) * 0x1p-53;

  g_assert_cmpfloat_with_epsilon (fw_rng_normal (0, 0, 0), box_muller_of_libm (0, 0, 0, b0), 1e-13);
  g_assert_cmpfloat_with_epsilon (
      fw_rng_normal (0xa4093822299f31d0, 0x13198a2e03707344, 0x243f6a8885a308d3),
      box_muller_of_libm (0xa4093822299f31d0, 0x13198a2e03707344, 0x243f6a8885a308d3, b1), 1e-13);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/rng/known-answers", test_known_answers);
  g_test_add_func ("/base/rng/unit-is-even", test_unit_is_even);
  g_test_add_func ("/base/rng/normal-has-its-shape", test_normal_has_its_shape);
  g_test_add_func ("/base/rng/normal-is-box-muller", test_normal_is_box_muller);
  return g_test_run ();
}
