/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-row.h"
/* dash-message: what the relay says (docs/protocol.md 6), as plain data and slices of the text it
 * came in. Promises: keys in any order; unknown ops and keys are passed over; broken JSON is FALSE,
 * never a crash. Threads: the loop's. */
typedef enum
{
  DASH_OP_UNKNOWN,
  DASH_OP_HELLO,
  DASH_OP_SUBSCRIBED,
  DASH_OP_SNAPSHOT,
  DASH_OP_PATCH,
  DASH_OP_WINDOW,
  DASH_OP_GAP,
  DASH_OP_RESET,
  DASH_OP_LANE,
  DASH_OP_WARMING,
  DASH_OP_TIME,
  DASH_OP_ERROR,
  DASH_OP_BYE,
} DashOp;

typedef struct
{
  const char *text; /* NULL when the key is absent */
  gsize len;
} DashSlice;

typedef struct
{
  DashOp op;
  gint64 ch, rev, now_ms, n_match, retry_ms; /* -1 when absent */
  gint64 id;                                 /* ours are numbers */
  gint64 part;
  gboolean is_last;
  char *note; /* error's message, bye's reason, reset's why, lane's name; NULL when absent */
  DashSlice rows, set, left, totals, limits, ranges, partitions;
} DashMessage;

/* FALSE when text is no JSON object. Slices are borrowed from text. */
gboolean dash_message_read (DashMessage *message, const char *text, gsize len);
void dash_message_clear (DashMessage *message);

/* FALSE when the slice does not begin so; the reader is there to be cleared either way. */
gboolean dash_slice_open (DashSlice slice, FwJsonToken wanted, FwJsonReader *ret_reader);
/* Calls each for every row of a slice; stops at what is not a row. */
typedef void (*DashRowFunc) (const DashRowUpdate *update, gpointer user);
void dash_message_each_row (DashSlice slice, DashRowUpdate *scratch, DashRowFunc each,
                            gpointer user);
/* Calls each with "fleet/device_id" for every entry of `left`. */
typedef void (*DashLeftFunc) (const char *key, gpointer user);
void dash_message_each_left (DashSlice slice, DashLeftFunc each, gpointer user);
/* How many elements an array holds. */
guint dash_message_count (DashSlice slice);
/* The number under key of an object; fallback when there is none. */
gint64 dash_message_integer (DashSlice object, const char *key, gint64 fallback);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DashMessage, dash_message_clear)
