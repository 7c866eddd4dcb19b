/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-metric: one table per program is its /metrics page (Prometheus text 0.0.4) and its chapter in the reference.
 * Promises: adding is one relaxed atomic, no lock, no allocation; label values come from closed sets in the table.
 * Threads: add, set, observe and text from any thread. */
typedef enum { FW_METRIC_COUNTER, FW_METRIC_GAUGE, FW_METRIC_HISTOGRAM } FwMetricType;

typedef struct
{
  const char        *name;         /* whole: "fleetwire_relay_deliveries_total" */
  FwMetricType       type;
  const char        *label;        /* NULL for none */
  const char *const *label_values; /* NULL-terminated; index = position */
  const char        *help;
} FwMetricRow;

typedef struct FwMetrics FwMetrics;
/* rows: static, ended by a row without a name; a row's index is its place. Histograms hold seconds in
 * buckets .001 .0025 .005 .01 .025 .05 .1 .25 .5 1 2.5 5 10. */
FwMetrics *fw_metrics_new (const FwMetricRow *rows);
void       fw_metrics_free (FwMetrics *metrics);
void       fw_metrics_add (FwMetrics *metrics, guint row, guint label, guint64 n);
void       fw_metrics_set (FwMetrics *metrics, guint row, guint label, double value);
void       fw_metrics_observe (FwMetrics *metrics, guint row, guint label, double seconds);
double     fw_metrics_value (const FwMetrics *metrics, guint row, guint label); /* histogram: its count */
char      *fw_metrics_text (const FwMetrics *metrics);   /* transfer full */
char      *fw_metrics_markdown (const FwMetricRow *rows); /* the reference's table; transfer full */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwMetrics, fw_metrics_free)
