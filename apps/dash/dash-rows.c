/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-rows.h"
#include <math.h>
#include <string.h>

static const char *const format_names[] = { "csv", "json", "ndjson" };

gboolean
dash_rows_find_format (const char *name, DashRowsFormat *ret_format)
{
  for (guint i = 0; i < G_N_ELEMENTS (format_names); i++)
    if (g_strcmp0 (name, format_names[i]) == 0)
      {
        *ret_format = i;
        return TRUE;
      }
  return FALSE;
}

/* RFC 4180: quoted only where it must be. */
static void
put_csv_text (GString *out, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (out, text);
      return;
    }
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
put_number (GString *out, double value, guint field)
{
  FwFieldType type = fw_field (field)->type;

  if (type == FW_FIELD_BOOL)
    g_string_append (out, value != 0 ? "true" : "false");
  else if (type == FW_FIELD_INTEGER && fabs (value) < 9e15)
    fw_json_put_int (out, (gint64) value);
  else
    fw_json_put_number (out, value);
}

static void
put_reasons (GString *out, const DashRow *row, const char *quote, const char *separator)
{
  const char *before = "";

  for (guint i = 0; i < FW_N_REASONS; i++)
    if ((row->attention.active & (1u << i)) != 0)
      {
        g_string_append_printf (out, "%s%s%s%s", before, quote, fw_reason_name (i), quote);
        before = separator;
      }
}

static void
put_csv_heading (GString *out)
{
  g_string_append (out, "fleet,device_id,status,severity,reasons,last_seen_ms,ts_ms");
  for (guint id = 0; id < fw_field_n (); id++)
    g_string_append_printf (out, ",%s", fw_field (id)->name);
  g_string_append (out, "\r\n");
}

static void
put_csv_field (GString *out, const DashRow *row, guint id)
{
  const char *text = fw_device_string (row->device, id);
  double value = dash_row_number (row, id);

  g_string_append_c (out, ',');
  if (text != NULL)
    put_csv_text (out, text);
  else if (isfinite (value))
    put_number (out, value, id);
}

static void
put_csv (GString *out, const DashRow *row)
{
  put_csv_text (out, fw_device_fleet (row->device));
  g_string_append_c (out, ',');
  put_csv_text (out, dash_row_id (row));
  g_string_append_printf (out, ",%s,%s,", fw_status_name (row->status),
                          fw_severity_name (row->severity));
  put_reasons (out, row, "", " ");
  g_string_append_printf (out, ",%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT, row->last_seen_ms,
                          row->ts_ms);
  for (guint id = 0; id < fw_field_n (); id++)
    put_csv_field (out, row, id);
  g_string_append (out, "\r\n");
}

static void
put_json_text (GString *out, const char *key, const char *text)
{
  g_string_append_printf (out, "\"%s\":", key);
  fw_json_put_string (out, text, strlen (text));
  g_string_append_c (out, ',');
}

static void
put_json_field (GString *out, const DashRow *row, guint id)
{
  const char *text = fw_device_string (row->device, id);
  double value = dash_row_number (row, id);

  if (text != NULL)
    put_json_text (out, fw_field (id)->name, text);
  else if (isfinite (value))
    {
      g_string_append_printf (out, "\"%s\":", fw_field (id)->name);
      put_number (out, value, id);
      g_string_append_c (out, ',');
    }
}

static void
put_json (GString *out, const DashRow *row)
{
  g_string_append_c (out, '{');
  put_json_text (out, "fleet", fw_device_fleet (row->device));
  put_json_text (out, "device_id", dash_row_id (row));
  for (guint id = 0; id < fw_field_n (); id++)
    put_json_field (out, row, id);
  g_string_append_printf (out,
                          "\"last_seen_ms\":%" G_GINT64_FORMAT ",\"ts_ms\":%" G_GINT64_FORMAT ",",
                          row->last_seen_ms, row->ts_ms);
  put_json_text (out, "status", fw_status_name (row->status));
  put_json_text (out, "severity", fw_severity_name (row->severity));
  g_string_append (out, "\"reasons\":[");
  put_reasons (out, row, "\"", ",");
  g_string_append (out, "]}");
}

void
dash_rows_begin (GString *out, DashRowsFormat format)
{
  if (format == DASH_ROWS_CSV)
    put_csv_heading (out);
  else if (format == DASH_ROWS_JSON)
    g_string_append (out, "[\n");
}

void
dash_rows_put (GString *out, DashRowsFormat format, const DashRow *row, guint64 n_before)
{
  if (format == DASH_ROWS_CSV)
    {
      put_csv (out, row);
      return;
    }
  if (format == DASH_ROWS_JSON && n_before > 0)
    g_string_append (out, ",\n");
  put_json (out, row);
  if (format == DASH_ROWS_NDJSON)
    g_string_append_c (out, '\n');
}

void
dash_rows_end (GString *out, DashRowsFormat format, guint64 n)
{
  if (format == DASH_ROWS_JSON)
    g_string_append (out, n > 0 ? "\n]\n" : "]\n");
}
