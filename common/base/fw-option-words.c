/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-option-words.h"

#include <string.h>

#include "fw-i18n.h"

char *
fw_words_of_option (const FwOption *row)
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

static char *
join_remarks (const FwOption *row)
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

char *
fw_words_help (const FwOption *row)
{
  const char *help = gettext (row->help);
  g_autofree char *remarks = join_remarks (row);

  if (remarks == NULL)
    return g_strdup (help);
  if (g_str_has_suffix (help, ")")) /* one pair of brackets is enough */
    return g_strdup_printf ("%.*s; %s)", (int) strlen (help) - 1, help, remarks);
  return g_strdup_printf ("%s (%s)", help, remarks);
}

char *
fw_words_title (const char *text)
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

gboolean
fw_words_is_shown (const FwOption *row)
{
  return row->help != NULL;
}

void
fw_words_by_section (GString *out, const FwOptionSlot *slots, guint n,
                     FwHeadingWriter write_heading, FwRowWriter write_row, guint width)
{
  for (guint i = 0; i < n; i++)
    {
      if (!opens_section (slots, i))
        continue;
      g_autofree char *title = fw_words_title (gettext (slots[i].row->section));
      write_heading (out, title);
      for (guint j = i; j < n; j++)
        if (g_str_equal (slots[j].row->section, slots[i].row->section)
            && fw_words_is_shown (slots[j].row))
          write_row (out, slots[j].row, width);
    }
}
