/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-buckets: a token bucket for each of many keys, in a table that never grows.
 * Promises: constant time and memory; a key that is forgotten begins anew with a full bucket; of the keys that share a place
 *   the one with the fullest bucket is forgotten first, which is the one that loses least by it.
 * Does not: keep keys, only a keyed hash of 64 bits, so that nobody can choose which others he shares a place with.
 * Pure. Threads: one owner. */
typedef struct IngestBuckets IngestBuckets;
typedef struct { double per_s, burst; } IngestPace; /* what flows in; what fits */

/* n_keys: rounded up to a power of two, at least 4. seed: 16 random bytes. */
IngestBuckets *ingest_buckets_new (guint n_keys, const IngestPace *pace, const guint8 *seed);
void           ingest_buckets_free (IngestBuckets *buckets);
/* FALSE: there is less than one in the bucket, and nothing is taken. */
gboolean       ingest_buckets_take (IngestBuckets *buckets, gconstpointer key, gsize len, gint64 now_ms);
/* Whether take would be TRUE. */
gboolean       ingest_buckets_has (IngestBuckets *buckets, gconstpointer key, gsize len, gint64 now_ms);
/* Undoes a take. */
void           ingest_buckets_give_back (IngestBuckets *buckets, gconstpointer key, gsize len, gint64 now_ms);
guint64        ingest_buckets_n_forgotten (const IngestBuckets *buckets); /* before their bucket was full again */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestBuckets, ingest_buckets_free)
