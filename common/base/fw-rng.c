/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-rng.h"

#include <math.h>

#define PHILOX_MULTIPLIER G_GUINT64_CONSTANT (0xD2B74407B1CE6E93)
#define PHILOX_KEY_STEP G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)
#define N_ROUNDS 10
#define LN_2 0.69314718055994530942
#define TWO_PI 6.28318530717958647693

__extension__ typedef unsigned __int128 Wide;

typedef struct
{
  guint64 a, b;
} Pair;

static Pair
philox (guint64 key, Pair counter)
{
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      Wide product = (Wide) counter.a * PHILOX_MULTIPLIER;
      counter.a = (guint64) (product >> 64) ^ key ^ counter.b;
      counter.b = (guint64) product;
      key += PHILOX_KEY_STEP;
    }
  return counter;
}

static double
unit_of_bits (guint64 bits)
{
  return (double) (bits >> 11) * 0x1p-53;
}

/* The C library's log and cos differ in the last bit between processors; these use only the four
 * operations and so do not. Both are good to 1e-15, more than noise needs. */
static double
same_ln (double x)
{
  int exponent;
  double mantissa = frexp (x, &exponent);

  if (mantissa < M_SQRT1_2)
    {
      mantissa *= 2;
      exponent--;
    }
  double t = (mantissa - 1) / (mantissa + 1);
  double t2 = t * t, power = t, sum = 0;
  for (int k = 1; k <= 23; k += 2, power *= t2)
    sum += power / k;
  return 2 * sum + exponent * LN_2;
}

/* Taylor around 0 for |x| <= pi / 4: the cosine from term 1, the sine from term x. */
static double
taylor (double term, double x2, int first)
{
  double sum = term;

  for (int k = first; k <= first + 18; k += 2)
    {
      term *= -x2 / (k * (k + 1));
      sum += term;
    }
  return sum;
}

/* cos (2 pi u), 0 <= u < 1. */
static double
same_cos_turn (double u)
{
  int eighth = (int) (u * 8);
  int quarter = ((eighth + 1) / 2) % 4;
  double x = (u - ((eighth + 1) / 2) * 0.25) * TWO_PI;

  switch (quarter)
    {
    case 0:
      return taylor (1, x * x, 1);
    case 1:
      return -taylor (x, x * x, 2);
    case 2:
      return -taylor (1, x * x, 1);
    default:
      return taylor (x, x * x, 2);
    }
}

guint64
fw_rng_u64 (guint64 seed, guint64 stream, guint64 counter)
{
  return philox (seed, (Pair){ counter, stream }).a;
}

double
fw_rng_unit (guint64 seed, guint64 stream, guint64 counter)
{
  return unit_of_bits (fw_rng_u64 (seed, stream, counter));
}

double
fw_rng_normal (guint64 seed, guint64 stream, guint64 counter)
{
  Pair bits = philox (seed, (Pair){ counter, stream });
  double not_zero = 1 - unit_of_bits (bits.a);

  return sqrt (-2 * same_ln (not_zero)) * same_cos_turn (unit_of_bits (bits.b));
}
