/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fw-i18n.h"

#define NOTICE_MS 8000
#define HOLD_MS 2000
#define LAG_MAX_MS 60000.0 /* older is history being read, not the way's length */

static void
lag_push (DashLag *lag, double ms)
{
  if (!isfinite (ms))
    return;
  lag->ms[lag->at] = ms;
  lag->at = (lag->at + 1) % DASH_LAG_MAX;
  lag->n = MIN (lag->n + 1, DASH_LAG_MAX);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

gboolean
dash_lag_figures (const DashLag *lag, double *ret_p50, double *ret_p99)
{
  double sorted[DASH_LAG_MAX];

  if (lag->n == 0)
    return FALSE;
  memcpy (sorted, lag->ms, lag->n * sizeof *sorted);
  qsort (sorted, lag->n, sizeof *sorted, compare_doubles);
  *ret_p50 = sorted[lag->n / 2];
  *ret_p99 = sorted[(lag->n * 99) / 100];
  return TRUE;
}

/* The freshest row of a message tells how long the way is; the others may have waited for their
 * turn. */
static void
note_lag (DashStore *store, const DashRow *row)
{
  double lag_ms = (double) (store->message_ms - row->last_seen_ms);

  if (lag_ms > LAG_MAX_MS || (isfinite (store->message_lag_ms) && lag_ms >= store->message_lag_ms))
    return;
  store->message_lag_ms = MAX (lag_ms, 0);
  if (row->ts_ms > 0 && !row->is_clock_bad)
    store->message_kafka_lag_ms = MAX ((double) (row->last_seen_ms - row->ts_ms), 0);
}

static void
point_changed (DashRow *row, const DashRowUpdate *update, gpointer user)
{
  DashStore *store = user;
  guint n = row->n_track;

  if (update->last_seen_ms != 0)
    note_lag (store, row);
  if (n == 0 || !fw_event_has (&update->event, FW_FIELD_LAT))
    return;
  if (n == 1)
    dash_trails_add (store->trails, row->track_x[0], row->track_y[0], row->track_x[0],
                     row->track_y[0]);
  else
    dash_trails_add (store->trails, row->track_x[n - 2], row->track_y[n - 2], row->track_x[n - 1],
                     row->track_y[n - 1]);
}

static void
push_number (DashSeries **series, double value)
{
  if (!isfinite (value) && *series == NULL)
    return;
  if (*series == NULL)
    *series = g_new0 (DashSeries, 1);
  dash_series_push (*series, value);
}

static void
detail_changed (DashRow *row, const DashRowUpdate *update, gpointer user)
{
  DashStore *store = user;

  if (update->last_seen_ms == 0)
    return;
  for (guint id = 0; id < fw_field_n (); id++)
    if (fw_field (id)->type == FW_FIELD_NUMBER)
      push_number (&store->selected[id], dash_row_number (row, id));
}

DashStore *
dash_store_new (const FwClock *clock)
{
  DashStore *store = g_new0 (DashStore, 1);

  store->clock = clock;
  store->link.since_ms = fw_clock_wall_ms (clock);
  store->subs = dash_subs_new ();
  store->limits = (FwStatusLimits){ FW_STALE_DEFAULT_MS, FW_OFFLINE_DEFAULT_MS };
  store->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) dash_row_free);
  store->n_match = store->n_all = store->rev = store->sampled_rev = -1;
  store->points = dash_fold_new (point_changed, store);
  store->detail = dash_fold_new (detail_changed, store);
  store->trails = dash_trails_new ();
  dash_row_update_init (&store->scratch);
  return store;
}

void
dash_store_free (DashStore *store)
{
  if (store == NULL)
    return;
  dash_store_forget_selected (store);
  for (guint id = 0; id < FW_FIELD_N_MAX; id++)
    {
      g_free (store->low[id]);
      g_free (store->mean[id]);
      g_free (store->high[id]);
    }
  dash_subs_free (store->subs);
  g_ptr_array_unref (store->rows);
  dash_fold_free (store->points);
  dash_fold_free (store->detail);
  dash_trails_free (store->trails);
  dash_row_update_clear (&store->scratch);
  g_free (store->link.why);
  g_free (store->notice);
  g_free (store);
}

static void
set_link (DashStore *store, DashLinkState state, const char *why)
{
  if (store->link.state != state)
    store->link.since_ms = fw_clock_wall_ms (store->clock);
  store->link.state = state;
  g_free (store->link.why);
  store->link.why = g_strdup (why);
  dash_subs_forget (store->subs);
}

void
dash_store_connected (DashStore *store)
{
  set_link (store, DASH_LINK_UP, NULL);
  store->knows_relay_clock = FALSE;
  store->rev = store->sampled_rev = -1;
}

void
dash_store_disconnected (DashStore *store, const char *why, guint retry_ms)
{
  set_link (store, DASH_LINK_DOWN, why);
  store->link.retry_at_ms = fw_clock_wall_ms (store->clock) + retry_ms;
}

void
dash_store_say (DashStore *store, const char *notice)
{
  g_free (store->notice);
  store->notice = g_strdup (notice);
  store->notice_until_ms = fw_clock_wall_ms (store->clock) + NOTICE_MS;
}

/* What a message needs to reach us only makes the relay's clock look behind: the largest difference
 * is the truest. */
static void
learn_clock (DashStore *store, gint64 relay_now_ms, gint64 received_ms)
{
  gint64 ahead_ms = relay_now_ms - received_ms;

  if (!store->knows_relay_clock || ahead_ms > store->relay_ahead_ms
      || store->relay_ahead_ms - ahead_ms > 1000)
    store->relay_ahead_ms = ahead_ms;
  store->knows_relay_clock = TRUE;
}

static void
take_hello (DashStore *store, const DashMessage *message)
{
  store->limits.stale_ms
      = dash_message_integer (message->limits, "stale_ms", store->limits.stale_ms);
  store->limits.offline_ms
      = dash_message_integer (message->limits, "offline_ms", store->limits.offline_ms);
}

static void
take_window_row (const DashRowUpdate *update, gpointer user)
{
  DashStore *store = user;
  DashRow *row = dash_row_new (update);

  note_lag (store, row);
  g_ptr_array_add (store->rows, row);
}

static int
compare_generations (gconstpointer a, gconstpointer b)
{
  const DashRow *x = *(const DashRow *const *) a, *y = *(const DashRow *const *) b;

  return x->generation < y->generation ? -1 : x->generation > y->generation;
}

/* Puts the rows of a new window where they stood in the old one, new ones behind. */
static void
keep_places (DashStore *store, GPtrArray *before)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < before->len; i++)
    g_hash_table_insert (places, ((DashRow *) g_ptr_array_index (before, i))->key,
                         GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < store->rows->len; i++)
    {
      DashRow *row = g_ptr_array_index (store->rows, i);
      guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, row->key));

      row->generation = place > 0 ? place : before->len + 1 + i;
    }
  g_ptr_array_sort (store->rows, compare_generations);
}

static void
take_window_rows (DashStore *store, const DashMessage *message)
{
  g_autoptr (GPtrArray) before = store->rows;

  store->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) dash_row_free);
  dash_message_each_row (message->rows, &store->scratch, take_window_row, store);
  if (fw_clock_wall_ms (store->clock) < store->hold_until_ms)
    keep_places (store, before);
}

static void
take_window (DashStore *store, const DashMessage *message, DashSub sub)
{
  if (sub == DASH_SUB_ALL)
    {
      store->n_all = message->n_match;
      return;
    }
  take_window_rows (store, message);
  store->n_match = message->n_match >= 0 ? message->n_match : store->rows->len;
  if (message->totals.text != NULL)
    dash_totals_read (&store->totals, message->totals);
}

static void
take_rows (DashStore *store, const DashMessage *message)
{
  DashSub sub;

  if (!dash_subs_find (store->subs, message->ch, &sub))
    return;
  store->message_lag_ms = store->message_kafka_lag_ms = NAN;
  if (message->op == DASH_OP_WINDOW)
    take_window (store, message, sub);
  else if (sub == DASH_SUB_POINTS)
    dash_fold_take (store->points, message);
  else if (sub == DASH_SUB_DETAIL)
    dash_fold_take (store->detail, message);
  if (message->op == DASH_OP_SNAPSHOT)
    return; /* what was known before we came says nothing of the way here */
  lag_push (&store->to_screen, store->message_lag_ms);
  lag_push (&store->to_kafka, store->message_kafka_lag_ms);
}

static void
take_refusal (DashStore *store, const DashMessage *message)
{
  DashSub sub;
  g_autofree char *notice
      = g_strdup_printf (_ ("The relay refused: %s"), message->note != NULL ? message->note : "?");

  (void) dash_subs_refused (store->subs, message->id, &sub);
  dash_store_say (store, notice);
}

static void
take (DashStore *store, const DashMessage *message)
{
  DashSub sub;

  switch (message->op)
    {
    case DASH_OP_HELLO:
      take_hello (store, message);
      break;
    case DASH_OP_SUBSCRIBED:
      (void) dash_subs_answered (store->subs, message->id, message->ch, &sub);
      break;
    case DASH_OP_SNAPSHOT:
    case DASH_OP_PATCH:
    case DASH_OP_WINDOW:
      take_rows (store, message);
      break;
    case DASH_OP_GAP:
      store->n_gaps++;
      break;
    case DASH_OP_LANE:
      store->is_conflated = g_strcmp0 (message->note, "live") != 0;
      break;
    case DASH_OP_WARMING:
      store->n_warming = dash_message_count (message->partitions);
      break;
    case DASH_OP_ERROR:
      take_refusal (store, message);
      break;
    case DASH_OP_BYE:
      if (message->note != NULL)
        dash_store_say (store, message->note);
      break;
    default:
      break;
    }
}

void
dash_store_message (DashStore *store, const char *text, gsize len, gint64 received_ms)
{
  g_auto (DashMessage) message = { 0 };

  if (!dash_message_read (&message, text, len))
    {
      dash_store_say (
          store, _ ("The relay sent something that is not a message; is this a Fleetwire relay?"));
      return;
    }
  store->link.last_message_ms = received_ms;
  if (message.now_ms > 0)
    learn_clock (store, message.now_ms, received_ms);
  store->message_ms = received_ms + store->relay_ahead_ms;
  store->rev = MAX (store->rev, message.rev);
  take (store, &message);
}

static double
changes_per_s (DashStore *store)
{
  gint64 now_us = fw_clock_mono_us (store->clock), elapsed_us = now_us - store->sampled_us;
  double rate = NAN;

  if (store->rev >= 0 && store->sampled_rev >= 0 && elapsed_us > 0)
    rate = (double) (store->rev - store->sampled_rev) * 1e6 / (double) elapsed_us;
  store->sampled_rev = store->rev;
  store->sampled_us = now_us;
  return rate;
}

static void
sample_stats (DashStore *store)
{
  for (guint id = 0; id < fw_field_n (); id++)
    {
      const DashStat *stat = &store->totals.stat[id];

      push_number (&store->low[id], stat->n > 0 ? stat->min : NAN);
      push_number (&store->mean[id], stat->n > 0 ? stat->mean : NAN);
      push_number (&store->high[id], stat->n > 0 ? stat->max : NAN);
    }
}

void
dash_store_sample (DashStore *store)
{
  const DashStat *speed = &store->totals.stat[FW_FIELD_SPEED_KMH];
  double p50, p99;
  gboolean is_up = store->link.state == DASH_LINK_UP;

  dash_series_push (&store->events_per_s, is_up ? changes_per_s (store) : NAN);
  dash_series_push (&store->mean_kmh, is_up && speed->n > 0 ? speed->mean : NAN);
  dash_series_push (&store->n_moving, is_up && store->totals.is_known
                                          ? (double) store->totals.by_status[FW_STATUS_MOVING]
                                          : NAN);
  dash_series_push (&store->lag_ms,
                    is_up && dash_lag_figures (&store->to_screen, &p50, &p99) ? p50 : NAN);
  if (is_up)
    sample_stats (store);
}

void
dash_store_hold_order (DashStore *store)
{
  store->hold_until_ms = fw_clock_wall_ms (store->clock) + HOLD_MS;
}

void
dash_store_forget_selected (DashStore *store)
{
  for (guint id = 0; id < FW_FIELD_N_MAX; id++)
    g_clear_pointer (&store->selected[id], g_free);
  dash_fold_clear (store->detail);
}

gint64
dash_store_now_ms (const DashStore *store)
{
  return fw_clock_wall_ms (store->clock) + store->relay_ahead_ms;
}

gint64
dash_store_age_ms (const DashStore *store, const DashRow *row)
{
  return MAX (dash_store_now_ms (store) - row->last_seen_ms, 0);
}

gboolean
dash_store_has_positions (const DashStore *store)
{
  GHashTableIter iter;
  gpointer value;
  FwPoint point;

  if (store->totals.stat[FW_FIELD_LAT].n > 0)
    return TRUE;
  dash_fold_iter (store->points, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (dash_row_position (value, &point))
      return TRUE;
  return FALSE;
}
