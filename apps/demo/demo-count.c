/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-count.h"

typedef struct
{
  GByteArray *seen; /* one bit for each seq */
  gint64 row_ts_ms; /* of the newest row that counted */
} Device;

struct DemoCount
{
  char *run;
  GHashTable *devices; /* "fleet/device_id" -> Device */
  GArray *next;        /* gint64 by partition: the offset after the last delivery */
  DemoTotals totals;
};

static void
device_free (gpointer data)
{
  Device *device = data;
  g_byte_array_unref (device->seen);
  g_free (device);
}

static Device *
device_for (DemoCount *self, const char *name)
{
  Device *device = g_hash_table_lookup (self->devices, name);
  if (device)
    return device;
  device = g_new0 (Device, 1);
  device->seen = g_byte_array_new ();
  g_hash_table_insert (self->devices, g_strdup (name), device);
  return device;
}

/* TRUE the first time. */
static gboolean
mark_seq (Device *device, gint64 seq)
{
  if (seq < 0 || seq >= DEMO_SEQ_MAX)
    return TRUE;
  guint byte = (guint) (seq / 8), had = device->seen->len;
  guint8 bit = (guint8) (1 << (seq % 8));
  if (byte >= had)
    {
      g_byte_array_set_size (device->seen, MAX (byte + 1, had * 2));
      memset (device->seen->data + had, 0, device->seen->len - had);
    }
  gboolean is_first = !(device->seen->data[byte] & bit);
  device->seen->data[byte] |= bit;
  return is_first;
}

/* TRUE the first time: a partition's records come in the order of their offsets. */
static gboolean
mark_offset (DemoCount *self, gint32 partition, gint64 offset)
{
  if (partition < 0)
    return TRUE;
  if ((guint) partition >= self->next->len)
    g_array_set_size (self->next, (guint) partition + 1);
  gint64 *next = &g_array_index (self->next, gint64, partition);
  if (offset < *next)
    return FALSE;
  *next = offset + 1;
  return TRUE;
}

DemoCount *
demo_count_new (const char *run)
{
  DemoCount *self = g_new0 (DemoCount, 1);
  self->run = g_strdup (run);
  self->devices = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, device_free);
  self->next = g_array_new (FALSE, TRUE, sizeof (gint64));
  fw_hist_clear (&self->totals.latency_ms);
  fw_hist_clear (&self->totals.latency_fleet_ms);
  return self;
}

void
demo_count_free (DemoCount *self)
{
  if (!self)
    return;
  g_free (self->run);
  g_hash_table_unref (self->devices);
  g_array_unref (self->next);
  g_free (self);
}

void
demo_count_record (DemoCount *self, const DemoRecord *record, gint64 received_ms)
{
  gboolean is_first_delivery = mark_offset (self, record->partition, record->offset);
  if (g_strcmp0 (record->run, self->run) != 0)
    {
      self->totals.n_foreign += is_first_delivery;
      return;
    }
  Device *device = device_for (self, record->device);
  if (!is_first_delivery || !mark_seq (device, record->seq))
    {
      self->totals.n_duplicated++;
      return;
    }
  self->totals.n_delivered++;
  if (record->ts_ms >= 0)
    fw_hist_record (&self->totals.latency_ms, (guint64) MAX (received_ms - record->ts_ms, 0), 1);
}

void
demo_count_row (DemoCount *self, const char *name, gint64 ts_ms, gint64 received_ms)
{
  Device *device = g_hash_table_lookup (self->devices, name);
  if (!device || ts_ms <= device->row_ts_ms)
    return;
  device->row_ts_ms = ts_ms;
  fw_hist_record (&self->totals.latency_fleet_ms, (guint64) MAX (received_ms - ts_ms, 0), 1);
}

const DemoTotals *
demo_count_totals (const DemoCount *self)
{
  return &self->totals;
}
