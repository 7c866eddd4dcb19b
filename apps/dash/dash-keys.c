/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-keys.h"

#include "fw-i18n.h"

#define ROAM (DASH_IN_LIST | DASH_IN_DETAIL | DASH_IN_HELP)

/* clang-format off */
static const DashKeyRow rows[] = {
  { '/', DASH_IN_LIST | DASH_IN_MAP, DASH_DO_FILTER, "/", N_("filter"), 90,
    N_("Filter, as in temp_c > 8 and status = moving") },
  { DASH_KEY_ENTER, DASH_IN_LIST | DASH_IN_MAP, DASH_DO_OPEN, "Enter", N_("open"), 80, N_("Open the vehicle under the cursor") },
  { DASH_KEY_ESCAPE, DASH_IN_ALL, DASH_DO_BACK, "Esc", N_("back"), 70, N_("Back; from the list: clear the filter") },
  { DASH_KEY_UP, ROAM, DASH_DO_UP, "Up Down", N_("move"), 10, N_("The vehicle above, below; also k and j") },
  { 'k', ROAM, DASH_DO_UP, NULL, NULL, 0, NULL },
  { DASH_KEY_DOWN, ROAM, DASH_DO_DOWN, NULL, NULL, 0, NULL },
  { 'j', ROAM, DASH_DO_DOWN, NULL, NULL, 0, NULL },
  { DASH_KEY_PAGE_UP, ROAM, DASH_DO_PAGE_UP, "PgUp PgDn", NULL, 0, N_("A page up, down; also Ctrl-B and Ctrl-F") },
  { DASH_KEY_CTRL ('b'), ROAM, DASH_DO_PAGE_UP, NULL, NULL, 0, NULL },
  { DASH_KEY_PAGE_DOWN, ROAM, DASH_DO_PAGE_DOWN, NULL, NULL, 0, NULL },
  { DASH_KEY_CTRL ('f'), ROAM, DASH_DO_PAGE_DOWN, NULL, NULL, 0, NULL },
  { DASH_KEY_HOME, ROAM, DASH_DO_FIRST, "Home End", NULL, 0, N_("The first, the last held; also g and G") },
  { 'g', ROAM, DASH_DO_FIRST, NULL, NULL, 0, NULL },
  { DASH_KEY_END, ROAM, DASH_DO_LAST, NULL, NULL, 0, NULL },
  { 'G', ROAM, DASH_DO_LAST, NULL, NULL, 0, NULL },
  { 'n', DASH_IN_LIST | DASH_IN_MAP | DASH_IN_DETAIL, DASH_DO_NEXT_URGENT, "n N", N_("next !"), 58,
    N_("The next, the previous that needs attention") },
  { 'N', DASH_IN_LIST | DASH_IN_MAP | DASH_IN_DETAIL, DASH_DO_URGENT_BEFORE, NULL, NULL, 0, NULL },
  { '>', DASH_IN_LIST, DASH_DO_SORT_NEXT, "> <", N_("sort"), 60, N_("Sort by the next, the previous column") },
  { DASH_KEY_RIGHT, DASH_IN_LIST, DASH_DO_SORT_NEXT, NULL, NULL, 0, NULL },
  { '<', DASH_IN_LIST, DASH_DO_SORT_BEFORE, NULL, NULL, 0, NULL },
  { DASH_KEY_LEFT, DASH_IN_LIST, DASH_DO_SORT_BEFORE, NULL, NULL, 0, NULL },
  { 'r', DASH_IN_LIST, DASH_DO_REVERSE, "r", N_("reverse"), 20, N_("Reverse the order") },
  { 'f', DASH_IN_LIST | DASH_IN_MAP, DASH_DO_FOLLOW, "f", N_("follow"), 50,
    N_("Follow the vehicle, on table and map") },
  { 'm', DASH_IN_LIST | DASH_IN_MAP, DASH_DO_MAP, "m", N_("map"), 55, N_("Give the keys to the map, and back") },
  { '+', DASH_IN_LIST | DASH_IN_MAP | DASH_IN_DETAIL, DASH_DO_ZOOM_IN, "+ -", N_("zoom"), 40, N_("Zoom the map in, out") },
  { '=', DASH_IN_LIST | DASH_IN_MAP | DASH_IN_DETAIL, DASH_DO_ZOOM_IN, NULL, NULL, 0, NULL },
  { '-', DASH_IN_LIST | DASH_IN_MAP | DASH_IN_DETAIL, DASH_DO_ZOOM_OUT, NULL, NULL, 0, NULL },
  { '0', DASH_IN_LIST | DASH_IN_MAP | DASH_IN_DETAIL, DASH_DO_FIT, "0", N_("all"), 15, N_("The whole fleet on the map again") },
  { DASH_KEY_LEFT, DASH_IN_MAP, DASH_DO_PAN_LEFT, "arrows", N_("move"), 65, N_("Move the map, when it has the keys; also hjkl") },
  { 'h', DASH_IN_MAP, DASH_DO_PAN_LEFT, NULL, NULL, 0, NULL },
  { DASH_KEY_RIGHT, DASH_IN_MAP, DASH_DO_PAN_RIGHT, NULL, NULL, 0, NULL },
  { 'l', DASH_IN_MAP, DASH_DO_PAN_RIGHT, NULL, NULL, 0, NULL },
  { DASH_KEY_UP, DASH_IN_MAP, DASH_DO_PAN_UP, NULL, NULL, 0, NULL },
  { 'k', DASH_IN_MAP, DASH_DO_PAN_UP, NULL, NULL, 0, NULL },
  { DASH_KEY_DOWN, DASH_IN_MAP, DASH_DO_PAN_DOWN, NULL, NULL, 0, NULL },
  { 'j', DASH_IN_MAP, DASH_DO_PAN_DOWN, NULL, NULL, 0, NULL },
  { '1', DASH_IN_ALL, DASH_DO_OVERVIEW, "1 2 3 4", NULL, 0, N_("Overview, table alone, map alone, charts") },
  { '2', DASH_IN_ALL, DASH_DO_TABLE, NULL, NULL, 0, NULL },
  { '3', DASH_IN_ALL, DASH_DO_WHOLE_MAP, NULL, NULL, 0, NULL },
  { '4', DASH_IN_ALL, DASH_DO_CHART, NULL, NULL, 0, NULL },
  { DASH_KEY_TAB, DASH_IN_LIST | DASH_IN_MAP, DASH_DO_NEXT_VIEW, "Tab", N_("view"), 30, N_("The next view") },
  { DASH_KEY_CTRL ('l'), DASH_IN_ALL, DASH_DO_REDRAW, "^L", NULL, 0, N_("Draw the screen anew") },
  { '?', DASH_IN_ALL, DASH_DO_HELP, "?", N_("keys"), 95, N_("These keys") },
  { 'q', DASH_IN_ALL, DASH_DO_QUIT, "q", N_("quit"), 100, N_("Leave") },
  { DASH_KEY_CTRL ('c'), DASH_IN_ALL, DASH_DO_QUIT, NULL, NULL, 0, NULL },
  { 0, 0, DASH_DO_NOTHING, NULL, NULL, 0, NULL },
};
/* clang-format on */

const DashKeyRow *
dash_keys (void)
{
  return rows;
}

DashCommand
dash_keys_find (gunichar key, DashPlace place)
{
  for (const DashKeyRow *row = rows; row->key != 0; row++)
    if (row->key == key && (row->places & place) != 0)
      return row->command;
  return DASH_DO_NOTHING;
}

FwTerm *
dash_keys_terms (void)
{
  FwTerm *terms = g_new0 (FwTerm, G_N_ELEMENTS (rows));
  guint n = 0;

  for (const DashKeyRow *row = rows; row->key != 0; row++)
    if (row->name != NULL)
      terms[n++] = (FwTerm){ row->name, row->help };
  return terms;
}
