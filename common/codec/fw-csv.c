/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-csv.h"

#include <string.h>

#include "fw-i18n.h"

struct FwCsv
{
  const char *data;
  gsize len;
  gsize at;
  guint line;     /* where at stands */
  guint row_line; /* where the last row began */
  guint n_cells;  /* of the first row; every other must have as many */
  GString *text;  /* the row's cells, each ended by NUL */
  gsize begin[FW_CSV_MAX_CELLS];
  const char *cells[FW_CSV_MAX_CELLS];
  gsize lens[FW_CSV_MAX_CELLS];
  guint n;
  const char *why; /* set once the row is known to be broken */
};

FwCsv *
fw_csv_new (const char *data, gsize len)
{
  FwCsv *csv = g_new0 (FwCsv, 1);
  csv->data = data;
  csv->len = len;
  csv->at = len >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  csv->line = csv->row_line = 1;
  csv->text = g_string_new (NULL);
  return csv;
}

void
fw_csv_free (FwCsv *csv)
{
  if (!csv)
    return;
  g_string_free (csv->text, TRUE);
  g_free (csv);
}

guint
fw_csv_line (const FwCsv *csv)
{
  return csv->row_line;
}

static inline gboolean
is_line_end (char c)
{
  return c == '\n' || c == '\r';
}

/* Moves behind one line end: CR LF, LF or CR. */
static void
take_line_end (FwCsv *csv)
{
  if (csv->data[csv->at] == '\r' && csv->at + 1 < csv->len && csv->data[csv->at + 1] == '\n')
    csv->at++;
  csv->at++;
  csv->line++;
}

static void
append (FwCsv *csv, const char *text, gsize len)
{
  if (csv->text->len + len > FW_CSV_MAX_ROW_BYTES)
    csv->why = N_ ("the row is longer than 64 KiB");
  else if (!csv->why)
    g_string_append_len (csv->text, text, (gssize) len);
}

/* at stands behind the opening quote; afterwards behind the closing one. */
static void
read_quoted (FwCsv *csv)
{
  while (csv->at < csv->len && !csv->why)
    {
      char c = csv->data[csv->at];
      if (is_line_end (c))
        {
          gsize begin = csv->at;
          take_line_end (csv);
          append (csv, csv->data + begin, csv->at - begin);
          continue;
        }
      csv->at++;
      if (c != '"')
        append (csv, &c, 1);
      else if (csv->at < csv->len && csv->data[csv->at] == '"')
        append (csv, csv->data + csv->at++, 1);
      else
        return;
    }
  if (!csv->why)
    csv->why = N_ ("a quote is not closed");
}

static void
read_plain (FwCsv *csv)
{
  gsize begin = csv->at;
  while (csv->at < csv->len && csv->data[csv->at] != ',' && !is_line_end (csv->data[csv->at]))
    csv->at++;
  if (memchr (csv->data + begin, '"', csv->at - begin))
    csv->why = N_ ("a quote stands inside a cell that does not begin with one");
  append (csv, csv->data + begin, csv->at - begin);
}

/* A broken row ends at its first line end, whatever its quotes say, so that one open quote cannot
 * eat the file. */
static void
skip_row (FwCsv *csv, gsize row_at)
{
  csv->at = row_at;
  csv->line = csv->row_line;
  while (csv->at < csv->len && !is_line_end (csv->data[csv->at]))
    csv->at++;
}

static void
read_cell (FwCsv *csv)
{
  if (csv->n == FW_CSV_MAX_CELLS)
    {
      csv->why = N_ ("the row has more than 256 cells");
      return;
    }
  gsize begin = csv->text->len;
  csv->begin[csv->n] = begin;
  if (csv->at < csv->len && csv->data[csv->at] == '"')
    {
      csv->at++;
      read_quoted (csv);
      if (!csv->why && csv->at < csv->len && csv->data[csv->at] != ','
          && !is_line_end (csv->data[csv->at]))
        csv->why = N_ ("text follows a closing quote");
    }
  else
    read_plain (csv);
  csv->lens[csv->n++] = csv->text->len - begin;
  g_string_append_c (csv->text, '\0');
}

static void
read_row (FwCsv *csv)
{
  gsize row_at = csv->at;
  csv->row_line = csv->line;
  csv->n = 0;
  csv->why = NULL;
  g_string_truncate (csv->text, 0);
  do
    read_cell (csv);
  while (!csv->why && csv->at < csv->len && csv->data[csv->at] == ',' && ++csv->at);
  if (csv->why)
    skip_row (csv, row_at);
  if (csv->at < csv->len)
    take_line_end (csv);
  if (!csv->why && csv->n_cells && csv->n != csv->n_cells)
    csv->why = N_ ("the row has not as many cells as the first one");
}

static void
skip_blank_lines (FwCsv *csv)
{
  while (csv->at < csv->len && is_line_end (csv->data[csv->at]))
    take_line_end (csv);
}

FwCsvResult
fw_csv_next (FwCsv *csv, const char *const **ret_cells, const gsize **ret_lens, guint *ret_n,
             const char **ret_why)
{
  skip_blank_lines (csv);
  if (csv->at >= csv->len)
    return FW_CSV_END;
  read_row (csv);
  if (csv->why)
    {
      *ret_why = _ (csv->why);
      return FW_CSV_BROKEN;
    }
  if (csv->n_cells == 0)
    csv->n_cells = csv->n;
  for (guint i = 0; i < csv->n; i++)
    csv->cells[i] = csv->text->str + csv->begin[i];
  *ret_cells = csv->cells;
  *ret_lens = csv->lens;
  *ret_n = csv->n;
  return FW_CSV_ROW;
}
