/* SPDX-License-Identifier: Apache-2.0 */
/* A body of events. Byte 0 says how it is read: bit 0 = NDJSON, bits 1 and 2 = plain, gzip,
 * deflate; bits 3 to 7 = how long its pieces are. The rest is the body: in pieces, and with a sink
 * that is full at every other event, it is answered as it is in one. */
#include <string.h>

#include "fuzz.h"
#include "ingest-batch.h"

#define EVENT_MAX 64
#define UNPACKED_MAX (1024 * 1024)

typedef struct
{
  GString *taken;
  guint64 n_events;
  gboolean is_full_at_times;
} Sink;

static IngestVerdict
on_event (gpointer user, const char *bytes, gsize len, guint64 line, IngestRefusal *ret_refusal)
{
  Sink *sink = user;

  FUZZ_REQUIRE (bytes != NULL && len <= EVENT_MAX && line > 0);
  if (sink->is_full_at_times && ++sink->n_events % 2 == 0)
    return INGEST_FULL;
  if (len == 0 || bytes[0] != '{')
    {
      *ret_refusal = (IngestRefusal){ "json", "no object", 400 };
      return INGEST_REFUSED;
    }
  g_string_append_printf (sink->taken, "%" G_GUINT64_FORMAT ":", line);
  g_string_append_len (sink->taken, bytes, (gssize) len);
  return INGEST_TAKEN;
}

static void
feed (IngestBatch *batch, const guint8 *bytes, gsize len, gsize piece_len)
{
  gsize at = 0;

  while (at < len)
    {
      gsize n = MIN (piece_len, len - at), used;
      /* Of the very size, so that a sanitizer sees one byte too many. */
      g_autofree char *piece = g_memdup2 (bytes + at, n);

      used = ingest_batch_take (batch, piece, n);
      FUZZ_REQUIRE (used == n || (used < n && ingest_batch_is_full (batch)));
      at += used;
      ingest_batch_go_on (batch);
    }
  ingest_batch_end (batch);
  while (ingest_batch_is_full (batch))
    ingest_batch_go_on (batch);
}

/* The answer, and what was taken. */
static GString *
read_body (guint8 way, const guint8 *bytes, gsize len, gsize piece_len, gboolean is_full_at_times)
{
  static const char *const encodings[] = { NULL, "gzip", "deflate", NULL };
  const IngestBatchLimits limits
      = { .event_max_bytes = EVENT_MAX, .inflate = { UNPACKED_MAX, 10000 } };
  GString *out = g_string_new (NULL);
  Sink sink = { .taken = out, .is_full_at_times = is_full_at_times };
  g_autoptr (IngestBatch) batch
      = ingest_batch_new (&limits, way & 1 ? INGEST_LAYOUT_LINES : INGEST_LAYOUT_ANY,
                          encodings[way >> 1 & 3], on_event, &sink);
  guint status;

  feed (batch, bytes, len, piece_len);
  while (ingest_batch_counts (batch).n_under_way > 0)
    ingest_batch_stored (batch, 1, TRUE);
  FUZZ_REQUIRE (ingest_batch_is_complete (batch));
  status = ingest_batch_answer (batch, FALSE, out);
  FUZZ_REQUIRE ((status == 202) == (ingest_batch_counts (batch).n_accepted > 0));
  FUZZ_REQUIRE (status >= 400 || ingest_batch_counts (batch).n_accepted > 0);
  return out;
}

/* How much zlib gives before it finds a stream broken depends on the pieces. */
static gboolean
is_badly_packed (const GString *answer)
{
  return strstr (answer->str, "\"code\":\"encoding\"") != NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  if (len == 0)
    return 0;
  g_autoptr (GString) whole = read_body (data[0], data + 1, len - 1, G_MAXSIZE, FALSE);
  g_autoptr (GString) pieces
      = read_body (data[0], data + 1, len - 1, (gsize) (data[0] >> 3) + 1, TRUE);
  FUZZ_REQUIRE (is_badly_packed (whole) || is_badly_packed (pieces)
                || g_string_equal (whole, pieces));
  return 0;
}
