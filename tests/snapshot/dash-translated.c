/* SPDX-License-Identifier: Apache-2.0 */
/* Draws the dashboard in the language of the environment, in which every text stands in ⟦brackets⟧
 * (po/pseudo.py makes it and starts this), and writes a line for each fault: a text that runs into
 * another or ends without its bracket or an ellipsis, half a character, a cell of the table that
 * leaves its column. */
#include "dash-fixture.h"
#include <libintl.h>
#include <locale.h>
#include <stdio.h>

#define TEXT_BEGIN 0x27E6
#define TEXT_END 0x27E7
#define ELLIPSIS 0x2026
#define RULE 0x2500
#define REPLACEMENT 0xFFFD

typedef struct
{
  FixtureKind kind;
  const char *keys;
  gboolean has_table, has_relay;
  int second_column; /* where one begins, of two whose texts go on in the next line; 0: none */
} Screen;

static const Screen screens[] = {
  { FIXTURE_FLEET, "", TRUE, TRUE },
  { FIXTURE_FLEET, "", TRUE, FALSE },
  { FIXTURE_FLEET, "2", TRUE, TRUE },
  { FIXTURE_FLEET, "3", FALSE, TRUE },
  { FIXTURE_FLEET, "4", FALSE, TRUE },
  { FIXTURE_FLEET, "f>", TRUE, TRUE },
  { FIXTURE_FLEET, "jj\n", FALSE, TRUE },
  { FIXTURE_FLEET, "/temp_c >> 8", TRUE, TRUE },
  { FIXTURE_FLEET, "/temp_c > 8\n", TRUE, TRUE },
  { FIXTURE_FLEET, "?", FALSE, TRUE, 58 },
  { FIXTURE_THERMOMETER, "", TRUE, TRUE },
};

static const int sizes[][2] = { { 80, 24 }, { 140, 40 } };

static gunichar
glyph_at (const DashCanvas *canvas, int x, int y)
{
  return dash_canvas_cell (canvas, x, y).glyph;
}

static const char *
fault_of_halves (const DashCanvas *canvas, int y)
{
  int width = dash_canvas_width (canvas);

  for (int x = 0; x < width; x++)
    {
      gboolean is_half = x + 1 < width && glyph_at (canvas, x + 1, y) == 0;

      if (g_unichar_iswide (glyph_at (canvas, x, y)) != is_half)
        return "half a character";
      if (glyph_at (canvas, x, y) == REPLACEMENT)
        return "a character that is none";
    }
  return NULL;
}

/* Inside a text there is no rule and no gap: where one comes, something was written over. */
static const char *
fault_of_texts (const DashCanvas *canvas, int y)
{
  int depth = 0;
  gunichar before = 0;

  for (int x = 0; x < dash_canvas_width (canvas); x++)
    {
      gunichar glyph = glyph_at (canvas, x, y);

      if (glyph == TEXT_END && depth == 0)
        return "the end of a text without its beginning";
      if (depth > 0 && (glyph == RULE || (glyph == ' ' && before == ' ')))
        return "a text that is not whole, and does not say so";
      depth = glyph == ELLIPSIS ? 0 : depth + (glyph == TEXT_BEGIN) - (glyph == TEXT_END);
      before = glyph;
    }
  return depth > 0 ? "a text that the edge cuts" : NULL;
}

/* Of texts that go on in the next line each ends before the next begins. */
static const char *
fault_of_paragraphs (const DashCanvas *canvas, int first_line, int from, int to)
{
  gboolean is_inside = FALSE;

  for (int y = first_line; y < dash_canvas_height (canvas) - 1; y++)
    for (int x = from; x < to; x++)
      {
        gunichar glyph = glyph_at (canvas, x, y);

        if (glyph != TEXT_BEGIN && glyph != TEXT_END)
          continue;
        if ((glyph == TEXT_BEGIN) == is_inside)
          return "a text that is not whole";
        is_inside = !is_inside;
      }
  return NULL;
}

/* y: the heading. */
static const char *
fault_of_columns (const DashCanvas *canvas, const DashTable *table, int y)
{
  const DashColumns *columns = &table->columns;

  for (int line = 0; line <= (int) table->n_lines; line++)
    for (int i = 0, x = 1; i + 1 < (int) columns->n; i++, x++)
      {
        x += columns->placed[i].width;
        if (glyph_at (canvas, x, y + line) != ' ')
          return "a cell that leaves its column";
      }
  return NULL;
}

static int
heading_line (const DashCanvas *canvas)
{
  int y = 0;

  while (glyph_at (canvas, 0, y) != RULE)
    y++;
  return y + 1;
}

/* The first fault; NULL when there is none. */
static const char *
find_fault (const Screen *screen, const DashApp *app, int *ret_y)
{
  const DashCanvas *canvas = app->canvas;
  const char *fault = NULL;
  int last = dash_canvas_height (canvas) - 1, second = screen->second_column,
      first_wrapped = second > 0 ? heading_line (canvas) : last;

  for (*ret_y = 0; *ret_y <= last; ++*ret_y)
    if ((fault = fault_of_halves (canvas, *ret_y)) != NULL
        || ((*ret_y < first_wrapped || *ret_y == last)
            && (fault = fault_of_texts (canvas, *ret_y)) != NULL))
      return fault;
  *ret_y = first_wrapped;
  if (second > 0
      && ((fault = fault_of_paragraphs (canvas, first_wrapped, 0, second)) != NULL
          || (fault
              = fault_of_paragraphs (canvas, first_wrapped, second, dash_canvas_width (canvas)))
                 != NULL))
    return fault;
  *ret_y = screen->has_table ? heading_line (canvas) : 0;
  return screen->has_table ? fault_of_columns (canvas, &app->table, *ret_y) : NULL;
}

static gboolean
is_good (const Screen *screen, const DashApp *app)
{
  int y;
  const char *fault = find_fault (screen, app, &y);
  g_autofree char *picture = dash_canvas_dump (app->canvas), *keys = g_strescape (screen->keys, "");

  if (fault != NULL)
    printf ("%dx%d, keys '%s', line %d: %s\n%s\n", dash_canvas_width (app->canvas),
            dash_canvas_height (app->canvas), keys, y + 1, fault, picture);
  return fault == NULL;
}

static gboolean
try_screen (const Screen *screen, int width, int height)
{
  DashFixture fixture;
  gboolean was_good;

  fixture_start (&fixture, screen->kind, width, height, FALSE);
  fixture_run (&fixture, 6);
  fixture_type (&fixture, screen->keys);
  fixture_run (&fixture, 12);
  if (!screen->has_relay)
    dash_store_disconnected (fixture.app->store, "Connection refused", 5000);
  dash_app_draw (fixture.app);
  was_good = is_good (screen, fixture.app);
  fixture_stop (&fixture);
  return was_good;
}

int
main (void)
{
  g_autofree char *messages = g_build_filename (g_getenv ("FLEETWIRE_BUILD"), "po", NULL);
  gboolean are_good = TRUE;

  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, messages);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (screens); j++)
      are_good &= try_screen (&screens[j], sizes[i][0], sizes[i][1]);
  return are_good ? 0 : 1;
}
