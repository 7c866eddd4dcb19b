/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-split: a body that arrives in pieces -> the events in it, however it was cut.
 *   '[' first            an array: each element is an event; its "line" is its place, from 1
 *   one JSON value       over several lines: the whole body is one event, line 1
 *   else                 NDJSON: each line that is not blank is an event; blank ones are counted
 * A byte order mark in front is passed over.
 * Promises: an event inside one piece is not copied; of what is not finished at most event_max bytes are held; after a
 *   broken line or element the next is found.
 * Does not: read JSON (what an event may be, ingest-intake says). Pure. Threads: one owner. */
typedef enum { INGEST_LAYOUT_ANY, INGEST_LAYOUT_LINES /* NDJSON and nothing else */ } IngestLayout;
typedef enum
{
  INGEST_SPLIT_MORE,      /* all bytes are used */
  INGEST_SPLIT_EVENT,
  INGEST_SPLIT_TOO_LARGE, /* one was over event_max, and is left out */
  INGEST_SPLIT_BROKEN,    /* the array does not end, or something stands behind it: nothing more will come */
  INGEST_SPLIT_END,
} IngestSplitStep;
typedef struct { const char *text; gsize len; guint64 line; } IngestPiece; /* text lives until the next call; never NULL */
typedef struct
{
  GString *part; /* of an event that is not finished */
  gsize    event_max;
  guint64  line;
  guint    depth;
  guint8   layout, mode, n_mark; /* bytes of a byte order mark that have come */
  gboolean is_part_given : 1, is_skipping : 1, is_in_string : 1, is_escaped : 1;
} IngestSplit;

void ingest_split_init (IngestSplit *split, IngestLayout layout, gsize event_max);
void ingest_split_clear (IngestSplit *split);
/* Goes on in bytes at *at. */
IngestSplitStep ingest_split_next (IngestSplit *split, const char *bytes, gsize len, gsize *at, IngestPiece *ret_piece);
/* After the last byte; again until END. */
IngestSplitStep ingest_split_end (IngestSplit *split, IngestPiece *ret_piece);
/* Bytes of memory that what is not finished, or held, takes. */
gsize ingest_split_held (const IngestSplit *split);
/* Copies piece, the one given last, so that it outlives the bytes: until the next call. */
void ingest_split_hold (IngestSplit *split, IngestPiece *piece);
