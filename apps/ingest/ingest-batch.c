/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-batch.h"

#include <string.h>

#include "fw-json.h"

#define ERRORS_MAX_DEFAULT 100
#define INFLATED_MAX_DEFAULT_BYTES (64 * 1024 * 1024)
#define RATIO_MAX_DEFAULT 200
#define UNPACK_BYTES (16 * 1024)                       /* at a time */
#define UNPACK_PER_TURN (4 * UNPACK_BYTES)             /* then others have theirs */
#define INFLATE_HOLDS_BYTES (UNPACK_BYTES + 44 * 1024) /* zlib's window and tables */
#define FULL_HOLDS_BYTES (64 * 1024) /* the server keeps what it has read and cannot give */

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
  gboolean is_held, is_resting /* held without a piece */, is_ended, is_split,
      is_cut /* what follows is passed over */;
  GArray *faults; /* of Fault; NULL before the first */
  guint64 n_accepted, n_rejected, n_under_way, n_too_large, n_not_stored, n_ignored;
  guint status; /* that the refusals agree on; 0 before the first */
  gboolean is_bomb, is_crowded;
  gsize charged;
};

static const IngestRefusal too_large
    = { "too_large", "The event is larger than an event may be.", 413 };
static const IngestRefusal bad_array
    = { "not_json", "The array does not end, or something stands behind its end.", 400 };
static const IngestRefusal bad_encoding
    = { "encoding", "The body is not what its Content-Encoding says, or it ends too early.", 400 };
static const IngestRefusal bomb
    = { "encoding", "The compressed body becomes too large; what follows was not read.", 413 };
static const IngestRefusal crowded
    = { "busy", "Too much is unfinished on all connections together: send it again later.", 503 };
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

/* No byte will come any more. */
static void
let_go (IngestBatch *batch)
{
  ingest_split_clear (&batch->split);
  g_clear_pointer (&batch->inflate, ingest_inflate_free);
  if (batch->unpacked != NULL)
    g_string_free (g_steal_pointer (&batch->unpacked), TRUE);
  ingest_room_leave (batch->limits.room, &batch->charged);
}

void
ingest_batch_free (IngestBatch *batch)
{
  if (batch == NULL)
    return;
  let_go (batch);
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
  if (batch->status != 503) /* some of it is worth another try */
    batch->status = batch->status == 0 || batch->status == status || status == 503 ? status : 400;
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
  gsize at = 0, taken, n, n_all = 0;

  do
    {
      IngestInflateResult result;

      g_string_set_size (batch->unpacked, UNPACK_BYTES);
      result = ingest_inflate_step (batch->inflate, bytes + at, len - at, &taken,
                                    batch->unpacked->str, UNPACK_BYTES, &n);
      g_string_truncate (batch->unpacked, n);
      batch->unpacked_at = 0;
      at += taken;
      n_all += n;
      split_unpacked (batch);
      batch->is_bomb = batch->is_bomb || result == INGEST_INFLATE_BOMB;
      if (result != INGEST_INFLATE_OK && !batch->is_cut)
        cut (batch, result == INGEST_INFLATE_BOMB ? &bomb : &bad_encoding);
    }
  while (!batch->is_cut && !batch->is_held && n_all < UNPACK_PER_TURN
         && (at < len || n == UNPACK_BYTES));
  if (!batch->is_cut && !batch->is_held && (at < len || n == UNPACK_BYTES))
    batch->is_held = batch->is_resting = TRUE;
  return batch->is_cut ? len : at;
}

static gsize
held_bytes (const IngestBatch *batch)
{
  return ingest_split_held (&batch->split) + (batch->inflate != NULL ? INFLATE_HOLDS_BYTES : 0)
         + (batch->is_held ? FULL_HOLDS_BYTES : 0);
}

static void
stay_in_the_room (IngestBatch *batch)
{
  if (batch->is_cut || ingest_room_hold (batch->limits.room, &batch->charged, held_bytes (batch)))
    return;
  batch->is_crowded = batch->is_split = TRUE; /* the rest is not waited for */
  batch->is_held = batch->is_resting = FALSE;
  cut (batch, &crowded);
  let_go (batch);
}

gsize
ingest_batch_take (IngestBatch *batch, const char *bytes, gsize len)
{
  gsize n;

  if (batch->is_cut)
    return len;
  if (batch->is_held)
    return 0;
  n = batch->inflate != NULL ? unpack (batch, bytes, len) : split (batch, bytes, len);
  stay_in_the_room (batch);
  return batch->is_cut ? len : n;
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
  if (batch->is_split)
    let_go (batch);
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
  if (!batch->is_resting && !offer (batch, &batch->held))
    return;
  batch->is_resting = FALSE;
  if (batch->inflate != NULL)
    split_unpacked (batch);
  if (batch->inflate != NULL && !batch->is_held && !batch->is_cut)
    unpack (batch, "", 0); /* what zlib still has inside */
  stay_in_the_room (batch);
  if (batch->is_ended && !batch->is_held)
    finish (batch);
}

gboolean
ingest_batch_is_full (const IngestBatch *batch)
{
  return batch->is_held;
}

gboolean
ingest_batch_is_resting (const IngestBatch *batch)
{
  return batch->is_resting;
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
  const Fault last = { batch->is_held && !batch->is_resting ? batch->held.line : batch->split.line,
                       busy_now.code, busy_now.message };
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
    .is_broken = batch->is_cut && !batch->is_bomb && !batch->is_crowded,
    .is_crowded = batch->is_crowded,
  };
}
