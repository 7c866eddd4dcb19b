/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-track.h"

#include <math.h>
#include <string.h>

#include "fw-csv.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-time.h"
#include "sim-track-columns.h"

#include "fw-i18n.h"

FW_LOG_TOPIC ("sim-track");

#define SAID_MAX 5 /* broken rows that are said one by one */
#define TS_MIN_MS \
  100000000000.0 /* below this it looks like seconds (CONTRACT: a number below 10^11) */
#define TS_MAX_MS 253402300799999.0

typedef struct
{
  const char *path, *fleet;
  guint rows_max;
  SimTrack *track;
  SimTrackColumns columns;
  GHashTable *known; /* "fleet/id" -> place in devices + 1 */
} Reading;

static void
clear_device (gpointer data)
{
  SimTrackDevice *device = data;
  g_free (device->fleet);
  g_free (device->id);
}

static SimTrack *
track_new (void)
{
  SimTrack *track = g_new0 (SimTrack, 1);
  track->rows = g_array_new (FALSE, FALSE, sizeof (SimTrackRow));
  track->values = g_array_new (FALSE, FALSE, sizeof (SimTrackValue));
  track->devices = g_array_new (FALSE, FALSE, sizeof (SimTrackDevice));
  g_array_set_clear_func (track->devices, clear_device);
  track->texts = g_string_chunk_new (64 * 1024);
  return track;
}

void
sim_track_free (SimTrack *track)
{
  if (track == NULL)
    return;
  g_clear_pointer (&track->columns, g_array_unref);
  g_array_unref (track->rows);
  g_array_unref (track->values);
  g_array_unref (track->devices);
  g_string_chunk_free (track->texts);
  g_free (track);
}

static gboolean
read_number (const char *text, double *ret_value)
{
  char *end;
  *ret_value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*ret_value);
}

/* NULL when it is a time; else why not. */
static const char *
read_time (const Reading *rd, const char *text, gsize len, gint64 *ret_ms)
{
  double ms;
  if (fw_time_parse_rfc3339 (text, len, ret_ms))
    return NULL;
  if (!read_number (text, &ms))
    return N_ ("its time is neither RFC 3339 with a zone nor a number of milliseconds");
  ms *= rd->columns.ts_factor;
  if (ms < TS_MIN_MS)
    return N_ ("its time looks like seconds: map it with *1000");
  if (ms > TS_MAX_MS)
    return N_ ("its time lies after the year 9999");
  *ret_ms = (gint64) ms;
  return NULL;
}

static gboolean
read_bool (const char *text, double *ret_value)
{
  static const struct
  {
    const char *text;
    double value;
  } words[] = {
    { "true", 1 },  { "1", 1 }, { "yes", 1 }, { "on", 1 },
    { "false", 0 }, { "0", 0 }, { "no", 0 },  { "off", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (text, words[i].text) == 0)
      {
        *ret_value = words[i].value;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_value (const SimTrackColumn *column, const char *text, double *ret_value)
{
  const FwField *field = fw_field (column->field);
  if (field->type == FW_FIELD_BOOL)
    return read_bool (text, ret_value);
  if (!read_number (text, ret_value))
    return FALSE;
  if (column->factor != 1.0)
    *ret_value = round (*ret_value * column->factor * 1e6) / 1e6; /* not 26.232307200000005 */
  if (field->type == FW_FIELD_INTEGER)
    *ret_value = round (*ret_value);
  return *ret_value >= field->min && *ret_value <= field->max
         && !(field->max_exclusive && *ret_value == field->max);
}

/* A cell that is not what its field takes is left out, as the event reader would. */
static SimTrackValue
take_cell (Reading *rd, const SimTrackColumn *column, const char *text, gsize len)
{
  SimTrackValue value;
  gboolean is_string = fw_field (column->field)->type == FW_FIELD_STRING, is_good = TRUE;
  if (is_string)
    {
      is_good = len <= FW_STRING_MAX_BYTES && g_utf8_validate_len (text, len, NULL)
                && !fw_text_has_control (text, len);
      value.text = len > 0 && is_good ? g_string_chunk_insert_const (rd->track->texts, text) : NULL;
    }
  else
    {
      is_good = len == 0 || (strlen (text) == len && read_value (column, text, &value.number));
      if (len == 0 || !is_good)
        value.number = NAN;
    }
  rd->track->n_cells_dropped += !is_good;
  return value;
}

static guint
device_of (Reading *rd, const char *fleet, const char *id)
{
  g_autofree char *key = g_strconcat (fleet, "/", id, NULL);
  guint known = GPOINTER_TO_UINT (g_hash_table_lookup (rd->known, key));
  if (known > 0)
    return known - 1;
  SimTrackDevice device = { g_strdup (fleet), g_strdup (id) };
  g_array_append_val (rd->track->devices, device);
  g_hash_table_insert (rd->known, g_steal_pointer (&key),
                       GUINT_TO_POINTER (rd->track->devices->len));
  return rd->track->devices->len - 1;
}

/* NULL when the row is taken; else why not. */
static const char *
take_row (Reading *rd, const char *const *cells, const gsize *lens)
{
  const SimTrackColumns *columns = &rd->columns;
  const char *id = cells[columns->device_cell], *fleet = rd->fleet;
  SimTrackRow row = { 0, 0, rd->track->values->len };
  if (!fw_device_id_is_valid (id, lens[columns->device_cell]))
    return N_ ("its device_id is empty, too long or not plain text");
  if (columns->fleet_cell >= 0 && lens[columns->fleet_cell] > 0)
    fleet = cells[columns->fleet_cell];
  if (!fw_name_is_valid (fleet, strlen (fleet)))
    return N_ ("its fleet is not a name of letters, digits, '.', '_' and '-'");
  const char *why = read_time (rd, cells[columns->ts_cell], lens[columns->ts_cell], &row.ts_ms);
  if (why != NULL)
    return why;
  row.device = device_of (rd, fleet, id);
  for (guint i = 0; i < columns->fields->len; i++)
    {
      const SimTrackColumn *column = &g_array_index (columns->fields, SimTrackColumn, i);
      SimTrackValue value = take_cell (rd, column, cells[column->cell], lens[column->cell]);
      g_array_append_val (rd->track->values, value);
    }
  g_array_append_val (rd->track->rows, row);
  return NULL;
}

static void
note_broken (Reading *rd, guint line, const char *why)
{
  if (rd->track->n_broken++ < SAID_MAX)
    fw_warn (_ ("%s, line %u: %s, leaving the row out"), rd->path, line, _ (why));
}

static gboolean
read_header (Reading *rd, FwCsv *csv, const FwMapping *mapping, GError **error)
{
  const char *const *cells;
  const gsize *lens;
  guint n;
  const char *why = N_ ("it is empty");
  if (fw_csv_next (csv, &cells, &lens, &n, &why) != FW_CSV_ROW)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_DATA, _ ("%s has no header row: %s"), rd->path,
                   _ (why));
      return FALSE;
    }
  return sim_track_columns_find (&rd->columns, mapping, cells, n, rd->path, error);
}

static gboolean
read_rows (Reading *rd, FwCsv *csv, GError **error)
{
  const char *const *cells;
  const gsize *lens;
  guint n;
  const char *why;
  for (;;)
    {
      FwCsvResult result = fw_csv_next (csv, &cells, &lens, &n, &why);
      if (result == FW_CSV_END)
        return TRUE;
      if (result == FW_CSV_ROW && rd->track->rows->len == rd->rows_max)
        {
          g_set_error (error, FW_ERROR, FW_ERROR_LIMIT,
                       _ ("%s has more than %u rows: raise --replay-rows-max, or cut it"), rd->path,
                       rd->rows_max);
          return FALSE;
        }
      if (result == FW_CSV_ROW)
        why = take_row (rd, cells, lens);
      if (why != NULL)
        note_broken (rd, fw_csv_line (csv), why);
    }
}

static gint
by_time_then_file (gconstpointer a, gconstpointer b)
{
  const SimTrackRow *left = a, *right = b;
  if (left->ts_ms != right->ts_ms)
    return left->ts_ms < right->ts_ms ? -1 : 1;
  return (left->first_value > right->first_value) - (left->first_value < right->first_value);
}

static gboolean
finish_track (Reading *rd, GError **error)
{
  SimTrack *track = rd->track;
  if (track->n_broken > SAID_MAX)
    fw_warn (_ ("%s: %u rows left out in all"), rd->path, track->n_broken);
  if (track->n_cells_dropped > 0)
    fw_warn (_ ("%s: %u cells are not what their field takes, leaving them out"), rd->path,
             track->n_cells_dropped);
  if (track->rows->len == 0)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_DATA, _ ("%s has no row that can be played"),
                   rd->path);
      return FALSE;
    }
  track->columns = g_steal_pointer (&rd->columns.fields);
  g_array_sort (track->rows, by_time_then_file);
  return TRUE;
}

SimTrack *
sim_track_read (const char *path, const char *map, const char *fleet, guint rows_max,
                GError **error)
{
  g_autoptr (FwMapping) mapping = sim_track_mapping (path, map, error);
  if (mapping == NULL)
    return NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &local);
  if (file == NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("cannot read the tracks: %s"),
                   local->message);
      return NULL;
    }
  g_autoptr (FwCsv) csv
      = fw_csv_new (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  g_autoptr (SimTrack) track = track_new ();
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reading rd
      = { .path = path, .fleet = fleet, .rows_max = rows_max, .track = track, .known = known };
  gboolean is_read = read_header (&rd, csv, mapping, error) && read_rows (&rd, csv, error)
                     && finish_track (&rd, error);
  sim_track_columns_clear (&rd.columns);
  return is_read ? g_steal_pointer (&track) : NULL;
}
