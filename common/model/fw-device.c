/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-device.h"

#include <string.h>

#include "fw-device-private.h"

static FwSlot *
find_slot (const FwDevice *dev, guint field)
{
  if (!(dev->present & FW_FIELD_BIT (field)))
    return NULL;
  return &dev->slots[fw_mask_index (dev->present, field)];
}

static void
free_strings (FwDevice *dev, guint64 fields)
{
  for (fields &= dev->present; fields;)
    {
      guint id = fw_mask_take (&fields);
      if (fw_field_is_string (id))
        g_free (find_slot (dev, id)->string);
    }
}

FwDevice *
fw_device_new (FwText fleet, FwText device_id)
{
  g_assert (fleet.len <= G_MAXUINT8);
  FwDevice *dev = g_malloc0 (sizeof (FwDevice) + fleet.len + 1 + device_id.len + 1);
  dev->newest = (FwStamp){ FW_TS_NONE, FW_SEQ_NONE, G_MAXINT32, G_MAXINT64 };
  dev->fleet_len = (guint8) fleet.len;
  memcpy (dev->text, fleet.data, fleet.len);
  memcpy (dev->text + fleet.len + 1, device_id.data, device_id.len);
  return dev;
}

void
fw_device_free (FwDevice *dev)
{
  if (!dev)
    return;
  free_strings (dev, dev->present);
  g_free (dev->slots);
  g_free (dev->older);
  g_free (dev);
}

void
fw_device_set_present (FwDevice *dev, guint64 present)
{
  FwSlot slots[FW_FIELD_N_MAX];
  guint n = 0;
  if (present == dev->present)
    return;
  for (guint64 left = present; left;)
    {
      const FwSlot *old = find_slot (dev, fw_mask_take (&left));
      slots[n++] = old ? *old : (FwSlot){ .string = NULL };
    }
  free_strings (dev, dev->present & ~present);
  dev->slots = g_realloc_n (dev->slots, n, sizeof (FwSlot));
  if (n > 0)
    memcpy (dev->slots, slots, n * sizeof (FwSlot));
  dev->present = present;
}

gboolean
fw_slot_store_string (FwSlot *slot, FwText text)
{
  if (slot->string && strncmp (slot->string, text.data, text.len) == 0
      && slot->string[text.len] == '\0')
    return FALSE;
  g_free (slot->string);
  slot->string = g_strndup (text.data, text.len);
  return TRUE;
}

FwStamp
fw_device_field_stamp (const FwDevice *dev, guint field)
{
  if (dev->newest_fields & FW_FIELD_BIT (field))
    return dev->newest;
  return dev->older[fw_mask_index (dev->older_fields, field)];
}

const char *
fw_device_fleet (const FwDevice *dev)
{
  return dev->text;
}

const char *
fw_device_id (const FwDevice *dev)
{
  return dev->text + dev->fleet_len + 1;
}

guint64
fw_device_has (const FwDevice *dev)
{
  return dev->present;
}

gboolean
fw_device_number (const FwDevice *dev, guint field, double *ret_value)
{
  const FwSlot *slot = find_slot (dev, field);
  if (!slot || fw_field_is_string (field))
    return FALSE;
  *ret_value = slot->number;
  return TRUE;
}

const char *
fw_device_string (const FwDevice *dev, guint field)
{
  const FwSlot *slot = find_slot (dev, field);
  return slot && fw_field_is_string (field) ? slot->string : NULL;
}

gint64
fw_device_last_seen_ms (const FwDevice *dev)
{
  return dev->last_seen_ms;
}

gint64
fw_device_ts_ms (const FwDevice *dev)
{
  return dev->newest.order_ms;
}

gint64
fw_device_seq (const FwDevice *dev)
{
  return dev->newest.seq;
}

gboolean
fw_device_clock_bad (const FwDevice *dev)
{
  return dev->clock_bad;
}

static void
digest_int (GByteArray *out, gint64 value)
{
  gint64 bytes = GINT64_TO_LE (value);
  g_byte_array_append (out, (const guint8 *) &bytes, sizeof bytes);
}

static void
digest_stamp (GByteArray *out, const FwStamp *stamp)
{
  digest_int (out, stamp->order_ms);
  digest_int (out, stamp->seq);
  digest_int (out, stamp->partition);
  digest_int (out, stamp->offset);
}

static void
digest_field (GByteArray *out, const FwDevice *dev, guint field)
{
  FwStamp stamp = fw_device_field_stamp (dev, field);
  const FwSlot *slot = find_slot (dev, field);
  digest_int (out, field);
  digest_stamp (out, &stamp);
  digest_int (out, slot != NULL);
  if (slot && fw_field_is_string (field))
    g_byte_array_append (out, (const guint8 *) slot->string, (guint) strlen (slot->string) + 1);
  else if (slot)
    {
      gint64 bits;
      memcpy (&bits, &slot->number, sizeof bits);
      digest_int (out, bits);
    }
}

GBytes *
fw_device_digest (const FwDevice *dev)
{
  GByteArray *out = g_byte_array_new ();
  g_byte_array_append (out, (const guint8 *) fw_device_fleet (dev),
                       (guint) strlen (fw_device_fleet (dev)) + 1);
  g_byte_array_append (out, (const guint8 *) fw_device_id (dev),
                       (guint) strlen (fw_device_id (dev)) + 1);
  digest_int (out, dev->last_seen_ms);
  digest_int (out, dev->clock_bad);
  digest_stamp (out, &dev->newest);
  for (guint64 known = dev->newest_fields | dev->older_fields; known;)
    digest_field (out, dev, fw_mask_take (&known));
  return g_byte_array_free_to_bytes (out);
}

gsize
fw_device_memory (const FwDevice *dev)
{
  gsize bytes = sizeof (FwDevice) + dev->fleet_len + 1 + strlen (fw_device_id (dev)) + 1;
  bytes += fw_mask_n (dev->present) * sizeof (FwSlot)
           + fw_mask_n (dev->older_fields) * sizeof (FwStamp);
  for (guint id = FW_FIELD_DRIVER; id <= FW_FIELD_ORIGIN; id++)
    if (dev->present & FW_FIELD_BIT (id))
      bytes += strlen (fw_device_string (dev, id)) + 1;
  return bytes;
}

/* A row has no stamps; all that it told counts as told by the newest. */
static void
put (FwDevice *dev, guint field)
{
  if (!(dev->older_fields & FW_FIELD_BIT (field)))
    dev->newest_fields |= FW_FIELD_BIT (field);
  fw_device_set_present (dev, dev->present | FW_FIELD_BIT (field));
}

void
fw_device_put_number (FwDevice *dev, guint field, double value)
{
  g_return_if_fail (!fw_field_is_string (field));
  put (dev, field);
  fw_slot_store_number (find_slot (dev, field), value);
}

void
fw_device_put_string (FwDevice *dev, guint field, const char *text, gsize len)
{
  g_return_if_fail (fw_field_is_string (field));
  put (dev, field);
  fw_slot_store_string (find_slot (dev, field), (FwText){ text, (guint) len });
}

void
fw_device_remove (FwDevice *dev, guint field)
{
  fw_device_set_present (dev, dev->present & ~FW_FIELD_BIT (field));
}

void
fw_device_put_last_seen_ms (FwDevice *dev, gint64 ms)
{
  dev->last_seen_ms = ms;
}

void
fw_device_put_ts_ms (FwDevice *dev, gint64 ms)
{
  dev->newest.order_ms = ms;
}

void
fw_device_put_clock_bad (FwDevice *dev, gboolean clock_bad)
{
  dev->clock_bad = clock_bad ? 1 : 0;
}
