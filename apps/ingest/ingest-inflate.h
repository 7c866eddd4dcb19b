/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-inflate: a compressed body, unpacked piece by piece: gzip (several members too), and deflate with or without
 * zlib's wrapping, since clients disagree on it. Promises: stops at a bomb: so many bytes out in all, or so many for each
 * byte in. The home of zlib. Pure. Threads: one owner. */
typedef struct IngestInflate IngestInflate;
typedef enum { INGEST_INFLATE_OK, INGEST_INFLATE_BROKEN, INGEST_INFLATE_BOMB } IngestInflateResult;
typedef struct { guint64 out_max_bytes; guint ratio_max; } IngestInflateLimits; /* the ratio counts from 64 kB out on */

gboolean       ingest_inflate_knows (const char *encoding); /* of Content-Encoding, whatever its case */
IngestInflate *ingest_inflate_new (const char *encoding, const IngestInflateLimits *limits);
void           ingest_inflate_free (IngestInflate *inflate);
/* Unpacks at most room bytes. Call again while it took less than len or filled room. */
IngestInflateResult ingest_inflate_step (IngestInflate *inflate, const char *bytes, gsize len, gsize *ret_taken, char *out,
                                         gsize room, gsize *ret_n);
gboolean       ingest_inflate_is_whole (const IngestInflate *inflate); /* may the body end here? */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestInflate, ingest_inflate_free)
