/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
/* fw-device: latest known state of one device, and the fold that makes it.
 *   Order key = (order time, seq if present, then lower (partition, offset) wins). Order time = ts_ms if within
 *   -7 d .. +2 min of arrival; else arrival (and clock_bad when ts_ms was outside).
 * Promises: last writer wins per field by order key; any interleaving, duplicate or partial event ends in the same
 *   bytes (fw_device_digest), for events with a believable ts_ms (and seq where several share one).
 * Memory: only fields that a device has ever spoken of; one stamp per device and a side record only for fields
 *   older than it. Threads: one owner. No clock, no I/O. */
typedef struct FwDevice FwDevice;

typedef struct { gint64 order_ms; gint64 seq; gint32 partition; gint64 offset; } FwStamp;
/* Where and when the record stood in Kafka. arrival_ms: the record's timestamp. */
typedef struct { gint64 arrival_ms; gint32 partition; gint64 offset; } FwArrival;

typedef struct
{
  guint64  changed;     /* fields whose value is now different (or newly absent) */
  gboolean is_late;     /* older than the newest known event: history, not the present, apart from fields it alone knows */
  gboolean is_copy;     /* the same (ts_ms, seq), or the very record, as the newest, and it changed nothing */
  gboolean clock_bad_changed;
} FwFoldResult;

#define FW_ORDER_PAST_MS (G_GINT64_CONSTANT (7) * 24 * 3600 * 1000)
#define FW_ORDER_FUTURE_MS (G_GINT64_CONSTANT (2) * 60 * 1000)

FwDevice    *fw_device_new (FwText fleet, FwText device_id);
void         fw_device_free (FwDevice *dev);
FwFoldResult fw_device_fold (FwDevice *dev, const FwEvent *ev, const FwArrival *arrival);

const char  *fw_device_fleet (const FwDevice *dev); /* NUL-terminated, borrowed */
const char  *fw_device_id (const FwDevice *dev);
guint64      fw_device_has (const FwDevice *dev);   /* fields present */
/* FALSE when absent. */
gboolean     fw_device_number (const FwDevice *dev, guint field, double *ret_value);
const char  *fw_device_string (const FwDevice *dev, guint field); /* NULL when absent */
gint64       fw_device_last_seen_ms (const FwDevice *dev); /* latest arrival, of a copy too; 0 before any */
gint64       fw_device_ts_ms (const FwDevice *dev);        /* order time of the newest event */
gint64       fw_device_seq (const FwDevice *dev);          /* FW_SEQ_NONE when absent */
gboolean     fw_device_clock_bad (const FwDevice *dev);
/* Canonical bytes of the whole state, stamps included; transfer full. For tests and snapshots. */
GBytes      *fw_device_digest (const FwDevice *dev);
gsize        fw_device_memory (const FwDevice *dev);
/* For the reader's side (dash): set values as a row told them, without stamps. */
void         fw_device_put_number (FwDevice *dev, guint field, double value);
void         fw_device_put_string (FwDevice *dev, guint field, const char *text, gsize len);
void         fw_device_remove (FwDevice *dev, guint field);
void         fw_device_put_last_seen_ms (FwDevice *dev, gint64 ms);
void         fw_device_put_ts_ms (FwDevice *dev, gint64 ms);
void         fw_device_put_clock_bad (FwDevice *dev, gboolean clock_bad);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwDevice, fw_device_free)
