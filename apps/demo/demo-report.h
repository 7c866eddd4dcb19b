/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo-count.h"
/* demo-report: what the demo says at its end. Pure. Threads: any. */
typedef struct
{
  char *run;
  guint64 n_produced, n_failed;
} DemoProduced;

/* The simulator's closing line: {"run":...,"produced":N,"failed":N,...}. FALSE when it is something else. */
gboolean demo_produced_read (const char *line, DemoProduced *ret_produced);
void     demo_produced_clear (DemoProduced *produced);

guint64  demo_report_n_lost (const DemoProduced *produced, const DemoTotals *totals);
/* One JSON object without a line end; transfer full. broker: "embedded" or "kafka". */
char    *demo_report_json (const DemoProduced *produced, const DemoTotals *totals, const char *broker);
/* The same in a sentence; transfer full. */
char    *demo_report_sentence (const DemoProduced *produced, const DemoTotals *totals);
