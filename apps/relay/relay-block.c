/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-block.h"

#include <string.h>

struct RelayBlock
{
  gint ref_count;
  guint32 capacity;
  guint64 committed; /* atomic: an extent, packed */
  RelayExtent written;
  RelayMark *marks;
  guint n_marks; /* atomic */
  guint n_marks_max;
  gint64 *next_offsets;
  guint n_partitions; /* of next_offsets */
  guint n_seen;       /* atomic: with those that came up since */
  guint8 data[];
};

static guint64
pack_extent (RelayExtent extent)
{
  return ((guint64) extent.n_frames << 32) | extent.len;
}

static RelayExtent
unpack_extent (guint64 packed)
{
  return (RelayExtent){ .len = (guint32) packed, .n_frames = (guint32) (packed >> 32) };
}

RelayBlock *
relay_block_new (gsize capacity, guint n_marks_max, const gint64 *next_offsets, guint n_partitions)
{
  RelayBlock *block = g_malloc (sizeof *block + capacity);

  memset (block, 0, sizeof *block);
  block->ref_count = 1;
  block->capacity = (guint32) capacity;
  block->n_marks_max = n_marks_max;
  block->marks = g_new (RelayMark, n_marks_max);
  block->n_partitions = block->n_seen = n_partitions;
  block->next_offsets = g_memdup2 (next_offsets, n_partitions * sizeof *next_offsets);
  return block;
}

RelayBlock *
relay_block_ref (RelayBlock *block)
{
  g_atomic_int_inc (&block->ref_count);
  return block;
}

void
relay_block_unref (RelayBlock *block)
{
  if (!block || !g_atomic_int_dec_and_test (&block->ref_count))
    return;
  g_free (block->marks);
  g_free (block->next_offsets);
  g_free (block);
}

gsize
relay_block_capacity (const RelayBlock *block)
{
  return block->capacity;
}

static gboolean
has_room (const RelayBlock *block, gsize len, guint n_marks)
{
  gsize needed = fw_frame_header_size (len) + len;

  return needed <= block->capacity - block->written.len
         && n_marks <= block->n_marks_max - block->n_marks;
}

gboolean
relay_block_append (RelayBlock *block, FwFrameOpcode opcode, const char *payload, gsize len,
                    const RelayMark *marks, guint n_marks)
{
  guint8 header[FW_FRAME_HEADER_MAX];
  guint8 *out = block->data + block->written.len;
  gsize header_len;

  if (!has_room (block, len, n_marks))
    return FALSE;
  for (guint i = 0; i < n_marks; i++)
    {
      block->marks[block->n_marks + i] = marks[i];
      block->marks[block->n_marks + i].at = block->written.len;
      if ((guint) marks[i].partition >= block->n_seen)
        __atomic_store_n (&block->n_seen, (guint) marks[i].partition + 1, __ATOMIC_RELEASE);
    }
  __atomic_store_n (&block->n_marks, block->n_marks + n_marks, __ATOMIC_RELEASE);
  header_len = fw_frame_put_header (header, opcode, len);
  memcpy (out, header, header_len);
  memcpy (out + header_len, payload, len);
  block->written.len += (guint32) (header_len + len);
  block->written.n_frames++;
  return TRUE;
}

void
relay_block_commit (RelayBlock *block)
{
  __atomic_store_n (&block->committed, pack_extent (block->written), __ATOMIC_RELEASE);
}

gboolean
relay_block_has_uncommitted (const RelayBlock *block)
{
  return block->written.len != relay_block_extent (block).len;
}

RelayExtent
relay_block_extent (const RelayBlock *block)
{
  return unpack_extent (__atomic_load_n (&block->committed, __ATOMIC_ACQUIRE));
}

const guint8 *
relay_block_data (const RelayBlock *block)
{
  return block->data;
}

guint
relay_block_n_partitions (const RelayBlock *block)
{
  return __atomic_load_n (&block->n_seen, __ATOMIC_ACQUIRE);
}

void
relay_block_offsets_at (const RelayBlock *block, guint32 at, gint64 *ret, guint n)
{
  guint n_marks = __atomic_load_n (&block->n_marks, __ATOMIC_ACQUIRE);

  for (guint p = 0; p < n; p++)
    ret[p] = p < block->n_partitions ? block->next_offsets[p] : -1;
  for (guint i = 0; i < n_marks && block->marks[i].at < at; i++)
    if ((guint) block->marks[i].partition < n)
      ret[block->marks[i].partition] = block->marks[i].offset + 1;
}

gint64
relay_block_first_offset (const RelayBlock *block, guint partition)
{
  guint n_marks = __atomic_load_n (&block->n_marks, __ATOMIC_ACQUIRE);

  if (partition < block->n_partitions && block->next_offsets[partition] >= 0)
    return block->next_offsets[partition];
  for (guint i = 0; i < n_marks; i++)
    if ((guint) block->marks[i].partition == partition)
      return block->marks[i].offset;
  return -1;
}

gsize
relay_frames_cut (const guint8 *data, gsize len, gsize max, guint *ret_n_frames)
{
  gsize taken = 0;
  guint n = 0;

  while (taken < len)
    {
      gsize frame = fw_frame_len (data + taken, len - taken);

      if (frame == 0 || frame > len - taken || (n > 0 && taken + frame > max))
        break;
      taken += frame;
      n++;
    }
  *ret_n_frames = n;
  return taken;
}
