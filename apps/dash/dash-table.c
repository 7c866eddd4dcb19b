/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-table.h"
#include "dash-sanitise.h"
#include <string.h>

#include "fw-i18n.h"

#define ORDER_DEFAULT "severity"
#define WINDOW_MAX 1000 /* the protocol's */
#define WINDOW_MIN 20
#define PLACE_SPARES 22 /* cells of the title that the place leaves alone */

void
dash_table_init (DashTable *table)
{
  *table = (DashTable){ .order = g_strdup (ORDER_DEFAULT), .is_descending = TRUE };
}

void
dash_table_clear (DashTable *table)
{
  g_free (table->selected);
  g_free (table->order);
  *table = (DashTable){ 0 };
}

static int
index_of (const DashStore *store, const char *key)
{
  for (guint i = 0; key != NULL && i < store->rows->len; i++)
    if (strcmp (((const DashRow *) g_ptr_array_index (store->rows, i))->key, key) == 0)
      return (int) i;
  return -1;
}

gboolean
dash_table_select (DashTable *table, const char *key)
{
  if (g_strcmp0 (table->selected, key) == 0)
    return FALSE;
  g_free (table->selected);
  table->selected = g_strdup (key);
  return TRUE;
}

static void
scroll_to (DashTable *table, int index)
{
  int lines = (int) MAX (table->n_lines, 1);

  if (index < (int) table->top)
    table->top = (guint) index;
  else if (index >= (int) table->top + lines)
    table->top = (guint) (index - lines + 1);
}

gboolean
dash_table_move (DashTable *table, const DashStore *store, int by)
{
  int n = (int) store->rows->len, at = index_of (store, table->selected);

  if (n == 0)
    return FALSE;
  at = at < 0 ? (int) table->top : CLAMP (at + by, 0, n - 1);
  at = MIN (at, n - 1);
  scroll_to (table, at);
  table->is_chosen = TRUE;
  return dash_table_select (table, ((const DashRow *) g_ptr_array_index (store->rows, at))->key);
}

gboolean
dash_table_move_urgent (DashTable *table, const DashStore *store, int step)
{
  int n = (int) store->rows->len, at = index_of (store, table->selected);

  at = at < 0 && step < 0 ? 0 : at;
  for (int tried = 0; tried < n; tried++)
    {
      const DashRow *row;

      at = (at + step + n) % n;
      row = g_ptr_array_index (store->rows, at);
      if (row->severity == FW_SEVERITY_NONE)
        continue;
      scroll_to (table, at);
      table->is_chosen = TRUE;
      return dash_table_select (table, row->key);
    }
  return FALSE;
}

void
dash_table_sort (DashTable *table, int step)
{
  const char *order = dash_columns_next_order (&table->columns, table->order, step);
  char *copy = g_strdup (order);

  g_free (table->order);
  table->order = copy;
  table->is_descending = strcmp (copy, "device_id") != 0;
  table->top = 0;
}

guint
dash_table_n_wanted (const DashTable *table)
{
  return CLAMP (table->top + 2 * table->n_lines, WINDOW_MIN, WINDOW_MAX);
}

char *
dash_table_order_words (const DashTable *table)
{
  guint field = fw_field_find (table->order, strlen (table->order));
  g_autofree char *word = field != FW_FIELD_NONE ? dash_field_word (field) : NULL;

  if (strcmp (table->order, "severity") == 0)
    return g_strdup (table->is_descending ? _ ("worst first") : _ ("worst last"));
  if (strcmp (table->order, "device_id") == 0)
    return g_strdup (table->is_descending ? _ ("by name, from the end") : _ ("by name"));
  if (strcmp (table->order, "last_seen_ms") == 0)
    return g_strdup (table->is_descending ? _ ("newest first") : _ ("longest silent first"));
  /* Translators: what the table is sorted by, as in "speed, highest first" */
  return g_strdup_printf (table->is_descending ? _ ("%s, highest first") : _ ("%s, lowest first"),
                          word != NULL ? word : table->order);
}

static void
draw_row (const DashTable *table, const DashStore *store, DashCanvas *canvas, DashArea line,
          const DashRow *row)
{
  gboolean is_selected = g_strcmp0 (row->key, table->selected) == 0;
  DashPen pen = dash_pen (canvas, line, 0);
  DashStyle flags = is_selected ? DASH_CURSOR : 0;

  dash_pen_glyph (&pen, DASH_INK_STRONG, is_selected ? 0x203A : ' ');
  dash_columns_draw_row (&table->columns, &pen, store, row);
  if (fw_status_is_stale (dash_store_age_ms (store, row), &store->limits))
    flags |= DASH_FADED;
  dash_canvas_add_flags (canvas, line, flags);
}

static void
draw_rows (DashTable *table, const DashStore *store, DashCanvas *canvas, DashArea area)
{
  table->top
      = MIN (table->top, store->rows->len > table->n_lines ? store->rows->len - table->n_lines : 0);
  for (guint i = 0; i < table->n_lines && table->top + i < store->rows->len; i++)
    draw_row (table, store, canvas, (DashArea){ area.x, area.y + (int) i, area.width, 1 },
              g_ptr_array_index (store->rows, table->top + i));
}

/* A cursor that nobody moved is in sight, and at nothing milder than the first row. */
static void
keep_selection (DashTable *table, const DashStore *store)
{
  int at = index_of (store, table->selected);
  const DashRow *first = g_ptr_array_index (store->rows, 0),
                *row = at >= 0 ? g_ptr_array_index (store->rows, at) : first;

  if (!table->is_chosen
      && (at < 0 || at >= (int) table->n_lines || row->severity < first->severity))
    dash_table_select (table, first->key);
  else if (table->is_following && at >= 0)
    scroll_to (table, at);
}

/* Where the rows on screen stand among all that match: "1-18 of 300"; NULL when all are there. */
static char *
place_words (const DashTable *table, const DashStore *store)
{
  guint last = MIN (table->top + table->n_lines, store->rows->len);

  if (store->n_match <= (gint64) table->n_lines && table->top == 0)
    return NULL;
  return g_strdup_printf (_ ("%u-%u of %lld"), table->top + 1, last, (long long) store->n_match);
}

/* Title and order, and at the right end, where there is room for it, the place. */
static void
draw_title (const DashTable *table, const DashStore *store, DashCanvas *canvas, DashArea area,
            const char *title)
{
  g_autofree char *order = dash_table_order_words (table), *place = place_words (table, store);
  int width = place != NULL ? (int) dash_sanitise_width (place, (guint) MAX (area.width, 0)) : 0;
  int rest = width > 0 && width + PLACE_SPARES < area.width ? width + 3 : 0;
  DashPen pen = dash_pen (canvas, area, 0);

  dash_draw_title (canvas, (DashArea){ area.x, area.y, area.width - rest, 1 }, title, order);
  if (rest == 0)
    return;
  dash_pen_to_right (&pen, width + 2);
  dash_pen_text (&pen, DASH_INK_DIM, place);
  dash_pen_gap (&pen, 1);
  dash_pen_rule (&pen);
}

void
dash_table_draw (DashTable *table, const DashStore *store, DashCanvas *canvas, DashArea area,
                 const char *title, const char *empty_text)
{
  int heading = title != NULL ? 1 : 0;
  DashPen pen = dash_pen (canvas, area, heading);

  table->n_lines = (guint) MAX (area.height - heading - 1, 0);
  if (title != NULL)
    draw_title (table, store, canvas, area, title);
  if (store->rows->len == 0)
    {
      dash_draw_paragraph (
          canvas,
          (DashArea){ area.x + 1, area.y + heading + 1, area.width - 2, area.height - heading - 1 },
          empty_text, DASH_INK_PLAIN);
      return;
    }
  keep_selection (table, store);
  dash_columns_place (&table->columns, store, table->order, area.width - 1);
  dash_pen_gap (&pen, 1);
  dash_columns_draw_heading (&table->columns, &pen, table->order, table->is_descending);
  draw_rows (table, store, canvas,
             (DashArea){ area.x, area.y + heading + 1, area.width, area.height - heading - 1 });
}
