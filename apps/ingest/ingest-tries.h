/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-tries: how often somebody may be wrong: an address under one name, and ten times that under all its names together.
 * Promises: a device with a wrong password costs its neighbours behind one address nothing; who tries many names costs them
 *   only their own first try, which they repeat. An address of IPv6 is its /64. Pure. Threads: one owner. */
typedef struct IngestTries IngestTries;
#define INGEST_TRIES_NAMES 10 /* times per_minute, under all names */

IngestTries *ingest_tries_new (guint per_minute, const guint8 *seed /* 16 random bytes */);
void         ingest_tries_free (IngestTries *tries);
/* peer: "127.0.0.1:54321", "[::1]:54321"; name may be empty. */
gboolean     ingest_tries_may (IngestTries *tries, const char *peer, const char *name, gsize name_len, gint64 now_ms);
void         ingest_tries_failed (IngestTries *tries, const char *peer, const char *name, gsize name_len, gint64 now_ms);
/* ret: what tells addresses apart; returns its length. */
#define INGEST_ADDRESS_MAX_BYTES 64
gsize        ingest_tries_address (const char *peer, guint8 *ret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestTries, ingest_tries_free)
