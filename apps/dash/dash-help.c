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

/* A column of signs and what they mean, of which a part is seen. */
typedef struct
{
  DashCanvas *canvas;
  DashArea area;
  int line, sign_cells; /* line: the next one, within area; outside it nothing is drawn */
} Column;

static void
put_line (const Column *column, DashStyle style, const char *sign, const char *words)
{
  DashPen pen = dash_pen (column->canvas, column->area, column->line);

  if (column->line < 0 || column->line >= column->area.height)
    return;
  dash_pen_field (&pen, style, column->sign_cells, FALSE, sign);
  dash_pen_text (&pen, DASH_INK_PLAIN, words);
}

static void
put_entry (Column *column, DashStyle style, const char *sign, const char *meaning)
{
  char *words;

  while ((words = dash_pen_wrap (&meaning, column->area.width - column->sign_cells)) != NULL)
    {
      put_line (column, style, sign, words);
      column->line++;
      sign = "";
      g_free (words);
    }
}

static void
put_keys (Column *column)
{
  for (const DashKeyRow *row = dash_keys (); row->key != 0; row++)
    if (row->name != NULL)
      put_entry (column, DASH_INK_STRONG | DASH_BOLD, row->name, _ (row->help));
}

static void
put_signs (Column *column)
{
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      gboolean is_ascii = dash_canvas_is_ascii (column->canvas) && signs[i].ascii_sign != NULL;

      put_entry (column, signs[i].style, is_ascii ? signs[i].ascii_sign : signs[i].sign,
                 _ (signs[i].meaning));
    }
}

/* Keys and signs side by side, or one below the other; the lines that all of it takes. */
static int
put_all (DashCanvas *canvas, DashArea area, int top)
{
  Column keys = { canvas, area, -top, KEY_CELLS }, signs_there = { canvas, area, 0, SIGN_CELLS };
  gboolean has_two_columns = area.width + 2 >= TWO_COLUMNS_FROM;

  if (has_two_columns)
    keys.area.width = KEYS_CELLS;
  put_keys (&keys);
  signs_there.line = has_two_columns ? -top : keys.line + 1;
  if (has_two_columns)
    {
      signs_there.area.x += KEYS_CELLS + 2;
      signs_there.area.width -= KEYS_CELLS + 2;
    }
  put_signs (&signs_there);
  return MAX (keys.line, signs_there.line) + top;
}

int
dash_help_draw (DashCanvas *canvas, DashArea area, int top)
{
  DashArea inner = { area.x + 1, area.y + 1, area.width - 2, area.height - 1 };
  int n = put_all (canvas, (DashArea){ inner.x, inner.y, inner.width, 0 }, 0);
  g_autofree char *part = NULL;

  top = CLAMP (top, 0, MAX (n - inner.height, 0));
  if (n > inner.height)
    part = g_strdup_printf (_ ("%u-%u of %lld"), (guint) top + 1, (guint) (top + inner.height),
                            (long long) n);
  dash_canvas_erase (canvas, area);
  dash_draw_title (canvas, area, _ ("Keys and signs"), part != NULL ? part : _ ("? or Esc leaves"));
  put_all (canvas, inner, top);
  return top;
}
