/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-map-private.h"
#include "dash-sanitise.h"

#include <math.h>
#include <string.h>

#define LABEL_MAX_CELLS 14
#define RANK_VEHICLE (2 * DASH_LAYER)

DashStyle
map_style (const MapDrawing *drawing, const DashRow *row)
{
  static const DashStyle by_status[FW_N_STATUS] = {
    [FW_STATUS_UNKNOWN] = DASH_INK_PLAIN,   [FW_STATUS_STOPPED] = DASH_INK_STOPPED,
    [FW_STATUS_IDLE] = DASH_INK_IDLE,       [FW_STATUS_MOVING] = DASH_INK_MOVING,
    [FW_STATUS_OFFLINE] = DASH_INK_OFFLINE,
  };

  if (row->severity == FW_SEVERITY_CRITICAL)
    return DASH_INK_CRIT | DASH_BOLD;
  if (row->severity == FW_SEVERITY_WARNING)
    return DASH_INK_WARN | DASH_BOLD;
  return by_status[row->status]
         | (fw_status_is_stale (dash_store_age_ms (drawing->store, row), &drawing->store->limits)
                ? DASH_FADED
                : 0);
}

static gunichar
arrow_for (double heading_deg)
{
  static const gunichar arrows[]
      = { 0x2191, 0x2197, 0x2192, 0x2198, 0x2193, 0x2199, 0x2190, 0x2196 };

  return isfinite (heading_deg) ? arrows[(int) floor (heading_deg / 45 + 0.5) & 7] : 0x25CF;
}

static gunichar
glyph_for (const MapDrawing *drawing, const DashRow *row)
{
  gboolean is_ascii = dash_canvas_is_ascii (drawing->canvas);

  if (row->severity == FW_SEVERITY_CRITICAL)
    return '!';
  if (row->severity == FW_SEVERITY_WARNING)
    return is_ascii ? '^' : 0x25B2;
  switch (row->status)
    {
    case FW_STATUS_MOVING:
      return is_ascii ? '*' : arrow_for (dash_row_number (row, FW_FIELD_HEADING_DEG));
    case FW_STATUS_IDLE:
      return is_ascii ? 'i' : 0x25CB;
    case FW_STATUS_STOPPED:
      return is_ascii ? 's' : 0x25A1;
    case FW_STATUS_OFFLINE:
      return is_ascii ? 'o' : 0x00D7;
    default:
      return '?';
    }
}

/* Who drives along untroubled is a dot where there is no room for arrows. */
static gboolean
is_dot (const MapDrawing *drawing, const DashRow *row)
{
  return !drawing->with_arrows && row->severity == FW_SEVERITY_NONE
         && row->status == FW_STATUS_MOVING && !dash_canvas_is_ascii (drawing->canvas);
}

static void
draw_row (MapDrawing *drawing, const DashRow *row)
{
  int dot_x, dot_y, x, y;
  DashStyle style = map_style (drawing, row);

  if (!map_find_cell (drawing, row, &x, &y) || map_cell (drawing, x, y)->n == 0)
    return;
  if (is_dot (drawing, row) && map_find_dots (drawing, row, &dot_x, &dot_y))
    dash_canvas_dot (drawing->canvas, &drawing->area, dot_x, dot_y, style | DASH_BOLD,
                     RANK_VEHICLE);
  else if (map_cell (drawing, x, y)->worst == row)
    dash_canvas_put (drawing->canvas, x, y, glyph_for (drawing, row), style);
}

void
map_draw_rows (MapDrawing *drawing)
{
  map_each_row (drawing, draw_row);
}

static gboolean
is_free (const MapDrawing *drawing, int x, int y, int width)
{
  for (int i = 0; i < width; i++)
    if (!map_has_cell (drawing, x + i, y) || dash_canvas_has_text (drawing->canvas, x + i, y))
      return FALSE;
  return TRUE;
}

/* Right of the mark, left, below, above; nowhere when all is taken. */
static void
draw_label (MapDrawing *drawing, const DashRow *row)
{
  static const int offsets[][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
  int mark_x, mark_y, width = (int) dash_sanitise_width (dash_row_id (row), LABEL_MAX_CELLS);

  if (!map_find_cell (drawing, row, &mark_x, &mark_y))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      int x = mark_x + (offsets[i][0] < 0 ? -width : offsets[i][0]), y = mark_y + offsets[i][1];

      if (!is_free (drawing, x, y, width))
        continue;
      dash_canvas_text (drawing->canvas, x, y, width, dash_row_id (row), map_style (drawing, row));
      return;
    }
}

/* In a crowd its number is marked rather than written over. */
void
map_draw_selected (MapDrawing *drawing)
{
  const DashRow *row = drawing->selected;
  int x, y;

  if (row == NULL || !map_find_cell (drawing, row, &x, &y))
    return;
  if (map_cell (drawing, x, y)->n > 0)
    dash_canvas_put (drawing->canvas, x, y, glyph_for (drawing, row), map_style (drawing, row));
  dash_canvas_add_flags (drawing->canvas, (DashArea){ x, y, 1, 1 }, DASH_CURSOR | DASH_BOLD);
  draw_label (drawing, row);
}

static int
compare_urgency (gconstpointer a, gconstpointer b)
{
  const DashRow *x = *(const DashRow *const *) a, *y = *(const DashRow *const *) b;

  return x->severity != y->severity ? (int) y->severity - (int) x->severity
                                    : strcmp (x->key, y->key);
}

void
map_draw_labels (MapDrawing *drawing)
{
  g_autoptr (GPtrArray) urgent = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  guint most = (guint) drawing->area.height / 2;

  dash_fold_iter (drawing->store->points, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((DashRow *) value)->severity != FW_SEVERITY_NONE && value != drawing->selected)
      g_ptr_array_add (urgent, value);
  g_ptr_array_sort (urgent, compare_urgency);
  for (guint i = 0; i < MIN (urgent->len, most); i++)
    draw_label (drawing, g_ptr_array_index (urgent, i));
}
