/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-words.h"
#include "fw-units.h"
#include <math.h>
#include <string.h>

#include "fw-i18n.h"

#define SECOND_MS G_GINT64_CONSTANT (1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define NUMBER_MAX 1e7 /* beyond it only the size of a number matters */

typedef struct
{
  guint field;
  const char *word, *heading;
} FieldWords;

static const FieldWords field_words[] = {
  { FW_FIELD_SPEED_KMH, N_ ("speed"), N_ ("SPEED") },
  { FW_FIELD_HEADING_DEG, N_ ("heading"), N_ ("HEADING") },
  { FW_FIELD_TEMP_C, N_ ("cargo"), N_ ("CARGO") },
  { FW_FIELD_AIR_C, N_ ("return air"), N_ ("AIR") },
  { FW_FIELD_SETPOINT_C, N_ ("set point"), N_ ("SET") },
  { FW_FIELD_DOOR, N_ ("door"), N_ ("DOOR") },
  { FW_FIELD_IGNITION, N_ ("ignition"), N_ ("IGN") },
  { FW_FIELD_FUEL_PCT, N_ ("fuel"), N_ ("FUEL") },
  { FW_FIELD_BATTERY_PCT, N_ ("battery"), N_ ("BATT") },
  { FW_FIELD_ODOMETER_KM, N_ ("odometer"), N_ ("ODOMETER") },
  { FW_FIELD_DRIVER, N_ ("driver"), N_ ("DRIVER") },
  { FW_FIELD_TRIP, N_ ("trip"), N_ ("TRIP") },
  { FW_FIELD_ALARM, N_ ("alarm"), N_ ("ALARM") },
  { FW_FIELD_NEXT_STOP, N_ ("next stop"), N_ ("NEXT STOP") },
  { FW_FIELD_ETA_TS_MS, N_ ("arrives"), N_ ("ETA") },
  { FW_FIELD_ACCURACY_M, N_ ("accuracy"), N_ ("ACCURACY") },
  { FW_FIELD_FIX, N_ ("fix"), N_ ("FIX") },
  { FW_FIELD_ORIGIN, N_ ("origin"), N_ ("ORIGIN") },
  { FW_FIELD_TS_RECORDED_MS, N_ ("recorded"), N_ ("RECORDED") },
};

char *
dash_age_text (gint64 ms)
{
  if (ms < 100 * SECOND_MS)
    return g_strdup_printf (_ ("%d s"), (int) (ms / SECOND_MS));
  if (ms < 100 * MINUTE_MS)
    return g_strdup_printf (_ ("%d m"), (int) (ms / MINUTE_MS));
  if (ms < 48 * HOUR_MS)
    return g_strdup_printf (_ ("%d h"), (int) (ms / HOUR_MS));
  return g_strdup_printf (_ ("%d d"), (int) MIN (ms / DAY_MS, 9999));
}

const char *
dash_status_word (FwStatus status)
{
  static const char *const words[FW_N_STATUS] = {
    [FW_STATUS_UNKNOWN] = N_ ("unknown"), [FW_STATUS_STOPPED] = N_ ("stopped"),
    [FW_STATUS_IDLE] = N_ ("idle"),       [FW_STATUS_MOVING] = N_ ("moving"),
    [FW_STATUS_OFFLINE] = N_ ("offline"),
  };

  return _ (words[status]);
}

DashStyle
dash_status_style (FwStatus status)
{
  static const DashStyle styles[FW_N_STATUS] = {
    [FW_STATUS_UNKNOWN] = DASH_INK_PLAIN,   [FW_STATUS_STOPPED] = DASH_INK_STOPPED,
    [FW_STATUS_IDLE] = DASH_INK_IDLE,       [FW_STATUS_MOVING] = DASH_INK_MOVING,
    [FW_STATUS_OFFLINE] = DASH_INK_OFFLINE,
  };

  return styles[status];
}

const char *
dash_severity_sign (FwSeverity severity)
{
  return severity == FW_SEVERITY_CRITICAL ? "!" : severity == FW_SEVERITY_WARNING ? "▲" : " ";
}

DashStyle
dash_severity_style (FwSeverity severity)
{
  return severity == FW_SEVERITY_CRITICAL  ? DASH_INK_CRIT | DASH_BOLD
         : severity == FW_SEVERITY_WARNING ? DASH_INK_WARN | DASH_BOLD
                                           : DASH_INK_DIM;
}

const char *
dash_reason_word (const DashRow *row, FwReason reason)
{
  static const char *const words[FW_N_REASONS] = {
    [FW_REASON_TEMP_HIGH] = N_ ("too warm"),         [FW_REASON_TEMP_LOW] = N_ ("too cold"),
    [FW_REASON_DOOR_OPEN_MOVING] = N_ ("door open"), [FW_REASON_SILENT] = N_ ("silent"),
    [FW_REASON_NO_FIX] = N_ ("no position"),         [FW_REASON_OVERSPEED] = N_ ("too fast"),
    [FW_REASON_IDLE_LONG] = N_ ("idling"),           [FW_REASON_FUEL_LOW] = N_ ("fuel low"),
    [FW_REASON_BATTERY_LOW] = N_ ("battery low"),    [FW_REASON_ALARM] = N_ ("alarm"),
    [FW_REASON_CLOCK_BAD] = N_ ("clock wrong"),
  };

  if (reason == FW_REASON_ALARM && fw_device_string (row->device, FW_FIELD_ALARM) != NULL)
    return fw_device_string (row->device, FW_FIELD_ALARM);
  return reason < FW_N_REASONS ? _ (words[reason]) : "";
}

/* "humidity_pct" -> "humidity": the unit stands beside the value. */
static char *
own_word (guint field)
{
  char *word = g_strdup (fw_field (field)->name), *cut = strrchr (word, '_');

  if (cut != NULL && cut > word && *fw_field (field)->unit != '\0')
    *cut = '\0';
  return g_strdelimit (word, "_", ' ');
}

static const FieldWords *
find_words (guint field)
{
  for (guint i = 0; i < G_N_ELEMENTS (field_words); i++)
    if (field_words[i].field == field)
      return &field_words[i];
  return NULL;
}

char *
dash_field_word (guint field)
{
  const FieldWords *words = find_words (field);

  return words != NULL ? g_strdup (_ (words->word)) : own_word (field);
}

char *
dash_field_heading (guint field)
{
  const FieldWords *words = find_words (field);
  g_autofree char *word = words == NULL ? own_word (field) : NULL;

  return words != NULL ? g_strdup (_ (words->heading)) : g_utf8_strup (word, -1);
}

char *
dash_number_text (double value, guint field)
{
  if (!isfinite (value))
    return g_strdup ("-");
  if (fabs (value) >= NUMBER_MAX)
    return g_strdup_printf ("%.1e", value);
  return g_strdup_printf ("%.*f", (int) fw_field (field)->decimals, value == 0 ? 0 : value);
}

static char *
bool_text (guint field, gboolean is_on)
{
  if (field == FW_FIELD_DOOR)
    return g_strdup (is_on ? _ ("OPEN") : _ ("shut"));
  return g_strdup (is_on ? _ ("on") : _ ("off"));
}

char *
dash_field_text (const DashRow *row, guint field)
{
  double value = dash_row_number (row, field);
  const char *text = fw_device_string (row->device, field);

  if (fw_field (field)->type == FW_FIELD_STRING)
    return g_strdup (text != NULL ? text : "-");
  if (!isfinite (value))
    return g_strdup ("-");
  if (fw_field (field)->type == FW_FIELD_BOOL)
    return bool_text (field, value != 0);
  if (field == FW_FIELD_ETA_TS_MS || field == FW_FIELD_TS_RECORDED_MS)
    return dash_clock_text ((gint64) value);
  if (field == FW_FIELD_HEADING_DEG)
    return g_strdup_printf ("%s %.0f", fw_geo_compass (value), value);
  return dash_number_text (value, field);
}

static char *
local_text (gint64 ms, const char *format)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (ms / 1000);
  char *text = time != NULL ? g_date_time_format (time, format) : NULL;

  return text != NULL ? text : g_strdup ("-");
}

char *
dash_clock_text (gint64 ms)
{
  return local_text (ms, "%H:%M");
}

char *
dash_zone_clock_text (gint64 ms)
{
  return local_text (ms, "%X %Z");
}

char *
dash_long_clock_text (gint64 ms)
{
  return local_text (ms, "%a %X %Z");
}
