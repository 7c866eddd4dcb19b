/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-fold.h"
/* dash-totals: figures over all devices that match: how many of each status and severity, and the
 * lowest, mean and highest of each number. From the relay's `totals`, or counted from rows.
 * Threads: the loop's. */
typedef struct
{
  gint64 n; /* devices that have the number */
  double min, mean, max;
} DashStat;

typedef struct
{
  gboolean is_known;
  gint64 by_status[FW_N_STATUS];
  gint64 by_severity[FW_SEVERITY_CRITICAL + 1];
  DashStat stat[FW_FIELD_N_MAX];
} DashTotals;

/* {"status": {"moving": 3, ...}, "severity": {...}, "temp_c": {"n", "min", "mean", "max"}, ...} */
void dash_totals_read (DashTotals *totals, DashSlice slice);
void dash_totals_count (DashTotals *totals, const DashFold *fold);
