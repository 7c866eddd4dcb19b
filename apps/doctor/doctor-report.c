/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-report.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fw-log.h"
#include "fw-text.h"
#include "fw-i18n.h"

#define ADVICE_MARK "-> "
#define LEVEL_COLUMNS 6
#define SUBJECT_COLUMNS 10
#define TEXT_COLUMN (LEVEL_COLUMNS + SUBJECT_COLUMNS + 1)

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
  struct winsize size = { 0 };
  gboolean is_terminal = isatty (STDOUT_FILENO) && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0;

  *report = (Report){
    .has_color = is_terminal && (no_color == NULL || *no_color == '\0'),
    .width = is_terminal && size.ws_col > TEXT_COLUMN ? size.ws_col : G_MAXINT,
  };
}

/* On a terminal lines are broken between words; anything else gets them whole. */
static void
print_text (const Report *report, const char *text, guint column)
{
  g_autofree char *margin = g_strnfill (column, ' ');
  g_autoptr (GString) out = g_string_new (NULL);

  fw_text_wrap (out, text, column, margin, report->width);
  g_print ("%s", out->str);
}

static void
print_padded (const char *text, glong columns)
{
  glong n_missing = columns - g_utf8_strlen (text, -1);

  g_print ("%s%*s", text, (int) MAX (n_missing, 0), "");
}

void
report_add (Report *report, FindingLevel level, const char *subject, char *what, char *advice)
{
  g_autofree char *own_what = what, *own_advice = advice;
  g_autofree char *safe_what = fw_log_escape (own_what, -1);
  g_autofree char *safe_advice = own_advice != NULL ? fw_log_escape (own_advice, -1) : NULL;

  report->n_wrong += level == FINDING_WRONG;
  report->n_notes += level == FINDING_NOTE;
  g_print ("%s", report->has_color ? levels[level].color : "");
  print_padded (gettext (levels[level].word), LEVEL_COLUMNS);
  g_print ("%s", report->has_color ? "\033[0m" : "");
  print_padded (subject, SUBJECT_COLUMNS);
  g_print (" ");
  print_text (report, safe_what, TEXT_COLUMN);
  if (safe_advice == NULL)
    return;
  g_print ("%*s", TEXT_COLUMN + (int) strlen (ADVICE_MARK), ADVICE_MARK);
  print_text (report, safe_advice, TEXT_COLUMN + (guint) strlen (ADVICE_MARK));
}
