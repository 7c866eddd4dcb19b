/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-hash: for tables whose keys somebody else chooses. g_str_hash's collisions can be written down: a form of 840 kB
 * made of them kept a thread busy for two seconds.
 * Promises: SipHash-1-3 under a key that this process draws for itself, so that nobody knows what collides.
 * Threads: any. */
typedef struct { guint64 k0, k1; } FwHashKey;

guint64 fw_hash_bytes (const FwHashKey *key, const void *bytes, gsize len);
guint   fw_hash_text (gconstpointer text); /* for g_hash_table_new, with g_str_equal */
