/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-totals.h"
#include "dash-wire.h"
#include <math.h>
#include <string.h>

static gint64 *
find_count (DashTotals *totals, const char *group, const FwJsonReader *key)
{
  FwStatus status;
  FwSeverity severity;

  if (strcmp (group, "status") == 0)
    return fw_status_find (key->text, key->text_len, &status) ? &totals->by_status[status] : NULL;
  if (strcmp (group, "severity") == 0)
    return fw_severity_find (key->text, key->text_len, &severity) ? &totals->by_severity[severity]
                                                                  : NULL;
  return NULL;
}

static double *
find_figure (DashStat *stat, const FwJsonReader *key)
{
  return dash_wire_is (key, "min")    ? &stat->min
         : dash_wire_is (key, "mean") ? &stat->mean
         : dash_wire_is (key, "max")  ? &stat->max
                                      : NULL;
}

static void
read_count (gint64 *count, const FwJsonReader *reader)
{
  gint64 value;

  if (dash_wire_integer (reader, &value) && value >= 0)
    *count = value;
}

static gboolean
read_group (DashTotals *totals, const char *group, FwJsonReader *reader)
{
  guint field = fw_field_find (group, strlen (group));
  DashStat *stat = field != FW_FIELD_NONE ? &totals->stat[field] : NULL;
  FwJsonToken token;

  while ((token = fw_json_next (reader)) == FW_JSON_KEY)
    {
      gint64 *count = stat == NULL                 ? find_count (totals, group, reader)
                      : dash_wire_is (reader, "n") ? &stat->n
                                                   : NULL;
      double *figure = stat != NULL ? find_figure (stat, reader) : NULL;

      token = fw_json_next (reader);
      if (token == FW_JSON_NUMBER && count != NULL)
        read_count (count, reader);
      else if (token == FW_JSON_NUMBER && figure != NULL
               && fw_field_takes (field, fw_json_number (reader)))
        *figure = fw_json_number (reader);
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
  if (dash_slice_open (slice, FW_JSON_OBJECT_BEGIN, &reader))
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
