/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-series.h"
#include "dash-subs.h"
#include "dash-totals.h"
#include "dash-trails.h"
#include "fw-time.h"
/* dash-store: all that the screen knows of the fleet and of the way to it: a window of the relay's
 * state. Promises: only dash_store_* write here, views read; nothing here grows with the fleet
 * beyond the devices of the subscriptions, or with time; ages are counted by the relay's clock.
 * Does not: draw, do I/O. Threads: the loop's. */
typedef enum
{
  DASH_LINK_CONNECTING,
  DASH_LINK_UP,
  DASH_LINK_DOWN,
} DashLinkState;

typedef struct
{
  DashLinkState state;
  gint64 since_ms;        /* of state, our clock */
  gint64 retry_at_ms;     /* while down */
  gint64 last_message_ms; /* our clock; 0 = none yet */
  char *why;              /* the link is down; NULL when not known */
} DashLink;

/* How many devices the map holds one by one: up to the first all that match, up to the second those
 * in view, beyond it those that need attention. */
#define DASH_POINTS_WHOLE_MAX 3000
#define DASH_POINTS_MAX 20000

/* Sliding medians of how old news is. */
#define DASH_LAG_MAX 64
typedef struct
{
  double ms[DASH_LAG_MAX];
  guint n, at;
} DashLag;

typedef struct
{
  const FwClock *clock;
  DashLink link;
  DashSubs *subs;
  FwStatusLimits limits;
  gint64 relay_ahead_ms; /* relay's clock minus ours, at least */
  gboolean knows_relay_clock;

  GPtrArray *rows; /* DashRow: the window, in its order */
  gint64 hold_until_ms;
  gint64 n_match; /* -1: not known yet */
  gint64 n_all;   /* without the filter; -1: not known */
  DashTotals totals;
  DashFold *points; /* every device of the filter, or of the map's box */
  DashFold *detail; /* the selected device, all its fields */
  DashTrails *trails;

  gint64 rev, sampled_rev, sampled_us;
  DashSeries events_per_s, mean_kmh, n_moving, lag_ms;
  DashSeries *low[FW_FIELD_N_MAX], *mean[FW_FIELD_N_MAX],
      *high[FW_FIELD_N_MAX];            /* NULL: nobody has it */
  DashSeries *selected[FW_FIELD_N_MAX]; /* the selected device's numbers; NULL: it has none */
  DashLag to_kafka, to_screen;

  guint64 n_gaps; /* times that the relay said it skipped something for us */
  gboolean is_conflated;
  guint n_warming; /* partitions */
  char *notice;    /* what the relay complained of; NULL: nothing */
  gint64 notice_until_ms;

  gint64 message_ms; /* when the message being read came, relay's clock */
  double message_lag_ms, message_kafka_lag_ms;
  DashRowUpdate scratch;
} DashStore;

DashStore *dash_store_new (const FwClock *clock); /* clock is borrowed */
void dash_store_free (DashStore *store);
void dash_store_connected (DashStore *store);
void dash_store_disconnected (DashStore *store, const char *why, guint retry_ms);
/* One message as it came. */
void dash_store_message (DashStore *store, const char *text, gsize len, gint64 received_ms);
/* Takes the figures that become series; call about once a second. */
void dash_store_sample (DashStore *store);
/* The user moves the cursor: rows keep their places for a moment, so that none slips away under it.
 */
void dash_store_hold_order (DashStore *store);
/* The selection changed: another device's numbers are not this one's. */
void dash_store_forget_selected (DashStore *store);
void dash_store_say (DashStore *store, const char *notice);

gint64 dash_store_now_ms (const DashStore *store); /* by the relay's clock */
gint64 dash_store_age_ms (const DashStore *store, const DashRow *row);
gboolean dash_store_has_positions (const DashStore *store);
/* Median and 99th percentile; FALSE when nothing is known. */
gboolean dash_lag_figures (const DashLag *lag, double *ret_p50, double *ret_p99);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashStore, dash_store_free)
