/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-paint.h"
#include "dash-chart.h"
#include "dash-header.h"
#include "dash-help.h"
#include "dash-inspect.h"
#include "dash-sanitise.h"
#include <string.h>

#include "fw-i18n.h"

#define ADVICE_AFTER_MS 8000 /* a fleet that is just starting needs no advice */

static DashLayout
layout_of (const DashApp *app)
{
  return dash_layout (dash_canvas_width (app->canvas), dash_canvas_height (app->canvas), app->view,
                      app->is_detail, app->prompt.is_open, app->is_on_map);
}

DashArea
dash_paint_prompt_area (const DashApp *app)
{
  return layout_of (app).bar;
}

/* Why there are no rows, and what to do about it; transfer full. */
static char *
empty_text (const DashApp *app)
{
  const DashStore *store = app->store;

  if (store->link.state == DASH_LINK_DOWN)
    return g_strdup_printf (_ ("No relay answers at %s.\n\nStart one with: fleetwire demo\nor: "
                               "fleetwire relay --kafka localhost:9092\n\n"
                               "This screen connects by itself as soon as one is there."),
                            app->url);
  if (store->link.state == DASH_LINK_CONNECTING)
    return g_strdup_printf (_ ("Connecting to %s ..."), app->url);
  if (store->n_match < 0)
    return g_strdup (_ ("Waiting for the first rows ..."));
  if (*app->filter != '\0')
    return g_strdup_printf (_ ("Nothing matches '%s'.\n\nEsc clears the filter, / changes it."),
                            app->filter);
  if (fw_clock_wall_ms (app->clock) - store->link.since_ms < ADVICE_AFTER_MS)
    return g_strdup (_ ("Connected. No device has spoken yet."));
  return g_strdup (
      _ ("No device has spoken yet.\n\nLet some speak: fleetwire sim --kafka localhost:9092\n"
         "or send one event to the topic iot-events: {\"device_id\": 1, \"temp\": 25.3}"));
}

static char *
table_title (const DashApp *app)
{
  return *app->filter != '\0' ? g_strdup_printf ("/ %s", app->filter) : g_strdup (_ ("Vehicles"));
}

static void
paint_table (DashApp *app, DashArea area, gboolean with_title)
{
  g_autofree char *empty = empty_text (app), *title = table_title (app);

  if (area.height > 0)
    dash_table_draw (&app->table, app->store, app->canvas, area, with_title ? title : NULL, empty);
}

static char *
map_title (const DashApp *app, const DashMap *map)
{
  guint n_outside = dash_map_n_outside (map);

  if (app->is_on_map && !app->is_detail)
    return g_strdup (_ ("arrows move it, m leaves"));
  if (dash_map_is_following (map) && app->table.selected != NULL)
    return g_strdup_printf (_ ("around %s"), strchr (app->table.selected, '/') + 1);
  if (app->store->n_match > DASH_POINTS_MAX)
    return g_strdup (_ ("who needs attention"));
  if (n_outside > 0)
    return g_strdup_printf (_ ("%u in view, %u outside"), dash_map_n_in_view (map), n_outside);
  return g_strdup (_ ("roads drawn by driving"));
}

static DashArea
below_title (DashArea area)
{
  return (DashArea){ area.x, area.y + 1, area.width, area.height - 1 };
}

static void
paint_map (DashApp *app, DashArea area)
{
  DashMap *map = app->is_detail ? app->near_map : app->map;
  g_autofree char *detail = NULL;

  dash_map_draw (map, app->store, app->canvas, below_title (area), app->table.selected);
  detail = map_title (app, map);
  dash_draw_title (app->canvas, area, _ ("Map"), detail);
}

/* Where nobody has a position, figures over time say more than an empty map. */
static void
paint_picture (DashApp *app, DashArea area)
{
  if (area.height < 2)
    return;
  if (app->view != DASH_VIEW_CHART
      && (dash_store_has_positions (app->store) || app->store->rows->len == 0))
    {
      paint_map (app, area);
      return;
    }
  dash_draw_title (app->canvas, area, _ ("Figures"), _ ("mean, and from lowest to highest"));
  dash_charts_draw_fleet (app->canvas, below_title (area), app->store);
}

static void
paint_inspect (DashApp *app, DashArea area)
{
  const DashRow *row = dash_inspect_find (app->store, app->table.selected);
  int used;

  if (area.height < 2 || row == NULL)
    return;
  used = dash_inspect_draw (app->canvas, area, app->store, row, TRUE);
  if (app->is_detail && layout_of (app).is_compact && area.height - used > 4)
    dash_charts_draw_selected (app->canvas,
                               (DashArea){ area.x, area.y + used, area.width, area.height - used },
                               app->store);
}

static void
paint_pulse (DashApp *app, DashArea area)
{
  if (area.height == 0)
    return;
  if (!app->is_detail)
    {
      dash_header_draw_pulse (app->canvas, area, app->store);
      return;
    }
  dash_draw_title (app->canvas, area, _ ("History"), _ ("since it was chosen"));
  dash_charts_draw_selected (app->canvas, below_title (area), app->store);
}

/* One line between header and table of a small screen: the filter, how many match, the order. */
static void
paint_summary (DashApp *app, DashArea area)
{
  DashPen pen = dash_pen (app->canvas, area, 0);
  g_autofree char *order = dash_table_order_words (&app->table);
  int width = (int) dash_sanitise_width (order, 40);

  if (*app->filter != '\0')
    {
      dash_pen_print (&pen, DASH_INK_TITLE, "/ ");
      dash_pen_print (&pen, DASH_INK_STRONG, "%s ", app->filter);
    }
  else if (app->store->totals.is_known)
    for (guint i = FW_N_STATUS; i-- > 0;)
      if (app->store->totals.by_status[i] > 0)
        {
          dash_pen_print (&pen, dash_status_style (i) | DASH_BOLD, "%c", fw_status_letter (i));
          dash_pen_print (&pen, DASH_INK_PLAIN, "%" G_GINT64_FORMAT "  ",
                          app->store->totals.by_status[i]);
        }
  if (dash_pen_room (&pen) > width)
    {
      dash_pen_to_right (&pen, width);
      dash_pen_text (&pen, DASH_INK_DIM, order);
    }
}

static void
paint_bar (DashApp *app, DashArea area)
{
  gint64 now_ms = fw_clock_wall_ms (app->clock);
  DashPen pen = dash_pen (app->canvas, area, 0);

  if (app->prompt.is_open)
    dash_prompt_draw (&app->prompt, app->canvas, area,
                      _ ("Enter keeps it   Esc takes it back   Tab completes   Up: earlier ones"));
  else if (app->store->notice != NULL && now_ms < app->store->notice_until_ms)
    {
      dash_pen_gap (&pen, 1);
      dash_pen_text (&pen, DASH_INK_WARN, app->store->notice);
    }
  else
    dash_help_draw_bar (app->canvas, area,
                        app->is_help     ? DASH_IN_HELP
                        : app->is_detail ? DASH_IN_DETAIL
                        : app->is_on_map ? DASH_IN_MAP
                                         : DASH_IN_LIST);
}

static gboolean
is_too_small (DashApp *app)
{
  DashArea area = dash_canvas_area (app->canvas);
  g_autofree char *text = NULL;

  if (area.width >= DASH_MIN_WIDTH && area.height >= DASH_MIN_HEIGHT)
    return FALSE;
  text
      = g_strdup_printf (_ ("%dx%d is too small; from %dx%d on there is something to see. q quits"),
                         area.width, area.height, DASH_MIN_WIDTH, DASH_MIN_HEIGHT);
  dash_draw_paragraph (app->canvas, area, text, DASH_INK_PLAIN);
  return TRUE;
}

/* What is not live any more must not look as if it were. */
static void
dim_what_is_old (DashApp *app, const DashLayout *layout)
{
  DashArea rest = dash_canvas_area (app->canvas);

  if (app->store->link.state == DASH_LINK_UP)
    return;
  rest.y = 1;
  rest.height = layout->bar.y - 1;
  dash_canvas_add_flags (app->canvas, rest, DASH_FADED);
}

/* Nothing to show beside the sentence that says why: it gets the room. */
static void
give_all_to_table (DashLayout *layout)
{
  int top = layout->header.height + layout->summary.height,
      bottom = layout->way.height > 0 ? layout->way.y : layout->bar.y;

  layout->table = (DashArea){ 0, top, layout->bar.width, bottom - top };
  layout->picture.height = layout->inspect.height = layout->pulse.height = 0;
}

void
dash_paint (DashApp *app)
{
  DashLayout layout = layout_of (app);
  DashHeader header = { app->url, app->filter };

  dash_canvas_clear (app->canvas);
  if (is_too_small (app))
    return;
  if (app->store->rows->len == 0)
    give_all_to_table (&layout);
  dash_header_draw (app->canvas, layout.header, app->store, &header);
  paint_summary (app, layout.summary);
  paint_table (app, layout.table, !layout.is_compact);
  paint_picture (app, layout.picture);
  paint_inspect (app, layout.inspect);
  paint_pulse (app, layout.pulse);
  if (layout.way.height > 0)
    dash_header_draw_way (app->canvas, layout.way, app->store);
  dim_what_is_old (app, &layout);
  if (app->is_help)
    app->help_top = dash_help_draw (app->canvas,
                                    (DashArea){ 0, layout.header.height, layout.bar.width,
                                                layout.bar.y - layout.header.height },
                                    app->help_top);
  paint_bar (app, layout.bar);
}
