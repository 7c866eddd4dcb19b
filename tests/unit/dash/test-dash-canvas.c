/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-canvas.h"
#include "dash-pen.h"
#include <math.h>

static void
check (DashCanvas *canvas, const char *expected)
{
  g_autofree char *dump = dash_canvas_dump (canvas);

  g_assert_cmpstr (dump, ==, expected);
}

static void
test_text_is_cut_with_an_ellipsis (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (8, 2, FALSE);

  g_assert_cmpint (dash_canvas_text (canvas, 0, 0, 5, "TRK-0147", DASH_INK_PLAIN), ==, 5);
  g_assert_cmpint (dash_canvas_text (canvas, 0, 1, 8, "TRK-0147", DASH_INK_PLAIN), ==, 8);
  check (canvas, "TRK-…\nTRK-0147\n");
}

static void
test_a_wide_glyph_is_whole_or_not_there (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (6, 2, FALSE);

  dash_canvas_text (canvas, 0, 0, 5, "車車車", DASH_INK_PLAIN);
  dash_canvas_text (canvas, 0, 1, 6, "車車車", DASH_INK_PLAIN);
  dash_canvas_put (canvas, 3, 1, 'x', DASH_INK_PLAIN); /* over the right half of the second */
  check (canvas, "車車…\n車 x車\n");
}

static void
test_outside_is_left_out (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (3, 2, FALSE);
  DashArea all = dash_canvas_area (canvas);

  dash_canvas_put (canvas, -1, 0, 'x', 0);
  dash_canvas_put (canvas, 3, 9, 'x', 0);
  dash_canvas_text (canvas, -2, 1, 10, "abcd", 0);
  dash_canvas_fill (canvas, (DashArea){ 2, -5, 90, 6 }, '#', 0);
  dash_canvas_dot (canvas, &all, -1, -1, 0, 1);
  dash_canvas_line (canvas, &all, -2000000000, 5, 2000000000, 5, 0, 1);
  check (canvas, "  #\ncd⠒\n");
}

static void
test_dots_make_braille_and_text_covers_them (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (2, 1, FALSE);
  DashArea all = dash_canvas_area (canvas);

  dash_canvas_dot (canvas, &all, 0, 0, DASH_INK_ROAD_1, 1);
  dash_canvas_dot (canvas, &all, 1, 3, DASH_INK_ROAD_3, 3);
  dash_canvas_dot (canvas, &all, 0, 3, DASH_INK_ROAD_1, 1);
  dash_canvas_dot (canvas, &all, 2, 0, DASH_INK_ROAD_1, 1);
  dash_canvas_put (canvas, 1, 0, 'M', 0);
  check (canvas, "⣁M\n");
  g_assert_cmpint (dash_canvas_cell (canvas, 0, 0).style, ==, DASH_INK_ROAD_3);
}

static void
test_what_lies_in_front_takes_the_cell (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (2, 1, FALSE);
  DashArea all = dash_canvas_area (canvas);

  dash_canvas_line (canvas, &all, 0, 0, 3, 0, DASH_INK_ROAD_1, 1);
  dash_canvas_dot (canvas, &all, 0, 2, DASH_INK_MOVING, DASH_LAYER);
  dash_canvas_dot (canvas, &all, 1, 0, DASH_INK_ROAD_3, 3);
  check (canvas, "⠄⠉\n");
}

static void
test_dots_in_ascii_look_like_what_they_are (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (4, 1, TRUE);
  DashArea all = dash_canvas_area (canvas);

  dash_canvas_line (canvas, &all, 0, 3, 1, 3, 0, 1);
  dash_canvas_line (canvas, &all, 2, 0, 2, 3, 0, 1);
  dash_canvas_line (canvas, &all, 4, 3, 5, 0, 0, 1);
  dash_canvas_line (canvas, &all, 6, 1, 7, 1, 0, 1);
  check (canvas, "_|/-\n");
}

static void
test_a_canvas_in_ascii_holds_only_ascii (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (30, 2, TRUE);
  const double values[] = { 0, 5, NAN, 10 };
  DashPen pen = dash_pen (canvas, dash_canvas_area (canvas), 1);

  dash_draw_title (canvas, dash_canvas_area (canvas), "Zürich", "é 車 ▲");
  dash_pen_spark (&pen, 0, 6, values, 4, 0, 10);
  check (canvas, "-- Zurich -- e ? ^ -----------\n  _= #\n");
}

static void
test_a_paragraph_breaks_at_spaces (void)
{
  g_autoptr (DashCanvas) canvas = dash_canvas_new (10, 4, FALSE);

  g_assert_cmpint (
      dash_draw_paragraph (canvas, dash_canvas_area (canvas), "No relay answers\nhere", 0), ==, 3);
  check (canvas, "No relay\nanswers\nhere\n\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/canvas/text-is-cut-with-an-ellipsis", test_text_is_cut_with_an_ellipsis);
  g_test_add_func ("/dash/canvas/a-wide-glyph-is-whole-or-not-there",
                   test_a_wide_glyph_is_whole_or_not_there);
  g_test_add_func ("/dash/canvas/outside-is-left-out", test_outside_is_left_out);
  g_test_add_func ("/dash/canvas/dots-make-braille-and-text-covers-them",
                   test_dots_make_braille_and_text_covers_them);
  g_test_add_func ("/dash/canvas/what-lies-in-front-takes-the-cell",
                   test_what_lies_in_front_takes_the_cell);
  g_test_add_func ("/dash/canvas/dots-in-ascii-look-like-what-they-are",
                   test_dots_in_ascii_look_like_what_they_are);
  g_test_add_func ("/dash/canvas/ascii-holds-only-ascii", test_a_canvas_in_ascii_holds_only_ascii);
  g_test_add_func ("/dash/canvas/a-paragraph-breaks-at-spaces", test_a_paragraph_breaks_at_spaces);
  return g_test_run ();
}
