/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* dash-series: the last values of one figure, oldest first, in fixed memory. NaN = not known then.
 * Threads: one owner. */
#define DASH_SERIES_MAX 600

typedef struct
{
  double value[DASH_SERIES_MAX];
  guint n;
} DashSeries;

void dash_series_push (DashSeries *series, double value);
void dash_series_clear (DashSeries *series);
double dash_series_last (const DashSeries *series); /* NaN when empty */
/* The newest n (or fewer, in *ret_n). */
const double *dash_series_tail (const DashSeries *series, guint n, guint *ret_n);
/* Bounds of the newest n finite values; FALSE when there is none. */
gboolean dash_series_range (const double *values, guint n, double *ret_low, double *ret_high);
