/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-start.h"
#include "fw-i18n.h"

static void
give (FwStart *start, FwOptionSlot *slot, const char *text)
{
  FwGiven *given = g_new (FwGiven, 1);

  *given = (FwGiven){ slot, g_strdup (text) };
  g_ptr_array_add (start->given, given);
}

/* The words of the command line, from the left; what is not an option is kept in place. */
typedef struct
{
  char **words;
  int n, at;
} Words;

/* text, or the next word when that is NULL. */
static gboolean
give_value (FwStart *start, FwOptionSlot *slot, const char *option, const char *text, Words *in,
            GError **error)
{
  if (text == NULL && in->at + 1 < in->n)
    text = in->words[++in->at];
  if (text == NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("Option '%s' needs a value: %s"), option,
                   fw_option_arg_name (slot->row));
      return FALSE;
    }
  give (start, slot, text);
  return TRUE;
}

/* "--name", "--no-name", "--name value", "--name=value" */
static gboolean
take_long (FwStart *start, Words *in, GError **error)
{
  const char *word = in->words[in->at];
  const char *equals = strchr (word, '=');
  g_autofree char *option
      = g_strndup (word, equals != NULL ? (gsize) (equals - word) : strlen (word));
  gboolean is_no;
  FwOptionSlot *slot = fw_start_find (start, option + 2, &is_no);

  if (slot == NULL)
    return fw_start_fail_unknown (start, "--", option + 2, error);
  if (fw_option_takes_value (slot->row))
    return give_value (start, slot, option, equals != NULL ? equals + 1 : NULL, in, error);
  if (equals != NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("Option '%s' takes no value"), option);
      return FALSE;
    }
  give (start, slot, is_no ? "false" : "true");
  return TRUE;
}

/* "-q", "-qv", "-l3s", "-ql 3s" */
static gboolean
take_short (FwStart *start, Words *in, GError **error)
{
  for (const char *letter = in->words[in->at] + 1; *letter != '\0'; letter++)
    {
      char option[] = { '-', *letter, '\0' };
      FwOptionSlot *slot = fw_start_find_letter (start, *letter);
      if (slot == NULL)
        return fw_start_fail_unknown (start, "-", letter, error);
      if (fw_option_takes_value (slot->row))
        return give_value (start, slot, option, letter[1] != '\0' ? letter + 1 : NULL, in, error);
      give (start, slot, "true");
    }
  return TRUE;
}

/* Starts like an option, and is none: "-", or a number such as -18, unless a digit is an option. */
static gboolean
is_plain (FwStart *start, const char *word)
{
  gboolean is_number = g_ascii_isdigit (word[1]) || (word[1] == '.' && g_ascii_isdigit (word[2]));

  return word[1] == '\0' || (is_number && fw_start_find_letter (start, word[1]) == NULL);
}

gboolean
fw_start_parse (FwStart *start, int *argc, char ***argv, GError **error)
{
  Words in = { *argv, *argc, 1 };
  gboolean has_ended = FALSE;
  int n_kept = 1;

  for (; in.at < in.n; in.at++)
    {
      char *word = in.words[in.at];
      if (has_ended || word[0] != '-' || is_plain (start, word))
        in.words[n_kept++] = word;
      else if (g_str_equal (word, "--"))
        has_ended = TRUE;
      else if (!(word[1] == '-' ? take_long (start, &in, error) : take_short (start, &in, error)))
        return FALSE;
    }
  in.words[n_kept] = NULL;
  *argc = n_kept;
  if ((guint) n_kept - 1 <= start->program->max_args)
    return TRUE;
  g_autofree char *safe = fw_log_escape (in.words[start->program->max_args + 1], -1);
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
               _ ("Unexpected argument '%s'; 'fleetwire %s --help' shows the usage"), safe,
               start->program->name);
  return FALSE;
}
