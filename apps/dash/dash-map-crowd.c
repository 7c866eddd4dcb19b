/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-map-private.h"
#include "dash-words.h"

#include <string.h>

#define CLUSTER_MIN 4       /* so many in one cell are told by their number */
#define CLUSTER_MIN_DENSE 6 /* where each is a dot only */
#define ARROW_ROOM 8        /* cells per vehicle, from which on each is an arrow */

static gboolean
is_worse (const DashRow *row, const DashRow *than)
{
  return row->severity != than->severity ? row->severity > than->severity
                                         : strcmp (row->key, than->key) < 0;
}

static void
count_row (MapDrawing *drawing, const DashRow *row)
{
  int dot_x, dot_y;
  MapCell *cell;

  if (!map_find_dots (drawing, row, &dot_x, &dot_y))
    return;
  if (!map_has_cell (drawing, dot_x >> 1, dot_y >> 2))
    {
      drawing->n_outside++;
      return;
    }
  drawing->n_in_view++;
  cell = map_cell (drawing, dot_x >> 1, dot_y >> 2);
  cell->n++;
  if (cell->worst == NULL || is_worse (row, cell->worst))
    cell->worst = row;
}

void
map_count_rows (MapDrawing *drawing)
{
  guint n_cells = (guint) (drawing->area.width * drawing->area.height);

  map_each_row (drawing, count_row);
  drawing->with_arrows = drawing->n_in_view * ARROW_ROOM <= n_cells;
}

static int
digits (guint n)
{
  return n < 10 ? 1 : 1 + digits (n / 10);
}

/* How many stand in these cells, and who of them is worst off; 0 when a number stands there
 * already. */
static guint
count_cells (const MapDrawing *drawing, int x, int y, int width, const DashRow **ret_worst)
{
  guint n = 0;

  *ret_worst = NULL;
  for (int i = 0; i < width; i++)
    {
      const MapCell *cell;

      if (!map_has_cell (drawing, x + i, y) || dash_canvas_has_text (drawing->canvas, x + i, y))
        return 0;
      cell = map_cell (drawing, x + i, y);
      n += cell->n;
      if (cell->n > 0 && (*ret_worst == NULL || cell->worst->severity > (*ret_worst)->severity))
        *ret_worst = cell->worst;
    }
  return n;
}

static char *
cluster_text (guint n, FwSeverity severity, gboolean is_bare)
{
  if (severity != FW_SEVERITY_NONE)
    return g_strdup_printf ("%s%u", dash_severity_sign (severity), n);
  return g_strdup_printf (is_bare ? "%u" : "(%u)", n);
}

/* Two numbers side by side would read as one. */
static gboolean
has_digit (const MapDrawing *drawing, int x, int y)
{
  return map_has_cell (drawing, x, y)
         && g_unichar_isdigit (dash_canvas_cell (drawing->canvas, x, y).glyph);
}

/* A number tells of all cells that it covers, so that nobody is counted twice or not at all. */
static gboolean
try_cluster (MapDrawing *drawing, int left, int y, int width, gboolean is_bare)
{
  const DashRow *worst;
  guint n = count_cells (drawing, left, y, width, &worst);
  int signs = n == 0 || worst->severity != FW_SEVERITY_NONE ? 1 : is_bare ? 0 : 2;
  g_autofree char *text = NULL;

  if (n == 0 || digits (n) + signs != width || (signs == 0 && has_digit (drawing, left - 1, y))
      || (signs < 2 && has_digit (drawing, left + width, y)))
    return FALSE;
  text = cluster_text (n, worst->severity, is_bare);
  for (int i = 0; i < width; i++)
    *map_cell (drawing, left + i, y) = (MapCell){ 0 };
  dash_canvas_text (drawing->canvas, left, y, width, text,
                    worst->severity != FW_SEVERITY_NONE ? map_style (drawing, worst)
                                                        : DASH_INK_STRONG);
  return TRUE;
}

/* In brackets where there is room, else bare, else a plus. */
static void
draw_cluster (MapDrawing *drawing, int x, int y)
{
  static const int shifts[] = { 1, 0, 2, 3, 4 };

  for (int is_bare = 0; is_bare <= 1; is_bare++)
    for (int width = 5; width >= 1; width--)
      for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
        if (shifts[i] < width && try_cluster (drawing, x - shifts[i], y, width, is_bare))
          return;
  dash_canvas_put (drawing->canvas, x, y, '+',
                   map_style (drawing, map_cell (drawing, x, y)->worst) | DASH_BOLD);
  *map_cell (drawing, x, y) = (MapCell){ 0 };
}

/* Large ones first, so that they get the room. */
void
map_draw_crowds (MapDrawing *drawing)
{
  DashArea area = drawing->area;
  guint fewest = drawing->with_arrows ? CLUSTER_MIN : CLUSTER_MIN_DENSE;

  for (guint least = 64; least >= fewest; least = least > fewest ? MAX (least / 2, fewest) : 0)
    for (int y = area.y; y < area.y + area.height; y++)
      for (int x = area.x; x < area.x + area.width; x++)
        if (map_cell (drawing, x, y)->n >= least)
          draw_cluster (drawing, x, y);
}
