/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-track-columns.h"

#include <string.h>

#include "fw-error.h"
#include "fw-nearest.h"
#include "fw-option.h"

#include "fw-i18n.h"

static gint
find_cell (const char *const *cells, guint n_cells, const char *name)
{
  for (guint i = 0; i < n_cells; i++)
    if (strcmp (cells[i], name) == 0)
      return (gint) i;
  return -1;
}

static char *
list_columns (const char *const *cells, guint n_cells)
{
  GString *list = g_string_new (NULL);
  for (guint i = 0; i < n_cells; i++)
    g_string_append_printf (list, "%s'%s'", i > 0 ? ", " : "", cells[i]);
  return g_string_free (list, FALSE);
}

static gboolean
refuse_missing (const char *name, const char *const *cells, guint n_cells, const char *path,
                GError **error)
{
  g_autofree const char **known = g_new0 (const char *, n_cells + 1);
  memcpy (known, cells, n_cells * sizeof *known);
  g_autofree char *list = list_columns (cells, n_cells);
  const char *nearest = fw_nearest_word (name, known);
  if (nearest != NULL)
    g_set_error (error, FW_ERROR, FW_ERROR_DATA,
                 _ ("%s has no column '%s'; did you mean '%s'? It has %s"), path, name, nearest,
                 list);
  else
    g_set_error (error, FW_ERROR, FW_ERROR_DATA, _ ("%s has no column '%s'; it has %s"), path, name,
                 list);
  return FALSE;
}

/* The cell's place is set for what it fills, unless something fills it already. */
static void
place (SimTrackColumns *columns, guint field, guint cell, double factor)
{
  gint *special = field == FW_MAP_DEVICE_ID ? &columns->device_cell
                  : field == FW_MAP_TS      ? &columns->ts_cell
                  : field == FW_MAP_FLEET   ? &columns->fleet_cell
                                            : NULL;
  if (special != NULL && *special < 0)
    {
      *special = (gint) cell;
      if (field == FW_MAP_TS)
        columns->ts_factor = factor;
    }
  if (special != NULL || field >= FW_FIELD_N_MAX || field == FW_FIELD_ORIGIN
      || field == FW_FIELD_TS_RECORDED_MS)
    return; /* seq, origin and the recorded time are stamped by the replay itself */
  for (guint i = 0; i < columns->fields->len; i++)
    if (g_array_index (columns->fields, SimTrackColumn, i).field == field)
      return;
  SimTrackColumn column = { field, cell, factor };
  g_array_append_val (columns->fields, column);
}

static guint
field_of_name (const char *name)
{
  if (strcmp (name, "device_id") == 0)
    return FW_MAP_DEVICE_ID;
  if (strcmp (name, "ts") == 0 || strcmp (name, "ts_ms") == 0)
    return FW_MAP_TS;
  if (strcmp (name, "fleet") == 0)
    return FW_MAP_FLEET;
  return fw_field_find (name, strlen (name));
}

static gboolean
place_mapped (SimTrackColumns *columns, const FwMapping *mapping, const char *const *cells,
              guint n_cells, const char *path, GError **error)
{
  for (guint i = 0; i < fw_mapping_n (mapping); i++)
    {
      const FwMappingRow *row = fw_mapping_row (mapping, i);
      gint cell = find_cell (cells, n_cells, row->column);
      if (cell < 0)
        return refuse_missing (row->column, cells, n_cells, path, error);
      place (columns, row->field, (guint) cell, row->factor);
    }
  return TRUE;
}

gboolean
sim_track_columns_find (SimTrackColumns *columns, const FwMapping *mapping,
                        const char *const *cells, guint n_cells, const char *path, GError **error)
{
  *columns
      = (SimTrackColumns){ -1, -1, -1, 1.0, g_array_new (FALSE, FALSE, sizeof (SimTrackColumn)) };
  if (!place_mapped (columns, mapping, cells, n_cells, path, error))
    return FALSE;
  for (guint i = 0; i < n_cells; i++)
    {
      guint field = field_of_name (cells[i]);
      if (field != FW_FIELD_NONE)
        place (columns, field, i, 1.0);
    }
  if (columns->device_cell >= 0 && columns->ts_cell >= 0)
    return TRUE;
  g_autofree char *list = list_columns (cells, n_cells);
  g_set_error (error, FW_ERROR, FW_ERROR_DATA,
               _ ("%s: no column is known to hold %s; name it, as in --map "
                  "device_id=COLUMN,ts=COLUMN. It has %s"),
               path, columns->device_cell < 0 ? "device_id" : "ts", list);
  return FALSE;
}

void
sim_track_columns_clear (SimTrackColumns *columns)
{
  g_clear_pointer (&columns->fields, g_array_unref);
}

static FwMapping *
mapping_of_file (const char *path, GError **error)
{
  g_autoptr (FwConfig) config = fw_config_new ();
  if (!fw_config_read (config, path, error))
    return NULL;
  g_autoptr (FwMapping) mapping = fw_mapping_new ();
  g_auto (GStrv) keys = fw_config_keys (config, "fields");
  for (guint i = 0; keys[i] != NULL; i++)
    if (!fw_mapping_add (mapping, keys[i], fw_config_get (config, "fields", keys[i]), error))
      {
        g_prefix_error (error, "%s: ", path);
        return NULL;
      }
  return g_steal_pointer (&mapping);
}

FwMapping *
sim_track_mapping (const char *path, const char *map, GError **error)
{
  if (map != NULL)
    return fw_mapping_parse_list (map, error);
  if (g_str_has_suffix (path, ".csv"))
    {
      g_autofree char *stem = g_strndup (path, strlen (path) - strlen (".csv"));
      g_autofree char *beside = g_strconcat (stem, ".conf", NULL);
      if (g_file_test (beside, G_FILE_TEST_IS_REGULAR))
        return mapping_of_file (beside, error);
    }
  return fw_mapping_new ();
}
