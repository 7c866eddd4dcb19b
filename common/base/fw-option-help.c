/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-option-words.h"
#include "fw-text.h"
#include "fw-i18n.h"

#define HELP_COLUMN 32
#define HELP_WIDTH_MIN 60

static void
append_spaces (GString *out, guint n)
{
  g_string_append_printf (out, "%*s", (int) n, "");
}

static void
append_wrapped (GString *out, const char *text, guint at, guint indent, guint width)
{
  g_autofree char *margin = g_strnfill (indent, ' ');

  fw_text_wrap (out, text, at, margin, width);
}

static void
write_help_heading (GString *out, const char *title)
{
  g_string_append_printf (out, "\n%s:\n", title);
}

/* Words in the left column, their meaning in the right one, below where the words are too long. */
static void
append_entry (GString *out, guint indent, const char *words, const char *meaning, guint width)
{
  guint column = indent + fw_text_width (words, strlen (words));
  gboolean is_long = column + 2 > HELP_COLUMN;

  append_spaces (out, indent);
  g_string_append (out, words);
  if (is_long)
    g_string_append_c (out, '\n');
  append_spaces (out, is_long ? HELP_COLUMN : HELP_COLUMN - column);
  append_wrapped (out, meaning, HELP_COLUMN, HELP_COLUMN, width);
}

static void
write_help_row (GString *out, const FwOption *row, guint width)
{
  g_autofree char *words = fw_words_of_option (row);
  g_autofree char *help = fw_words_help (row);

  append_entry (out, row->short_name != 0 ? 2 : 6, words, help, width);
}

static void
append_arguments (GString *out, const FwTerm *arguments, guint width)
{
  write_help_heading (out, _ ("Arguments"));
  for (; arguments->word != NULL; arguments++)
    append_entry (out, 2, arguments->word, gettext (arguments->meaning), width);
}

char *
fw_option_help (const FwProgram *program, const FwOptionSlot *slots, guint n, guint width)
{
  GString *out = g_string_new (NULL);

  g_autofree char *summary = fw_words_title (gettext (program->summary));

  width = MAX (width, HELP_WIDTH_MIN);
  g_string_append_printf (out, _ ("Usage: %s %s"), "fleetwire", program->name);
  if (program->synopsis != NULL)
    g_string_append_printf (out, " %s", gettext (program->synopsis));
  g_string_append (out, "\n\n");
  append_wrapped (out, summary, 0, 0, width);
  if (program->arguments != NULL)
    append_arguments (out, program->arguments, width);
  fw_words_by_section (out, slots, n, write_help_heading, write_help_row, width);
  return g_string_free (out, FALSE);
}
