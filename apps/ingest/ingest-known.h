/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-pass.h"
/* ingest-known: credentials that were verified a short while ago, so that the next time costs microseconds.
 * Promises: keeps a keyed hash (HMAC-SHA-256, the key made anew by each process) and never a secret; memory fixed by n_max,
 *   then who has not come for longest is forgotten; a pass that is over is not given. Pure. Threads: one owner. */
typedef struct IngestKnown IngestKnown;
#define INGEST_DIGEST_BYTES 32
#define INGEST_KNOWN_KEY_BYTES 32
typedef struct { guint8 bytes[INGEST_DIGEST_BYTES]; } IngestDigest;

IngestKnown *ingest_known_new (guint n_max, const guint8 *key);
void         ingest_known_free (IngestKnown *known);
/* Any thread. name NULL: a token. */
IngestDigest ingest_known_digest (const IngestKnown *known, const char *name, gsize name_len, const char *secret, gsize secret_len);
/* Transfer full, or NULL. */
FwPass      *ingest_known_find (IngestKnown *known, const IngestDigest *digest, gint64 wall_ms);
void         ingest_known_add (IngestKnown *known, const IngestDigest *digest, FwPass *pass);
guint64      ingest_known_n_forgotten (const IngestKnown *known); /* for want of room */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestKnown, ingest_known_free)
