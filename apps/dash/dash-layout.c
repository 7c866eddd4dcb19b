/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-layout.h"
#include <string.h>

#define COMPACT_WIDTH 70 /* below: one thing at a time */
#define COMPACT_HEIGHT 16
#define TABLE_MAX_WIDTH 120
#define WIDE_WIDTH 124 /* from here on a vehicle is told in two columns */
#define GUTTER 2

static const char *const view_names[DASH_N_VIEWS] = { "overview", "table", "map", "chart" };

gboolean
dash_view_find (const char *name, DashView *ret_view)
{
  for (guint i = 0; i < DASH_N_VIEWS; i++)
    if (g_strcmp0 (name, view_names[i]) == 0)
      {
        *ret_view = i;
        return TRUE;
      }
  return FALSE;
}

/* Takes so many lines from the top (or, negative, from the bottom) of what is left. */
static DashArea
take (DashArea *rest, int lines)
{
  int height = CLAMP (ABS (lines), 0, rest->height);
  DashArea area
      = { rest->x, lines > 0 ? rest->y : rest->y + rest->height - height, rest->width, height };

  rest->height -= height;
  if (lines > 0)
    rest->y += height;
  return area;
}

static void
split_body (DashLayout *layout, DashArea body, int inspect_height)
{
  int left = MIN (body.width * 52 / 100, TABLE_MAX_WIDTH);
  DashArea right = { body.x + left + GUTTER, body.y, body.width - left - GUTTER, body.height };

  layout->table = (DashArea){ body.x, body.y, left, body.height };
  layout->inspect = take (&right, -inspect_height);
  layout->picture = right;
}

/* Detail: everything about one on the left, where it is and how it ran on the right. */
static void
split_detail (DashLayout *layout, DashArea body)
{
  int left = MIN (body.width * 45 / 100, 64);
  DashArea right = { body.x + left + GUTTER, body.y, body.width - left - GUTTER, body.height };

  layout->inspect = (DashArea){ body.x, body.y, left, body.height };
  layout->pulse = take (&right, -(body.height * 45 / 100));
  layout->picture = right;
}

static void
lay_compact (DashLayout *layout, DashArea body, DashView view, gboolean is_detail,
             gboolean on_picture)
{
  gboolean is_picture = on_picture || view == DASH_VIEW_MAP || view == DASH_VIEW_CHART;

  if (is_detail)
    layout->inspect = body;
  else if (body.height >= 24 && view == DASH_VIEW_OVERVIEW)
    {
      layout->picture = take (&body, body.height * 2 / 5);
      layout->table = body;
    }
  else if (is_picture)
    layout->picture = body;
  else
    layout->table = body;
}

static void
lay_wide (DashLayout *layout, DashArea body, DashView view, gboolean is_detail)
{
  if (is_detail)
    split_detail (layout, body);
  else if (view == DASH_VIEW_TABLE)
    layout->table = body;
  else if (view == DASH_VIEW_OVERVIEW)
    split_body (layout, body, body.width >= WIDE_WIDTH ? 9 : CLAMP (body.height * 38 / 100, 6, 14));
  else
    layout->picture = body;
}

DashLayout
dash_layout (int width, int height, DashView view, gboolean is_detail, gboolean is_prompt,
             gboolean on_picture)
{
  DashLayout layout = { .is_compact = width < COMPACT_WIDTH || height < COMPACT_HEIGHT };
  DashArea rest = { 0, 0, width, height };

  layout.bar = take (&rest, is_prompt ? -2 : -1);
  layout.header = take (&rest, layout.is_compact ? 1 : height >= 26 ? 4 : 3);
  if (layout.is_compact)
    {
      layout.summary = take (&rest, height >= 10 && !is_prompt ? 1 : 0);
      lay_compact (&layout, rest, view, is_detail, on_picture);
      return layout;
    }
  layout.way = take (&rest, height >= 28 ? -1 : 0);
  if (height >= 40 && !is_detail)
    layout.pulse = take (&rest, height >= 54 ? -5 : -2);
  lay_wide (&layout, rest, view, is_detail);
  return layout;
}
