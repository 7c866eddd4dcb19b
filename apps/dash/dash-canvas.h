/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-style.h"
/* dash-canvas: a picture of cells, with a layer of braille dots (2 x 4 per cell) beneath the text.
 * Promises: anything may be drawn anywhere, what is outside is left out; text passes
 * dash-sanitise's gate on its way in; text covers dots; in ASCII the dots of a cell become the
 * character of the nearest shape. Does not: know curses, a terminal, the time. Threads: one owner.
 */
typedef struct DashCanvas DashCanvas;

typedef struct
{
  gunichar glyph; /* 0: the right half of the wide glyph before it */
  DashStyle style;
} DashCell;

typedef struct
{
  int x, y, width, height;
} DashArea;

DashCanvas *dash_canvas_new (int width, int height, gboolean is_ascii);
void dash_canvas_free (DashCanvas *canvas);
/* Also clears it. */
void dash_canvas_resize (DashCanvas *canvas, int width, int height);
void dash_canvas_clear (DashCanvas *canvas);
int dash_canvas_width (const DashCanvas *canvas);
int dash_canvas_height (const DashCanvas *canvas);
gboolean dash_canvas_is_ascii (const DashCanvas *canvas);
DashArea dash_canvas_area (const DashCanvas *canvas);

void dash_canvas_put (DashCanvas *canvas, int x, int y, gunichar glyph, DashStyle style);
/* At most max_cells; what is cut ends in an ellipsis. Returns the cells used. */
int dash_canvas_text (DashCanvas *canvas, int x, int y, int max_cells, const char *text,
                      DashStyle style);
void dash_canvas_fill (DashCanvas *canvas, DashArea area, gunichar glyph, DashStyle style);
/* Blanks text and dots alike. */
void dash_canvas_erase (DashCanvas *canvas, DashArea area);
/* Adds flags to all cells of area. */
void dash_canvas_add_flags (DashCanvas *canvas, DashArea area, DashStyle flags);

/* Dots are addressed in dots (2 per cell across, 4 down), and kept to clip (in cells). A cell has
 * one ink: within a layer (rank / DASH_LAYER) the higher rank colours it; a higher layer takes the
 * cell for itself. */
#define DASH_LAYER 8
void dash_canvas_dot (DashCanvas *canvas, const DashArea *clip, int dot_x, int dot_y,
                      DashStyle style, guint rank);
void dash_canvas_line (DashCanvas *canvas, const DashArea *clip, int x0, int y0, int x1, int y1,
                       DashStyle style, guint rank);

/* The cell as it is to be shown: dots composed, ASCII applied. */
DashCell dash_canvas_cell (const DashCanvas *canvas, int x, int y);
gboolean dash_canvas_has_text (const DashCanvas *canvas, int x, int y);
/* Lines of UTF-8 with trailing spaces cut; transfer full. */
char *dash_canvas_dump (const DashCanvas *canvas);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashCanvas, dash_canvas_free)
