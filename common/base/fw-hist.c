/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-hist.h"

#include <math.h>
#include <string.h>

#define VALUE_MAX (G_GUINT64_CONSTANT (1) << 40)
#define N_SUB (1u << FW_HIST_SUB_BITS)

/* Values below 128 have a bucket each; above, every power of two is cut into 64:
 *   value = 1ssssss.rest   index = exponent * 64 + 1ssssss   (exponent = bits of rest) */
static guint
bucket_of_value (guint64 value)
{
  if (value < N_SUB)
    return (guint) value;
  guint exponent = 63 - (guint) __builtin_clzll (value) - FW_HIST_SUB_BITS;
  return (exponent << FW_HIST_SUB_BITS) + (guint) (value >> exponent);
}

static guint64
upper_edge_of_bucket (guint bucket)
{
  if (bucket < 2 * N_SUB)
    return bucket;
  guint exponent = (bucket >> FW_HIST_SUB_BITS) - 1;
  guint64 sub = bucket - (exponent << FW_HIST_SUB_BITS);
  return ((sub + 1) << exponent) - 1;
}

static guint64
saturating_add (guint64 a, guint64 b)
{
  guint64 sum;
  return __builtin_add_overflow (a, b, &sum) ? G_MAXUINT64 : sum;
}

static guint64
saturating_mul (guint64 a, guint64 b)
{
  guint64 product;
  return __builtin_mul_overflow (a, b, &product) ? G_MAXUINT64 : product;
}

void
fw_hist_clear (FwHist *hist)
{
  memset (hist, 0, sizeof *hist);
}

void
fw_hist_record (FwHist *hist, guint64 value, guint64 n)
{
  if (n == 0)
    return;
  value = MIN (value, VALUE_MAX);
  hist->min = hist->count == 0 ? value : MIN (hist->min, value);
  hist->max = MAX (hist->max, value);
  hist->count += n;
  hist->sum = saturating_add (hist->sum, saturating_mul (value, n));
  hist->buckets[bucket_of_value (value)] += n;
}

void
fw_hist_merge (FwHist *into, const FwHist *from)
{
  if (from->count == 0)
    return;
  into->min = into->count == 0 ? from->min : MIN (into->min, from->min);
  into->max = MAX (into->max, from->max);
  into->count += from->count;
  into->sum = saturating_add (into->sum, from->sum);
  for (guint i = 0; i < FW_HIST_N_BUCKETS; i++)
    into->buckets[i] += from->buckets[i];
}

guint64
fw_hist_quantile (const FwHist *hist, double quantile)
{
  if (hist->count == 0)
    return 0;
  double wanted = ceil (CLAMP (quantile, 0.0, 1.0) * (double) hist->count);
  guint64 rank = MAX ((guint64) wanted, 1);
  guint64 n_seen = 0;

  for (guint i = 0; i < FW_HIST_N_BUCKETS; i++)
    {
      n_seen += hist->buckets[i];
      if (n_seen >= rank)
        return MIN (upper_edge_of_bucket (i), hist->max);
    }
  return hist->max;
}

double
fw_hist_mean (const FwHist *hist)
{
  return hist->count == 0 ? 0.0 : (double) hist->sum / (double) hist->count;
}
