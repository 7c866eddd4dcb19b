/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-option-value.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-time.h"
#include "fw-i18n.h"

#define SIZE_BYTES_MAX (G_GINT64_CONSTANT (1) << 50)

static gboolean
parse_flag (const char *text, gboolean *ret_flag)
{
  static const char *const yes[] = { "true", "yes", "on", "1", NULL };
  static const char *const no[] = { "false", "no", "off", "0", NULL };

  *ret_flag = g_strv_contains (yes, text);
  return *ret_flag || g_strv_contains (no, text);
}

static gboolean
parse_number (const char *text, double *ret_number)
{
  char *end;

  if (strspn (text, "+-.0123456789eE") != strlen (text))
    return FALSE;
  *ret_number = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*ret_number);
}

/* "65536", "64k", "1.5M", "2GiB". */
static gboolean
parse_size (const char *text, gint64 *ret_bytes)
{
  static const char prefixes[] = "kMGT";
  gsize n_number = strspn (text, "0123456789.");
  char *end;
  double number = g_ascii_strtod (text, &end);
  double factor = 1;

  if (!g_ascii_isdigit (text[0]) || end != text + n_number)
    return FALSE;
  const char *prefix = *end == '\0' ? NULL : strchr (prefixes, *end == 'K' ? 'k' : *end);
  if (prefix != NULL)
    {
      factor = exp2 (10.0 * (double) (prefix - prefixes + 1));
      end++;
    }
  if ((*end != '\0' && !g_str_equal (end, "B") && !g_str_equal (end, "iB"))
      || number * factor > (double) SIZE_BYTES_MAX)
    return FALSE;
  *ret_bytes = (gint64) round (number * factor);
  return TRUE;
}

static const char *
kind_wanted (const FwOption *row)
{
  switch (row->type)
    {
    case FW_OPTION_FLAG:
      return _ ("yes or no");
    case FW_OPTION_INT:
      return _ ("a whole number");
    case FW_OPTION_NUMBER:
      return _ ("a number");
    case FW_OPTION_DURATION:
      return _ ("a duration such as 500ms, 3s or 15m");
    case FW_OPTION_SIZE:
      return _ ("a size such as 4096, 16k or 64M");
    case FW_OPTION_STRING:
    case FW_OPTION_STRINGS:
    case FW_OPTION_SECRET:
    default:
      return _ ("UTF-8 text");
    }
}

typedef struct
{
  double factor;
  const char *suffix;
} Unit;

/* Largest first. */
static const Unit duration_units[]
    = { { 8.64e7, "d" }, { 3.6e6, "h" }, { 6e4, "m" }, { 1e3, "s" }, { 1, "ms" }, { 0 } };
static const Unit size_units[]
    = { { 0x1p40, "T" }, { 0x1p30, "G" }, { 0x1p20, "M" }, { 0x1p10, "k" }, { 1, "" }, { 0 } };
static const Unit no_units[] = { { 0 } };

/* The largest unit that leaves a whole number. */
static const Unit *
unit_for (const FwOption *row, double value)
{
  const Unit *unit = row->type == FW_OPTION_DURATION ? duration_units
                     : row->type == FW_OPTION_SIZE   ? size_units
                                                     : no_units;

  while (unit->factor > 1 && fmod (value, unit->factor) != 0)
    unit++;
  return value > 0 && unit->factor > 0 ? unit : NULL;
}

/* A bound as a user would write it. */
static char *
write_bound (const FwOption *row, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const Unit *unit = unit_for (row, value);

  if (unit != NULL)
    value /= unit->factor;
  g_ascii_formatd (number, sizeof number, value == floor (value) ? "%.0f" : "%.15g", value);
  return g_strconcat (number, unit != NULL ? unit->suffix : "", NULL);
}

static gboolean
is_bounded (const FwOption *row)
{
  return row->min != 0 || row->max != 0;
}

char *
fw_option_range (const FwOption *row)
{
  gboolean has_own_unit
      = row->type == FW_OPTION_DURATION || row->type == FW_OPTION_SIZE || row->unit == NULL;

  if (!is_bounded (row))
    return NULL;
  g_autofree char *min = write_bound (row, row->min);
  g_autofree char *max = write_bound (row, row->max);
  /* Translators: the values that an option may have, with their unit: "100 to 60000 clients". */
  return has_own_unit ? g_strdup_printf (_ ("%s to %s"), min, max)
                      : g_strdup_printf (_ ("%s to %s %s"), min, max, gettext (row->unit));
}

static gboolean
fail (const FwOption *row, const char *text, FwOptionOrigin origin, const char *where,
      GError **error)
{
  FwErrorCode code = origin == FW_ORIGIN_COMMAND_LINE ? FW_ERROR_USAGE : FW_ERROR_CONFIG;
  g_autofree char *shown
      = row->type == FW_OPTION_SECRET ? g_strdup ("***") : fw_log_escape (text, -1);
  g_autofree char *range = fw_option_range (row);

  if (where == NULL)
    where = _ ("its default");
  if (range != NULL)
    g_set_error (error, FW_ERROR, code, _ ("Option '%s' from %s is '%s', but must be %s, from %s"),
                 row->name, where, shown, kind_wanted (row), range);
  else
    g_set_error (error, FW_ERROR, code, _ ("Option '%s' from %s is '%s', but must be %s"),
                 row->name, where, shown, kind_wanted (row));
  return FALSE;
}

static gboolean
is_within (const FwOption *row, double value)
{
  return !is_bounded (row) || (value >= row->min && value <= row->max);
}

static gboolean
assign_integer (const FwOption *row, gint64 *member, const char *text)
{
  gint64 value;
  gboolean is_read
      = row->type == FW_OPTION_DURATION ? fw_duration_parse (text, &value)
        : row->type == FW_OPTION_SIZE
            ? parse_size (text, &value)
            : g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL);

  if (!is_read || !is_within (row, (double) value))
    return FALSE;
  *member = value;
  return TRUE;
}

static gboolean
is_text (const FwOption *row, const char *text)
{
  return g_strcmp0 (row->arg, "FILE") == 0 || g_utf8_validate (text, -1, NULL);
}

/* In a file or in the environment commas part the items of a list, and spaces around them do not
 * count; an argument is one item, whatever is in it. */
static void
assign_list (char ***member, const char *text, FwOptionOrigin origin, gboolean append)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  if (append && *member != NULL)
    g_strv_builder_addv (list, (const char **) *member);
  if (origin == FW_ORIGIN_COMMAND_LINE)
    g_strv_builder_add (list, text);
  for (guint i = 0; words[i] != NULL && origin != FW_ORIGIN_COMMAND_LINE; i++)
    if (*g_strstrip (words[i]) != '\0')
      g_strv_builder_add (list, words[i]);
  g_strfreev (*member);
  *member = g_strv_builder_end (list);
}

static gboolean
assign_member (const FwOption *row, gpointer member, const char *text, FwOptionOrigin origin,
               gboolean append)
{
  double number;
  gboolean flag;

  switch (row->type)
    {
    case FW_OPTION_FLAG:
      if (!parse_flag (text, &flag))
        return FALSE;
      *(gboolean *) member = flag;
      return TRUE;
    case FW_OPTION_NUMBER:
      if (!parse_number (text, &number) || !is_within (row, number))
        return FALSE;
      *(double *) member = number;
      return TRUE;
    case FW_OPTION_INT:
    case FW_OPTION_DURATION:
    case FW_OPTION_SIZE:
      return assign_integer (row, member, text);
    case FW_OPTION_STRINGS:
      if (!is_text (row, text))
        return FALSE;
      assign_list (member, text, origin, append);
      return TRUE;
    case FW_OPTION_STRING:
    case FW_OPTION_SECRET:
    default:
      if (!is_text (row, text))
        return FALSE;
      g_free (*(char **) member);
      *(char **) member = g_strdup (text);
      return TRUE;
    }
}

static void
remember (FwOptionSlot *slot, const char *text, FwOptionOrigin origin, const char *where,
          gboolean append)
{
  g_autofree char *before = g_steal_pointer (&slot->text);

  g_free (slot->where);
  slot->where = g_strdup (where);
  slot->origin = origin;
  if (slot->row->type == FW_OPTION_SECRET)
    slot->text = g_strdup ("");
  else if (append)
    slot->text = g_strdup_printf ("%s, %s", before, text);
  else
    slot->text = g_strdup (text);
}

void
fw_option_slot_clear (FwOptionSlot *slot)
{
  g_clear_pointer (&slot->text, g_free);
  g_clear_pointer (&slot->where, g_free);
}

gboolean
fw_option_assign (FwOptionSlot *slot, const char *text, FwOptionOrigin origin, const char *where,
                  GError **error)
{
  gpointer member = G_STRUCT_MEMBER_P (slot->target, slot->row->offset);
  gboolean append = slot->row->type == FW_OPTION_STRINGS && origin == FW_ORIGIN_COMMAND_LINE
                    && slot->origin == origin;

  if (!assign_member (slot->row, member, text, origin, append))
    return fail (slot->row, text, origin, where, error);
  remember (slot, text, origin, where, append);
  return TRUE;
}

void
fw_option_free_value (const FwOption *row, gpointer target)
{
  gpointer member = G_STRUCT_MEMBER_P (target, row->offset);

  if (row->type == FW_OPTION_STRING || row->type == FW_OPTION_SECRET)
    g_clear_pointer ((char **) member, g_free);
  else if (row->type == FW_OPTION_STRINGS)
    g_clear_pointer ((char ***) member, g_strfreev);
}

gboolean
fw_option_takes_value (const FwOption *row)
{
  return row->type != FW_OPTION_FLAG;
}

const char *
fw_option_arg_name (const FwOption *row)
{
  if (row->arg != NULL)
    return gettext (row->arg);
  switch (row->type)
    {
    case FW_OPTION_INT:
    case FW_OPTION_NUMBER:
      /* Translators: these words in capitals stand for a value in help texts, as in
       * --devices=NUMBER. */
      return _ ("NUMBER");
    case FW_OPTION_DURATION:
      return _ ("DURATION");
    case FW_OPTION_SIZE:
      return _ ("SIZE");
    case FW_OPTION_SECRET:
      return _ ("FILE");
    case FW_OPTION_FLAG:
    case FW_OPTION_STRING:
    case FW_OPTION_STRINGS:
    default:
      return _ ("TEXT");
    }
}
