/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-layout.h"

#define N_AREAS 8

static void
collect (const DashLayout *layout, DashArea *areas)
{
  const DashArea all[N_AREAS] = { layout->header,  layout->summary, layout->table, layout->picture,
                                  layout->inspect, layout->pulse,   layout->way,   layout->bar };

  for (guint i = 0; i < N_AREAS; i++)
    areas[i] = all[i];
}

static gboolean
is_empty (DashArea area)
{
  return area.width <= 0 || area.height <= 0;
}

static gboolean
overlap (DashArea a, DashArea b)
{
  return !is_empty (a) && !is_empty (b) && a.x < b.x + b.width && b.x < a.x + a.width
         && a.y < b.y + b.height && b.y < a.y + a.height;
}

static void
check (int width, int height, DashView view, guint flags)
{
  DashLayout layout
      = dash_layout (width, height, view, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);
  DashArea areas[N_AREAS];

  collect (&layout, areas);
  for (guint i = 0; i < N_AREAS; i++)
    {
      g_assert_true (is_empty (areas[i])
                     || (areas[i].x >= 0 && areas[i].y >= 0 && areas[i].x + areas[i].width <= width
                         && areas[i].y + areas[i].height <= height));
      for (guint j = i + 1; j < N_AREAS; j++)
        g_assert_false (overlap (areas[i], areas[j]));
    }
  g_assert_false (is_empty (layout.header));
  g_assert_false (is_empty (layout.bar));
  g_assert_true (!is_empty (layout.table) || !is_empty (layout.picture)
                 || !is_empty (layout.inspect));
}

static void
test_areas_fit_and_do_not_overlap (void)
{
  for (int width = DASH_MIN_WIDTH; width <= 300; width += 7)
    for (int height = DASH_MIN_HEIGHT; height <= 80; height++)
      for (int view = 0; view < DASH_N_VIEWS; view++)
        for (guint flags = 0; flags < 8; flags++)
          check (width, height, (DashView) view, flags);
}

static void
test_a_small_screen_shows_rows_first (void)
{
  DashLayout layout = dash_layout (40, 12, DASH_VIEW_OVERVIEW, FALSE, FALSE, FALSE);

  g_assert_true (layout.is_compact);
  g_assert_cmpint (layout.table.height, ==, 9);
  layout = dash_layout (40, 12, DASH_VIEW_OVERVIEW, FALSE, FALSE, TRUE);
  g_assert_cmpint (layout.table.height, ==, 0);
  g_assert_cmpint (layout.picture.height, ==, 9);
}

static void
test_views_have_names (void)
{
  DashView view;

  g_assert_true (dash_view_find ("chart", &view));
  g_assert_cmpint (view, ==, DASH_VIEW_CHART);
  g_assert_false (dash_view_find ("charts", &view));
  g_assert_false (dash_view_find (NULL, &view));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/layout/areas-fit-and-do-not-overlap", test_areas_fit_and_do_not_overlap);
  g_test_add_func ("/dash/layout/a-small-screen-shows-rows-first",
                   test_a_small_screen_shows_rows_first);
  g_test_add_func ("/dash/layout/views-have-names", test_views_have_names);
  return g_test_run ();
}
