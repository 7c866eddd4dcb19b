/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-status.h"
/* fw-attention: what a screen should say first, even without a processor.
 * A pure function (state, thresholds, what it said before) -> reasons with severity and since_ms. Thresholds and
 * their sources stand beside each in fw-attention.c. Threads: any. */
typedef enum
{
  FW_REASON_TEMP_HIGH, FW_REASON_TEMP_LOW, FW_REASON_DOOR_OPEN_MOVING, FW_REASON_SILENT, FW_REASON_NO_FIX,
  FW_REASON_OVERSPEED, FW_REASON_IDLE_LONG, FW_REASON_FUEL_LOW, FW_REASON_BATTERY_LOW, FW_REASON_ALARM, FW_REASON_CLOCK_BAD,
  FW_N_REASONS,
} FwReason;
typedef enum { FW_SEVERITY_NONE, FW_SEVERITY_WARNING, FW_SEVERITY_CRITICAL } FwSeverity;

typedef struct
{
  double temp_over_setpoint_c;  /* excursion beyond the set point (or the band below when there is none) */
  double temp_min_c, temp_max_c; /* used without a set point; NaN = no limit */
  double overspeed_kmh;         /* 90: EU limiter for N2/N3, Directive 92/6/EEC */
  double fuel_low_pct, battery_low_pct;
  gint64 idle_ms;               /* 10 min */
  gint64 parked_silent_ms;      /* silence of a vehicle last seen parked with the ignition off; others: status.offline_ms */
  gint64 temp_ms;               /* how long an excursion lasts before it is critical */
  FwStatusLimits status;
} FwThresholds;
void fw_thresholds_default (FwThresholds *thresholds);

/* since_ms[r] = 0 when the reason does not hold; a reason keeps its since_ms while it holds. Starts as all zeros. */
typedef struct
{
  gint64  since_ms[FW_N_REASONS];
  gint64  idle_since_ms; /* 0 = not idle; idle_long holds once this is idle_ms ago */
  guint16 active;        /* 1 << reason */
  guint16 critical;      /* those of active that were critical at the last update */
} FwAttention;
/* Updates *attention in place; returns TRUE when the set of reasons or a severity changed. */
gboolean    fw_attention_update (FwAttention *attention, const FwDevice *dev, const FwThresholds *thresholds, gint64 now_ms);
/* The earliest time after now_ms at which the clock alone would change what an update says; G_MAXINT64 when never. */
gint64      fw_attention_next_change_ms (const FwAttention *attention, const FwDevice *dev, const FwThresholds *thresholds,
                                         gint64 now_ms);
FwSeverity  fw_attention_severity (const FwAttention *attention, const FwThresholds *thresholds, gint64 now_ms);
FwReason    fw_attention_worst (const FwAttention *attention); /* critical before warning; FW_N_REASONS when none */
FwSeverity  fw_reason_severity (FwReason reason);               /* what it begins with */
const char *fw_reason_name (FwReason reason); /* "temp_high" */
gboolean    fw_reason_find (const char *name, gsize len, FwReason *ret_reason);
const char *fw_severity_name (FwSeverity severity); /* "none", "warning", "critical" */
gboolean    fw_severity_find (const char *name, gsize len, FwSeverity *ret_severity);
