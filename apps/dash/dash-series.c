/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-series.h"
#include <math.h>
#include <string.h>

void
dash_series_push (DashSeries *series, double value)
{
  if (series->n == DASH_SERIES_MAX)
    memmove (series->value, series->value + 1, --series->n * sizeof *series->value);
  series->value[series->n++] = value;
}

void
dash_series_clear (DashSeries *series)
{
  series->n = 0;
}

double
dash_series_last (const DashSeries *series)
{
  return series->n > 0 ? series->value[series->n - 1] : NAN;
}

const double *
dash_series_tail (const DashSeries *series, guint n, guint *ret_n)
{
  *ret_n = MIN (n, series->n);
  return series->value + series->n - *ret_n;
}

gboolean
dash_series_range (const double *values, guint n, double *ret_low, double *ret_high)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < n; i++)
    if (isfinite (values[i]))
      {
        *ret_low = is_any ? MIN (*ret_low, values[i]) : values[i];
        *ret_high = is_any ? MAX (*ret_high, values[i]) : values[i];
        is_any = TRUE;
      }
  return is_any;
}
