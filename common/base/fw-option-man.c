/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-error.h"
#include "fw-option-words.h"
#include "fw-i18n.h"

static const struct
{
  FwExit status;
  const char *meaning;
} exits[] = {
  { FW_EXIT_OK, N_ ("all went well") },
  { FW_EXIT_FAILURE, N_ ("something failed that has no number of its own") },
  { FW_EXIT_USAGE, N_ ("the command line is wrong") },
  { FW_EXIT_DATA, N_ ("input is not what it claims to be") },
  { FW_EXIT_UNAVAILABLE, N_ ("a broker, relay, port or file is not there, or a limit is reached") },
  { FW_EXIT_SOFTWARE, N_ ("a fault in Fleetwire itself") },
  { FW_EXIT_IO, N_ ("reading or writing failed half-way") },
  { FW_EXIT_PERMISSION, N_ ("not allowed") },
  { FW_EXIT_CONFIG, N_ ("a configuration file or an environment variable is wrong") },
};

/* Text fit for roff: no line begins a request, hyphens and backslashes stay themselves. */
static void
append_roff (GString *out, const char *text)
{
  if (*text == '.' || *text == '\'')
    g_string_append (out, "\\&");
  for (; *text != '\0'; text++)
    {
      if (*text == '\\')
        g_string_append (out, "\\e");
      else if (*text == '-')
        g_string_append (out, "\\-");
      else if (*text == '\n')
        g_string_append (out, text[1] == '\n' ? "\n.PP" : text[1] == '.' ? "\n\\&" : "\n");
      else
        g_string_append_c (out, *text);
    }
}

static void
append_roff_line (GString *out, const char *request, const char *text)
{
  g_string_append (out, request);
  append_roff (out, text);
  g_string_append_c (out, '\n');
}

static void
write_man_heading (GString *out, const char *title)
{
  append_roff_line (out, ".SS ", title);
}

static void
append_man_term (GString *out, const char *words, const char *meaning)
{
  g_string_append (out, ".TP\n");
  append_roff_line (out, ".B ", words);
  append_roff (out, meaning);
  g_string_append (out, ".\n");
}

static void
write_man_row (GString *out, const FwOption *row, guint width)
{
  g_autofree char *words = fw_words_of_option (row);
  g_autofree char *help = fw_words_help (row);

  (void) width;
  append_man_term (out, words, help);
}

static void
append_man_terms (GString *out, const char *title, const FwTerm *terms)
{
  if (terms == NULL)
    return;
  append_roff_line (out, ".SH ", title);
  for (; terms->word != NULL; terms++)
    append_man_term (out, terms->word, gettext (terms->meaning));
}

static void
append_man_environment (GString *out, const FwOptionSlot *slots, guint n)
{
  g_string_append_printf (out, ".SH %s\n", _ ("ENVIRONMENT"));
  for (guint i = 0; i < n; i++)
    {
      if (slots[i].row->env == NULL)
        continue;
      g_string_append (out, ".TP\n");
      append_roff_line (out, ".B ", slots[i].row->env);
      g_autofree char *same
          = g_strdup_printf (_ ("The same as the option --%s."), slots[i].row->name);
      append_roff (out, same);
      g_string_append_c (out, '\n');
    }
}

static void
append_man_files (GString *out, const FwProgram *program)
{
  g_string_append_printf (out, ".SH %s\n", _ ("FILES"));
  append_roff_line (out, ".TP\n.B ", FW_SYSCONF_DIR "/fleetwire.conf");
  append_roff_line (out, ".TQ\n.B ", "$XDG_CONFIG_HOME/fleetwire/fleetwire.conf");
  g_autofree char *text = g_strdup_printf (
      _ ("Read in this order; a later one wins, the environment over both, the command line over "
         "all. This program's "
         "options stand in section [%s] under their long names, without the dashes."),
      program->name);
  append_roff (out, text);
  g_string_append_c (out, '\n');
}

static void
append_man_exits (GString *out)
{
  g_string_append_printf (out, ".SH %s\n", _ ("EXIT STATUS"));
  for (guint i = 0; i < G_N_ELEMENTS (exits); i++)
    {
      g_string_append_printf (out, ".TP\n.B %d\n", (int) exits[i].status);
      append_roff (out, gettext (exits[i].meaning));
      g_string_append_c (out, '\n');
    }
}

static void
append_man_metrics (GString *out, const FwMetricRow *metrics)
{
  g_string_append_printf (out, ".SH %s\n", _ ("METRICS"));
  for (; metrics->name != NULL; metrics++)
    {
      append_roff_line (out, ".TP\n.B ", metrics->name);
      append_roff (out, gettext (metrics->help));
      g_string_append_c (out, '\n');
    }
}

char *
fw_option_man (const FwProgram *program, const FwOptionSlot *slots, guint n)
{
  GString *out = g_string_new (NULL);
  g_autofree char *upper = g_ascii_strup (program->name, -1);

  g_string_append_printf (
      out,
      ".\\\" SPDX-"
      "License-Identifier: Apache-2.0\n.TH FLEETWIRE\\-%s 1 \"\" \"Fleetwire %s\"\n.ad l\n.nh\n",
      upper, FW_VERSION);
  g_string_append_printf (out, ".SH %s\nfleetwire\\-%s \\- ", _ ("NAME"), program->name);
  append_roff (out, gettext (program->summary));
  g_string_append_printf (out, "\n.SH %s\n.B fleetwire %s\n", _ ("SYNOPSIS"), program->name);
  append_roff (out, program->synopsis != NULL ? gettext (program->synopsis) : "");
  g_string_append_c (out, '\n');
  if (program->description != NULL)
    {
      g_string_append_printf (out, ".SH %s\n", _ ("DESCRIPTION"));
      append_roff (out, gettext (program->description));
      g_string_append_c (out, '\n');
    }
  append_man_terms (out, _ ("ARGUMENTS"), program->arguments);
  g_string_append_printf (out, ".SH %s\n", _ ("OPTIONS"));
  fw_words_by_section (out, slots, n, write_man_heading, write_man_row, 0);
  append_man_terms (out, _ ("KEYS"), program->keys);
  append_man_environment (out, slots, n);
  append_man_files (out, program);
  append_man_exits (out);
  if (program->metrics != NULL)
    append_man_metrics (out, program->metrics);
  g_string_append_printf (out, ".SH %s\n.BR fleetwire (1)\n", _ ("SEE ALSO"));
  return g_string_free (out, FALSE);
}
