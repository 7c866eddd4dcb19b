/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-bytes.h"

#include <string.h>

#define CAPACITY_MAX (1u << 30)

FwBytes *
fw_bytes_new (gsize capacity)
{
  g_assert (capacity >= 1 && capacity <= CAPACITY_MAX);
  FwBytes *bytes = g_malloc (sizeof *bytes + capacity);

  bytes->ref_count = 1;
  bytes->capacity = (guint32) capacity;
  bytes->len = 0;
  bytes->spare = 0;
  return bytes;
}

FwBytes *
fw_bytes_copy (gconstpointer data, gsize len)
{
  FwBytes *bytes = fw_bytes_new (MAX (len, 1));

  if (len > 0)
    memcpy (bytes->data, data, len);
  bytes->len = (guint32) len;
  return bytes;
}

FwBytes *
fw_bytes_ref (FwBytes *bytes)
{
  g_atomic_int_inc (&bytes->ref_count);
  return bytes;
}

void
fw_bytes_unref (FwBytes *bytes)
{
  if (bytes != NULL && g_atomic_int_dec_and_test (&bytes->ref_count))
    g_free (bytes);
}

gboolean
fw_bytes_append (FwBytes *bytes, gconstpointer data, gsize len)
{
  if (len > fw_bytes_room (bytes))
    return FALSE;
  if (len > 0)
    memcpy (bytes->data + bytes->len, data, len);
  bytes->len += (guint32) len;
  return TRUE;
}
