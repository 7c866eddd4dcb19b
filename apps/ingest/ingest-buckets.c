/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-buckets.h"

#include <string.h>

#define WAYS 4 /* places that a key may have */

typedef struct
{
  guint64 key; /* 0 = free */
  gint64 at_ms;
  double level; /* at at_ms */
} Bucket;

struct IngestBuckets
{
  IngestPace pace;
  guint64 seed[2];
  guint mask; /* of sets */
  guint64 n_forgotten;
  Bucket *all;
};

/* SipHash-2-4: short, keyed, and made for this. */
#define ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))
#define ROUND(v)                                                                    \
  G_STMT_START                                                                      \
  {                                                                                 \
    v[0] += v[1], v[1] = ROTATE (v[1], 13), v[1] ^= v[0], v[0] = ROTATE (v[0], 32); \
    v[2] += v[3], v[3] = ROTATE (v[3], 16), v[3] ^= v[2];                           \
    v[0] += v[3], v[3] = ROTATE (v[3], 21), v[3] ^= v[0];                           \
    v[2] += v[1], v[1] = ROTATE (v[1], 17), v[1] ^= v[2], v[2] = ROTATE (v[2], 32); \
  }                                                                                 \
  G_STMT_END

static guint64
hash (const guint64 *seed, const guint8 *bytes, gsize len)
{
  guint64 v[4] = { seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
                   seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573 };
  guint64 word;

  for (gsize at = 0; at <= len; at += 8)
    {
      gboolean is_last = len - at < 8;

      word = is_last ? GUINT64_TO_LE ((guint64) len << 56) : 0;
      memcpy (&word, bytes + at, is_last ? len - at : 8);
      word = GUINT64_FROM_LE (word);
      v[3] ^= word;
      ROUND (v);
      ROUND (v);
      v[0] ^= word;
    }
  v[2] ^= 0xff;
  for (guint i = 0; i < 4; i++)
    ROUND (v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

IngestBuckets *
ingest_buckets_new (guint n_keys, const IngestPace *pace, const guint8 *seed)
{
  IngestBuckets *buckets = g_new0 (IngestBuckets, 1);
  guint n_sets = 1;

  while (n_sets * WAYS < n_keys)
    n_sets *= 2;
  buckets->pace = *pace;
  buckets->mask = n_sets - 1;
  buckets->all = g_new0 (Bucket, n_sets * WAYS);
  memcpy (buckets->seed, seed, sizeof buckets->seed);
  return buckets;
}

void
ingest_buckets_free (IngestBuckets *buckets)
{
  if (!buckets)
    return;
  g_free (buckets->all);
  g_free (buckets);
}

static double
level_now (const IngestBuckets *buckets, const Bucket *bucket, gint64 now_ms)
{
  double level
      = bucket->level + buckets->pace.per_s * (double) MAX (now_ms - bucket->at_ms, 0) / 1000;

  return bucket->key == 0 ? buckets->pace.burst : MIN (level, buckets->pace.burst);
}

/* The key's bucket with its level as of now. */
static Bucket *
find (IngestBuckets *buckets, gconstpointer bytes, gsize len, gint64 now_ms)
{
  guint64 key = hash (buckets->seed, bytes, len) | 1;
  Bucket *set = &buckets->all[(key >> 32 & buckets->mask) * WAYS], *fullest = set;

  for (Bucket *at = set; at < set + WAYS; at++)
    {
      at->level = level_now (buckets, at, now_ms);
      at->at_ms = now_ms;
      if (at->key == key)
        return at;
      if (at->level > fullest->level)
        fullest = at;
    }
  buckets->n_forgotten += fullest->level < buckets->pace.burst;
  *fullest = (Bucket){ key, now_ms, buckets->pace.burst };
  return fullest;
}

gboolean
ingest_buckets_has (IngestBuckets *buckets, gconstpointer key, gsize len, gint64 now_ms)
{
  return find (buckets, key, len, now_ms)->level >= 1;
}

gboolean
ingest_buckets_take (IngestBuckets *buckets, gconstpointer key, gsize len, gint64 now_ms)
{
  Bucket *bucket = find (buckets, key, len, now_ms);

  if (bucket->level < 1)
    return FALSE;
  bucket->level -= 1;
  return TRUE;
}

void
ingest_buckets_give_back (IngestBuckets *buckets, gconstpointer key, gsize len, gint64 now_ms)
{
  Bucket *bucket = find (buckets, key, len, now_ms);

  bucket->level = MIN (bucket->level + 1, buckets->pace.burst);
}

guint64
ingest_buckets_n_forgotten (const IngestBuckets *buckets)
{
  return buckets->n_forgotten;
}
