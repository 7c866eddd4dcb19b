/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-columns.h"
/* dash-table: vehicles, one line each, in the relay's order; a cursor that stays with its vehicle,
 * not with its line. Threads: the loop's. */
typedef struct
{
  char *selected; /* key; NULL before there is a row */
  char *order;    /* the relay's name for what is sorted by */
  gboolean is_descending;
  gboolean is_chosen;    /* by hand; else the first row is as good as any */
  gboolean is_following; /* scrolls with the selected row */
  guint top;             /* first row on screen */
  guint n_lines;         /* rows that fit, as of the last draw */
  DashColumns columns;
} DashTable;

void dash_table_init (DashTable *table);
void dash_table_clear (DashTable *table);
/* FALSE when the cursor stays where it is. */
gboolean dash_table_move (DashTable *table, const DashStore *store, int by);
/* The next (+1) or previous (-1) row with a severity, round the end. */
gboolean dash_table_move_urgent (DashTable *table, const DashStore *store, int step);
gboolean dash_table_select (DashTable *table, const char *key);
/* Sorts by the next or previous column. */
void dash_table_sort (DashTable *table, int step);
/* Rows to ask the relay for: what is on screen and as much again. */
guint dash_table_n_wanted (const DashTable *table);
/* title: what stands in the rule, NULL for none; empty_text: shown instead of rows when there is
 * none. */
void dash_table_draw (DashTable *table, const DashStore *store, DashCanvas *canvas, DashArea area,
                      const char *title, const char *empty_text);
/* "worst first", "speed, highest first"; transfer full. */
char *dash_table_order_words (const DashTable *table);
