/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* doctor-report: findings, one line each, as they come.
 * Threads: main. */
typedef enum { FINDING_OK, FINDING_NOTE, FINDING_WRONG } FindingLevel;

typedef struct
{
  guint    n_wrong, n_notes;
  gboolean has_color;
  guint    width; /* columns to break lines at */
} Report;

/* Color and broken lines on a terminal; NO_COLOR is obeyed. */
void report_init (Report *report);
/* subject: a word such as "locale"; what: takes it; advice: what to do, takes it, or NULL. Both are escaped. */
void report_add (Report *report, FindingLevel level, const char *subject, char *what, char *advice);
