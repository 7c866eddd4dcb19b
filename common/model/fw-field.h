/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-field: the one table of what a device can say: name, alias, type, unit, range, decimals to show.
 * Promises: event reader, fold, query, column headings, CSV and the reference are all made from it; up to 16 fields
 *   of a user's own ("humidity_pct") stand behind the fixed ones and behave alike.
 * Threads: own fields are declared by main before others start; reading from any thread after that. */
typedef enum { FW_FIELD_NUMBER, FW_FIELD_INTEGER, FW_FIELD_BOOL, FW_FIELD_STRING } FwFieldType;

typedef enum
{
  FW_FIELD_LAT, FW_FIELD_LON, FW_FIELD_ACCURACY_M, FW_FIELD_FIX,
  FW_FIELD_SPEED_KMH, FW_FIELD_HEADING_DEG,
  FW_FIELD_TEMP_C, FW_FIELD_AIR_C, FW_FIELD_SETPOINT_C,
  FW_FIELD_DOOR, FW_FIELD_IGNITION,
  FW_FIELD_FUEL_PCT, FW_FIELD_BATTERY_PCT, FW_FIELD_ODOMETER_KM,
  FW_FIELD_ETA_TS_MS, FW_FIELD_TS_RECORDED_MS,
  FW_FIELD_DRIVER, FW_FIELD_TRIP, FW_FIELD_ALARM, FW_FIELD_NEXT_STOP, FW_FIELD_ORIGIN,
  FW_FIELD_N_FIXED,
  FW_FIELD_OWN_FIRST = FW_FIELD_N_FIXED,
  FW_FIELD_N_MAX = FW_FIELD_N_FIXED + 16, /* fits a 64-bit mask */
} FwFieldId;
#define FW_FIELD_BIT(id) (G_GUINT64_CONSTANT (1) << (id))
#define FW_FIELD_NONE G_MAXUINT
#define FW_FIELD_MASK_POSITION (FW_FIELD_BIT (FW_FIELD_LAT) | FW_FIELD_BIT (FW_FIELD_LON))

typedef struct
{
  const char *name;      /* "speed_kmh" */
  const char *alias;     /* also read as an event key ("temp"); NULL for none */
  const char *short_name;/* query alias ("speed"); NULL for none */
  FwFieldType type;
  const char *unit;      /* "km/h", "°C", "%", "m", "deg", "ms", "km"; "" for none */
  double      min, max;  /* inclusive; -inf / +inf when unbounded */
  gboolean    max_exclusive; /* heading_deg: 0 <= x < 360 */
  guint       decimals;  /* to show */
  gboolean    personal;  /* driver, trip: filtered by claim when tokens are on */
} FwField;

guint          fw_field_n (void);                 /* fixed + own so far */
const FwField *fw_field (guint id);               /* id < fw_field_n () */
/* Whether a device can have said so: finite, and within the field's range. */
gboolean       fw_field_takes (guint id, double value);
/* By name, then alias; len bytes. FW_FIELD_NONE when unknown. */
guint          fw_field_find (const char *name, gsize len);
/* By name, alias or short name (the query language's rule). */
guint          fw_field_find_for_query (const char *name, gsize len);
/* name: [a-z][a-z0-9_]{0,31}, not taken; unit ASCII or UTF-8, <= 16 bytes; min/max may be infinite. Copies. */
gboolean       fw_field_declare (const char *name, const char *unit, double min, double max, guint *ret_id, GError **error);
void           fw_field_forget_own (void);        /* tests */
