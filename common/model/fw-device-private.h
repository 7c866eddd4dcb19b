/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-device.h"
/* fw-device-private: how a device lies in memory; for fw-device.c and fw-fold.c alone.
 *
 *   slots   one per field in `present`, in field order: the slot of a field is the number of present fields below it
 *   older   one stamp per field in `older_fields`, found the same way
 *
 * Every field ever spoken of is in newest_fields (its stamp is `newest`) or in older_fields, never in both; a field that
 * was cleared keeps its stamp without a slot, so that an older value cannot bring it back. */
typedef union { double number; char *string; } FwSlot;

struct FwDevice
{
  guint64  newest_fields;
  guint64  older_fields;
  guint64  present;
  FwStamp  newest;
  gint64   last_seen_ms;
  FwSlot  *slots;
  FwStamp *older;
  guint8   clock_bad;
  guint8   fleet_len;
  char     text[]; /* fleet NUL device_id NUL */
};

static inline guint
fw_mask_n (guint64 mask)
{
  return (guint) __builtin_popcountll (mask);
}

/* Takes the lowest field out of *mask. */
static inline guint
fw_mask_take (guint64 *mask)
{
  guint id = (guint) __builtin_ctzll (*mask);
  *mask &= *mask - 1;
  return id;
}

static inline guint
fw_mask_index (guint64 mask, guint id)
{
  return fw_mask_n (mask & (FW_FIELD_BIT (id) - 1));
}

static inline gboolean
fw_field_is_string (guint id)
{
  return id >= FW_FIELD_DRIVER && id <= FW_FIELD_ORIGIN;
}

/* Makes `present` what it is told: slots of fields that go are freed, those that come hold zero. */
void     fw_device_set_present (FwDevice *dev, guint64 present);
/* FALSE when the value was the same already. */
gboolean fw_slot_store_string (FwSlot *slot, FwText text);
static inline gboolean
fw_slot_store_number (FwSlot *slot, double value)
{
  gboolean is_new = slot->number != value;
  slot->number = value;
  return is_new;
}
/* The stamp that a known field was written at. */
FwStamp  fw_device_field_stamp (const FwDevice *dev, guint field);
