/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-columns.h"
#include "dash-sanitise.h"
#include <math.h>
#include <string.h>

#include "fw-i18n.h"

#define GAP 1
#define PRIORITY_LAST 20
#define WHY_CELLS_MIN 8 /* of a reason, before its duration gives way to it */
#define UNIT_ROOM 6     /* cells beyond which a unit is not worth its place */

static void
draw_state (DashPen *pen, const DashStore *store G_GNUC_UNUSED, const DashRow *row,
            const DashColumn *column G_GNUC_UNUSED, int width G_GNUC_UNUSED,
            gboolean with_units G_GNUC_UNUSED)
{
  char letter[2] = { fw_status_letter (row->status), '\0' };

  dash_pen_field (pen, dash_severity_style (row->severity), 1, FALSE,
                  dash_severity_sign (row->severity));
  dash_pen_field (pen, dash_status_style (row->status), 1, FALSE, letter);
}

static void
draw_id (DashPen *pen, const DashStore *store G_GNUC_UNUSED, const DashRow *row,
         const DashColumn *column G_GNUC_UNUSED, int width, gboolean with_units G_GNUC_UNUSED)
{
  dash_pen_field (pen, DASH_INK_STRONG, width, FALSE, dash_row_id (row));
}

static void
draw_fleet (DashPen *pen, const DashStore *store G_GNUC_UNUSED, const DashRow *row,
            const DashColumn *column G_GNUC_UNUSED, int width, gboolean with_units G_GNUC_UNUSED)
{
  dash_pen_field (pen, DASH_INK_PLAIN, width, FALSE, fw_device_fleet (row->device));
}

static void
draw_why (DashPen *pen, const DashStore *store, const DashRow *row,
          const DashColumn *column G_GNUC_UNUSED, int width, gboolean with_units G_GNUC_UNUSED)
{
  FwReason reason = fw_attention_worst (&row->attention);
  g_autofree char *since = NULL;
  const char *word = dash_reason_word (row, reason);
  int end = pen->x + MIN (width, dash_pen_room (pen)), since_cells;
  DashPen part = { pen->canvas, pen->x, pen->y, end };

  if (reason < FW_N_REASONS)
    {
      since = dash_age_text (MAX (dash_store_now_ms (store) - row->attention.since_ms[reason], 0));
      since_cells = (int) dash_sanitise_width (since, 16);
      part.end -= (int) dash_sanitise_width (word, WHY_CELLS_MIN) + since_cells < width
                      ? since_cells + 1
                      : 0;
      dash_pen_text (&part,
                     dash_severity_style (MAX (row->severity, fw_reason_severity (reason)))
                         & ~DASH_BOLD,
                     word);
      part.x = MAX (part.x, end - since_cells);
      part.end = part.end < end ? end : part.x;
      dash_pen_text (&part, DASH_INK_DIM, since);
    }
  pen->x = end;
}

static void
draw_age (DashPen *pen, const DashStore *store, const DashRow *row,
          const DashColumn *column G_GNUC_UNUSED, int width, gboolean with_units G_GNUC_UNUSED)
{
  g_autofree char *age = dash_age_text (dash_store_age_ms (store, row));

  dash_pen_field (pen, DASH_INK_PLAIN, width, TRUE, age);
}

static void
draw_trend (DashPen *pen, const DashStore *store, const DashRow *row,
            const DashColumn *column G_GNUC_UNUSED, int width, gboolean with_units G_GNUC_UNUSED)
{
  const DashRow *point = dash_fold_find (store->points, row->key);
  int end = pen->x + width;
  guint n = point != NULL ? MIN (point->n_speeds, (guint) width) : 0;

  if (n > 0)
    dash_pen_spark (pen, DASH_INK_SPARK, width, point->speeds + point->n_speeds - n, n, 0, 100);
  pen->x = end;
}

static DashStyle
value_style (const DashRow *row, guint field)
{
  guint16 active = row->attention.active;

  if (field == FW_FIELD_TEMP_C
      && (active & ((1u << FW_REASON_TEMP_HIGH) | (1u << FW_REASON_TEMP_LOW))) != 0)
    return DASH_INK_CRIT;
  if (field == FW_FIELD_SPEED_KMH && (active & (1u << FW_REASON_OVERSPEED)) != 0)
    return DASH_INK_WARN;
  if (field == FW_FIELD_FUEL_PCT && (active & (1u << FW_REASON_FUEL_LOW)) != 0)
    return DASH_INK_WARN;
  if (field == FW_FIELD_DOOR && dash_row_number (row, FW_FIELD_DOOR) == 1)
    return DASH_INK_STRONG;
  return DASH_INK_PLAIN;
}

static void
draw_field (DashPen *pen, const DashStore *store G_GNUC_UNUSED, const DashRow *row,
            const DashColumn *column, int width, gboolean with_units)
{
  g_autofree char *text = dash_field_text (row, column->field);
  const char *unit = fw_field (column->field)->unit;
  gboolean is_absent = strcmp (text, "-") == 0;
  int unit_cells = with_units && fw_field (column->field)->type == FW_FIELD_NUMBER && *unit != '\0'
                       ? (int) dash_sanitise_width (unit, UNIT_ROOM) + 1
                       : 0;

  dash_pen_field (pen, is_absent ? DASH_INK_DIM : value_style (row, column->field),
                  width - unit_cells, column->to_right, text);
  if (unit_cells > 0 && is_absent)
    dash_pen_gap (pen, unit_cells);
  else if (unit_cells > 0)
    {
      dash_pen_gap (pen, 1);
      dash_pen_text (pen, DASH_INK_DIM, unit);
    }
}

/* In the order in which they stand. Widths are without units. */
static const DashColumn columns_table[] = {
  { "severity", N_ ("ST"), FW_FIELD_NONE, 2, 2, 0, FALSE, draw_state },
  { "device_id", N_ ("VEHICLE"), FW_FIELD_NONE, 9, 24, 0, FALSE, draw_id },
  { NULL, N_ ("FLEET"), FW_FIELD_NONE, 8, 14, 13, FALSE, draw_fleet },
  { NULL, N_ ("WHY"), FW_FIELD_NONE, 15, 26, 2, FALSE, draw_why },
  { "speed_kmh", NULL, FW_FIELD_SPEED_KMH, 5, 5, 1, TRUE, draw_field },
  { NULL, N_ ("TREND"), FW_FIELD_SPEED_KMH, 8, 12, 9, FALSE, draw_trend },
  { "temp_c", NULL, FW_FIELD_TEMP_C, 5, 5, 3, TRUE, draw_field },
  { "setpoint_c", NULL, FW_FIELD_SETPOINT_C, 5, 5, 12, TRUE, draw_field },
  { "air_c", NULL, FW_FIELD_AIR_C, 5, 5, 14, TRUE, draw_field },
  { "door", NULL, FW_FIELD_DOOR, 4, 4, 5, FALSE, draw_field },
  { "fuel_pct", NULL, FW_FIELD_FUEL_PCT, 4, 4, 6, TRUE, draw_field },
  { "battery_pct", NULL, FW_FIELD_BATTERY_PCT, 4, 4, 7, TRUE, draw_field },
  { "next_stop", NULL, FW_FIELD_NEXT_STOP, 10, 22, 8, FALSE, draw_field },
  { "eta_ts_ms", NULL, FW_FIELD_ETA_TS_MS, 5, 5, 8, TRUE, draw_field },
  { "driver", NULL, FW_FIELD_DRIVER, 8, 16, 15, FALSE, draw_field },
  { "trip", NULL, FW_FIELD_TRIP, 8, 14, 17, FALSE, draw_field },
  { "alarm", NULL, FW_FIELD_ALARM, 8, 16, 10, FALSE, draw_field },
  { "odometer_km", NULL, FW_FIELD_ODOMETER_KM, 9, 9, 16, TRUE, draw_field },
  { "accuracy_m", NULL, FW_FIELD_ACCURACY_M, 8, 8, 18, TRUE, draw_field },
};
static const DashColumn own_column = { NULL, NULL, FW_FIELD_NONE, 7, 9, 4, TRUE, draw_field };
static const DashColumn age_column
    = { "last_seen_ms", N_ ("AGE"), FW_FIELD_NONE, 4, 4, 1, TRUE, draw_age };

static guint64
fields_in (const DashStore *store)
{
  guint64 fields = 0;

  for (guint i = 0; i < store->rows->len; i++)
    fields |= fw_device_has (((const DashRow *) g_ptr_array_index (store->rows, i))->device);
  return fields;
}

static gboolean
has_several_fleets (const DashStore *store)
{
  for (guint i = 1; i < store->rows->len; i++)
    {
      const DashRow *row = g_ptr_array_index (store->rows, i),
                    *first = g_ptr_array_index (store->rows, 0);

      if (strcmp (fw_device_fleet (row->device), fw_device_fleet (first->device)) != 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_attention (const DashStore *store)
{
  for (guint i = 0; i < store->rows->len; i++)
    if (((const DashRow *) g_ptr_array_index (store->rows, i))->attention.active != 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_useful (const DashColumn *column, const DashStore *store, guint64 fields)
{
  if (column->draw == draw_fleet)
    return has_several_fleets (store);
  if (column->draw == draw_why)
    return has_attention (store);
  return column->field == FW_FIELD_NONE || (fields & FW_FIELD_BIT (column->field)) != 0;
}

static int
id_width (const DashStore *store)
{
  int width = 9;

  for (guint i = 0; i < store->rows->len; i++)
    width = MAX (width,
                 (int) dash_sanitise_width (dash_row_id (g_ptr_array_index (store->rows, i)), 24));
  return width;
}

static int
unit_cells (const DashColumn *column)
{
  const char *unit = column->field != FW_FIELD_NONE && column->draw == draw_field
                         ? fw_field (column->field)->unit
                         : "";

  if (column->field == FW_FIELD_NONE || *unit == '\0'
      || fw_field (column->field)->type != FW_FIELD_NUMBER)
    return 0;
  return (int) dash_sanitise_width (unit, UNIT_ROOM) + 1;
}

static void
add_column (DashColumns *columns, const DashColumn *column)
{
  if (columns->n < DASH_COLUMNS_MAX)
    columns->placed[columns->n++] = (DashPlacedColumn){ *column, column->width };
}

static void
collect (DashColumns *columns, const DashStore *store)
{
  guint64 fields = fields_in (store);

  columns->n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (columns_table); i++)
    if (is_useful (&columns_table[i], store, fields))
      add_column (columns, &columns_table[i]);
  for (guint id = FW_FIELD_OWN_FIRST; id < fw_field_n (); id++)
    if ((fields & FW_FIELD_BIT (id)) != 0)
      {
        DashColumn column = own_column;

        column.field = id;
        column.order = fw_field (id)->name;
        add_column (columns, &column);
      }
  add_column (columns, &age_column);
}

static char *
heading_of (const DashColumn *column)
{
  return column->heading != NULL ? g_strdup (_ (column->heading))
                                 : dash_field_heading (column->field);
}

/* A translated heading may need more than the values beneath it. */
static void
widen_for_headings (DashColumns *columns)
{
  for (guint i = 0; i < columns->n; i++)
    {
      g_autofree char *heading = heading_of (&columns->placed[i].column);
      int with_units = columns->placed[i].width
                       + (columns->with_units ? unit_cells (&columns->placed[i].column) : 0);

      columns->placed[i].width
          = MAX (with_units, MIN ((int) dash_sanitise_width (heading, 12), with_units + 4));
    }
}

/* The most important first, each that still fits; they keep their order. Returns the cells that are
 * left. */
static int
keep_what_fits (DashColumns *columns, int width)
{
  gboolean is_kept[DASH_COLUMNS_MAX] = { FALSE };
  int left = width + GAP;
  guint n = 0;

  for (guint priority = 0; priority <= PRIORITY_LAST; priority++)
    for (guint i = 0; i < columns->n; i++)
      if (columns->placed[i].column.priority == priority && columns->placed[i].width + GAP <= left)
        {
          is_kept[i] = TRUE;
          left -= columns->placed[i].width + GAP;
        }
  for (guint i = 0; i < columns->n; i++)
    if (is_kept[i])
      columns->placed[n++] = columns->placed[i];
  columns->n = n;
  return left;
}

static void
share_out (DashColumns *columns, int left)
{
  for (gboolean any = TRUE; any && left > 0;)
    {
      any = FALSE;
      for (guint i = 0; i < columns->n && left > 0; i++)
        if (columns->placed[i].width < columns->placed[i].column.width_max)
          {
            columns->placed[i].width++;
            left--;
            any = TRUE;
          }
    }
}

void
dash_columns_place (DashColumns *columns, const DashStore *store, const char *order, int width)
{
  collect (columns, store);
  for (guint i = 0; i < columns->n; i++)
    if (columns->placed[i].column.draw == draw_id)
      columns->placed[i].width = columns->placed[i].column.width_max
          = MIN (id_width (store), MAX (width / 3, 6));
  for (guint i = 0; i < columns->n; i++)
    if (g_strcmp0 (columns->placed[i].column.order, order) == 0)
      columns->placed[i].column.priority = 0;
  columns->with_units = width >= 60;
  widen_for_headings (columns);
  share_out (columns, keep_what_fits (columns, width));
}

guint64
dash_columns_fields (void)
{
  guint64 fields = FW_FIELD_BIT (FW_FIELD_HEADING_DEG) | FW_FIELD_BIT (FW_FIELD_IGNITION);

  for (guint i = 0; i < G_N_ELEMENTS (columns_table); i++)
    if (columns_table[i].field != FW_FIELD_NONE)
      fields |= FW_FIELD_BIT (columns_table[i].field);
  for (guint id = FW_FIELD_OWN_FIRST; id < fw_field_n (); id++)
    fields |= FW_FIELD_BIT (id);
  return fields;
}

/* The sign stands behind the heading, or in place of its end where there is no room. */
static char *
mark_order (const char *heading, int width, gboolean is_descending)
{
  const char *end = heading + strlen (heading);

  if ((int) dash_sanitise_width (heading, 64) >= width && end > heading)
    end = g_utf8_prev_char (end);
  return g_strdup_printf ("%.*s%s", (int) (end - heading), heading, is_descending ? "▾" : "▴");
}

void
dash_columns_draw_heading (const DashColumns *columns, DashPen *pen, const char *order,
                           gboolean is_descending)
{
  for (guint i = 0; i < columns->n; i++)
    {
      const DashPlacedColumn *placed = &columns->placed[i];
      gboolean is_sorted = g_strcmp0 (placed->column.order, order) == 0;
      g_autofree char *heading = heading_of (&placed->column);
      g_autofree char *text
          = is_sorted ? mark_order (heading, placed->width, is_descending) : g_strdup (heading);

      dash_pen_gap (pen, i > 0 ? GAP : 0);
      dash_pen_field (pen, is_sorted ? DASH_INK_TITLE | DASH_BOLD : DASH_INK_TITLE, placed->width,
                      placed->column.to_right, text);
    }
}

void
dash_columns_draw_row (const DashColumns *columns, DashPen *pen, const DashStore *store,
                       const DashRow *row)
{
  for (guint i = 0; i < columns->n; i++)
    {
      const DashPlacedColumn *placed = &columns->placed[i];
      int end;

      dash_pen_gap (pen, i > 0 ? GAP : 0);
      end = pen->x + placed->width;
      placed->column.draw (pen, store, row, &placed->column, placed->width, columns->with_units);
      pen->x = MIN (end, pen->end);
    }
}

const char *
dash_columns_next_order (const DashColumns *columns, const char *order, int step)
{
  int at = -1, n = (int) columns->n;

  for (int i = 0; i < n; i++)
    if (g_strcmp0 (columns->placed[i].column.order, order) == 0)
      at = i;
  for (int tried = 0; tried < n; tried++)
    {
      at = (at + step + n) % n;
      if (columns->placed[at].column.order != NULL)
        return columns->placed[at].column.order;
    }
  return order;
}
