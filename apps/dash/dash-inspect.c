/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-inspect.h"
#include <string.h>

#include "fw-i18n.h"

#define WORD_CELLS 11
#define VALUE_CELLS 8
#define UNIT_CELLS 5
#define TWO_COLUMNS_FROM 56

/* What is said first; everything else that the device has follows in the table's order. */
static const guint first_fields[] = {
  FW_FIELD_SPEED_KMH,   FW_FIELD_TEMP_C, FW_FIELD_FUEL_PCT, FW_FIELD_BATTERY_PCT,
  FW_FIELD_SETPOINT_C,  FW_FIELD_DOOR,   FW_FIELD_IGNITION, FW_FIELD_NEXT_STOP,
  FW_FIELD_ETA_TS_MS,   FW_FIELD_ALARM,  FW_FIELD_AIR_C,    FW_FIELD_ODOMETER_KM,
  FW_FIELD_HEADING_DEG,
};

const DashRow *
dash_inspect_find (const DashStore *store, const char *key)
{
  const DashRow *row = key != NULL ? dash_fold_find (store->detail, key) : NULL;

  for (guint i = 0; row == NULL && key != NULL && i < store->rows->len; i++)
    if (strcmp (((const DashRow *) g_ptr_array_index (store->rows, i))->key, key) == 0)
      row = g_ptr_array_index (store->rows, i);
  return row != NULL || key == NULL ? row : dash_fold_find (store->points, key);
}

static guint
order_fields (const DashRow *row, guint *fields)
{
  guint64 left = fw_device_has (row->device) & ~FW_FIELD_MASK_POSITION;
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (first_fields); i++)
    if ((left & FW_FIELD_BIT (first_fields[i])) != 0)
      {
        fields[n++] = first_fields[i];
        left &= ~FW_FIELD_BIT (first_fields[i]);
      }
  for (guint id = FW_FIELD_OWN_FIRST; id < fw_field_n (); id++)
    if ((left & FW_FIELD_BIT (id)) != 0)
      {
        fields[n++] = id;
        left &= ~FW_FIELD_BIT (id);
      }
  for (guint id = 0; id < fw_field_n (); id++)
    if ((left & FW_FIELD_BIT (id)) != 0)
      fields[n++] = id;
  return n;
}

static void
draw_history (DashPen *pen, const DashStore *store, const DashRow *row, guint field)
{
  const DashRow *point = dash_fold_find (store->points, row->key);
  const DashSeries *series = store->selected[field];
  guint n = 0;
  const double *values
      = series != NULL ? dash_series_tail (series, (guint) dash_pen_room (pen), &n) : NULL;
  double low, high;

  if (field == FW_FIELD_SETPOINT_C || field == FW_FIELD_ODOMETER_KM)
    return; /* a setting and a counter have no story */
  if (field == FW_FIELD_SPEED_KMH && point != NULL && point->n_speeds > n)
    {
      n = MIN (point->n_speeds, (guint) dash_pen_room (pen));
      values = point->speeds + point->n_speeds - n;
    }
  if (n > 1 && dash_pen_room (pen) > 3 && dash_series_range (values, n, &low, &high))
    dash_pen_spark (pen, DASH_INK_SPARK, dash_pen_room (pen), values, n,
                    field == FW_FIELD_SPEED_KMH ? 0 : low, high);
}

static void
draw_field (DashCanvas *canvas, DashArea line, const DashStore *store, const DashRow *row,
            guint field)
{
  DashPen pen = dash_pen (canvas, line, 0);
  g_autofree char *word = dash_field_word (field), *text = dash_field_text (row, field);
  gboolean is_number = fw_field (field)->type == FW_FIELD_NUMBER && field != FW_FIELD_HEADING_DEG;

  dash_pen_field (&pen, DASH_INK_DIM, WORD_CELLS, FALSE, word);
  if (!is_number)
    {
      dash_pen_gap (&pen, 1);
      dash_pen_text (&pen, DASH_INK_STRONG, text);
      return;
    }
  dash_pen_field (&pen, DASH_INK_STRONG, VALUE_CELLS, TRUE, text);
  dash_pen_gap (&pen, 1);
  dash_pen_field (&pen, DASH_INK_DIM, UNIT_CELLS, FALSE, fw_field (field)->unit);
  draw_history (&pen, store, row, field);
}

static int
draw_fields (DashCanvas *canvas, DashArea area, const DashStore *store, const DashRow *row)
{
  guint fields[FW_FIELD_N_MAX], n = order_fields (row, fields);
  int n_columns = area.width >= TWO_COLUMNS_FROM ? 2 : 1,
      width = (area.width - 2 * (n_columns - 1)) / n_columns;
  int n_lines = MIN (((int) n + n_columns - 1) / n_columns, area.height);

  for (guint i = 0; i < n && n_lines > 0; i++)
    {
      int column = (int) i / n_lines, line = (int) i % n_lines;

      if (column < n_columns)
        draw_field (canvas, (DashArea){ area.x + column * (width + 2), area.y + line, width, 1 },
                    store, row, fields[i]);
    }
  return n_lines;
}

static int
draw_reasons (DashCanvas *canvas, DashArea area, const DashStore *store, const DashRow *row)
{
  int line = 0;

  for (guint i = 0; i < FW_N_REASONS && line < area.height; i++)
    if ((row->attention.active & (1u << i)) != 0)
      {
        DashPen pen = dash_pen (canvas, area, line++);
        FwSeverity severity
            = i == fw_attention_worst (&row->attention) ? row->severity : fw_reason_severity (i);
        g_autofree char *since
            = dash_age_text (MAX (dash_store_now_ms (store) - row->attention.since_ms[i], 0));

        dash_pen_print (&pen, dash_severity_style (severity), "%s %s",
                        dash_severity_sign (severity), dash_reason_word (row, i));
        dash_pen_gap (&pen, 2);
        /* Translators: how long something has been so, as in "door open, for 52 s" */
        dash_pen_print (&pen, DASH_INK_DIM, _ ("for %s"), since);
      }
  return line;
}

static void
draw_place (DashCanvas *canvas, DashArea area, const DashRow *row)
{
  FwPoint point;
  DashPen pen = dash_pen (canvas, area, 0);

  if (!dash_row_position (row, &point))
    return;
  dash_pen_field (&pen, DASH_INK_DIM, WORD_CELLS, FALSE, _ ("position"));
  dash_pen_gap (&pen, 1);
  dash_pen_print (&pen, DASH_INK_STRONG, "%.5f, %.5f", point.lat, point.lon);
}

static void
draw_name (DashCanvas *canvas, DashArea area, const DashStore *store, const DashRow *row)
{
  g_autofree char *age = dash_age_text (dash_store_age_ms (store, row));
  /* Translators: status and age of a device's last word, as in "moving, 2 s ago" */
  g_autofree char *detail = g_strdup_printf (_ ("%s, %s ago"), dash_status_word (row->status), age);

  dash_draw_title (canvas, area, dash_row_id (row), detail);
}

int
dash_inspect_draw (DashCanvas *canvas, DashArea area, const DashStore *store, const DashRow *row,
                   gboolean with_title)
{
  int used = 0;

  if (with_title)
    {
      draw_name (canvas, area, store, row);
      used = 1;
    }
  used += draw_reasons (canvas,
                        (DashArea){ area.x + 1, area.y + used, area.width - 1, area.height - used },
                        store, row);
  used += draw_fields (canvas,
                       (DashArea){ area.x + 1, area.y + used, area.width - 1, area.height - used },
                       store, row);
  if (used < area.height)
    draw_place (canvas, (DashArea){ area.x + 1, area.y + used++, area.width - 1, 1 }, row);
  return used;
}
