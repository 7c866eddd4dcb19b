/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-attention.h"
/* fw-row-json: one device as a row of `snapshot`, `patch` and `window`.
 * A row: {"fleet","device_id", fields..., "last_seen_ms","ts_ms","status","severity","reasons":[{"reason","since_ms"}],"clock_bad"}.
 * In a patch row only what changed stands beside the identity; null = now absent. Threads: any; no shared state. */
typedef enum
{
  FW_ROW_LAST_SEEN = 1 << 0, FW_ROW_STATUS = 1 << 1, FW_ROW_ATTENTION = 1 << 2, FW_ROW_TS = 1 << 3, FW_ROW_CLOCK_BAD = 1 << 4,
  FW_ROW_META_ALL = 0x1f,
} FwRowMeta;
/* Appends one row object. fields: which to write; where a field in `fields` is absent it is left out (snapshot) or null (patch). */
void fw_row_write (GString *out, const FwDevice *dev, const FwAttention *attention, const FwThresholds *thresholds,
                   FwStatus status, guint64 fields, guint meta, gboolean is_patch);
