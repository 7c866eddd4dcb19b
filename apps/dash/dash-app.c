/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-app.h"
#include "dash-paint.h"
#include "fw-query.h"
#include <string.h>

#define ZOOM_STEP 1.4142135623730951
#define NEAR_M 4000 /* across the map beside a vehicle's detail */
#define BOX_MARGIN 0.25

DashApp *
dash_app_new (const FwClock *clock, const char *url, const char *filter, DashView view,
              gboolean is_ascii)
{
  DashApp *app = g_new0 (DashApp, 1);

  app->clock = clock;
  app->store = dash_store_new (clock);
  app->map = dash_map_new ();
  app->near_map = dash_map_new ();
  dash_map_set_follow (app->near_map, TRUE);
  app->canvas = dash_canvas_new (80, 24, is_ascii);
  app->view = view;
  app->url = g_strdup (url);
  app->filter = g_strdup (filter != NULL ? filter : "");
  dash_table_init (&app->table);
  dash_prompt_init (&app->prompt);
  return app;
}

void
dash_app_free (DashApp *app)
{
  if (app == NULL)
    return;
  dash_store_free (app->store);
  dash_map_free (app->map);
  dash_map_free (app->near_map);
  dash_canvas_free (app->canvas);
  dash_table_clear (&app->table);
  dash_prompt_clear (&app->prompt);
  g_free (app->url);
  g_free (app->filter);
  g_free (app->filter_before);
  g_free (app->detailed);
  g_free (app);
}

static void
set_filter (DashApp *app, const char *text)
{
  g_autofree char *filter = g_strstrip (g_strdup (text));

  if (strcmp (app->filter, filter) == 0)
    return;
  g_free (app->filter);
  app->filter = g_steal_pointer (&filter);
  app->table.top = 0;
}

/* The first line of a query's error says what; the caret is ours to draw. */
static void
check_prompt (DashApp *app)
{
  g_autoptr (GError) error = NULL;
  guint at = 0;
  g_autoptr (FwQuery) query = fw_query_new (app->prompt.text->str, &at, &error);

  if (query != NULL)
    {
      dash_prompt_set_error (&app->prompt, NULL, 0);
      set_filter (app, app->prompt.text->str);
      return;
    }
  *strchrnul (error->message, '\n') = '\0';
  dash_prompt_set_error (&app->prompt, error->message, at);
}

static void
key_to_prompt (DashApp *app, gunichar key)
{
  switch (dash_prompt_key (&app->prompt, key))
    {
    case DASH_PROMPT_CHANGED:
      check_prompt (app);
      break;
    case DASH_PROMPT_CANCELLED:
      set_filter (app, app->filter_before);
      break;
    default:
      break;
    }
}

static DashPlace
place (const DashApp *app)
{
  return app->is_help     ? DASH_IN_HELP
         : app->is_detail ? DASH_IN_DETAIL
         : app->is_on_map ? DASH_IN_MAP
                          : DASH_IN_LIST;
}

static void
go_back (DashApp *app)
{
  if (app->is_help)
    app->is_help = FALSE;
  else if (app->is_detail)
    app->is_detail = FALSE;
  else if (app->is_on_map)
    app->is_on_map = FALSE;
  else
    set_filter (app, "");
}

static void
open_prompt (DashApp *app)
{
  g_free (app->filter_before);
  app->filter_before = g_strdup (app->filter);
  dash_prompt_open (&app->prompt, app->filter);
}

static void
move_cursor (DashApp *app, int by)
{
  dash_table_move (&app->table, app->store, by);
  dash_store_hold_order (app->store);
}

static void
move_to_urgent (DashApp *app, int step)
{
  dash_table_move_urgent (&app->table, app->store, step);
  dash_store_hold_order (app->store);
}

static void
set_follow (DashApp *app, gboolean is_following)
{
  app->table.is_following = is_following;
  dash_map_set_follow (app->map, is_following);
}

static void
show_view (DashApp *app, DashView view)
{
  app->view = view;
  app->is_detail = app->is_help = FALSE;
  app->is_on_map = view == DASH_VIEW_MAP;
}

static DashViewport *
shown_view (DashApp *app)
{
  return dash_map_view (app->is_detail ? app->near_map : app->map);
}

static void
move_map (DashApp *app, int right, int down)
{
  dash_map_set_follow (app->map, FALSE);
  dash_viewport_pan (dash_map_view (app->map), dash_map_area (app->map), right, down);
}

static void
open_detail (DashApp *app)
{
  if (app->table.selected == NULL)
    return;
  app->is_detail = TRUE;
  *dash_map_view (app->near_map) = dash_viewport_across (NEAR_M);
}

static gboolean
do_in_list (DashApp *app, DashCommand command)
{
  int page = (int) MAX (app->table.n_lines, 1);

  switch (command)
    {
    case DASH_DO_UP:
      move_cursor (app, -1);
      return TRUE;
    case DASH_DO_DOWN:
      move_cursor (app, 1);
      return TRUE;
    case DASH_DO_PAGE_UP:
      move_cursor (app, -page);
      return TRUE;
    case DASH_DO_PAGE_DOWN:
      move_cursor (app, page);
      return TRUE;
    case DASH_DO_FIRST:
      move_cursor (app, -G_MAXINT16);
      return TRUE;
    case DASH_DO_LAST:
      move_cursor (app, G_MAXINT16);
      return TRUE;
    case DASH_DO_NEXT_URGENT:
      move_to_urgent (app, 1);
      return TRUE;
    case DASH_DO_URGENT_BEFORE:
      move_to_urgent (app, -1);
      return TRUE;
    case DASH_DO_SORT_NEXT:
      dash_table_sort (&app->table, 1);
      return TRUE;
    case DASH_DO_SORT_BEFORE:
      dash_table_sort (&app->table, -1);
      return TRUE;
    case DASH_DO_REVERSE:
      app->table.is_descending = !app->table.is_descending;
      return TRUE;
    default:
      return FALSE;
    }
}

static void
fit_map (DashApp *app)
{
  if (app->is_detail)
    {
      *dash_map_view (app->near_map) = dash_viewport_across (NEAR_M);
      return;
    }
  set_follow (app, FALSE);
  dash_map_reset (app->map);
}

static gboolean
do_on_map (DashApp *app, DashCommand command)
{
  switch (command)
    {
    case DASH_DO_MAP:
      app->is_on_map = !app->is_on_map;
      return TRUE;
    case DASH_DO_ZOOM_IN:
      dash_viewport_zoom (shown_view (app), ZOOM_STEP);
      return TRUE;
    case DASH_DO_ZOOM_OUT:
      dash_viewport_zoom (shown_view (app), 1 / ZOOM_STEP);
      return TRUE;
    case DASH_DO_FIT:
      fit_map (app);
      return TRUE;
    case DASH_DO_PAN_LEFT:
      move_map (app, -1, 0);
      return TRUE;
    case DASH_DO_PAN_RIGHT:
      move_map (app, 1, 0);
      return TRUE;
    case DASH_DO_PAN_UP:
      move_map (app, 0, -1);
      return TRUE;
    case DASH_DO_PAN_DOWN:
      move_map (app, 0, 1);
      return TRUE;
    default:
      return FALSE;
    }
}

/* The help takes the keys that move, so that nothing beneath it does. */
static gboolean
do_in_help (DashApp *app, DashCommand command)
{
  int page = MAX (dash_canvas_height (app->canvas) / 2, 1),
      by = command == DASH_DO_UP          ? -1
           : command == DASH_DO_DOWN      ? 1
           : command == DASH_DO_PAGE_UP   ? -page
           : command == DASH_DO_PAGE_DOWN ? page
           : command == DASH_DO_FIRST     ? -G_MAXINT16
           : command == DASH_DO_LAST      ? G_MAXINT16
                                          : 0;

  if (app->is_help)
    app->help_top = CLAMP (app->help_top + by, 0, G_MAXINT16);
  return app->is_help && by != 0;
}

static void
do_elsewhere (DashApp *app, DashCommand command)
{
  switch (command)
    {
    case DASH_DO_QUIT:
      app->wants_quit = TRUE;
      break;
    case DASH_DO_HELP:
      app->is_help = !app->is_help;
      app->help_top = 0;
      break;
    case DASH_DO_FILTER:
      open_prompt (app);
      break;
    case DASH_DO_OPEN:
      open_detail (app);
      break;
    case DASH_DO_BACK:
      go_back (app);
      break;
    case DASH_DO_FOLLOW:
      set_follow (app, !app->table.is_following);
      break;
    case DASH_DO_OVERVIEW:
    case DASH_DO_TABLE:
    case DASH_DO_WHOLE_MAP:
    case DASH_DO_CHART:
      show_view (app, (DashView) (command - DASH_DO_OVERVIEW));
      break;
    case DASH_DO_NEXT_VIEW:
      show_view (app, (app->view + 1) % DASH_N_VIEWS);
      break;
    case DASH_DO_REDRAW:
      app->wants_redraw = TRUE;
      break;
    default:
      break;
    }
}

void
dash_app_key (DashApp *app, gunichar key)
{
  DashCommand command;

  if (app->prompt.is_open)
    {
      key_to_prompt (app, key);
      return;
    }
  command = dash_keys_find (key, place (app));
  if (!do_in_help (app, command) && !do_in_list (app, command) && !do_on_map (app, command))
    do_elsewhere (app, command);
}

/* Figures over all that match: how many of each status and severity, and each number's lowest, mean
 * and highest. */
static char **
totals_wanted (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  g_ptr_array_add (names, g_strdup ("status"));
  g_ptr_array_add (names, g_strdup ("severity"));
  for (guint id = 0; id < fw_field_n (); id++)
    if (fw_field (id)->type == FW_FIELD_NUMBER)
      g_ptr_array_add (names, g_strdup (fw_field (id)->name));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static void
wish_window (DashApp *app)
{
  g_auto (GStrv) totals = totals_wanted ();
  FwClientMessage wish = {
    .channel = FW_CHANNEL_FLEET,
    .where = *app->filter != '\0' ? app->filter : NULL,
    .fields = dash_columns_fields (),
    .interval_ms = 250,
    .order = app->table.order,
    .descending = app->table.is_descending,
    .first = dash_table_n_wanted (&app->table),
    .totals = totals,
  };

  dash_subs_want (app->store->subs, DASH_SUB_WINDOW, &wish);
}

/* The filter, narrowed to who needs attention: what a map of a huge fleet can still tell. */
static char *
attention_only (const char *filter)
{
  if (*filter == '\0')
    return g_strdup ("severity in (warning, critical)");
  return g_strdup_printf ("(%s) and severity in (warning, critical)", filter);
}

static gboolean
can_box (const DashApp *app)
{
  return dash_map_area (app->map).width > 0 && dash_map_view (app->map)->dots_per_world > 0;
}

/* A small fleet whole, a large one as far as the map shows it, a huge one as far as it needs
 * attention; nothing before the window told how large it is. */
static void
wish_points (DashApp *app)
{
  gint64 n = app->store->n_match;
  g_autofree char *where = NULL;
  FwClientMessage wish = {
    .channel = FW_CHANNEL_FLEET,
    .fields = FW_FIELD_MASK_POSITION | FW_FIELD_BIT (FW_FIELD_SPEED_KMH)
              | FW_FIELD_BIT (FW_FIELD_HEADING_DEG),
  };

  if (n < 0)
    return;
  where = n > DASH_POINTS_MAX ? attention_only (app->filter) : g_strdup (app->filter);
  wish.where = *where != '\0' ? where : NULL;
  wish.interval_ms = n > DASH_POINTS_WHOLE_MAX ? 2000 : 500;
  if (n > DASH_POINTS_WHOLE_MAX && n <= DASH_POINTS_MAX)
    {
      if (!can_box (app))
        return;
      wish.has_bbox = TRUE;
      wish.bbox
          = dash_viewport_box (dash_map_view (app->map), dash_map_area (app->map), BOX_MARGIN);
    }
  dash_subs_want (app->store->subs, DASH_SUB_POINTS, &wish);
}

/* Quoted as the query language reads strings. */
static char *
quote (const char *text, gsize len)
{
  GString *quoted = g_string_new ("\"");

  for (gsize i = 0; i < len; i++)
    {
      if (text[i] == '"' || text[i] == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, text[i]);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* One vehicle's numbers never stand under another's name. */
static void
forget_who_was_detailed (DashApp *app)
{
  if (g_strcmp0 (app->detailed, app->table.selected) == 0)
    return;
  dash_store_forget_selected (app->store);
  g_free (app->detailed);
  app->detailed = g_strdup (app->table.selected);
}

static void
wish_detail (DashApp *app)
{
  const char *key = app->table.selected, *slash = key != NULL ? strchr (key, '/') : NULL;
  g_autofree char *fleet = slash != NULL ? quote (key, (gsize) (slash - key)) : NULL;
  g_autofree char *id = slash != NULL ? quote (slash + 1, strlen (slash + 1)) : NULL;
  g_autofree char *where
      = slash != NULL ? g_strdup_printf ("device_id = %s and fleet = %s", id, fleet) : NULL;
  FwClientMessage wish = {
    .channel = FW_CHANNEL_FLEET, .fields = FW_CLIENT_FIELDS_ALL, .where = where, .interval_ms = 250
  };

  forget_who_was_detailed (app);
  dash_subs_want (app->store->subs, DASH_SUB_DETAIL, where != NULL ? &wish : NULL);
}

static void
wish_all (DashApp *app)
{
  FwClientMessage wish = { .channel = FW_CHANNEL_FLEET,
                           .fields = FW_FIELD_BIT (FW_FIELD_SPEED_KMH),
                           .interval_ms = 1000,
                           .first = 1 };

  dash_subs_want (app->store->subs, DASH_SUB_ALL, *app->filter != '\0' ? &wish : NULL);
}

void
dash_app_wish (DashApp *app)
{
  wish_window (app);
  wish_points (app);
  wish_detail (app);
  wish_all (app);
}

void
dash_app_draw (DashApp *app)
{
  forget_who_was_detailed (app);
  dash_paint (app);
}

gboolean
dash_app_cursor (const DashApp *app, int *ret_x, int *ret_y)
{
  if (!app->prompt.is_open)
    return FALSE;
  dash_prompt_cursor (&app->prompt, dash_paint_prompt_area (app), ret_x, ret_y);
  return TRUE;
}
