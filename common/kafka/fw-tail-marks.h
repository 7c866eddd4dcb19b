/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-tail-marks: how far a topic's partitions have been read, and one record to know the topic by.
 * The anchor had been read before the scout last looked; if another record stands at its offset now, the topic is
 * another. It is older than the newest marks on purpose: those may be of the new topic already.
 * Private to this layer. Plain data; threads: under the scout's lock, or a copy. */
/* What the reader has read of a partition. */
typedef struct
{
  gint64 position;    /* next offset; -1: not started */
  gint64 last_offset; /* of the last record read; -1: none */
  guint64 last_fingerprint;
  gboolean is_stopped; /* its offset was out of range: it waits for FW_FOUND_MOVED */
} FwMark;

typedef struct
{
  guint generation;
  GArray *marks; /* FwMark by partition */
  gint32 anchor_partition; /* -1: none */
  FwMark anchor;
} FwMarks;

FwMarks *fw_marks_new (void);
FwMarks *fw_marks_copy (const FwMarks *marks);
void     fw_marks_free (FwMarks *marks);
/* Makes what has been read last the anchor. */
void     fw_marks_drop_anchor (FwMarks *marks);
/* New marks; they bring an anchor only where there is none. */
void     fw_marks_replace (FwMarks *marks, guint generation, const FwMark *read, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwMarks, fw_marks_free)
