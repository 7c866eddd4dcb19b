/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-chart.h"
#include "dash-sanitise.h"
#include <math.h>

#include "fw-i18n.h"

#define AXIS_CELLS 8
#define CHART_MIN_LINES 4
#define CHARTS_MAX 6
#define STRETCH_MAX 8

typedef struct
{
  DashCanvas *canvas;
  DashArea plot;
  double low, high; /* of the axis */
  int step;         /* dots per second: a young chart is stretched */
} Plot;

static int
dot_y (const Plot *plot, double value)
{
  double share = (value - plot->low) / (plot->high - plot->low);

  return plot->plot.y * 4 + (int) lround ((1 - CLAMP (share, 0, 1)) * (plot->plot.height * 4 - 1));
}

/* Value i of n, the newest at the right edge. */
static int
dot_x (const Plot *plot, guint i, guint n)
{
  return (plot->plot.x + plot->plot.width) * 2 - 1 - (int) (n - 1 - i) * plot->step;
}

static guint
n_shown (const Plot *plot)
{
  return (guint) (plot->plot.width * 2 / plot->step);
}

static void
draw_line (const Plot *plot, const DashSeries *series, DashStyle style, guint rank)
{
  guint n;
  const double *values = dash_series_tail (series, n_shown (plot), &n);

  for (guint i = 0; i < n; i++)
    {
      guint before = i > 0 && isfinite (values[i - 1]) ? i - 1 : i;

      if (isfinite (values[i]))
        dash_canvas_line (plot->canvas, &plot->plot, dot_x (plot, before, n),
                          dot_y (plot, values[before]), dot_x (plot, i, n), dot_y (plot, values[i]),
                          style, rank);
    }
}

/* Thin enough that the line stays readable within it; its edges are whole. */
static void
draw_band_column (const Plot *plot, int x, int top, int bottom)
{
  for (int y = top; y <= bottom; y++)
    if (y == top || y == bottom || ((x & 1) == 0 && (y & 1) == 0))
      dash_canvas_dot (plot->canvas, &plot->plot, x, y, DASH_INK_BAND, 1);
}

static void
draw_band (const Plot *plot, const DashSeries *low, const DashSeries *high)
{
  guint n, n_high;
  const double *lows = dash_series_tail (low, n_shown (plot), &n);
  const double *highs = dash_series_tail (high, n_shown (plot), &n_high);

  for (guint i = 0; i < MIN (n, n_high); i++)
    if (isfinite (lows[i]) && isfinite (highs[i]))
      for (int x = dot_x (plot, i, n); x < dot_x (plot, i, n) + plot->step; x++)
        draw_band_column (plot, x, dot_y (plot, highs[i]), dot_y (plot, lows[i]));
}

static gboolean
widen (const DashSeries *series, guint n_dots, double *low, double *high, gboolean is_first)
{
  guint n;
  double series_low, series_high;
  const double *values = series != NULL ? dash_series_tail (series, n_dots, &n) : NULL;

  if (values == NULL || !dash_series_range (values, n, &series_low, &series_high))
    return FALSE;
  *low = is_first ? series_low : MIN (*low, series_low);
  *high = is_first ? series_high : MAX (*high, series_high);
  return TRUE;
}

static gboolean
find_axis (Plot *plot, const DashChart *chart)
{
  guint n_dots = n_shown (plot);
  gboolean is_any = widen (chart->mean, n_dots, &plot->low, &plot->high, TRUE);
  double room;

  is_any |= widen (chart->low, n_dots, &plot->low, &plot->high, !is_any);
  is_any |= widen (chart->high, n_dots, &plot->low, &plot->high, !is_any);
  room = is_any ? MAX ((plot->high - plot->low) * 0.08,
                       pow (10, -(double) fw_field (chart->field)->decimals))
                : 0;
  plot->low = plot->low >= 0 ? MAX (plot->low - room, 0) : plot->low - room;
  plot->high += room;
  return is_any;
}

static void
draw_axis (const Plot *plot, const DashChart *chart, DashArea area)
{
  g_autofree char *top = dash_number_text (plot->high, chart->field),
                  *bottom = dash_number_text (plot->low, chart->field);
  DashPen pen = dash_pen (plot->canvas,
                          (DashArea){ area.x, plot->plot.y, AXIS_CELLS - 1, plot->plot.height }, 0);

  dash_pen_field (&pen, DASH_INK_DIM, AXIS_CELLS - 1, TRUE, top);
  pen = dash_pen (plot->canvas,
                  (DashArea){ area.x, plot->plot.y, AXIS_CELLS - 1, plot->plot.height },
                  plot->plot.height - 1);
  dash_pen_field (&pen, DASH_INK_DIM, AXIS_CELLS - 1, TRUE, bottom);
}

static void
draw_figure (DashPen *pen, const char *word, double value, const DashChart *chart, DashStyle style)
{
  g_autofree char *text = dash_number_text (value, chart->field);

  if (!isfinite (value))
    return;
  if (word != NULL)
    dash_pen_print (pen, DASH_INK_DIM, "%s ", word);
  dash_pen_text (pen, style, text);
  if (*fw_field (chart->field)->unit != '\0')
    dash_pen_print (pen, DASH_INK_DIM, " %s", fw_field (chart->field)->unit);
  dash_pen_gap (pen, 3);
}

static void
draw_caption (DashCanvas *canvas, DashArea area, const DashChart *chart)
{
  DashPen pen = dash_pen (canvas, area, 0);
  g_autofree char *word = dash_field_word (chart->field);

  dash_pen_print (&pen, DASH_INK_TITLE, "%s  ", word);
  if (chart->now == NULL)
    {
      draw_figure (&pen, NULL, dash_series_last (chart->mean), chart, DASH_INK_STRONG);
      return;
    }
  draw_figure (&pen, _ ("mean"), chart->now->mean, chart, DASH_INK_STRONG);
  draw_figure (&pen, _ ("min"), chart->now->min, chart, DASH_INK_PLAIN);
  draw_figure (&pen, _ ("max"), chart->now->max, chart, DASH_INK_PLAIN);
  if (dash_pen_room (&pen) > 12)
    dash_pen_print (&pen, DASH_INK_DIM,
                    ngettext ("%d device", "%d devices", (gulong) chart->now->n),
                    (int) chart->now->n);
}

static int
stretch (const DashChart *chart, int cells)
{
  int step = 1;

  while (step < STRETCH_MAX && (int) chart->mean->n * step * 2 <= cells * 2)
    step *= 2;
  return step;
}

void
dash_chart_draw (DashCanvas *canvas, DashArea area, const DashChart *chart)
{
  Plot plot = {
    canvas, { area.x + AXIS_CELLS, area.y + 1, area.width - AXIS_CELLS, area.height - 1 }, 0, 1, 1
  };

  if (area.height < CHART_MIN_LINES - 1 || plot.plot.width < 4)
    return;
  draw_caption (canvas, area, chart);
  plot.step = stretch (chart, plot.plot.width);
  if (!find_axis (&plot, chart))
    return;
  draw_axis (&plot, chart, area);
  if (chart->low != NULL && chart->high != NULL)
    draw_band (&plot, chart->low, chart->high);
  draw_line (&plot, chart->mean, DASH_INK_SPARK, DASH_LAYER);
}

static void
fill_below (const Plot *plot, const DashSeries *series)
{
  guint n;
  const double *values = dash_series_tail (series, n_shown (plot), &n);

  for (guint i = 0; i < n; i++)
    if (isfinite (values[i]))
      for (int x = dot_x (plot, i, n); x < dot_x (plot, i, n) + plot->step; x++)
        for (int y = dot_y (plot, values[i]); y < (plot->plot.y + plot->plot.height) * 4; y++)
          if (((x + y) & 1) == 0)
            dash_canvas_dot (plot->canvas, &plot->plot, x, y, DASH_INK_BAND, 1);
}

void
dash_chart_draw_bare (DashCanvas *canvas, DashArea area, const DashSeries *series)
{
  DashChart chart = { NULL, series, NULL, FW_FIELD_SPEED_KMH, NULL };
  Plot plot
      = { canvas, { area.x + AXIS_CELLS, area.y, area.width - AXIS_CELLS, area.height }, 0, 1, 1 };

  plot.step = stretch (&chart, plot.plot.width);
  if (!find_axis (&plot, &chart))
    return;
  plot.low = 0;
  draw_axis (&plot, &chart, area);
  fill_below (&plot, series);
  draw_line (&plot, series, DASH_INK_SPARK, DASH_LAYER);
}

/* Numbers worth a chart: not where a thing is, nor when. */
static gboolean
is_chartable (guint field)
{
  return fw_field (field)->type == FW_FIELD_NUMBER && field != FW_FIELD_LAT && field != FW_FIELD_LON
         && field != FW_FIELD_HEADING_DEG && field != FW_FIELD_ODOMETER_KM
         && field != FW_FIELD_ACCURACY_M;
}

static void
draw_time (DashCanvas *canvas, DashArea area, const DashChart *chart)
{
  int width = area.width - AXIS_CELLS, step = stretch (chart, width);
  g_autofree char *span = dash_age_text ((gint64) width * 2 / step * 1000);
  DashPen pen = dash_pen (canvas, (DashArea){ area.x + AXIS_CELLS, area.y, width, area.height },
                          area.height - 1);

  if (width < 24)
    return;
  /* Translators: at the left end of a time axis, as in "2 m ago" */
  dash_pen_print (&pen, DASH_INK_DIM, _ ("%s ago"), span);
  dash_pen_to_right (&pen, (int) dash_sanitise_width (_ ("now"), 12));
  dash_pen_text (&pen, DASH_INK_DIM, _ ("now"));
}

static void
draw_stack (DashCanvas *canvas, DashArea area, const DashChart *charts, guint n)
{
  gboolean has_axis = n > 0 && area.height > 2 * CHART_MIN_LINES;
  int height = area.height - has_axis;
  guint n_fit = MIN (n, (guint) MAX (height / CHART_MIN_LINES, 1));
  int each = n_fit > 0 ? height / (int) n_fit : 0;

  if (has_axis)
    draw_time (canvas, (DashArea){ area.x, area.y, area.width, each * (int) n_fit + 1 },
               &charts[0]);

  for (guint i = 0; i < n_fit; i++)
    dash_chart_draw (canvas,
                     (DashArea){ area.x, area.y + (int) i * each, area.width,
                                 each - (n_fit > 1 && each > CHART_MIN_LINES) },
                     &charts[i]);
}

void
dash_charts_draw_fleet (DashCanvas *canvas, DashArea area, const DashStore *store)
{
  DashChart charts[CHARTS_MAX];
  guint n = 0;

  for (guint id = 0; id < fw_field_n () && n < CHARTS_MAX; id++)
    if (is_chartable (id) && store->mean[id] != NULL)
      charts[n++] = (DashChart){ store->low[id], store->mean[id], store->high[id], id,
                                 &store->totals.stat[id] };
  draw_stack (canvas, area, charts, n);
}

void
dash_charts_draw_selected (DashCanvas *canvas, DashArea area, const DashStore *store)
{
  DashChart charts[CHARTS_MAX];
  guint n = 0;

  for (guint id = 0; id < fw_field_n () && n < CHARTS_MAX; id++)
    if (is_chartable (id) && store->selected[id] != NULL)
      charts[n++] = (DashChart){ NULL, store->selected[id], NULL, id, NULL };
  draw_stack (canvas, area, charts, n);
}
