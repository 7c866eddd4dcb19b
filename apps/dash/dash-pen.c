/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-pen.h"
#include "dash-sanitise.h"
#include <math.h>

DashPen
dash_pen (DashCanvas *canvas, DashArea area, int line)
{
  return (DashPen){ canvas, area.x, area.y + line,
                    line < area.height ? area.x + area.width : area.x };
}

int
dash_pen_room (const DashPen *pen)
{
  return MAX (pen->end - pen->x, 0);
}

void
dash_pen_text (DashPen *pen, DashStyle style, const char *text)
{
  pen->x += dash_canvas_text (pen->canvas, pen->x, pen->y, dash_pen_room (pen), text, style);
}

void
dash_pen_print (DashPen *pen, DashStyle style, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  dash_pen_text (pen, style, text);
}

void
dash_pen_gap (DashPen *pen, int cells)
{
  pen->x += MIN (cells, dash_pen_room (pen));
}

void
dash_pen_glyph (DashPen *pen, DashStyle style, gunichar glyph)
{
  if (dash_pen_room (pen) < 1)
    return;
  if (dash_canvas_is_ascii (pen->canvas))
    glyph = dash_sanitise_to_ascii (glyph);
  dash_canvas_put (pen->canvas, pen->x++, pen->y, glyph, style);
}

void
dash_pen_field (DashPen *pen, DashStyle style, int cells, gboolean to_right, const char *text)
{
  int room = MIN (cells, dash_pen_room (pen)), start = pen->x;

  if (to_right)
    start += room - (int) dash_sanitise_width (text, (guint) MAX (room, 0));
  dash_canvas_text (pen->canvas, start, pen->y, pen->x + room - start, text, style);
  pen->x += room;
}

static gunichar
spark_glyph (double value, double low, double high)
{
  double share = high > low ? (value - low) / (high - low) : 0.35;

  return 0x2581 + (gunichar) CLAMP (lround (share * 7), 0, 7);
}

void
dash_pen_spark (DashPen *pen, DashStyle style, int cells, const double *values, guint n, double low,
                double high)
{
  int room = MIN (cells, dash_pen_room (pen)), blank = MAX (room - (int) n, 0);

  pen->x += blank;
  for (guint i = n - (guint) (room - blank); i < n; i++)
    if (isfinite (values[i]))
      dash_pen_glyph (pen, style, spark_glyph (values[i], low, high));
    else
      pen->x++;
}

void
dash_pen_to_right (DashPen *pen, int cells)
{
  pen->x = MAX (pen->x, pen->end - cells);
}

void
dash_pen_rule (DashPen *pen)
{
  while (dash_pen_room (pen) > 0)
    dash_pen_glyph (pen, DASH_INK_DIM, 0x2500);
}

void
dash_draw_title (DashCanvas *canvas, DashArea area, const char *title, const char *detail)
{
  DashPen pen = dash_pen (canvas, area, 0);

  dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
  dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
  dash_pen_gap (&pen, 1);
  dash_pen_text (&pen, DASH_INK_TITLE, title);
  dash_pen_gap (&pen, 1);
  if (detail != NULL && *detail != '\0')
    {
      dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
      dash_pen_glyph (&pen, DASH_INK_DIM, 0x2500);
      dash_pen_gap (&pen, 1);
      dash_pen_text (&pen, DASH_INK_DIM, detail);
      dash_pen_gap (&pen, 1);
    }
  dash_pen_rule (&pen);
}

/* Bytes of text that fit into so many cells, cut at the last space if there is one. */
static gsize
fitting_prefix (const char *text, int cells)
{
  const char *at = text, *last_space = NULL;
  guint width;
  int used = 0;

  while (*at != '\0' && *at != '\n')
    {
      const char *before = at;

      if (*at == ' ')
        last_space = at;
      if (dash_sanitise_next (&at, FALSE, &width) == 0)
        break;
      used += (int) width;
      if (used > cells)
        return (gsize) ((last_space != NULL ? last_space : before) - text);
    }
  return (gsize) (at - text);
}

char *
dash_pen_wrap (const char **text, int cells)
{
  gsize len = **text != '\0' && cells > 0 ? fitting_prefix (*text, cells) : 0;
  char *line;

  if (len == 0 && **text != '\n')
    return NULL;
  line = g_strndup (*text, len);
  *text += len;
  while (**text == ' ')
    (*text)++;
  if (**text == '\n')
    (*text)++;
  return line;
}

int
dash_draw_paragraph (DashCanvas *canvas, DashArea area, const char *text, DashStyle style)
{
  char *piece;
  int line = 0;

  while (line < area.height && (piece = dash_pen_wrap (&text, area.width)) != NULL)
    {
      dash_canvas_text (canvas, area.x, area.y + line++, area.width, piece, style);
      g_free (piece);
    }
  return line;
}
