/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-canvas.h"
/* dash-pen: writes one line from left to right and never past its end; rules, sparklines and
 * shares. Threads: one owner. */
typedef struct
{
  DashCanvas *canvas;
  int x, y, end; /* end: the first cell that is not ours */
} DashPen;

DashPen dash_pen (DashCanvas *canvas, DashArea area, int line); /* line: 0-based within area */
int dash_pen_room (const DashPen *pen);
void dash_pen_text (DashPen *pen, DashStyle style, const char *text);
void dash_pen_print (DashPen *pen, DashStyle style, const char *format, ...) G_GNUC_PRINTF (3, 4);
void dash_pen_gap (DashPen *pen, int cells);
void dash_pen_glyph (DashPen *pen, DashStyle style, gunichar glyph);
/* Text in a field of so many cells; to_right aligns its end. */
void dash_pen_field (DashPen *pen, DashStyle style, int cells, gboolean to_right, const char *text);
/* The newest values at the right end of so many cells, between low and high; NaN leaves a blank. */
void dash_pen_spark (DashPen *pen, DashStyle style, int cells, const double *values, guint n,
                     double low, double high);
/* Moves to where text of so many cells ends at the line's end; never back over what is written. */
void dash_pen_to_right (DashPen *pen, int cells);
/* The rest of the line as a rule. */
void dash_pen_rule (DashPen *pen);
/* "── Title ── detail ─────────"; detail may be NULL. */
void dash_draw_title (DashCanvas *canvas, DashArea area, const char *title, const char *detail);
/* The next line of a text broken at spaces, which moves on; NULL at its end; transfer full. */
char *dash_pen_wrap (const char **text, int cells);
/* Text in as many lines as it needs, broken at spaces; returns the lines used. */
int dash_draw_paragraph (DashCanvas *canvas, DashArea area, const char *text, DashStyle style);
