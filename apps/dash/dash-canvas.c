/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-canvas.h"
#include "dash-sanitise.h"
#include <stdlib.h>

/* Cells. No terminal is larger, and a wrong size must not take all memory. */
#define SIDE_MAX 2000

typedef struct
{
  guint8 bits; /* braille: bit i of U+2800 + bits */
  guint8 rank;
  DashStyle style;
} Dots;

struct DashCanvas
{
  int width, height;
  gboolean is_ascii;
  DashCell *cells;
  Dots *dots;
};

/* Which bit of the braille block stands for column 0..1, row 0..3. */
static const guint8 dot_bits[4][2]
    = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

typedef struct
{
  char glyph;
  guint8 shape;
} Shape;

/* Characters by the dots that they look like: one row, one column, a diagonal, more and more ink.
 */
static const Shape shapes[] = {
  { '\'', 0x01 }, { '\'', 0x08 }, { '.', 0x40 },  { '.', 0x80 },  { '\'', 0x09 }, { '-', 0x12 },
  { '-', 0x24 },  { '_', 0xC0 },  { '|', 0x47 },  { '|', 0xB8 },  { '/', 0x8C },  { '/', 0x58 },
  { '/', 0x70 },  { '\\', 0xA1 }, { '\\', 0x91 }, { '\\', 0x83 }, { ':', 0x42 },  { ':', 0x90 },
  { '+', 0x3A },  { '+', 0x57 },  { '#', 0xFF },
};

DashCanvas *
dash_canvas_new (int width, int height, gboolean is_ascii)
{
  DashCanvas *canvas = g_new0 (DashCanvas, 1);

  canvas->is_ascii = is_ascii;
  dash_canvas_resize (canvas, width, height);
  return canvas;
}

void
dash_canvas_free (DashCanvas *canvas)
{
  if (canvas == NULL)
    return;
  g_free (canvas->cells);
  g_free (canvas->dots);
  g_free (canvas);
}

void
dash_canvas_resize (DashCanvas *canvas, int width, int height)
{
  canvas->width = CLAMP (width, 1, SIDE_MAX);
  canvas->height = CLAMP (height, 1, SIDE_MAX);
  canvas->cells = g_renew (DashCell, canvas->cells, canvas->width * canvas->height);
  canvas->dots = g_renew (Dots, canvas->dots, canvas->width * canvas->height);
  dash_canvas_clear (canvas);
}

void
dash_canvas_clear (DashCanvas *canvas)
{
  dash_canvas_erase (canvas, dash_canvas_area (canvas));
}

int
dash_canvas_width (const DashCanvas *canvas)
{
  return canvas->width;
}

int
dash_canvas_height (const DashCanvas *canvas)
{
  return canvas->height;
}

gboolean
dash_canvas_is_ascii (const DashCanvas *canvas)
{
  return canvas->is_ascii;
}

DashArea
dash_canvas_area (const DashCanvas *canvas)
{
  return (DashArea){ 0, 0, canvas->width, canvas->height };
}

static gboolean
is_inside (const DashCanvas *canvas, int x, int y)
{
  return x >= 0 && y >= 0 && x < canvas->width && y < canvas->height;
}

static DashCell *
cell_at (const DashCanvas *canvas, int x, int y)
{
  return &canvas->cells[y * canvas->width + x];
}

/* Half of a wide glyph must not stay behind when the other half is written over. */
static void
break_wide (DashCanvas *canvas, int x, int y)
{
  DashCell *cell = cell_at (canvas, x, y);

  if (cell->glyph == 0 && x > 0)
    cell_at (canvas, x - 1, y)->glyph = ' ';
  if (x + 1 < canvas->width && cell_at (canvas, x + 1, y)->glyph == 0)
    cell_at (canvas, x + 1, y)->glyph = ' ';
}

void
dash_canvas_put (DashCanvas *canvas, int x, int y, gunichar glyph, DashStyle style)
{
  guint width = g_unichar_iswide (glyph) ? 2 : 1;

  if (!is_inside (canvas, x, y))
    return;
  if (x + (int) width > canvas->width)
    {
      glyph = ' ';
      width = 1;
    }
  for (guint i = 0; i < width; i++)
    {
      break_wide (canvas, x + (int) i, y);
      *cell_at (canvas, x + (int) i, y) = (DashCell){ i == 0 ? glyph : 0, style };
      canvas->dots[y * canvas->width + x + (int) i].bits = 0;
    }
}

int
dash_canvas_text (DashCanvas *canvas, int x, int y, int max_cells, const char *text,
                  DashStyle style)
{
  guint width;
  gunichar glyph;
  int used = 0;
  gboolean is_cut
      = max_cells > 0 && dash_sanitise_width (text, (guint) max_cells + 1) > (guint) max_cells;
  int room = is_cut ? max_cells - 1 : max_cells;

  while ((glyph = dash_sanitise_next (&text, canvas->is_ascii, &width)) != 0
         && used + (int) width <= room)
    {
      dash_canvas_put (canvas, x + used, y, glyph, style);
      used += (int) width;
    }
  if (is_cut)
    dash_canvas_put (canvas, x + used++, y, canvas->is_ascii ? '~' : 0x2026, style);
  return used;
}

static DashArea
clip_to_canvas (const DashCanvas *canvas, DashArea area)
{
  int right = MIN (area.x + area.width, canvas->width),
      bottom = MIN (area.y + area.height, canvas->height);

  area.x = MAX (area.x, 0);
  area.y = MAX (area.y, 0);
  area.width = MAX (right - area.x, 0);
  area.height = MAX (bottom - area.y, 0);
  return area;
}

void
dash_canvas_fill (DashCanvas *canvas, DashArea area, gunichar glyph, DashStyle style)
{
  area = clip_to_canvas (canvas, area);
  for (int y = area.y; y < area.y + area.height; y++)
    for (int x = area.x; x < area.x + area.width; x++)
      dash_canvas_put (canvas, x, y, canvas->is_ascii ? dash_sanitise_to_ascii (glyph) : glyph,
                       style);
}

void
dash_canvas_erase (DashCanvas *canvas, DashArea area)
{
  area = clip_to_canvas (canvas, area);
  for (int y = area.y; y < area.y + area.height; y++)
    for (int x = area.x; x < area.x + area.width; x++)
      {
        *cell_at (canvas, x, y) = (DashCell){ ' ', DASH_INK_PLAIN };
        canvas->dots[y * canvas->width + x] = (Dots){ 0 };
      }
}

void
dash_canvas_add_flags (DashCanvas *canvas, DashArea area, DashStyle flags)
{
  area = clip_to_canvas (canvas, area);
  for (int y = area.y; y < area.y + area.height; y++)
    for (int x = area.x; x < area.x + area.width; x++)
      {
        cell_at (canvas, x, y)->style |= flags;
        canvas->dots[y * canvas->width + x].style |= flags;
      }
}

void
dash_canvas_dot (DashCanvas *canvas, const DashArea *clip, int dot_x, int dot_y, DashStyle style,
                 guint rank)
{
  int x = dot_x >> 1, y = dot_y >> 2;
  Dots *dots;

  if (dot_x < 0 || dot_y < 0 || x < clip->x || y < clip->y || x >= clip->x + clip->width
      || y >= clip->y + clip->height || !is_inside (canvas, x, y))
    return;
  dots = &canvas->dots[y * canvas->width + x];
  if (dots->bits != 0 && rank / DASH_LAYER < dots->rank / DASH_LAYER)
    return;
  if (rank / DASH_LAYER > dots->rank / DASH_LAYER)
    dots->bits = 0;
  if (dots->bits == 0 || rank >= dots->rank)
    {
      dots->style = style;
      dots->rank = (guint8) MIN (rank, 255);
    }
  dots->bits |= dot_bits[dot_y & 3][dot_x & 1];
}

static void
draw_line (DashCanvas *canvas, const DashArea *clip, int x0, int y0, int x1, int y1,
           DashStyle style, guint rank)
{
  int dx = abs (x1 - x0), dy = -abs (y1 - y0), step_x = x0 < x1 ? 1 : -1, step_y = y0 < y1 ? 1 : -1,
      error = dx + dy;

  while (TRUE)
    {
      int twice = 2 * error;

      dash_canvas_dot (canvas, clip, x0, y0, style, rank);
      if (x0 == x1 && y0 == y1)
        return;
      if (twice >= dy)
        {
          error += dy;
          x0 += step_x;
        }
      if (twice <= dx)
        {
          error += dx;
          y0 += step_y;
        }
    }
}

/* One bound of Liang and Barsky: narrows [*from, *to] of a line to where p * t <= q. FALSE when
 * nothing is left. */
static gboolean
narrow (double p, double q, double *from, double *to)
{
  if (p == 0)
    return q >= 0;
  if (p < 0)
    *from = MAX (*from, q / p);
  else
    *to = MIN (*to, q / p);
  return *from <= *to;
}

/* Cuts a line to the dots of clip, so that its length bounds the work however far away its ends
 * are. */
static gboolean
clip_line (const DashArea *clip, int *x0, int *y0, int *x1, int *y1)
{
  double from = 0, to = 1, x = *x0, y = *y0, dx = (double) *x1 - x, dy = (double) *y1 - y;

  if (!narrow (-dx, x - clip->x * 2, &from, &to)
      || !narrow (dx, (clip->x + clip->width) * 2 - 1 - x, &from, &to)
      || !narrow (-dy, y - clip->y * 4, &from, &to)
      || !narrow (dy, (clip->y + clip->height) * 4 - 1 - y, &from, &to))
    return FALSE;
  *x0 = (int) (x + from * dx);
  *y0 = (int) (y + from * dy);
  *x1 = (int) (x + to * dx);
  *y1 = (int) (y + to * dy);
  return TRUE;
}

void
dash_canvas_line (DashCanvas *canvas, const DashArea *clip, int x0, int y0, int x1, int y1,
                  DashStyle style, guint rank)
{
  if (clip_line (clip, &x0, &y0, &x1, &y1))
    draw_line (canvas, clip, x0, y0, x1, y1, style, rank);
}

static gunichar
nearest_shape (guint8 bits)
{
  guint best_distance = G_MAXUINT;
  gunichar best = '.';

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      guint distance = (guint) __builtin_popcount (bits ^ shapes[i].shape);

      if (distance < best_distance)
        {
          best_distance = distance;
          best = (gunichar) shapes[i].glyph;
        }
    }
  return best;
}

DashCell
dash_canvas_cell (const DashCanvas *canvas, int x, int y)
{
  const DashCell *cell = cell_at (canvas, x, y);
  const Dots *dots = &canvas->dots[y * canvas->width + x];

  if (dots->bits == 0 || cell->glyph != ' ')
    return *cell;
  return (DashCell){ canvas->is_ascii ? nearest_shape (dots->bits) : 0x2800u + dots->bits,
                     (DashStyle) (dots->style | (cell->style & ~DASH_INK_MASK)) };
}

gboolean
dash_canvas_has_text (const DashCanvas *canvas, int x, int y)
{
  return !is_inside (canvas, x, y) || cell_at (canvas, x, y)->glyph != ' ';
}

char *
dash_canvas_dump (const DashCanvas *canvas)
{
  GString *out = g_string_new (NULL);

  for (int y = 0; y < canvas->height; y++)
    {
      for (int x = 0; x < canvas->width; x++)
        {
          gunichar glyph = dash_canvas_cell (canvas, x, y).glyph;

          if (glyph != 0)
            g_string_append_unichar (out, glyph);
        }
      while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }
  return g_string_free (out, FALSE);
}
