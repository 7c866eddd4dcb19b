/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-error.h"
#include "fw-option-value.h"
#include "fw-i18n.h"

#define HELP_COLUMN 32
#define HELP_WIDTH_MIN 60
#define SAMPLE_WIDTH 100

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

/* Columns on a terminal. */
static guint
text_width (const char *text, gsize len)
{
  guint width = 0;

  for (const char *at = text; at < text + len; at = g_utf8_next_char (at))
    {
      gunichar ch = g_utf8_get_char (at);
      width += g_unichar_iszerowidth (ch) ? 0 : g_unichar_iswide (ch) ? 2 : 1;
    }
  return width;
}

static void
append_spaces (GString *out, guint n)
{
  g_string_append_printf (out, "%*s", (int) n, "");
}

/* Words of text, from column at on; broken before width, and margin put before each further line.
 */
static void
append_wrapped_with (GString *out, const char *text, guint at, const char *margin, guint width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint column = at;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint word_width = text_width (words[i], strlen (words[i]));
      if (i > 0 && column + 1 + word_width > width)
        {
          g_string_append_printf (out, "\n%s", margin);
          column = (guint) strlen (margin);
        }
      else if (i > 0)
        {
          g_string_append_c (out, ' ');
          column++;
        }
      g_string_append (out, words[i]);
      column += word_width;
    }
  g_string_append_c (out, '\n');
}

static void
append_wrapped (GString *out, const char *text, guint at, guint indent, guint width)
{
  g_autofree char *margin = g_strnfill (indent, ' ');

  append_wrapped_with (out, text, at, margin, width);
}

/* "-l, --lag-max=DURATION"; a secret is given by the name of its file. */
static char *
option_words (const FwOption *row)
{
  GString *words = g_string_new (NULL);
  const char *suffix = row->type == FW_OPTION_SECRET ? "-file" : "";

  if (row->short_name != 0)
    g_string_append_printf (words, "-%c, ", row->short_name);
  g_string_append_printf (words, "--%s%s", row->name, suffix);
  if (fw_option_takes_value (row))
    g_string_append_printf (words, "=%s", fw_option_arg_name (row));
  return g_string_free (words, FALSE);
}

/* "default 2s; 100ms to 1m; FW_LAG_MAX", or NULL. */
static char *
option_remarks (const FwOption *row)
{
  g_autoptr (GPtrArray) remarks = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *range = fw_option_range (row);

  if (row->default_value != NULL && *row->default_value != '\0' && row->type != FW_OPTION_FLAG)
    g_ptr_array_add (remarks, g_strdup_printf (_ ("default %s"), row->default_value));
  if (row->type == FW_OPTION_FLAG && g_strcmp0 (row->default_value, "true") == 0)
    g_ptr_array_add (remarks,
                     g_strdup_printf (_ ("on by default; --no-%s turns it off"), row->name));
  if (range != NULL)
    g_ptr_array_add (remarks, g_steal_pointer (&range));
  if (row->env != NULL)
    g_ptr_array_add (remarks, g_strdup (row->env));
  if (remarks->len == 0)
    return NULL;
  g_ptr_array_add (remarks, NULL);
  return g_strjoinv ("; ", (char **) remarks->pdata);
}

static char *
as_title (const char *text)
{
  gunichar first = g_unichar_totitle (g_utf8_get_char (text));
  char buffer[7] = { 0 };

  g_unichar_to_utf8 (first, buffer);
  return g_strconcat (buffer, g_utf8_next_char (text), NULL);
}

/* TRUE when the row is the first of its section, so that a heading is due and the section's rows
 * follow. */
static gboolean
opens_section (const FwOptionSlot *slots, guint index)
{
  for (guint i = 0; i < index; i++)
    if (g_str_equal (slots[i].row->section, slots[index].row->section))
      return FALSE;
  return TRUE;
}

static gboolean
is_shown (const FwOption *row)
{
  return row->help != NULL;
}

typedef void (*RowWriter) (GString *out, const FwOption *row, guint width);
typedef void (*HeadingWriter) (GString *out, const char *heading);

static void
write_by_section (GString *out, const FwOptionSlot *slots, guint n, HeadingWriter write_heading,
                  RowWriter write_row, guint width)
{
  for (guint i = 0; i < n; i++)
    {
      if (!opens_section (slots, i))
        continue;
      g_autofree char *title = as_title (gettext (slots[i].row->section));
      write_heading (out, title);
      for (guint j = i; j < n; j++)
        if (g_str_equal (slots[j].row->section, slots[i].row->section) && is_shown (slots[j].row))
          write_row (out, slots[j].row, width);
    }
}

static void
write_help_heading (GString *out, const char *title)
{
  g_string_append_printf (out, "\n%s:\n", title);
}

static void
write_help_row (GString *out, const FwOption *row, guint width)
{
  g_autofree char *words = option_words (row);
  g_autofree char *remarks = option_remarks (row);
  g_autofree char *help = remarks == NULL
                              ? g_strdup (gettext (row->help))
                              : g_strdup_printf ("%s (%s)", gettext (row->help), remarks);
  guint column = (row->short_name != 0 ? 2 : 6) + text_width (words, strlen (words));

  append_spaces (out, row->short_name != 0 ? 2 : 6);
  g_string_append (out, words);
  if (column + 2 > HELP_COLUMN)
    g_string_append_c (out, '\n');
  append_spaces (out, column + 2 > HELP_COLUMN ? HELP_COLUMN : HELP_COLUMN - column);
  append_wrapped (out, help, HELP_COLUMN, HELP_COLUMN, width);
}

char *
fw_option_help (const FwProgram *program, const FwOptionSlot *slots, guint n, guint width)
{
  GString *out = g_string_new (NULL);

  g_autofree char *summary = as_title (gettext (program->summary));

  width = MAX (width, HELP_WIDTH_MIN);
  g_string_append_printf (out, _ ("Usage: %s %s"), "fleetwire", program->name);
  if (program->synopsis != NULL)
    g_string_append_printf (out, " %s", gettext (program->synopsis));
  g_string_append (out, "\n\n");
  append_wrapped (out, summary, 0, 0, width);
  write_by_section (out, slots, n, write_help_heading, write_help_row, width);
  return g_string_free (out, FALSE);
}

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
write_man_row (GString *out, const FwOption *row, guint width)
{
  g_autofree char *words = option_words (row);
  g_autofree char *remarks = option_remarks (row);

  (void) width;
  g_string_append (out, ".TP\n");
  append_roff_line (out, ".B ", words);
  append_roff (out, gettext (row->help));
  g_string_append (out, ".\n");
  if (remarks != NULL)
    {
      g_string_append_c (out, '(');
      append_roff (out, remarks);
      g_string_append (out, ")\n");
    }
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
  append_roff_line (out, ".TP\n.B ", "/etc/fleetwire.conf");
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
      ".\\\" SPDX-License-Identifier: Apache-2.0\n.TH FLEETWIRE\\-%s 1 \"\" \"Fleetwire %s\"\n",
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
  g_string_append_printf (out, ".SH %s\n", _ ("OPTIONS"));
  write_by_section (out, slots, n, write_man_heading, write_man_row, 0);
  append_man_environment (out, slots, n);
  append_man_files (out, program);
  append_man_exits (out);
  if (program->metrics != NULL)
    append_man_metrics (out, program->metrics);
  g_string_append_printf (out, ".SH %s\n.BR fleetwire (1)\n", _ ("SEE ALSO"));
  return g_string_free (out, FALSE);
}

static void
append_cell (GString *out, const char *text)
{
  for (; *text != '\0'; text++)
    g_string_append_printf (out, *text == '|' ? "\\%c" : "%c", *text);
}

static void
append_reference_row (GString *out, const FwOptionSlot *slot)
{
  const FwOption *row = slot->row;
  g_autofree char *words = option_words (row);
  g_autofree char *range = fw_option_range (row);

  g_string_append (out, "| `");
  append_cell (out, words);
  g_string_append (out, "` | ");
  append_cell (out, row->default_value != NULL ? row->default_value : "");
  g_string_append_printf (out, " | %s | %s | %s%s%s | ", range != NULL ? range : "",
                          row->env != NULL ? row->env : "", slot->place != NULL ? "[" : "",
                          slot->place != NULL ? slot->place : "", slot->place != NULL ? "]" : "");
  append_cell (out, gettext (row->help));
  g_string_append (out, " |\n");
}

static void
append_reference_table (GString *out, const FwOptionSlot *slots, guint n, gboolean of_every_program)
{
  g_string_append (out, "| option | default | range | environment | file | what it does |\n"
                        "|---|---|---|---|---|---|\n");
  for (guint i = 0; i < n; i++)
    if (is_shown (slots[i].row)
        && g_str_equal (slots[i].row->section, FW_OPTION_COMMON_SECTION) == of_every_program)
      append_reference_row (out, &slots[i]);
}

char *
fw_option_reference (const FwProgram *program, const FwOptionSlot *slots, guint n)
{
  GString *out = g_string_new (NULL);
  g_autofree char *summary = as_title (gettext (program->summary));

  g_string_append_printf (out, "## fleetwire %s\n\n%s.\n\n", program->name, summary);
  append_reference_table (out, slots, n, FALSE);
  if (program->metrics != NULL)
    {
      g_autofree char *metrics = fw_metrics_markdown (program->metrics);
      g_string_append_printf (out, "\n%s", metrics);
    }
  g_string_append (out, "\n## Every program\n\n");
  append_reference_table (out, slots, n, TRUE);
  return g_string_free (out, FALSE);
}

static gboolean
opens_place (const FwOptionSlot *slots, guint index)
{
  for (guint i = 0; i < index; i++)
    if (g_strcmp0 (slots[i].place, slots[index].place) == 0)
      return FALSE;
  return slots[index].place != NULL;
}

/* A row that is commented out: what it does, and its default. */
static void
append_sample_row (GString *out, const FwOption *row)
{
  g_autofree char *remarks = option_remarks (row);
  g_autofree char *help = remarks == NULL
                              ? g_strdup (gettext (row->help))
                              : g_strdup_printf ("%s (%s)", gettext (row->help), remarks);
  const char *suffix = row->type == FW_OPTION_SECRET ? "-file" : "";
  const char *value = row->default_value;

  if (value == NULL)
    value = row->type == FW_OPTION_FLAG ? "false" : fw_option_arg_name (row);
  g_string_append (out, "# ");
  append_wrapped_with (out, help, 2, "# ", SAMPLE_WIDTH);
  g_string_append_printf (out, "#%s%s = %s\n", row->name, suffix, value);
}

static gboolean
is_sampled (const FwOptionSlot *slot, const char *place)
{
  return g_strcmp0 (slot->place, place) == 0 && is_shown (slot->row)
         && !g_str_equal (slot->row->section, FW_OPTION_COMMON_SECTION);
}

char *
fw_option_sample (const FwOptionSlot *slots, guint n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      if (!opens_place (slots, i) || !is_sampled (&slots[i], slots[i].place))
        continue;
      g_string_append_printf (out, "%s[%s]\n", out->len > 0 ? "\n" : "", slots[i].place);
      for (guint j = i; j < n; j++)
        if (is_sampled (&slots[j], slots[i].place))
          append_sample_row (out, slots[j].row);
    }
  return g_string_free (out, FALSE);
}

static void
append_dump_row (GString *out, const FwOptionSlot *slot)
{
  const char *where = slot->where != NULL ? slot->where : _ ("default");

  if (slot->text == NULL)
    g_string_append_printf (out, "# %s: %s\n", slot->row->name, _ ("not set"));
  else if (slot->row->type == FW_OPTION_SECRET)
    g_string_append_printf (out, "# %s: %s (%s)\n", slot->row->name, _ ("set, and not shown"),
                            where);
  else
    g_string_append_printf (out, "# %s\n%s = %s\n", where, slot->row->name, slot->text);
}

static void
append_dump_passed_on (GString *out, const FwConfig *config, const char *place)
{
  g_auto (GStrv) keys = fw_config_keys (config, place);

  for (guint i = 0; keys[i] != NULL; i++)
    {
      gboolean is_secret
          = g_str_has_suffix (keys[i], "password") || g_str_has_suffix (keys[i], "secret");
      g_string_append_printf (out, is_secret ? "# %s: %s\n" : "%s = %s\n", keys[i],
                              is_secret ? _ ("set, and not shown")
                                        : fw_config_get (config, place, keys[i]));
    }
}

char *
fw_option_dump (const FwProgram *program, const FwOptionSlot *slots, guint n,
                const FwConfig *config)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      if (!opens_place (slots, i))
        continue;
      g_string_append_printf (out, "%s[%s]\n", out->len > 0 ? "\n" : "", slots[i].place);
      for (guint j = i; j < n; j++)
        if (g_strcmp0 (slots[j].place, slots[i].place) == 0)
          append_dump_row (out, &slots[j]);
      if (!g_str_equal (slots[i].place, program->name))
        append_dump_passed_on (out, config, slots[i].place);
    }
  return g_string_free (out, FALSE);
}
