/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
/* fw-event-json: one Kafka value <-> one FwEvent (CONTRACT 1 and 2), with or without a [fields] mapping.
 * Promises: never crashes on any bytes; at most one pass; no allocation when nothing is escaped; every refusal and
 *   every dropped field has a reason and is counted. Fuzzed.
 * Threads: one owner per reader; a mapping is immutable and shared. */
typedef struct FwEventReader FwEventReader;
typedef struct FwMapping FwMapping;

typedef struct { guint64 rejects[FW_N_REJECTS]; guint64 drops[FW_N_DROPS]; } FwEventCounts;

FwEventReader *fw_event_reader_new (const FwMapping *mapping /* nullable, borrowed */);
void           fw_event_reader_free (FwEventReader *reader);
/* FW_REJECT_NONE: *ev is filled; its texts live until the next read and as long as value does. */
FwReject       fw_event_read (FwEventReader *reader, const char *value, gsize len, FwEvent *ev);
/* The same, where whoever carried the value knows from whom it is: what the value does not say is taken from there, and
 * ev then points at the very text that was given. len 0 = not known. */
FwReject       fw_event_read_from (FwEventReader *reader, const char *value, gsize len, FwText fleet, FwText device_id, FwEvent *ev);
const FwEventCounts *fw_event_reader_counts (const FwEventReader *reader);
/* Which byte the last refusal points at, for messages. */
gsize          fw_event_reader_at (const FwEventReader *reader);

/* Appends the event as one compact JSON object with keys in table order ("device_id", "fleet" unless default, "ts_ms", ...). */
void           fw_event_write (const FwEvent *ev, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwEventReader, fw_event_reader_free)
