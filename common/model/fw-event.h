/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-field.h"
/* fw-event: what a device said, once.
 * Promises: plain data; strings are borrowed from the record it was read from (or from ev_text of the reader) and
 *   live until the next read. A field is present (has), cleared by null (null), or not spoken of.
 * Does not: parse, allocate. Threads: one owner. */
#define FW_FLEET_DEFAULT "default"
#define FW_NAME_MAX_BYTES 64       /* fleet, kind, rule: [A-Za-z0-9._-]{1,64} */
#define FW_DEVICE_ID_MAX_BYTES 128 /* UTF-8 without control characters */
#define FW_TS_NONE G_MININT64
#define FW_SEQ_NONE G_MININT64
#define FW_STRING_MAX_BYTES 256    /* driver, trip, alarm, next_stop, origin; longer: field dropped, counted */

typedef struct { const char *data; guint len; } FwText; /* not NUL-terminated */

typedef struct
{
  FwText  fleet;      /* "default" when the event named none */
  FwText  device_id;
  gint64  ts_ms;      /* FW_TS_NONE when absent */
  gint64  seq;        /* FW_SEQ_NONE when absent */
  guint64 has, null;  /* FW_FIELD_BIT masks, disjoint */
  double  number[FW_FIELD_N_MAX]; /* numbers, integers, bools (0 or 1); valid where has */
  FwText  string[FW_FIELD_N_MAX]; /* valid where has and the type is string */
} FwEvent;

typedef enum
{
  FW_REJECT_NONE = 0,
  FW_REJECT_NOT_JSON, FW_REJECT_NOT_OBJECT, FW_REJECT_TOO_LARGE, FW_REJECT_TOO_DEEP, FW_REJECT_BAD_UTF8,
  FW_REJECT_KEY_TWICE, FW_REJECT_NO_DEVICE_ID, FW_REJECT_BAD_DEVICE_ID, FW_REJECT_BAD_FLEET,
  FW_REJECT_UNSUPPORTED_ENCODING,
  FW_N_REJECTS,
} FwReject; /* the whole record is refused: fleetwire_events_rejected_total{reason} */

typedef enum
{
  FW_DROP_WRONG_TYPE, FW_DROP_OUT_OF_RANGE, FW_DROP_LOOKS_LIKE_SECONDS, FW_DROP_HALF_POSITION, FW_DROP_TOO_LONG,
  FW_DROP_CONTROL_CHARACTER,
  FW_N_DROPS,
} FwDrop; /* one field is dropped, the rest stands: fleetwire_fields_dropped_total{reason} */

/* Ended by NULL; index = enum value; the metrics' label values. */
extern const char *const fw_reject_names[FW_N_REJECTS + 1];
extern const char *const fw_drop_names[FW_N_DROPS + 1];

void     fw_event_clear (FwEvent *ev);
gboolean fw_name_is_valid (const char *text, gsize len);      /* fleet, kind, rule */
gboolean fw_device_id_is_valid (const char *text, gsize len);
/* C0, DEL and C1 in text that is UTF-8 already: what a terminal must never see. */
gboolean fw_text_has_control (const char *text, gsize len);
static inline gboolean fw_event_has (const FwEvent *ev, guint id) { return (ev->has & FW_FIELD_BIT (id)) != 0; }
void     fw_event_set_number (FwEvent *ev, guint id, double value);
void     fw_event_set_string (FwEvent *ev, guint id, const char *text, gsize len);
/* Half a position (one of lat, lon present or cleared without the other) is removed; returns TRUE if it was. */
gboolean fw_event_drop_half_position (FwEvent *ev);
