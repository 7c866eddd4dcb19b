/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-header.h"
#include "dash-chart.h"
#include "dash-sanitise.h"
#include <math.h>
#include <string.h>

#include "fw-i18n.h"

#define QUIET_MS 12000 /* the relay says the time every 5 s; more than twice that is silence */
#define SPARK_CELLS_MAX 24

static const FwStatus shown_statuses[]
    = { FW_STATUS_MOVING, FW_STATUS_IDLE, FW_STATUS_STOPPED, FW_STATUS_OFFLINE, FW_STATUS_UNKNOWN };

/* The style shows around the words as well. */
static void
draw_badge (DashPen *pen, DashStyle style, const char *words)
{
  dash_pen_print (pen, style, " %s ", words);
}

static void
draw_seconds (DashPen *pen, DashStyle style, const char *format, gint64 ms)
{
  g_autofree char *age = dash_age_text (MAX (ms, 0)), *words = g_strdup_printf (format, age);

  draw_badge (pen, style, words);
}

static void
draw_warming (DashPen *pen, guint n_partitions)
{
  g_autofree char *words = g_strdup_printf (_ ("WARMING %u"), n_partitions);

  draw_badge (pen, DASH_INK_WAIT | DASH_BOLD, words);
}

static void
draw_no_relay (DashPen *pen, const DashStore *store, gint64 now_ms)
{
  g_autofree char *clock = dash_zone_clock_text (store->link.last_message_ms),
                  *shown = g_strdup_printf (_ ("showing %s"), clock),
                  *wait = dash_age_text (MAX (store->link.retry_at_ms - now_ms + 999, 0)),
                  *retry = g_strdup_printf (_ ("retry in %s"), wait);

  draw_seconds (pen, DASH_INK_ALARM | DASH_BOLD, _ ("NO RELAY %s"), now_ms - store->link.since_ms);
  dash_pen_gap (pen, 1);
  if (store->link.last_message_ms > 0)
    draw_badge (pen, DASH_INK_STRONG, shown);
  if (dash_pen_room (pen) > (int) dash_sanitise_width (retry, 80) + 1)
    draw_badge (pen, DASH_INK_PLAIN, retry);
  if (store->link.why != NULL && dash_pen_room (pen) > 16)
    dash_pen_print (pen, DASH_INK_DIM, " %s", store->link.why);
}

/* The one place that says how we stand with the relay. Returns FALSE when the rest of the line is
 * taken. */
static gboolean
draw_link (DashPen *pen, const DashStore *store)
{
  gint64 now_ms = fw_clock_wall_ms (store->clock);

  switch (store->link.state)
    {
    case DASH_LINK_CONNECTING:
      draw_seconds (pen, DASH_INK_WAIT | DASH_BOLD, _ ("CONNECTING %s"),
                    now_ms - store->link.since_ms);
      return TRUE;
    case DASH_LINK_DOWN:
      draw_no_relay (pen, store, now_ms);
      return FALSE;
    case DASH_LINK_UP:
      break;
    }
  if (store->link.last_message_ms > 0 && now_ms - store->link.last_message_ms > QUIET_MS)
    draw_seconds (pen, DASH_INK_WAIT | DASH_BOLD, _ ("QUIET %s"),
                  now_ms - store->link.last_message_ms);
  else if (store->n_warming > 0)
    draw_warming (pen, store->n_warming);
  else
    draw_badge (pen, DASH_INK_LIVE | DASH_BOLD, _ ("LIVE"));
  return TRUE;
}

static char *
lag_text (const DashStore *store, const char *format)
{
  double p50, p99;

  if (store->link.state != DASH_LINK_UP || !dash_lag_figures (&store->to_screen, &p50, &p99))
    return g_strdup ("");
  return g_strdup_printf (format, p50);
}

static void
draw_first_line (DashCanvas *canvas, DashArea area, const DashStore *store,
                 const DashHeader *header)
{
  DashPen pen = dash_pen (canvas, area, 0);
  g_autofree char *clock = dash_long_clock_text (fw_clock_wall_ms (store->clock));
  /* Translators: how old the newest shown fact is, on its way from Kafka to this screen */
  g_autofree char *lag = lag_text (store, _ ("%.0f ms behind"));
  int gap = *lag != '\0' ? 3 : 0,
      right = (int) dash_sanitise_width (lag, 40) + gap + (int) dash_sanitise_width (clock, 40) + 1;

  dash_pen_gap (&pen, 1);
  if (draw_link (&pen, store))
    {
      dash_pen_gap (&pen, 2);
      dash_pen_text (&pen, DASH_INK_STRONG, "Fleetwire");
      dash_pen_print (&pen, DASH_INK_DIM, "  %s", header->url);
      if (store->is_conflated)
        {
          dash_pen_gap (&pen, 2);
          dash_pen_text (&pen, DASH_INK_WARN, _ ("slowed"));
        }
    }
  if (dash_pen_room (&pen) < right)
    return;
  dash_pen_to_right (&pen, right);
  dash_pen_text (&pen, DASH_INK_DIM, lag);
  dash_pen_gap (&pen, gap);
  dash_pen_text (&pen, DASH_INK_PLAIN, clock);
}

/* What has no position anywhere is hardly a vehicle. */
static const char *
noun (const DashStore *store, gint64 n)
{
  if (store->rows->len > 0 && !dash_store_has_positions (store))
    return ngettext ("device", "devices", (gulong) n);
  return ngettext ("vehicle", "vehicles", (gulong) n);
}

static void
draw_n (DashPen *pen, const DashStore *store, const DashHeader *header, gboolean is_short)
{
  gboolean is_part = *header->filter != '\0' && store->n_all >= 0;

  if (store->n_match < 0)
    return;
  dash_pen_print (pen, DASH_INK_STRONG | DASH_BOLD, "%lld", (long long) store->n_match);
  if (is_part)
    {
      dash_pen_gap (pen, 1);
      /* Translators: as in "9 of 300" */
      dash_pen_print (pen, DASH_INK_DIM, _ ("of %lld"), (long long) store->n_all);
    }
  if (!is_short)
    dash_pen_print (pen, DASH_INK_DIM, " %s",
                    noun (store, is_part ? store->n_all : store->n_match));
  dash_pen_gap (pen, is_short ? 2 : 3);
}

static void
draw_severities (DashPen *pen, const DashTotals *totals, gboolean is_short)
{
  gint64 n_critical = totals->by_severity[FW_SEVERITY_CRITICAL],
         n_warning = totals->by_severity[FW_SEVERITY_WARNING];

  dash_pen_print (pen, n_critical > 0 ? DASH_INK_CRIT | DASH_BOLD : DASH_INK_DIM,
                  "%s%s%" G_GINT64_FORMAT, dash_severity_sign (FW_SEVERITY_CRITICAL),
                  is_short ? "" : " ", n_critical);
  if (!is_short)
    dash_pen_print (pen, DASH_INK_DIM, " %s", _ ("critical"));
  dash_pen_gap (pen, is_short ? 1 : 3);
  dash_pen_print (pen, n_warning > 0 ? DASH_INK_WARN | DASH_BOLD : DASH_INK_DIM,
                  "%s%s%" G_GINT64_FORMAT, dash_severity_sign (FW_SEVERITY_WARNING),
                  is_short ? "" : " ", n_warning);
  if (!is_short)
    dash_pen_print (pen, DASH_INK_DIM, " %s", _ ("warning"));
  dash_pen_gap (pen, 3);
}

static void
draw_statuses (DashPen *pen, const DashTotals *totals, gboolean is_short)
{
  for (guint i = 0; i < G_N_ELEMENTS (shown_statuses); i++)
    {
      FwStatus status = shown_statuses[i];
      gint64 n = totals->by_status[status];

      if (n == 0 && status == FW_STATUS_UNKNOWN)
        continue;
      dash_pen_print (pen, dash_status_style (status) | DASH_BOLD, "%c", fw_status_letter (status));
      dash_pen_print (pen, n > 0 ? DASH_INK_STRONG : DASH_INK_DIM, " %" G_GINT64_FORMAT, n);
      if (!is_short)
        dash_pen_print (pen, DASH_INK_DIM, " %s", dash_status_word (status));
      dash_pen_gap (pen, is_short ? 2 : 3);
    }
}

static void
draw_figures (DashPen *pen, const DashStore *store, const DashHeader *header, int n_left_out)
{
  draw_n (pen, store, header, FALSE);
  if (!store->totals.is_known)
    return;
  draw_severities (pen, &store->totals, n_left_out > 0);
  draw_statuses (pen, &store->totals, n_left_out > 1);
}

/* Beside the canvas nothing is drawn, only measured. */
static int
figures_width (DashCanvas *canvas, const DashStore *store, const DashHeader *header, int n_left_out)
{
  int start = dash_canvas_width (canvas);
  DashPen pen = { canvas, start, 0, G_MAXINT };

  draw_figures (&pen, store, header, n_left_out);
  return pen.x - start - (n_left_out > 1 ? 2 : 3);
}

/* Signs and letters alone where their words find no room, so that no figure is lost. */
static void
draw_counts (DashCanvas *canvas, DashArea area, int line, const DashStore *store,
             const DashHeader *header)
{
  DashPen pen = dash_pen (canvas, area, line);
  int n_left_out = 0;

  dash_pen_gap (&pen, 1);
  while (n_left_out < 2 && figures_width (canvas, store, header, n_left_out) > dash_pen_room (&pen))
    n_left_out++;
  draw_figures (&pen, store, header, n_left_out);
}

typedef struct
{
  const char *name, *unit; /* unit with the space before it, if it has one */
  const DashSeries *series;
  int decimals;
  gboolean from_zero;
} Vital;

static void
draw_vital (DashPen *pen, const Vital *vital, int spark_cells)
{
  guint n;
  const double *values = dash_series_tail (vital->series, (guint) spark_cells, &n);
  double low, high, last = dash_series_last (vital->series);
  int end, width = spark_cells + 12 + (int) dash_sanitise_width (vital->name, 24);

  if (!dash_series_range (values, n, &low, &high) || dash_pen_room (pen) < width)
    return;
  dash_pen_print (pen, DASH_INK_DIM, "%s ", vital->name);
  end = pen->x + 3 + (int) dash_sanitise_width (vital->unit, 8);
  if (isfinite (last))
    dash_pen_print (pen, DASH_INK_STRONG, "%.*f",
                    vital->decimals == 0 && last > 0 && last < 9.95 ? 1 : vital->decimals, last);
  else
    dash_pen_text (pen, DASH_INK_DIM, "-");
  dash_pen_text (pen, DASH_INK_DIM, vital->unit);
  pen->x = MAX (pen->x, MIN (end, pen->end)) + 1;
  dash_pen_spark (pen, DASH_INK_SPARK, spark_cells, values, n,
                  vital->from_zero ? MIN (low, 0) : low, high);
  dash_pen_gap (pen, 3);
}

static void
draw_mean (DashPen *pen, const DashStore *store, guint field, int spark_cells)
{
  g_autofree char *word = dash_field_word (field);
  /* Translators: the mean of a figure over all vehicles, as in "mean speed" */
  g_autofree char *name = g_strdup_printf (_ ("mean %s"), word);
  g_autofree char *unit = g_strdup_printf (" %s", fw_field (field)->unit);
  Vital vital = { name, unit, store->mean[field], (int) fw_field (field)->decimals,
                  field == FW_FIELD_SPEED_KMH };

  if (store->mean[field] != NULL)
    draw_vital (pen, &vital, spark_cells);
}

static void
draw_vitals (DashCanvas *canvas, DashArea area, int line, const DashStore *store)
{
  DashPen pen = dash_pen (canvas, area, line);
  int spark_cells = CLAMP ((area.width - 60) / 4, 6, SPARK_CELLS_MAX);
  Vital events = { _ ("events"), _ ("/s"), &store->events_per_s, 0, TRUE };
  Vital behind = { _ ("behind"), " ms", &store->lag_ms, 0, TRUE };

  dash_pen_gap (&pen, 1);
  draw_vital (&pen, &events, spark_cells);
  draw_mean (&pen, store, FW_FIELD_SPEED_KMH, spark_cells);
  draw_mean (&pen, store, FW_FIELD_TEMP_C, spark_cells);
  for (guint id = FW_FIELD_OWN_FIRST; id < fw_field_n (); id++)
    draw_mean (&pen, store, id, spark_cells);
  draw_vital (&pen, &behind, spark_cells);
}

/* The rule under the header is the fleet: as long as each status has its share, told by stroke and
 * by ink. */
static void
draw_shares (DashCanvas *canvas, DashArea area, int line, const DashTotals *totals)
{
  static const gunichar strokes[] = { 0x2501, 0x254D, 0x2508, 0x00B7, 0x00B7 };
  DashPen pen = dash_pen (canvas, area, line);
  gint64 n = 0, seen = 0;

  for (guint i = 0; i < G_N_ELEMENTS (shown_statuses); i++)
    n += totals->by_status[shown_statuses[i]];
  for (guint i = 0; n > 0 && i < G_N_ELEMENTS (shown_statuses); i++)
    {
      int end;

      seen += totals->by_status[shown_statuses[i]];
      end = area.x + (int) lround ((double) seen * area.width / (double) n);
      while (pen.x < end && dash_pen_room (&pen) > 0)
        dash_pen_glyph (&pen, dash_status_style (shown_statuses[i]), strokes[i]);
    }
  dash_pen_rule (&pen);
}

static void
draw_one_line (DashCanvas *canvas, DashArea area, const DashStore *store, const DashHeader *header)
{
  DashPen pen = dash_pen (canvas, area, 0);
  g_autofree char *clock = dash_zone_clock_text (fw_clock_wall_ms (store->clock)),
                  *lag = lag_text (store, _ ("%.0f ms"));
  int width = (int) dash_sanitise_width (clock, 40) + 1;

  if (!draw_link (&pen, store))
    return;
  dash_pen_gap (&pen, 1);
  draw_n (&pen, store, header, TRUE);
  if (store->totals.is_known)
    draw_severities (&pen, &store->totals, TRUE);
  if (*lag != '\0' && dash_pen_room (&pen) >= width + (int) strlen (lag) + 1)
    dash_pen_print (&pen, DASH_INK_DIM, "%s ", lag);
  if (dash_pen_room (&pen) >= width)
    {
      dash_pen_to_right (&pen, width - 1);
      dash_pen_text (&pen, DASH_INK_PLAIN, clock);
    }
}

void
dash_header_draw (DashCanvas *canvas, DashArea area, const DashStore *store,
                  const DashHeader *header)
{
  if (area.height < 3)
    {
      draw_one_line (canvas, area, store, header);
      return;
    }
  draw_first_line (canvas, area, store, header);
  draw_counts (canvas, area, 1, store, header);
  if (area.height > 3)
    draw_vitals (canvas, area, 2, store);
  draw_shares (canvas, area, area.height - 1, &store->totals);
}

void
dash_header_draw_way (DashCanvas *canvas, DashArea area, const DashStore *store)
{
  DashPen pen = dash_pen (canvas, area, 0);
  double kafka_p50, kafka_p99, p50, p99;

  dash_pen_gap (&pen, 1);
  if (!dash_lag_figures (&store->to_screen, &p50, &p99))
    return;
  if (dash_lag_figures (&store->to_kafka, &kafka_p50, &kafka_p99))
    {
      dash_pen_text (&pen, DASH_INK_DIM, _ ("device"));
      dash_pen_print (&pen, DASH_INK_PLAIN, " ─ %.0f ms ▸ ", kafka_p50);
    }
  dash_pen_text (&pen, DASH_INK_DIM, _ ("Kafka"));
  dash_pen_print (&pen, DASH_INK_PLAIN, " ─ %.0f ms ▸ ", p50);
  dash_pen_text (&pen, DASH_INK_DIM, _ ("screen"));
  dash_pen_print (&pen, DASH_INK_DIM, "   p50 ");
  dash_pen_print (&pen, DASH_INK_PLAIN, "%.0f ms", p50);
  dash_pen_print (&pen, DASH_INK_DIM, "   p99 ");
  dash_pen_print (&pen, DASH_INK_PLAIN, "%.0f ms", p99);
  dash_pen_print (&pen, DASH_INK_DIM, "   %s ", _ ("gaps"));
  dash_pen_print (&pen, store->n_gaps > 0 ? DASH_INK_WARN : DASH_INK_PLAIN, "%" G_GUINT64_FORMAT,
                  store->n_gaps);
}

void
dash_header_draw_pulse (DashCanvas *canvas, DashArea area, const DashStore *store)
{
  guint n;
  int label = 8, cells = area.width - 2 * label;
  const double *values = dash_series_tail (&store->events_per_s, (guint) MAX (cells, 0), &n);
  double low, high;
  DashPen pen = dash_pen (canvas, area, 1);
  g_autofree char *from = dash_clock_text (fw_clock_wall_ms (store->clock) - (gint64) cells * 1000);

  dash_draw_title (canvas, area, _ ("Pulse"), _ ("events per second"));
  if (cells < 10 || !dash_series_range (values, n, &low, &high))
    return;
  if (area.height > 3)
    {
      dash_chart_draw_bare (canvas,
                            (DashArea){ area.x, area.y + 1, area.width - 1, area.height - 1 },
                            &store->events_per_s);
      return;
    }
  dash_pen_gap (&pen, 1);
  dash_pen_field (&pen, DASH_INK_DIM, label - 2, FALSE, from);
  dash_pen_gap (&pen, 1);
  dash_pen_spark (&pen, DASH_INK_SPARK, cells, values, n, 0, high);
  dash_pen_gap (&pen, 1);
  dash_pen_print (&pen, DASH_INK_DIM, "%s", _ ("now"));
}
