/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-marks.h"

FwMarks *
fw_marks_new (void)
{
  FwMarks *self = g_new0 (FwMarks, 1);
  self->anchor_partition = -1;
  self->marks = g_array_new (FALSE, TRUE, sizeof (FwMark));
  return self;
}

FwMarks *
fw_marks_copy (const FwMarks *self)
{
  FwMarks *copy = g_memdup2 (self, sizeof *self);
  copy->marks = g_array_copy (self->marks);
  return copy;
}

void
fw_marks_free (FwMarks *self)
{
  if (!self)
    return;
  g_array_unref (self->marks);
  g_free (self);
}

void
fw_marks_drop_anchor (FwMarks *self)
{
  self->anchor_partition = -1;
  for (guint p = 0; self->anchor_partition < 0 && p < self->marks->len; p++)
    if (g_array_index (self->marks, FwMark, p).last_offset >= 0)
      {
        self->anchor_partition = (gint32) p;
        self->anchor = g_array_index (self->marks, FwMark, p);
      }
}

void
fw_marks_replace (FwMarks *self, guint generation, const FwMark *read, guint n)
{
  if (self->generation != generation)
    self->anchor_partition = -1;
  self->generation = generation;
  g_array_set_size (self->marks, 0);
  g_array_append_vals (self->marks, read, n);
  if (self->anchor_partition < 0)
    fw_marks_drop_anchor (self);
}
