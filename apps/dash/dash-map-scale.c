/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-map-private.h"
#include "dash-pen.h"
#include "dash-sanitise.h"

#include <math.h>

#include "fw-i18n.h"

/* The longest of 1, 2, 5 x 10^n metres that takes at most so many cells. */
static double
nice_length (double metres_per_cell, int cells, int *ret_cells)
{
  static const double steps[] = { 5, 2, 1 };

  for (double unit = 1e6; unit >= 1; unit /= 10)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i] * unit / metres_per_cell <= cells)
        {
          *ret_cells = (int) lround (steps[i] * unit / metres_per_cell);
          return steps[i] * unit;
        }
  *ret_cells = 0;
  return 0;
}

void
map_draw_scale (MapDrawing *drawing)
{
  int cells, y = drawing->area.y + drawing->area.height - 1, x = drawing->area.x;
  double metres = nice_length (2 * dash_viewport_metres_per_dot (drawing->view),
                               drawing->area.width / 3, &cells);
  g_autofree char *label = metres >= 1000 ? g_strdup_printf (_ ("%.0f km"), metres / 1000)
                                          : g_strdup_printf (_ ("%.0f m"), metres);
  int width = (int) dash_sanitise_width (label, 16);
  DashPen pen = { drawing->canvas, x, y, x + cells };

  if (cells < width + 4)
    return;
  dash_pen_glyph (&pen, DASH_INK_DIM, 0x251C);
  while (pen.x < x + (cells - width - 2) / 2)
    dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
  dash_pen_print (&pen, DASH_INK_DIM, " %s ", label);
  while (pen.x < x + cells - 1)
    dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
  dash_pen_glyph (&pen, DASH_INK_DIM, 0x2524);
}

void
map_draw_north (MapDrawing *drawing)
{
  if (drawing->area.width > 12 && drawing->area.height > 3)
    dash_canvas_text (drawing->canvas, drawing->area.x + drawing->area.width - 2, drawing->area.y,
                      2, "N↑", DASH_INK_DIM);
}
