/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-row.h"
#include "dash-wire.h"
#include <math.h>
#include <string.h>

void
dash_row_update_init (DashRowUpdate *update)
{
  memset (update, 0, sizeof *update);
  update->texts = g_string_chunk_new (256);
}

void
dash_row_update_clear (DashRowUpdate *update)
{
  g_clear_pointer (&update->texts, g_string_chunk_free);
}

static FwText
keep_text (DashRowUpdate *update, const FwJsonReader *reader)
{
  return (
      FwText){ g_string_chunk_insert_len (update->texts, reader->text, (gssize) reader->text_len),
               (guint) reader->text_len };
}

/* "humidity_pct" says "%": our names end in their unit. */
static const char *
unit_in_name (const char *name)
{
  static const char *const units[][2] = {
    { "_kmh", "km/h" }, { "_pct", "%" },   { "_km", "km" },   { "_ms", "ms" }, { "_mps", "m/s" },
    { "_deg", "deg" },  { "_kpa", "kPa" }, { "_bar", "bar" }, { "_kg", "kg" }, { "_kw", "kW" },
    { "_rpm", "rpm" },  { "_c", "°C" },    { "_m", "m" },     { "_s", "s" },   { "_v", "V" },
    { "_a", "A" },      { "_w", "W" },     { "_l", "l" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_has_suffix (name, units[i][0]))
      return units[i][1];
  return "";
}

static guint
field_for_key (const char *name, FwJsonToken token)
{
  guint id = fw_field_find (name, strlen (name));

  if (id == FW_FIELD_NONE && token == FW_JSON_NUMBER
      && !fw_field_declare (name, unit_in_name (name), -INFINITY, INFINITY, &id, NULL))
    return FW_FIELD_NONE;
  return id;
}

static void
read_field (DashRowUpdate *update, const char *name, FwJsonReader *reader, FwJsonToken token)
{
  guint id = field_for_key (name, token);
  gboolean is_text = id != FW_FIELD_NONE && fw_field (id)->type == FW_FIELD_STRING;

  if (id == FW_FIELD_NONE)
    return;
  if (token == FW_JSON_NULL)
    update->event.null |= FW_FIELD_BIT (id);
  else if (token == FW_JSON_STRING && is_text)
    {
      update->event.string[id] = keep_text (update, reader);
      update->event.has |= FW_FIELD_BIT (id);
    }
  else if (!is_text && (token == FW_JSON_NUMBER || token == FW_JSON_TRUE || token == FW_JSON_FALSE))
    {
      double value = token == FW_JSON_NUMBER ? fw_json_number (reader) : token == FW_JSON_TRUE;

      if (fw_field_takes (id, value))
        fw_event_set_number (&update->event, id, value);
    }
}

static gboolean
read_reason (DashRowUpdate *update, FwJsonReader *reader)
{
  FwJsonToken token;
  FwReason reason = FW_N_REASONS;
  gint64 since_ms = 0;

  while ((token = fw_json_next (reader)) == FW_JSON_KEY)
    {
      gboolean is_name = dash_wire_is (reader, "reason"),
               is_since = dash_wire_is (reader, "since_ms");

      token = fw_json_next (reader);
      if (is_name && token == FW_JSON_STRING)
        (void) fw_reason_find (reader->text, reader->text_len, &reason);
      else if (is_since && token == FW_JSON_NUMBER)
        (void) dash_wire_integer (reader, &since_ms);
      else if (!fw_json_skip (reader, token))
        return FALSE;
    }
  if (reason != FW_N_REASONS)
    {
      update->attention.since_ms[reason] = since_ms;
      update->attention.active |= (guint16) (1u << reason);
    }
  return token == FW_JSON_OBJECT_END;
}

static gboolean
read_reasons (DashRowUpdate *update, FwJsonReader *reader, FwJsonToken token)
{
  update->has_reasons = TRUE;
  if (token != FW_JSON_ARRAY_BEGIN)
    return fw_json_skip (reader, token);
  while ((token = fw_json_next (reader)) == FW_JSON_OBJECT_BEGIN)
    if (!read_reason (update, reader))
      return FALSE;
  return token == FW_JSON_ARRAY_END;
}

/* What a row says beside fields; FALSE when name is none of it. */
static gboolean
read_meta (DashRowUpdate *update, const char *name, FwJsonReader *reader, FwJsonToken token)
{
  if (strcmp (name, "fleet") == 0 && token == FW_JSON_STRING)
    update->event.fleet = keep_text (update, reader);
  else if (strcmp (name, "device_id") == 0 && (token == FW_JSON_STRING || token == FW_JSON_NUMBER))
    update->event.device_id = keep_text (update, reader);
  else if (strcmp (name, "last_seen_ms") == 0 && token == FW_JSON_NUMBER)
    (void) dash_wire_integer (reader, &update->last_seen_ms);
  else if (strcmp (name, "ts_ms") == 0 && token == FW_JSON_NUMBER)
    (void) dash_wire_integer (reader, &update->ts_ms);
  else if (strcmp (name, "status") == 0 && token == FW_JSON_STRING)
    update->has_status = fw_status_find (reader->text, reader->text_len, &update->status);
  else if (strcmp (name, "severity") == 0 && token == FW_JSON_STRING)
    update->has_severity = fw_severity_find (reader->text, reader->text_len, &update->severity);
  else if (strcmp (name, "clock_bad") == 0)
    {
      update->has_clock_bad = TRUE;
      update->is_clock_bad = token == FW_JSON_TRUE;
    }
  else
    return FALSE;
  return TRUE;
}

static void
begin (DashRowUpdate *update)
{
  GStringChunk *texts = update->texts;

  g_string_chunk_clear (texts);
  memset (update, 0, sizeof *update);
  update->texts = texts;
}

gboolean
dash_row_read (DashRowUpdate *update, FwJsonReader *reader)
{
  FwJsonToken token;

  begin (update);
  while ((token = fw_json_next (reader)) == FW_JSON_KEY)
    {
      const char *name = keep_text (update, reader).data;

      token = fw_json_next (reader);
      if (strcmp (name, "reasons") == 0)
        {
          if (!read_reasons (update, reader, token))
            return FALSE;
          continue;
        }
      if (!read_meta (update, name, reader, token))
        read_field (update, name, reader, token);
      if (!fw_json_skip (reader, token))
        return FALSE;
    }
  return token == FW_JSON_OBJECT_END && update->event.device_id.len > 0;
}

char *
dash_row_update_key (const DashRowUpdate *update)
{
  const FwText *fleet = &update->event.fleet, *id = &update->event.device_id;

  return g_strdup_printf ("%s/%s", fleet->len > 0 ? fleet->data : FW_FLEET_DEFAULT, id->data);
}

DashRow *
dash_row_new (const DashRowUpdate *update)
{
  DashRow *row = g_new0 (DashRow, 1);
  FwText fleet = update->event.fleet;

  if (fleet.len == 0)
    fleet = (FwText){ FW_FLEET_DEFAULT, sizeof FW_FLEET_DEFAULT - 1 };
  row->key = dash_row_update_key (update);
  row->device = fw_device_new (fleet, update->event.device_id);
  dash_row_apply (row, update);
  return row;
}

void
dash_row_free (DashRow *row)
{
  if (row == NULL)
    return;
  fw_device_free (row->device);
  g_free (row->key);
  g_free (row);
}

static void
push_speed (DashRow *row)
{
  double speed_kmh = dash_row_number (row, FW_FIELD_SPEED_KMH);

  if (!isfinite (speed_kmh))
    return;
  if (row->n_speeds == DASH_TRACE_MAX)
    memmove (row->speeds, row->speeds + 1, --row->n_speeds * sizeof *row->speeds);
  row->speeds[row->n_speeds++] = speed_kmh;
}

static void
push_place (DashRow *row)
{
  FwPoint point;
  double x, y;

  if (!dash_row_position (row, &point))
    return;
  fw_geo_mercator (point, &x, &y);
  if (row->n_track > 0 && row->track_x[row->n_track - 1] == x
      && row->track_y[row->n_track - 1] == y)
    return;
  if (row->n_track == DASH_TRACE_MAX)
    {
      row->n_track--;
      memmove (row->track_x, row->track_x + 1, row->n_track * sizeof *row->track_x);
      memmove (row->track_y, row->track_y + 1, row->n_track * sizeof *row->track_y);
    }
  row->track_x[row->n_track] = x;
  row->track_y[row->n_track++] = y;
}

static void
apply_fields (DashRow *row, const FwEvent *event)
{
  for (guint id = 0; id < fw_field_n (); id++)
    if ((event->null & FW_FIELD_BIT (id)) != 0)
      fw_device_remove (row->device, id);
    else if (!fw_event_has (event, id))
      continue;
    else if (fw_field (id)->type == FW_FIELD_STRING)
      fw_device_put_string (row->device, id, event->string[id].data, event->string[id].len);
    else
      fw_device_put_number (row->device, id, event->number[id]);
}

void
dash_row_apply (DashRow *row, const DashRowUpdate *update)
{
  gboolean is_news = update->last_seen_ms > row->last_seen_ms;

  apply_fields (row, &update->event);
  if (update->last_seen_ms != 0)
    row->last_seen_ms = update->last_seen_ms;
  if (update->ts_ms != 0)
    row->ts_ms = update->ts_ms;
  if (update->has_status)
    row->status = update->status;
  if (update->has_severity)
    row->severity = update->severity;
  if (update->has_reasons)
    row->attention = update->attention;
  if (update->has_clock_bad)
    row->is_clock_bad = update->is_clock_bad;
  push_place (row);
  if (is_news)
    push_speed (row);
}

const char *
dash_row_id (const DashRow *row)
{
  return fw_device_id (row->device);
}

double
dash_row_number (const DashRow *row, guint field)
{
  double value;

  return fw_device_number (row->device, field, &value) ? value : NAN;
}

gboolean
dash_row_position (const DashRow *row, FwPoint *ret_point)
{
  FwPoint point;

  if (!fw_device_number (row->device, FW_FIELD_LAT, &point.lat)
      || !fw_device_number (row->device, FW_FIELD_LON, &point.lon))
    return FALSE;
  *ret_point = point;
  return TRUE;
}

gboolean
dash_row_place (const DashRow *row, double *ret_x, double *ret_y)
{
  FwPoint point;

  if (row->n_track == 0 || !dash_row_position (row, &point))
    return FALSE;
  *ret_x = row->track_x[row->n_track - 1];
  *ret_y = row->track_y[row->n_track - 1];
  return TRUE;
}
