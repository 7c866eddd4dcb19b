/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-device.h"

#include <string.h>

#include "fw-device-private.h"

/* Times from a broker that lie outside are held to this, so that no sum overflows. */
#define ARRIVAL_MAX_MS (G_GINT64_CONSTANT (1) << 53)

/* Positive when a is the newer; 0 only for the very same record. */
static int
compare_stamps (const FwStamp *a, const FwStamp *b)
{
  if (a->order_ms != b->order_ms)
    return a->order_ms > b->order_ms ? 1 : -1;
  if (a->seq != b->seq)
    return a->seq > b->seq ? 1 : -1;
  if (a->partition != b->partition)
    return a->partition < b->partition ? 1 : -1;
  if (a->offset != b->offset)
    return a->offset < b->offset ? 1 : -1;
  return 0;
}

/* FALSE when ts_ms is not to be believed. */
static gboolean
is_believable (gint64 ts_ms, gint64 arrival_ms)
{
  return ts_ms >= arrival_ms - FW_ORDER_PAST_MS && ts_ms <= arrival_ms + FW_ORDER_FUTURE_MS;
}

static FwStamp
make_stamp (const FwEvent *ev, const FwArrival *arrival, gint64 arrival_ms, gboolean *ret_has_ts)
{
  gboolean has_ts = ev->ts_ms != FW_TS_NONE && is_believable (ev->ts_ms, arrival_ms);
  *ret_has_ts = has_ts;
  return (FwStamp){ has_ts ? ev->ts_ms : arrival_ms, ev->seq, arrival->partition, arrival->offset };
}

/* Gives `older` exactly the fields of mask: those that were there keep their stamps, the others get
 * stamp. */
static void
set_older (FwDevice *dev, guint64 mask, guint64 overwrite, const FwStamp *stamp)
{
  FwStamp stamps[FW_FIELD_N_MAX];
  guint n = 0;
  if (mask == dev->older_fields && !overwrite)
    return;
  for (guint64 left = mask; left;)
    {
      guint id = fw_mask_take (&left);
      guint64 bit = FW_FIELD_BIT (id);
      gboolean keeps = (dev->older_fields & bit) && !(overwrite & bit);
      stamps[n++] = keeps ? dev->older[fw_mask_index (dev->older_fields, id)] : *stamp;
    }
  if (n != fw_mask_n (dev->older_fields))
    dev->older = g_realloc_n (dev->older, n, sizeof (FwStamp));
  if (n > 0)
    memcpy (dev->older, stamps, n * sizeof (FwStamp));
  dev->older_fields = mask;
}

static gboolean
store (FwSlot *slot, guint id, const FwEvent *ev)
{
  return fw_field_is_string (id) ? fw_slot_store_string (slot, ev->string[id])
                                 : fw_slot_store_number (slot, ev->number[id]);
}

/* The event's word on `fields` becomes the state's; returns those whose value is different now. */
static guint64
apply_values (FwDevice *dev, const FwEvent *ev, guint64 fields)
{
  guint64 cleared = ev->null & fields & dev->present;
  guint64 told = ev->has & fields;
  guint64 came = told & ~dev->present;
  guint64 changed = cleared | came;
  fw_device_set_present (dev, (dev->present & ~cleared) | told);
  /* All slots in their order: one step each, where finding each slot would count bits each time. */
  FwSlot *slot = dev->slots;
  for (guint64 left = dev->present; left; slot++)
    {
      guint id = fw_mask_take (&left);
      if ((told & FW_FIELD_BIT (id)) && store (slot, id, ev))
        changed |= FW_FIELD_BIT (id);
    }
  return changed;
}

static guint64
fold_newer (FwDevice *dev, const FwEvent *ev, const FwStamp *stamp)
{
  guint64 spoken = ev->has | ev->null;
  guint64 outlived = dev->newest_fields & ~spoken;
  set_older (dev, (dev->older_fields & ~spoken) | outlived, 0, &dev->newest);
  dev->newest_fields = spoken;
  dev->newest = *stamp;
  return apply_values (dev, ev, spoken);
}

static guint64
fold_late (FwDevice *dev, const FwEvent *ev, const FwStamp *stamp)
{
  guint64 wins = 0;
  for (guint64 left = (ev->has | ev->null) & ~dev->newest_fields; left;)
    {
      guint id = fw_mask_take (&left);
      gboolean is_known = (dev->older_fields & FW_FIELD_BIT (id)) != 0;
      if (!is_known
          || compare_stamps (stamp, &dev->older[fw_mask_index (dev->older_fields, id)]) > 0)
        wins |= FW_FIELD_BIT (id);
    }
  set_older (dev, dev->older_fields | wins, wins, stamp);
  return apply_values (dev, ev, wins);
}

FwFoldResult
fw_device_fold (FwDevice *dev, const FwEvent *ev, const FwArrival *arrival)
{
  FwFoldResult result = { 0 };
  gint64 arrival_ms = CLAMP (arrival->arrival_ms, 0, ARRIVAL_MAX_MS);
  gboolean has_ts;
  FwStamp stamp = make_stamp (ev, arrival, arrival_ms, &has_ts);
  int newer = compare_stamps (&stamp, &dev->newest);
  gboolean is_same_key
      = has_ts && stamp.order_ms == dev->newest.order_ms && stamp.seq == dev->newest.seq;

  if (newer > 0)
    {
      guint8 clock_bad = ev->ts_ms != FW_TS_NONE && !has_ts;
      result.clock_bad_changed = clock_bad != dev->clock_bad;
      dev->clock_bad = clock_bad;
      result.changed = fold_newer (dev, ev, &stamp);
    }
  else if (newer < 0)
    result.changed = fold_late (dev, ev, &stamp);
  result.is_copy = newer == 0 || (is_same_key && result.changed == 0);
  result.is_late = newer < 0 && !result.is_copy;
  dev->last_seen_ms = MAX (dev->last_seen_ms, arrival_ms);
  return result;
}
