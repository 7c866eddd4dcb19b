/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-session.h"
#include "dash-app.h"
#include "dash-guard.h"
#include "dash-link.h"
#include "dash-screen.h"
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fw-i18n.h"

typedef struct
{
  DashApp *app;
  DashScreen *screen;
  DashLinkSource *link;
  GMainLoop *loop;
  gboolean is_dirty; /* something changed that the user caused or waits for */
} Session;

static void
send_wishes (Session *session)
{
  char *request;

  if (session->app->store->link.state != DASH_LINK_UP)
    return;
  dash_app_wish (session->app);
  while ((request = dash_subs_next (session->app->store->subs)) != NULL)
    {
      if (!dash_link_send (session->link, request))
        dash_store_say (session->app->store,
                        _ ("The way to the relay is full; what is shown may be late"));
      g_free (request);
    }
}

static void
draw (Session *session)
{
  int x = -1, y = -1;

  session->is_dirty = FALSE;
  dash_app_draw (session->app);
  if (!dash_app_cursor (session->app, &x, &y))
    x = -1;
  if (session->app->wants_redraw)
    dash_screen_redraw (session->screen);
  session->app->wants_redraw = FALSE;
  dash_screen_show (session->screen, session->app->canvas, x, y);
  send_wishes (session);
}

static void
fit_canvas (Session *session)
{
  int width, height;

  dash_screen_size (session->screen, &width, &height);
  dash_canvas_resize (session->app->canvas, width, height);
}

static gboolean
on_second (gpointer user)
{
  Session *session = user;

  dash_store_sample (session->app->store);
  dash_guard_trim ();
  return G_SOURCE_CONTINUE;
}

static gboolean
on_quit (gpointer user)
{
  Session *session = user;

  g_main_loop_quit (session->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_resize (gpointer user)
{
  Session *session = user;

  dash_screen_resize (session->screen);
  fit_canvas (session);
  draw (session);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_frame (gpointer user)
{
  Session *session = user;

  if (dash_screen_is_outgrown (session->screen))
    return on_resize (user);
  draw (session);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_keys (gint fd G_GNUC_UNUSED, GIOCondition condition, gpointer user)
{
  Session *session = user;
  gunichar key;

  if ((condition & (G_IO_HUP | G_IO_ERR | G_IO_NVAL)) != 0)
    {
      g_main_loop_quit (session->loop);
      return G_SOURCE_REMOVE;
    }
  while ((key = dash_screen_key (session->screen)) != 0)
    dash_app_key (session->app, key);
  if (session->app->wants_quit)
    g_main_loop_quit (session->loop);
  else
    draw (session);
  return G_SOURCE_CONTINUE;
}

static void
on_link (const FwWsItem *item, gpointer user)
{
  Session *session = user;
  DashStore *store = session->app->store;
  gboolean was_empty = store->rows->len == 0;

  if (item == NULL)
    {
      send_wishes (session);
      if (session->is_dirty)
        draw (session);
      return;
    }
  if (item->type == FW_WS_CONNECTED)
    dash_store_connected (store);
  else if (item->type == FW_WS_DISCONNECTED)
    dash_store_disconnected (store, item->text, item->retry_ms);
  else
    dash_store_message (store, item->text, item->len, item->received_wall_ms);
  session->is_dirty |= item->type != FW_WS_MESSAGE || was_empty != (store->rows->len == 0);
}

static void
run_loop (Session *session, const DashOptions *options)
{
  guint sources[] = {
    g_timeout_add ((guint) options->frame_ms, on_frame, session),
    g_timeout_add (1000, on_second, session),
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_keys, session),
    g_unix_signal_add (SIGWINCH, on_resize, session),
    g_unix_signal_add (SIGTERM, on_quit, session),
    g_unix_signal_add (SIGINT, on_quit, session),
    g_unix_signal_add (SIGHUP, on_quit, session),
  };

  draw (session);
  g_main_loop_run (session->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      GSource *source = g_main_context_find_source_by_id (NULL, sources[i]);

      if (source != NULL)
        g_source_destroy (source);
    }
}

/* Which of the names an option's value is; ret_value is set only on success. */
static gboolean
find_name (const char *option, const char *value, const char *const *names, guint *ret_value,
           GError **error)
{
  g_autofree char *allowed = g_strjoinv (", ", (char **) names);

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (value, names[i]) == 0)
      {
        *ret_value = i;
        return TRUE;
      }
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("%s is one of %s, not '%s'"), option, allowed,
               value);
  return FALSE;
}

static gboolean
read_screen_options (const DashOptions *options, DashScreenOptions *ret_screen, GError **error)
{
  static const char *const colours[] = { "auto", "256", "8", "none", NULL };
  static const char *const grounds[] = { "auto", "dark", "light", NULL };
  guint colour, ground;

  if (!find_name ("--colour", options->colour, colours, &colour, error)
      || !find_name ("--ground", options->ground, grounds, &ground, error))
    return FALSE;
  *ret_screen = (DashScreenOptions){ (DashColour) colour, (DashGround) ground,
                                     (guint) options->escape_delay_ms, options->with_sync };
  return TRUE;
}

FwExit
dash_session_run (const DashOptions *options, const char *url, DashView view, GError **error)
{
  DashScreenOptions screen_options;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (DashApp) app = dash_app_new (fw_clock_system (), url, options->filter, view,
                                          options->is_ascii || dash_screen_is_ascii ());
  g_autoptr (DashScreen) screen = NULL;
  Session session = { .app = app, .loop = loop };

  if (!read_screen_options (options, &screen_options, error))
    return FW_EXIT_USAGE;
  session.link = dash_link_new (url, on_link, &session, error);
  if (session.link == NULL)
    return FW_EXIT_USAGE;
  session.screen = screen = dash_screen_new (&screen_options, error);
  if (screen == NULL)
    {
      dash_link_free (session.link);
      return FW_EXIT_UNAVAILABLE;
    }
  fit_canvas (&session);
  run_loop (&session, options);
  dash_link_free (session.link);
  return FW_EXIT_OK;
}
