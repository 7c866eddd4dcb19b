/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-time.h"
#include "fw-units.h"

#include "fw-i18n.h"

void
literal_clear (gpointer literal)
{
  g_free (((Literal *) literal)->text);
}

int
literal_compare (gconstpointer a, gconstpointer b)
{
  const Literal *left = a, *right = b;
  if (left->text && right->text)
    return strcmp (left->text, right->text);
  return left->number < right->number ? -1 : left->number > right->number;
}

/* The text of the value that stands here: quoted, or a bare word. NULL: there is none. */
static char *
take_text (Parser *parser)
{
  char *quoted = lex_take_quoted (parser);
  if (quoted || parser->is_failed)
    return quoted;
  Word word = lex_peek_word (parser);
  if (word.len == 0)
    return NULL;
  parser->at += word.len;
  return g_strndup (word.data, word.len);
}

/* format: a whole sentence with one %s, for the name. */
static gboolean
fail_expected (Parser *parser, gsize at, const char *format, const char *name)
{
  lex_fail (parser, at, FW_ERROR_DATA, g_strdup_printf (format, name));
  return FALSE;
}

static gboolean
read_string (Parser *parser, const SubjectInfo *info, Literal *literal)
{
  lex_skip_space (parser);
  gsize at = parser->at;
  char *text = take_text (parser);
  if (!text)
    return fail_expected (
        parser, at,
        _ ("Expected a word of letters, digits, '.', '_' and '-' for '%s', or text in quotes"),
        info->name);
  literal->text = text;
  return TRUE;
}

static gboolean
read_bool (Parser *parser, const SubjectInfo *info, Literal *literal)
{
  static const struct
  {
    const char *word;
    gboolean value;
  } words[] = {
    { "true", TRUE },   { "yes", TRUE }, { "on", TRUE },   { "open", TRUE },    { "1", TRUE },
    { "false", FALSE }, { "no", FALSE }, { "off", FALSE }, { "closed", FALSE }, { "0", FALSE },
  };
  Word word = lex_peek_word (parser);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (lex_is (word, words[i].word))
      {
        parser->at += word.len;
        literal->number = words[i].value;
        return TRUE;
      }
  return fail_expected (parser, parser->at, _ ("Expected true or false for '%s'"), info->name);
}

static gboolean
read_word (Parser *parser, guint subject, const SubjectInfo *info, Literal *literal)
{
  lex_skip_space (parser);
  gsize at = parser->at;
  g_autofree char *text = take_text (parser);
  if (text && subject_find_word (subject, text, strlen (text), &literal->number))
    return TRUE;
  g_autofree char *words = subject_words_list (subject);
  lex_fail (parser, at, FW_ERROR_DATA,
            g_strdup_printf (_ ("Expected for '%s' one of %s"), info->name, words));
  return FALSE;
}

static void
fail_unit (Parser *parser, const SubjectInfo *info, gboolean is_duration, gsize at, Word unit)
{
  g_autofree char *word = g_strndup (unit.data, unit.len);
  char *message;
  if (is_duration)
    message
        = g_strdup_printf (_ ("'%s' is no unit for '%s': expected s, m, h or d"), word, info->name);
  else if (*info->unit)
    message = g_strdup_printf (_ ("'%s' is no unit for '%s', which is in %s"), word, info->name,
                               info->unit);
  else
    message = g_strdup_printf (_ ("'%s' cannot follow a number here: '%s' has no unit"), word,
                               info->name);
  lex_fail (parser, at, FW_ERROR_DATA, message);
}

/* A number without a unit is in the field's own; a duration then counts seconds, as everywhere. */
static gboolean
convert (Parser *parser, const SubjectInfo *info, gboolean is_duration, gsize unit_at, Word unit,
         Literal *literal)
{
  double factor = is_duration && unit.len == 0 ? 1000 : 1, offset = 0;
  if (unit.len > 0 && !fw_unit_convert (unit.data, unit.len, info->unit, &factor, &offset))
    {
      fail_unit (parser, info, is_duration, unit_at, unit);
      return FALSE;
    }
  literal->number = literal->number * factor + offset + 0.0;
  return TRUE;
}

/* A time may be written as people write it: "2015-09-06T06:16:07Z". */
static gboolean
read_quoted_time (Parser *parser, Literal *literal)
{
  gsize at = parser->at;
  gint64 ms;
  g_autofree char *quoted = lex_take_quoted (parser);
  if (!quoted)
    return FALSE;
  if (fw_time_parse_rfc3339 (quoted, strlen (quoted), &ms))
    literal->number = (double) ms;
  else
    lex_fail (parser, at, FW_ERROR_DATA,
              g_strdup (_ ("Expected a time such as \"2015-09-06T06:16:07Z\"")));
  return !parser->is_failed;
}

static gboolean
read_number (Parser *parser, guint subject, const SubjectInfo *info, Literal *literal)
{
  gboolean is_time = info->is_field && strcmp (info->unit, "ms") == 0;
  lex_skip_space (parser);
  if (is_time && read_quoted_time (parser, literal))
    return TRUE;
  gsize at = parser->at;
  if (!lex_take_number (parser, &literal->number))
    return fail_expected (parser, at,
                          subject == SUBJECT_AGE
                              ? _ ("Expected a duration such as 90s or 10m for '%s'")
                              : _ ("Expected a number for '%s'"),
                          info->name);
  gsize unit_at = parser->at;
  Word unit = lex_take_unit (parser);
  return convert (parser, info, subject == SUBJECT_AGE,
                  unit.len ? (gsize) (unit.data - parser->text) : unit_at, unit, literal)
         && lex_is_finite (parser, at, literal->number);
}

gboolean
literal_read (Parser *parser, guint subject, Literal *ret_literal)
{
  SubjectInfo info = subject_info (subject);
  *ret_literal = (Literal){ 0, NULL };
  switch (info.kind)
    {
    case VALUE_STRING:
      return read_string (parser, &info, ret_literal);
    case VALUE_BOOL:
      return read_bool (parser, &info, ret_literal);
    case VALUE_WORD:
      return read_word (parser, subject, &info, ret_literal);
    default:
      return read_number (parser, subject, &info, ret_literal);
    }
}
