/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-totals.h"
#include <math.h>
#include <string.h>

static const char *const severity_names[] = { "none", "warning", "critical" };

static void
put_figure (DashTotals *totals, const char *group, const char *name, double value)
{
  guint field = fw_field_find (group, strlen (group));
  FwStatus status;

  if (strcmp (group, "status") == 0 && fw_status_find (name, strlen (name), &status))
    totals->by_status[status] = (gint64) value;
  for (guint i = 0; strcmp (group, "severity") == 0 && i < G_N_ELEMENTS (severity_names); i++)
    if (strcmp (name, severity_names[i]) == 0)
      totals->by_severity[i] = (gint64) value;
  if (field == FW_FIELD_NONE)
    return;
  if (strcmp (name, "n") == 0)
    totals->stat[field].n = (gint64) value;
  else if (strcmp (name, "min") == 0)
    totals->stat[field].min = value;
  else if (strcmp (name, "mean") == 0)
    totals->stat[field].mean = value;
  else if (strcmp (name, "max") == 0)
    totals->stat[field].max = value;
}

static gboolean
read_group (DashTotals *totals, const char *group, FwJsonReader *reader)
{
  FwJsonToken token;

  while ((token = fw_json_next (reader)) == FW_JSON_KEY)
    {
      g_autofree char *name = g_strndup (reader->text, reader->text_len);

      token = fw_json_next (reader);
      if (token == FW_JSON_NUMBER)
        put_figure (totals, group, name, fw_json_number (reader));
      if (!fw_json_skip (reader, token))
        return FALSE;
    }
  return token == FW_JSON_OBJECT_END;
}

static void
read_groups (DashTotals *totals, FwJsonReader *reader)
{
  while (fw_json_next (reader) == FW_JSON_KEY)
    {
      g_autofree char *group = g_strndup (reader->text, reader->text_len);
      FwJsonToken token = fw_json_next (reader);

      if (!(token == FW_JSON_OBJECT_BEGIN ? read_group (totals, group, reader)
                                          : fw_json_skip (reader, token)))
        return;
    }
}

void
dash_totals_read (DashTotals *totals, DashSlice slice)
{
  FwJsonReader reader;

  memset (totals, 0, sizeof *totals);
  if (slice.text == NULL)
    return;
  fw_json_reader_init (&reader);
  fw_json_reader_start (&reader, slice.text, slice.len);
  if (fw_json_next (&reader) == FW_JSON_OBJECT_BEGIN)
    {
      read_groups (totals, &reader);
      totals->is_known = TRUE;
    }
  fw_json_reader_clear (&reader);
}

static void
add_value (DashStat *stat, double value)
{
  stat->min = stat->n == 0 ? value : MIN (stat->min, value);
  stat->max = stat->n == 0 ? value : MAX (stat->max, value);
  stat->n++;
  stat->mean += (value - stat->mean) / (double) stat->n;
}

void
dash_totals_count (DashTotals *totals, const DashFold *fold)
{
  GHashTableIter iter;
  gpointer value;

  memset (totals, 0, sizeof *totals);
  dash_fold_iter (fold, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DashRow *row = value;

      totals->by_status[row->status]++;
      totals->by_severity[row->severity]++;
      for (guint id = 0; id < fw_field_n (); id++)
        if (fw_field (id)->type == FW_FIELD_NUMBER && isfinite (dash_row_number (row, id)))
          add_value (&totals->stat[id], dash_row_number (row, id));
    }
  totals->is_known = TRUE;
}
