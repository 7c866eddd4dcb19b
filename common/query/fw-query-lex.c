/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"

#include "fw-i18n.h"

static const char *const keywords[] = { "and", "or", "not", "in", "has", "near", "for" };

static inline gboolean
is_word_char (char c)
{
  return g_ascii_isalnum (c) || c == '.' || c == '_' || c == '-';
}

/* What a unit is made of: km/h, °C, %, m3. */
static inline gboolean
is_unit_char (char c, gboolean is_first)
{
  return g_ascii_isalpha (c) || c == '%' || (guchar) c >= 0x80
         || (!is_first && (c == '/' || g_ascii_isdigit (c)));
}

void
lex_fail (Parser *parser, gsize at, gint code, char *message)
{
  if (parser->is_failed)
    {
      g_free (message);
      return;
    }
  parser->is_failed = TRUE;
  parser->fault_at = at;
  parser->fault_code = code;
  parser->fault = message;
}

void
lex_skip_space (Parser *parser)
{
  while (parser->at < parser->len && g_ascii_isspace (parser->text[parser->at]))
    parser->at++;
}

gboolean
lex_at_end (Parser *parser)
{
  lex_skip_space (parser);
  return parser->at == parser->len;
}

Word
lex_peek_word (Parser *parser)
{
  lex_skip_space (parser);
  gsize end = parser->at;
  while (end < parser->len && is_word_char (parser->text[end]))
    end++;
  return (Word){ parser->text + parser->at, end - parser->at };
}

gboolean
lex_is (Word word, const char *keyword)
{
  return strlen (keyword) == word.len && g_ascii_strncasecmp (word.data, keyword, word.len) == 0;
}

gboolean
lex_is_keyword (Word word)
{
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (lex_is (word, keywords[i]))
      return TRUE;
  return FALSE;
}

gboolean
lex_take_keyword (Parser *parser, const char *keyword)
{
  Word word = lex_peek_word (parser);
  if (!lex_is (word, keyword))
    return FALSE;
  parser->at += word.len;
  return TRUE;
}

gboolean
lex_take_char (Parser *parser, char c)
{
  if (lex_at_end (parser) || parser->text[parser->at] != c)
    return FALSE;
  parser->at++;
  return TRUE;
}

gboolean
lex_peek_compare (Parser *parser, Compare *ret_compare, gsize *ret_len)
{
  static const struct
  {
    const char *sign;
    Compare compare;
  } signs[] = {
    { "==", COMPARE_EQ }, { "!=", COMPARE_NE }, { "<=", COMPARE_LE }, { ">=", COMPARE_GE },
    { "=", COMPARE_EQ },  { "<", COMPARE_LT },  { ">", COMPARE_GT },
  };
  lex_skip_space (parser);
  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      gsize len = strlen (signs[i].sign);
      if (parser->len - parser->at >= len
          && memcmp (parser->text + parser->at, signs[i].sign, len) == 0)
        {
          *ret_compare = signs[i].compare;
          *ret_len = len;
          return TRUE;
        }
    }
  return FALSE;
}

char *
lex_take_quoted (Parser *parser)
{
  if (lex_at_end (parser) || (parser->text[parser->at] != '"' && parser->text[parser->at] != '\''))
    return NULL;
  gsize begin = parser->at;
  char quote = parser->text[parser->at++];
  g_autoptr (GString) string = g_string_new (NULL);
  for (; parser->at < parser->len; parser->at++)
    {
      char c = parser->text[parser->at];
      if (c == quote)
        {
          parser->at++;
          return g_string_free (g_steal_pointer (&string), FALSE);
        }
      if (c == '\\' && parser->at + 1 < parser->len)
        c = parser->text[++parser->at];
      g_string_append_c (string, c);
    }
  lex_fail (parser, begin, FW_ERROR_DATA, g_strdup (_ ("This quote is not closed")));
  return NULL;
}

static gsize
skip_digits (const Parser *parser, gsize at)
{
  while (at < parser->len && g_ascii_isdigit (parser->text[at]))
    at++;
  return at;
}

/* The end of "-12.5e3" from `at` on, or `at` when no number stands there. */
static gsize
scan_number (const Parser *parser, gsize at)
{
  gsize begin = at;
  if (at < parser->len && (parser->text[at] == '-' || parser->text[at] == '+'))
    at++;
  gsize digits = at;
  at = skip_digits (parser, at);
  gsize n_digits = at - digits;
  if (at < parser->len && parser->text[at] == '.')
    {
      gsize end = skip_digits (parser, at + 1);
      n_digits += end - at - 1;
      at = end;
    }
  if (n_digits == 0)
    return begin;
  if (at < parser->len && (parser->text[at] == 'e' || parser->text[at] == 'E'))
    {
      gsize exponent = at + 1;
      if (exponent < parser->len
          && (parser->text[exponent] == '-' || parser->text[exponent] == '+'))
        exponent++;
      gsize end = skip_digits (parser, exponent);
      at = end > exponent ? end : at;
    }
  return at;
}

gboolean
lex_is_finite (Parser *parser, gsize at, double value)
{
  if (!isfinite (value))
    lex_fail (parser, at, FW_ERROR_DATA, g_strdup (_ ("This number is too large")));
  return isfinite (value);
}

gboolean
lex_take_number (Parser *parser, double *ret_value)
{
  lex_skip_space (parser);
  gsize end = scan_number (parser, parser->at);
  if (end == parser->at)
    return FALSE;
  g_autofree char *digits = g_strndup (parser->text + parser->at, end - parser->at);
  double value = g_ascii_strtod (digits, NULL);
  if (!lex_is_finite (parser, parser->at, value))
    return FALSE;
  parser->at = end;
  *ret_value = value + 0.0; /* never -0 */
  return TRUE;
}

Word
lex_take_unit (Parser *parser)
{
  gsize before = parser->at;
  lex_skip_space (parser);
  gsize end = parser->at;
  while (end < parser->len && is_unit_char (parser->text[end], end == parser->at))
    end++;
  Word unit = { parser->text + parser->at, end - parser->at };
  if (unit.len == 0 || (parser->at > before && lex_is_keyword (unit)))
    {
      parser->at = before;
      return (Word){ unit.data, 0 };
    }
  parser->at = end;
  return unit;
}
