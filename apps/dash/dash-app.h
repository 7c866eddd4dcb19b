/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-keys.h"
#include "dash-layout.h"
#include "dash-map.h"
#include "dash-prompt.h"
#include "dash-table.h"
/* dash-app: what the user sees and does, without a terminal: keys in, wishes to the relay and a
 * picture out. Promises: pure but for the clock it was given, so that a test can press keys and
 * look at the picture. Threads: the loop's. */
typedef struct
{
  const FwClock *clock;
  DashStore *store;
  DashMap *map, *near_map; /* the fleet; around one vehicle */
  DashCanvas *canvas;
  DashTable table;
  DashPrompt prompt;
  DashView view;
  char *url;
  char *filter;        /* in force; "" for none */
  char *detailed;      /* key of the device whose numbers the store keeps */
  char *filter_before; /* while the prompt is open */
  int help_top;        /* the first line of the help that is seen */
  gboolean is_help, is_detail, is_on_map, wants_quit, wants_redraw;
} DashApp;

/* filter is valid, or NULL. */
DashApp *dash_app_new (const FwClock *clock, const char *url, const char *filter, DashView view,
                       gboolean is_ascii);
void dash_app_free (DashApp *app);
void dash_app_key (DashApp *app, gunichar key);
/* Brings the store's subscriptions in line with what is looked at; call before dash_subs_next. */
void dash_app_wish (DashApp *app);
/* Draws everything into app->canvas, which has the screen's size. */
void dash_app_draw (DashApp *app);
/* TRUE, and where, when the terminal's cursor is to be seen. */
gboolean dash_app_cursor (const DashApp *app, int *ret_x, int *ret_y);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashApp, dash_app_free)
