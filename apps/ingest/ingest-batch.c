/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-batch.h"

#include <string.h>

#include "fw-json.h"

#define ERRORS_MAX_DEFAULT 100
#define INFLATED_MAX_DEFAULT_BYTES (64 * 1024 * 1024)
#define RATIO_MAX_DEFAULT 200
#define UNPACK_BYTES (16 * 1024) /* at a time */

typedef struct
{
  guint64 line;
  const char *code, *message;
} Fault;

struct IngestBatch
{
  IngestBatchLimits limits;
  IngestSubmit submit;
  gpointer user;
  IngestSplit split;
  IngestInflate *inflate; /* NULL when the body is plain */
  GString *unpacked;      /* and not yet split; NULL when the body is plain */
  gsize unpacked_at;
  IngestPiece held; /* refused as full, to be given again */
  gboolean is_held, is_ended, is_split, is_cut /* what follows is passed over */;
  GArray *faults; /* of Fault; NULL before the first */
  guint64 n_accepted, n_rejected, n_under_way, n_too_large, n_not_stored, n_ignored;
  guint status; /* that the refusals agree on; 0 before the first */
  gboolean is_bomb;
};

static const IngestRefusal too_large
    = { "too_large", "The event is larger than an event may be.", 413 };
static const IngestRefusal bad_array
    = { "not_json", "The array does not end, or something stands behind its end.", 400 };
static const IngestRefusal bad_encoding
    = { "encoding", "The body is not what its Content-Encoding says, or it ends too early.", 400 };
static const IngestRefusal bomb
    = { "encoding", "The compressed body becomes too large; what follows was not read.", 413 };
static const IngestRefusal not_stored
    = { "not_stored", "Kafka did not take the event; send it again.", 503 };
static const IngestRefusal nothing = { "empty", "There is no event in the body.", 400 };
static const IngestRefusal busy_now
    = { "busy", "Kafka is away or behind: send all of it again later; copies do no harm.", 503 };

IngestBatch *
ingest_batch_new (const IngestBatchLimits *limits, IngestLayout layout, const char *encoding,
                  IngestSubmit submit, gpointer user)
{
  IngestBatch *batch = g_new0 (IngestBatch, 1);
  IngestBatchLimits *mine = &batch->limits;

  *mine = *limits;
  if (mine->event_max_bytes == 0)
    mine->event_max_bytes = FW_JSON_MAX_BYTES;
  if (mine->errors_max == 0)
    mine->errors_max = ERRORS_MAX_DEFAULT;
  if (mine->inflate.out_max_bytes == 0)
    mine->inflate.out_max_bytes = INFLATED_MAX_DEFAULT_BYTES;
  if (mine->inflate.ratio_max == 0)
    mine->inflate.ratio_max = RATIO_MAX_DEFAULT;
  batch->submit = submit;
  batch->user = user;
  ingest_split_init (&batch->split, layout, mine->event_max_bytes);
  if (encoding != NULL)
    {
      batch->inflate = ingest_inflate_new (encoding, &mine->inflate);
      batch->unpacked = g_string_sized_new (UNPACK_BYTES);
    }
  return batch;
}

void
ingest_batch_free (IngestBatch *batch)
{
  if (batch == NULL)
    return;
  ingest_split_clear (&batch->split);
  ingest_inflate_free (batch->inflate);
  if (batch->unpacked != NULL)
    g_string_free (batch->unpacked, TRUE);
  if (batch->faults != NULL)
    g_array_unref (batch->faults);
  g_free (batch);
}

static void
reject (IngestBatch *batch, guint64 line, const IngestRefusal *why)
{
  const Fault fault = { line, why->code, why->message };
  guint status = why->status != 0 ? why->status : 400;

  batch->n_rejected++;
  batch->status = batch->status == 0 || batch->status == status ? status : 400;
  if (batch->faults == NULL)
    batch->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  if (batch->faults->len < batch->limits.errors_max)
    g_array_append_val (batch->faults, fault);
}

/* Why nothing more is read stands in the list, however full it is. */
static void
cut (IngestBatch *batch, const IngestRefusal *why)
{
  batch->is_cut = TRUE;
  reject (batch, batch->split.line, why);
  g_array_index (batch->faults, Fault, batch->faults->len - 1)
      = (Fault){ batch->split.line, why->code, why->message };
}

/* FALSE: full; the piece is held. */
static gboolean
offer (IngestBatch *batch, IngestPiece *piece)
{
  IngestRefusal why = { 0 };

  switch (batch->submit (batch->user, piece->text, piece->len, piece->line, &why))
    {
    case INGEST_TAKEN:
      batch->n_under_way++;
      return TRUE;
    case INGEST_REFUSED:
      reject (batch, piece->line, &why);
      return TRUE;
    case INGEST_IGNORED:
      batch->n_ignored++;
      return TRUE;
    default:
      ingest_split_hold (&batch->split, piece);
      batch->held = *piece;
      batch->is_held = TRUE;
      return FALSE;
    }
}

/* What the splitter found. FALSE: go no further. */
static gboolean
handle (IngestBatch *batch, IngestSplitStep step, IngestPiece *piece)
{
  switch (step)
    {
    case INGEST_SPLIT_EVENT:
      return offer (batch, piece);
    case INGEST_SPLIT_TOO_LARGE:
      batch->n_too_large++;
      reject (batch, piece->line, &too_large);
      return TRUE;
    case INGEST_SPLIT_BROKEN:
      cut (batch, &bad_array);
      return FALSE;
    default:
      return FALSE;
    }
}

static gsize
split (IngestBatch *batch, const char *bytes, gsize len)
{
  gsize at = 0;
  IngestPiece piece;

  while (!batch->is_cut
         && handle (batch, ingest_split_next (&batch->split, bytes, len, &at, &piece), &piece))
    ;
  return batch->is_cut ? len : at;
}

static void
split_unpacked (IngestBatch *batch)
{
  GString *unpacked = batch->unpacked;

  batch->unpacked_at
      += split (batch, unpacked->str + batch->unpacked_at, unpacked->len - batch->unpacked_at);
}

static gsize
unpack (IngestBatch *batch, const char *bytes, gsize len)
{
  gsize at = 0, taken, n;

  do
    {
      IngestInflateResult result;

      g_string_set_size (batch->unpacked, UNPACK_BYTES);
      result = ingest_inflate_step (batch->inflate, bytes + at, len - at, &taken,
                                    batch->unpacked->str, UNPACK_BYTES, &n);
      g_string_truncate (batch->unpacked, n);
      batch->unpacked_at = 0;
      at += taken;
      split_unpacked (batch);
      batch->is_bomb = batch->is_bomb || result == INGEST_INFLATE_BOMB;
      if (result != INGEST_INFLATE_OK && !batch->is_cut)
        cut (batch, result == INGEST_INFLATE_BOMB ? &bomb : &bad_encoding);
    }
  while (!batch->is_cut && !batch->is_held && (at < len || n == UNPACK_BYTES));
  return batch->is_cut ? len : at;
}

gsize
ingest_batch_take (IngestBatch *batch, const char *bytes, gsize len)
{
  if (batch->is_cut)
    return len;
  if (batch->is_held)
    return 0;
  return batch->inflate != NULL ? unpack (batch, bytes, len) : split (batch, bytes, len);
}

static void
finish (IngestBatch *batch)
{
  IngestSplitStep step = INGEST_SPLIT_MORE;
  IngestPiece piece;

  if (batch->inflate != NULL && !batch->is_cut && !ingest_inflate_is_whole (batch->inflate))
    cut (batch, &bad_encoding);
  while (!batch->is_cut && !batch->is_held && step != INGEST_SPLIT_END)
    handle (batch, step = ingest_split_end (&batch->split, &piece), &piece);
  batch->is_split = batch->is_cut || step == INGEST_SPLIT_END;
  if (batch->is_split && batch->n_rejected == 0 && batch->n_accepted == 0 && batch->n_under_way == 0
      && batch->n_ignored == 0)
    reject (batch, 1, &nothing);
}

void
ingest_batch_end (IngestBatch *batch)
{
  batch->is_ended = TRUE;
  if (!batch->is_held)
    finish (batch);
}

void
ingest_batch_go_on (IngestBatch *batch)
{
  if (!batch->is_held)
    return;
  batch->is_held = FALSE;
  if (!offer (batch, &batch->held))
    return;
  if (batch->inflate != NULL)
    split_unpacked (batch);
  if (batch->inflate != NULL && !batch->is_held && !batch->is_cut)
    unpack (batch, "", 0); /* what zlib still has inside */
  if (batch->is_ended && !batch->is_held)
    finish (batch);
}

gboolean
ingest_batch_is_full (const IngestBatch *batch)
{
  return batch->is_held;
}

void
ingest_batch_stored (IngestBatch *batch, guint64 line, gboolean ok)
{
  batch->n_under_way--;
  if (ok)
    batch->n_accepted++;
  else
    {
      batch->n_not_stored++;
      reject (batch, line, &not_stored);
    }
}

gboolean
ingest_batch_is_complete (const IngestBatch *batch)
{
  return batch->is_split && batch->n_under_way == 0;
}

static void
put_fault (GString *out, const Fault *fault, gboolean is_first)
{
  g_string_append (out, is_first ? "{\"line\":" : ",{\"line\":");
  fw_json_put_int (out, (gint64) fault->line);
  g_string_append (out, ",\"code\":");
  fw_json_put_string (out, fault->code, strlen (fault->code));
  g_string_append (out, ",\"message\":");
  fw_json_put_string (out, fault->message, strlen (fault->message));
  g_string_append_c (out, '}');
}

guint
ingest_batch_answer (const IngestBatch *batch, gboolean busy, GString *out)
{
  const Fault last
      = { batch->is_held ? batch->held.line : batch->split.line, busy_now.code, busy_now.message };
  guint n = batch->faults != NULL ? batch->faults->len : 0;

  g_string_append (out, "{\"accepted\":");
  fw_json_put_int (out, (gint64) batch->n_accepted);
  g_string_append (out, ",\"rejected\":");
  fw_json_put_int (out, (gint64) batch->n_rejected);
  g_string_append (out, ",\"errors\":[");
  for (guint i = 0; i < n; i++)
    put_fault (out, &g_array_index (batch->faults, Fault, i), i == 0);
  if (busy)
    put_fault (out, &last, n == 0);
  g_string_append (out, "]}\n");
  if (busy)
    return 503;
  return batch->n_accepted > 0 || batch->n_rejected == 0 ? 202 : batch->status;
}

IngestBatchCounts
ingest_batch_counts (const IngestBatch *batch)
{
  return (IngestBatchCounts){
    .n_accepted = batch->n_accepted,
    .n_rejected = batch->n_rejected,
    .n_under_way = batch->n_under_way,
    .n_not_stored = batch->n_not_stored,
    .n_too_large = batch->n_too_large,
    .is_bomb = batch->is_bomb,
    .is_broken = batch->is_cut && !batch->is_bomb,
  };
}
