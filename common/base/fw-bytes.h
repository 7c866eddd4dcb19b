/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-bytes: reference-counted bytes, written by one owner, then sealed and shared.
 * Promises: one allocation per object; ref and unref are atomic; sealed bytes never change or move.
 * Does not: grow. Threads: write before sharing; read anywhere; last unref anywhere. */
typedef struct
{
  gint    ref_count; /* atomic */
  guint32 capacity;
  guint32 len;
  guint32 spare;
  guint8  data[];
} FwBytes;

/* capacity: 1 .. 1 GiB. */
FwBytes *fw_bytes_new (gsize capacity);
FwBytes *fw_bytes_copy (gconstpointer data, gsize len);
FwBytes *fw_bytes_ref (FwBytes *bytes);
void     fw_bytes_unref (FwBytes *bytes); /* NULL is fine */
/* Bytes still free. */
static inline gsize fw_bytes_room (const FwBytes *bytes) { return bytes->capacity - bytes->len; }
/* FALSE, and nothing written, when there is no room. */
gboolean fw_bytes_append (FwBytes *bytes, gconstpointer data, gsize len) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwBytes, fw_bytes_unref)
