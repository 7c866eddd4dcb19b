/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-rates.h"

#include "fw-password.h"
#include "fw-thread.h"
#include "fw-time.h"
#include "ingest-buckets.h"

struct IngestRates
{
  FwMutex mutex;
  IngestBuckets *buckets;
};

IngestRates *
ingest_rates_new (double per_s, guint burst, guint n_devices)
{
  const IngestPace pace = { per_s, MAX (burst, per_s) };
  guint8 seed[16] = { 0 };
  IngestRates *rates;

  if (per_s <= 0)
    return NULL;
  fw_random_fill (seed, sizeof seed, NULL); /* without it the table works as well */
  rates = g_new0 (IngestRates, 1);
  fw_mutex_init (&rates->mutex);
  rates->buckets = ingest_buckets_new (n_devices, &pace, seed);
  return rates;
}

void
ingest_rates_free (IngestRates *rates)
{
  if (!rates)
    return;
  ingest_buckets_free (rates->buckets);
  fw_mutex_clear (&rates->mutex);
  g_free (rates);
}

static gint64
now_ms (void)
{
  return fw_clock_mono_us (fw_clock_system ()) / 1000;
}

gboolean
ingest_rates_take (IngestRates *rates, const char *key, gsize len)
{
  gboolean is_within;

  if (!rates)
    return TRUE;
  fw_mutex_lock (&rates->mutex);
  is_within = ingest_buckets_take (rates->buckets, key, len, now_ms ());
  fw_mutex_unlock (&rates->mutex);
  return is_within;
}

void
ingest_rates_give_back (IngestRates *rates, const char *key, gsize len)
{
  if (!rates)
    return;
  fw_mutex_lock (&rates->mutex);
  ingest_buckets_give_back (rates->buckets, key, len, now_ms ());
  fw_mutex_unlock (&rates->mutex);
}

guint64
ingest_rates_n_forgotten (IngestRates *rates)
{
  guint64 n;

  if (!rates)
    return 0;
  fw_mutex_lock (&rates->mutex);
  n = ingest_buckets_n_forgotten (rates->buckets);
  fw_mutex_unlock (&rates->mutex);
  return n;
}
