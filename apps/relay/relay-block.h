/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include "fw-frame.h"
/* relay-block: append-only bytes of whole WebSocket frames, framed once and read by every subscriber of a stream.
 *     [frame][frame][frame]......room......
 *             ^ a reader's cursor  ^ committed
 * Promises: what is committed never changes or moves; readers see whole frames only; a mark per record says which
 *   offset a byte position stands for, so that a skipped stretch can be named.
 * Threads: the hub appends and commits; any thread reads what is committed; ref and unref anywhere. */
typedef struct
{
  guint32 at; /* where the frame of this record begins */
  gint32 partition;
  gint64 offset;
} RelayMark;

/* How much of a block is committed. */
typedef struct
{
  guint32 len;
  guint32 n_frames;
} RelayExtent;

typedef struct RelayBlock RelayBlock;

/* next_offsets: per partition, the first offset that this block could hold; copied. n_marks_max 0: no marks. */
RelayBlock *relay_block_new (gsize capacity, guint n_marks_max, const gint64 *next_offsets, guint n_partitions);
RelayBlock *relay_block_ref (RelayBlock *block);
void        relay_block_unref (RelayBlock *block); /* NULL is fine */
gsize       relay_block_capacity (const RelayBlock *block);

/* Hub. FALSE, and nothing written, when the frame or its marks do not fit. The `at` of marks is set here. */
gboolean    relay_block_append (RelayBlock *block, FwFrameOpcode opcode, const char *payload, gsize len,
                                const RelayMark *marks, guint n_marks) G_GNUC_WARN_UNUSED_RESULT;
void        relay_block_commit (RelayBlock *block);
gboolean    relay_block_has_uncommitted (const RelayBlock *block);

RelayExtent   relay_block_extent (const RelayBlock *block);
const guint8 *relay_block_data (const RelayBlock *block);
guint         relay_block_n_partitions (const RelayBlock *block);
/* The next offset of each partition for a reader at byte `at`; -1 where not known. ret holds n entries. */
void          relay_block_offsets_at (const RelayBlock *block, guint32 at, gint64 *ret, guint n);

/* The first offset of a partition that the block holds, or could have held; -1 where not known. */
gint64        relay_block_first_offset (const RelayBlock *block, guint partition);

/* Whole frames in data[0..len): as many as fit into max bytes, and at least one. Returns their bytes. */
gsize relay_frames_cut (const guint8 *data, gsize len, gsize max, guint *ret_n_frames);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayBlock, relay_block_unref)
