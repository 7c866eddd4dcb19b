/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ingest-inflate.h"
#include "ingest-room.h"
#include "ingest-split.h"
#include "ingest-verdict.h"
/* ingest-batch: the events of one request, from its body's bytes to its answer:
 *   {"accepted":2,"rejected":1,"errors":[{"line":3,"code":"not_json","message":"..."}]}
 * accepted: events that Kafka has. rejected: all the others that were seen; at most errors_max of them stand in errors,
 * why nothing more was read always.
 * Status: 202 when any was accepted; else what the refusals agree on, or 400.
 * Pure. Threads: one owner. */
typedef struct IngestBatch IngestBatch;
typedef struct { const char *code, *message; guint status; } IngestRefusal; /* static; status 0 = 400 */
/* bytes: one event as it came. line comes back in ingest_batch_stored when it was TAKEN. */
typedef IngestVerdict (*IngestSubmit) (gpointer user, const char *bytes, gsize len, guint64 line, IngestRefusal *ret_refusal);

typedef struct
{
  gsize event_max_bytes;     /* 0 = 1 MiB */
  guint errors_max;          /* 0 = 100 */
  IngestInflateLimits inflate; /* 0 = 64 MiB, 200 to 1 */
  IngestRoom *room;            /* of all bodies together; borrowed; NULL = no bound */
} IngestBatchLimits;

typedef struct
{
  guint64  n_accepted, n_rejected, n_under_way;
  guint64  n_too_large, n_not_stored; /* of the rejected: too long to be offered; Kafka did not take them */
  gboolean is_bomb, is_broken, is_crowded; /* why nothing more was read */
} IngestBatchCounts;

/* encoding: of Content-Encoding, one that ingest_inflate_knows, or NULL. */
IngestBatch *ingest_batch_new (const IngestBatchLimits *limits, IngestLayout layout, const char *encoding, IngestSubmit submit, gpointer user);
void         ingest_batch_free (IngestBatch *batch);
/* Returns how many bytes it used: fewer than len when it is full. What is left then comes again after ingest_batch_go_on. */
gsize        ingest_batch_take (IngestBatch *batch, const char *bytes, gsize len);
void         ingest_batch_end (IngestBatch *batch);   /* the body is over */
void         ingest_batch_go_on (IngestBatch *batch); /* there may be room again */
gboolean     ingest_batch_is_full (const IngestBatch *batch);
/* It is full only so that others have their turn: much came out of few compressed bytes. Go on as soon as they had. */
gboolean     ingest_batch_is_resting (const IngestBatch *batch);
void         ingest_batch_stored (IngestBatch *batch, guint64 line, gboolean ok); /* Kafka has it, or never will */
gboolean     ingest_batch_is_complete (const IngestBatch *batch); /* ended, and every event's fate is known */
/* The answer as it stands: appends to out, returns the status. With busy, what has no answer yet is to be sent again: 503. */
guint        ingest_batch_answer (const IngestBatch *batch, gboolean busy, GString *out);
IngestBatchCounts ingest_batch_counts (const IngestBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestBatch, ingest_batch_free)
