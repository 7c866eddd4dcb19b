/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-field.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-text.h"

#include "fw-i18n.h"

#define N_OWN_MAX (FW_FIELD_N_MAX - FW_FIELD_N_FIXED)
#define NAME_MAX_BYTES 32
#define UNIT_MAX_BYTES 16
#define ABSOLUTE_ZERO_C -273.15
#define TIME_MIN_MS 1e11 /* 1973; below it the number is seconds, not milliseconds */
#define EXACT_MAX 9007199254740991.0

/* clang-format off */
static const FwField fixed_fields[FW_FIELD_N_FIXED] = {
  [FW_FIELD_LAT]            = { "lat", NULL, NULL, FW_FIELD_NUMBER, "deg", -90, 90, FALSE, 5, FALSE },
  [FW_FIELD_LON]            = { "lon", NULL, NULL, FW_FIELD_NUMBER, "deg", -180, 180, FALSE, 5, FALSE },
  [FW_FIELD_ACCURACY_M]     = { "accuracy_m", NULL, "accuracy", FW_FIELD_NUMBER, "m", 0, INFINITY, FALSE, 0, FALSE },
  [FW_FIELD_FIX]            = { "fix", NULL, NULL, FW_FIELD_BOOL, "", 0, 1, FALSE, 0, FALSE },
  [FW_FIELD_SPEED_KMH]      = { "speed_kmh", NULL, "speed", FW_FIELD_NUMBER, "km/h", 0, INFINITY, FALSE, 0, FALSE },
  [FW_FIELD_HEADING_DEG]    = { "heading_deg", NULL, "heading", FW_FIELD_NUMBER, "deg", 0, 360, TRUE, 0, FALSE },
  [FW_FIELD_TEMP_C]         = { "temp_c", "temp", NULL, FW_FIELD_NUMBER, "°C", ABSOLUTE_ZERO_C, INFINITY, FALSE, 1, FALSE },
  [FW_FIELD_AIR_C]          = { "air_c", NULL, "air", FW_FIELD_NUMBER, "°C", ABSOLUTE_ZERO_C, INFINITY, FALSE, 1, FALSE },
  [FW_FIELD_SETPOINT_C]     = { "setpoint_c", NULL, "setpoint", FW_FIELD_NUMBER, "°C", ABSOLUTE_ZERO_C, INFINITY, FALSE, 1, FALSE },
  [FW_FIELD_DOOR]           = { "door", NULL, NULL, FW_FIELD_BOOL, "", 0, 1, FALSE, 0, FALSE },
  [FW_FIELD_IGNITION]       = { "ignition", NULL, NULL, FW_FIELD_BOOL, "", 0, 1, FALSE, 0, FALSE },
  [FW_FIELD_FUEL_PCT]       = { "fuel_pct", NULL, "fuel", FW_FIELD_NUMBER, "%", 0, 100, FALSE, 0, FALSE },
  [FW_FIELD_BATTERY_PCT]    = { "battery_pct", NULL, "battery", FW_FIELD_NUMBER, "%", 0, 100, FALSE, 0, FALSE },
  [FW_FIELD_ODOMETER_KM]    = { "odometer_km", NULL, "odometer", FW_FIELD_NUMBER, "km", 0, INFINITY, FALSE, 1, FALSE },
  [FW_FIELD_ETA_TS_MS]      = { "eta_ts_ms", NULL, "eta", FW_FIELD_INTEGER, "ms", TIME_MIN_MS, EXACT_MAX, FALSE, 0, FALSE },
  [FW_FIELD_TS_RECORDED_MS] = { "ts_recorded_ms", NULL, NULL, FW_FIELD_INTEGER, "ms", TIME_MIN_MS, EXACT_MAX, FALSE, 0, FALSE },
  [FW_FIELD_DRIVER]         = { "driver", NULL, NULL, FW_FIELD_STRING, "", 0, 0, FALSE, 0, TRUE },
  [FW_FIELD_TRIP]           = { "trip", NULL, NULL, FW_FIELD_STRING, "", 0, 0, FALSE, 0, TRUE },
  [FW_FIELD_ALARM]          = { "alarm", NULL, NULL, FW_FIELD_STRING, "", 0, 0, FALSE, 0, FALSE },
  [FW_FIELD_NEXT_STOP]      = { "next_stop", NULL, NULL, FW_FIELD_STRING, "", 0, 0, FALSE, 0, FALSE },
  [FW_FIELD_ORIGIN]         = { "origin", NULL, NULL, FW_FIELD_STRING, "", 0, 0, FALSE, 0, FALSE },
};
/* clang-format on */

/* Keys of an event and words of the query language that are not fields, and so cannot be declared.
 */
static const char *const reserved_names[] = {
  "device_id", "fleet",   "ts",        "ts_ms", "seq",   "last_seen_ms", "status", "severity",
  "reason",    "reasons", "clock_bad", "age",   "stale", "label",        "and",    "or",
  "not",       "in",      "has",       "near",  "for",   "late",         "true",   "false",
};

static FwField own_fields[N_OWN_MAX];
static guint n_own;

static guint
find (const char *name, gsize len, gboolean with_short_names)
{
  for (guint id = 0; id < fw_field_n (); id++)
    {
      const FwField *field = fw_field (id);
      if (fw_text_is (name, len, field->name) || fw_text_is (name, len, field->alias)
          || (with_short_names && fw_text_is (name, len, field->short_name)))
        return id;
    }
  return FW_FIELD_NONE;
}

static gboolean
is_own_name (const char *name)
{
  gsize len = strlen (name);
  if (len == 0 || len > NAME_MAX_BYTES || !g_ascii_islower (name[0]))
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_islower (name[i]) && !g_ascii_isdigit (name[i]) && name[i] != '_')
      return FALSE;
  return TRUE;
}

static gboolean
is_taken (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (reserved_names); i++)
    if (strcmp (name, reserved_names[i]) == 0)
      return TRUE;
  return find (name, strlen (name), TRUE) != FW_FIELD_NONE;
}

static gboolean
is_unit (const char *unit)
{
  if (strlen (unit) > UNIT_MAX_BYTES || !g_utf8_validate (unit, -1, NULL))
    return FALSE;
  for (const char *c = unit; *c; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

static gboolean
check_declaration (const char *name, const char *unit, double min, double max, GError **error)
{
  if (!is_own_name (name))
    g_set_error (
        error, FW_ERROR, FW_ERROR_CONFIG,
        _ ("'%s' cannot name a field: use 1 to 32 of a-z, 0-9 and _, beginning with a letter"),
        name);
  else if (is_taken (name))
    g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                 _ ("'%s' cannot name a field of your own: it has a meaning already"), name);
  else if (!is_unit (unit))
    g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                 _ ("The unit of '%s' is too long: at most %d bytes of text"), name,
                 UNIT_MAX_BYTES);
  else if (!(min <= max))
    g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("The range of '%s' is empty: %g..%g"), name,
                 min, max);
  else if (n_own == N_OWN_MAX)
    g_set_error (error, FW_ERROR, FW_ERROR_LIMIT,
                 _ ("No room for the field '%s': at most %d fields of your own"), name, N_OWN_MAX);
  else
    return TRUE;
  return FALSE;
}

guint
fw_field_n (void)
{
  return FW_FIELD_N_FIXED + n_own;
}

const FwField *
fw_field (guint id)
{
  g_assert (id < fw_field_n ());
  return id < FW_FIELD_N_FIXED ? &fixed_fields[id] : &own_fields[id - FW_FIELD_N_FIXED];
}

gboolean
fw_field_takes (guint id, double value)
{
  const FwField *field = fw_field (id);

  return isfinite (value) && value >= field->min && value <= field->max
         && !(field->max_exclusive && value == field->max);
}

guint
fw_field_find (const char *name, gsize len)
{
  return find (name, len, FALSE);
}

guint
fw_field_find_for_query (const char *name, gsize len)
{
  return find (name, len, TRUE);
}

gboolean
fw_field_declare (const char *name, const char *unit, double min, double max, guint *ret_id,
                  GError **error)
{
  if (!unit)
    unit = "";
  if (!check_declaration (name, unit, min, max, error))
    return FALSE;
  own_fields[n_own] = (FwField){
    .name = g_strdup (name),
    .type = FW_FIELD_NUMBER,
    .unit = g_strdup (unit),
    .min = min,
    .max = max,
    .decimals = 1,
  };
  n_own++;
  if (ret_id)
    *ret_id = fw_field_n () - 1;
  return TRUE;
}

void
fw_field_forget_own (void)
{
  for (; n_own > 0; n_own--)
    {
      g_free ((char *) own_fields[n_own - 1].name);
      g_free ((char *) own_fields[n_own - 1].unit);
    }
}
