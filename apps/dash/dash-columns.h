/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-words.h"
/* dash-columns: the one table of what a vehicle's line can show; heading, width, order and drawing
 * follow from it. Promises: only columns for which some row has a value; what fits, the most
 * important first, units left out before columns are. Threads: the loop's. */
typedef struct DashColumn DashColumn;
struct DashColumn
{
  const char *order;    /* what the relay sorts by; NULL: it cannot */
  const char *heading;  /* NULL: the field's */
  guint field;          /* FW_FIELD_NONE: drawn from the row's state */
  int width, width_max; /* cells; a wider column takes what is left, up to width_max */
  guint priority;       /* 0 stays; higher numbers go first */
  gboolean to_right;
  void (*draw) (DashPen *pen, const DashStore *store, const DashRow *row, const DashColumn *column,
                int width, gboolean with_units);
};

typedef struct
{
  DashColumn column;
  int width;
} DashPlacedColumn;

#define DASH_COLUMNS_MAX 40
typedef struct
{
  DashPlacedColumn placed[DASH_COLUMNS_MAX];
  guint n;
  gboolean with_units;
} DashColumns;

/* order: what is sorted by; its column stays. */
void dash_columns_place (DashColumns *columns, const DashStore *store, const char *order,
                         int width);
/* The field mask that rows need for what is shown. */
guint64 dash_columns_fields (void);
void dash_columns_draw_heading (const DashColumns *columns, DashPen *pen, const char *order,
                                gboolean is_descending);
void dash_columns_draw_row (const DashColumns *columns, DashPen *pen, const DashStore *store,
                            const DashRow *row);
/* The next (+1) or previous (-1) column that can be sorted by, after order. */
const char *dash_columns_next_order (const DashColumns *columns, const char *order, int step);
