/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-help.h"
#include "dash-pen.h"
#include "dash-sanitise.h"

#include "fw-i18n.h"

#define BAR_MAX 24
#define KEY_CELLS 10
#define KEYS_CELLS 56
#define SIGN_CELLS 5
#define TWO_COLUMNS_FROM 76

typedef struct
{
  const char *sign;
  const char *ascii_sign; /* NULL: the same */
  DashStyle style;
  const char *meaning;
} Sign;

static const Sign signs[] = {
  { "!", NULL, DASH_INK_CRIT | DASH_BOLD, N_ ("critical") },
  { "▲", NULL, DASH_INK_WARN | DASH_BOLD, N_ ("warning") },
  { "M", NULL, DASH_INK_MOVING, N_ ("moving") },
  { "I", NULL, DASH_INK_IDLE, N_ ("idle, engine on") },
  { "S", NULL, DASH_INK_STOPPED, N_ ("stopped") },
  { "O", NULL, DASH_INK_OFFLINE, N_ ("offline, silent") },
  { "?", NULL, DASH_INK_PLAIN, N_ ("not known") },
  { "→", "*", DASH_INK_MOVING, N_ ("moving, on the map") },
  { "○", "i", DASH_INK_IDLE, N_ ("idle, there") },
  { "□", "s", DASH_INK_STOPPED, N_ ("stopped, there") },
  { "×", "o", DASH_INK_OFFLINE, N_ ("offline, there") },
  { "(12)", NULL, DASH_INK_STRONG, N_ ("so many, there") },
};

static int
entry_width (const DashKeyRow *row)
{
  return (int) (dash_sanitise_width (row->name, 40) + dash_sanitise_width (_ (row->bar), 40)) + 3;
}

/* The heaviest rows that fit, in the table's order. */
static guint
choose (const DashKeyRow **chosen, int width, DashPlace place)
{
  guint n = 0;
  int left = width - 1;
  gboolean is_taken[256] = { FALSE };

  for (guint weight = 100; weight > 0; weight--)
    for (guint i = 0; dash_keys ()[i].key != 0 && i < G_N_ELEMENTS (is_taken); i++)
      {
        const DashKeyRow *row = &dash_keys ()[i];

        if (row->weight != weight || row->bar == NULL || (row->places & place) == 0
            || entry_width (row) > left + 2)
          continue;
        left -= entry_width (row);
        is_taken[i] = TRUE;
      }
  for (guint i = 0; dash_keys ()[i].key != 0 && i < G_N_ELEMENTS (is_taken) && n < BAR_MAX; i++)
    if (is_taken[i])
      chosen[n++] = &dash_keys ()[i];
  return n;
}

void
dash_help_draw_bar (DashCanvas *canvas, DashArea area, DashPlace place)
{
  const DashKeyRow *chosen[BAR_MAX];
  guint n = choose (chosen, area.width, place);
  DashPen pen = dash_pen (canvas, area, 0);

  dash_pen_gap (&pen, 1);
  for (guint i = 0; i < n; i++)
    {
      dash_pen_text (&pen, DASH_INK_STRONG | DASH_BOLD, chosen[i]->name);
      dash_pen_gap (&pen, 1);
      dash_pen_text (&pen, DASH_INK_DIM, _ (chosen[i]->bar));
      dash_pen_gap (&pen, 2);
    }
}

static int
draw_keys (DashCanvas *canvas, DashArea area)
{
  int line = 0;

  for (const DashKeyRow *row = dash_keys (); row->key != 0 && line < area.height; row++)
    {
      DashPen pen = dash_pen (canvas, area, line);

      if (row->name == NULL)
        continue;
      dash_pen_field (&pen, DASH_INK_STRONG | DASH_BOLD, KEY_CELLS, FALSE, row->name);
      dash_pen_text (&pen, DASH_INK_PLAIN, _ (row->help));
      line++;
    }
  return line;
}

static const char *
sign_on (const DashCanvas *canvas, const Sign *sign)
{
  return dash_canvas_is_ascii (canvas) && sign->ascii_sign != NULL ? sign->ascii_sign : sign->sign;
}

static void
draw_signs (DashCanvas *canvas, DashArea area)
{
  for (guint i = 0; i < G_N_ELEMENTS (signs) && (int) i < area.height; i++)
    {
      DashPen pen = dash_pen (canvas, area, (int) i);

      dash_pen_field (&pen, signs[i].style, SIGN_CELLS, FALSE, sign_on (canvas, &signs[i]));
      dash_pen_text (&pen, DASH_INK_PLAIN, _ (signs[i].meaning));
    }
}

void
dash_help_draw (DashCanvas *canvas, DashArea area)
{
  DashArea inner = { area.x + 1, area.y + 1, area.width - 2, area.height - 1 };
  int used;

  dash_canvas_erase (canvas, area);
  dash_draw_title (canvas, area, _ ("Keys and signs"), _ ("? or Esc leaves"));
  if (area.width >= TWO_COLUMNS_FROM)
    {
      draw_keys (canvas, (DashArea){ inner.x, inner.y, KEYS_CELLS, inner.height });
      draw_signs (canvas, (DashArea){ inner.x + KEYS_CELLS + 2, inner.y,
                                      inner.width - KEYS_CELLS - 2, inner.height });
      return;
    }
  used = draw_keys (canvas, inner) + 1;
  if (inner.height - used > 0)
    draw_signs (canvas, (DashArea){ inner.x, inner.y + used, inner.width, inner.height - used });
}
