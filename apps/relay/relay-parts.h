/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-bytes.h"
#include "relay-fleet.h"
/* relay-parts: a snapshot or a patch as one or more framed messages, none much larger than a turn.
 * Promises: the last part alone says `last` (snapshot) or moves `rev` (patch): whoever got fewer asks again from from_rev.
 * Threads: one owner. */
typedef struct RelayParts RelayParts;

RelayParts *relay_parts_new_snapshot (guint64 ch, guint64 rev);
RelayParts *relay_parts_new_patch (guint64 ch, guint64 from_rev, guint64 rev);
void        relay_parts_free (RelayParts *parts); /* NULL is fine */
/* fields, meta: as fw_row_write takes them. is_whole: a row that the client may hold nothing of. */
void        relay_parts_add_row (RelayParts *parts, const RelayDevice *dev, const FwThresholds *thresholds, guint64 fields, guint meta,
                                 gboolean is_patch);
/* left: `["fleet","device_id","why"]`. */
void        relay_parts_add_left (RelayParts *parts, const char *left);
gboolean    relay_parts_is_empty (const RelayParts *parts);
/* Frees parts; transfer full. */
FwBytes    *relay_parts_finish (RelayParts *parts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayParts, relay_parts_free)
