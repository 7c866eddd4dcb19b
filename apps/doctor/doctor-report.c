/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-report.h"

#include <unistd.h>

#include "fw-log.h"
#include "fw-i18n.h"

#define SUBJECT_COLUMNS 10

static const struct
{
  const char *word, *color;
} levels[] = {
  [FINDING_OK] = { N_ ("ok"), "\033[32m" },
  [FINDING_NOTE] = { N_ ("note"), "\033[33m" },
  [FINDING_WRONG] = { N_ ("wrong"), "\033[1;31m" },
};

void
report_init (Report *report)
{
  const char *no_color = g_getenv ("NO_COLOR");

  *report
      = (Report){ .has_color = isatty (STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') };
}

static void
print_padded (const char *text, glong columns)
{
  glong n_missing = columns - g_utf8_strlen (text, -1);

  g_print ("%s%*s", text, (int)MAX (n_missing, 0), "");
}

void
report_add (Report *report, FindingLevel level, const char *subject, char *what, char *advice)
{
  g_autofree char *safe_what = fw_log_escape (what, -1);
  g_autofree char *safe_advice = advice != NULL ? fw_log_escape (advice, -1) : NULL;

  report->n_wrong += level == FINDING_WRONG;
  report->n_notes += level == FINDING_NOTE;
  g_print ("%s", report->has_color ? levels[level].color : "");
  print_padded (gettext (levels[level].word), 6);
  g_print ("%s", report->has_color ? "\033[0m" : "");
  print_padded (subject, SUBJECT_COLUMNS);
  g_print (" %s\n", safe_what);
  if (safe_advice != NULL)
    g_print ("%*s%s\n", 6 + SUBJECT_COLUMNS + 1, "", safe_advice);
  g_free (what);
  g_free (advice);
}
