/* SPDX-License-Identifier: Apache-2.0 */
/* Reference, sample and dump: the rows one after another. */
#include <string.h>

#include "fw-config.h"
#include "fw-option-words.h"
#include "fw-text.h"
#include "fw-i18n.h"

#define SAMPLE_WIDTH 100

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
  g_autofree char *words = fw_words_of_option (row);
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
    if (fw_words_is_shown (slots[i].row)
        && g_str_equal (slots[i].row->section, FW_OPTION_COMMON_SECTION) == of_every_program)
      append_reference_row (out, &slots[i]);
}

static void
append_reference_terms (GString *out, const FwTerm *terms)
{
  g_string_append (out, "| argument | what it does |\n|---|---|\n");
  for (; terms->word != NULL; terms++)
    {
      g_string_append_printf (out, "| `%s` | ", terms->word);
      append_cell (out, gettext (terms->meaning));
      g_string_append (out, " |\n");
    }
  g_string_append_c (out, '\n');
}

char *
fw_option_reference (const FwProgram *program, const FwOptionSlot *slots, guint n)
{
  GString *out = g_string_new (NULL);
  g_autofree char *summary = fw_words_title (gettext (program->summary));

  g_string_append_printf (out, "## fleetwire %s\n\n%s.\n\n", program->name, summary);
  if (program->arguments != NULL)
    append_reference_terms (out, program->arguments);
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
  g_autofree char *help = fw_words_help (row);
  const char *suffix = row->type == FW_OPTION_SECRET ? "-file" : "";
  const char *value = row->default_value;

  if (value == NULL)
    value = row->type == FW_OPTION_FLAG ? "false" : fw_option_arg_name (row);
  g_string_append (out, "# ");
  fw_text_wrap (out, help, 2, "# ", SAMPLE_WIDTH);
  g_string_append_printf (out, "#%s%s = %s\n", row->name, suffix, value);
}

static gboolean
is_sampled (const FwOptionSlot *slot, const char *place)
{
  return g_strcmp0 (slot->place, place) == 0 && fw_words_is_shown (slot->row)
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
      gboolean is_secret = fw_config_is_secret (keys[i]);
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
