/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-json.h"

#include <string.h>

#include "fw-utf8.h"

/* What may come next. A key takes its colon with it, so that after KEY the state is VALUE.
 *
 *   VALUE --[--> FIRST_ELEMENT --value--> AFTER --,--> VALUE       (in an array)
 *   VALUE --{--> FIRST_KEY ----key------> VALUE ... AFTER --,key--> VALUE (in an object)
 *   AFTER at depth 0 is DONE. */
typedef enum
{
  STATE_VALUE,
  STATE_FIRST_ELEMENT,
  STATE_FIRST_KEY,
  STATE_AFTER,
  STATE_DONE,
  STATE_FAILED
} State;
typedef enum
{
  IN_ARRAY,
  IN_OBJECT
} Container;

/* Bytes that may stand in a string as they are: ASCII but for controls, quote and backslash. */
static inline gboolean
is_plain (guchar c)
{
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static FwJsonToken
fail_at (FwJsonReader *reader, FwJsonFault fault, gsize at)
{
  reader->fault = fault;
  reader->token_at = at;
  reader->state = STATE_FAILED;
  return FW_JSON_ERROR;
}

void
fw_json_reader_init (FwJsonReader *reader)
{
  memset (reader, 0, sizeof *reader);
  reader->scratch = g_string_new (NULL);
}

void
fw_json_reader_clear (FwJsonReader *reader)
{
  if (reader->scratch)
    g_string_free (reader->scratch, TRUE);
  reader->scratch = NULL;
}

void
fw_json_reader_start (FwJsonReader *reader, const char *input, gsize len)
{
  reader->input = input;
  reader->len = len;
  reader->at = reader->token_at = 0;
  reader->text = NULL;
  reader->text_len = 0;
  reader->fault = FW_JSON_OK;
  reader->depth = 0;
  reader->state = STATE_VALUE;
}

static inline gboolean
skip_space (FwJsonReader *reader)
{
  const char *input = reader->input;
  gsize at = reader->at;
  while (at < reader->len
         && (input[at] == ' ' || input[at] == '\n' || input[at] == '\t' || input[at] == '\r'))
    at++;
  reader->at = at;
  return at < reader->len;
}

static inline State
state_after_value (const FwJsonReader *reader)
{
  return reader->depth == 0 ? STATE_DONE : STATE_AFTER;
}

/* Four hexadecimal digits at reader->at, which moves behind them; -1 when they are not. */
static gint32
read_hex4 (FwJsonReader *reader)
{
  gint32 value = 0;
  if (reader->len - reader->at < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (reader->input[reader->at + i]);
      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  reader->at += 4;
  return value;
}

static gboolean
has_low_surrogate_next (const FwJsonReader *reader)
{
  return reader->len - reader->at >= 2 && reader->input[reader->at] == '\\'
         && reader->input[reader->at + 1] == 'u';
}

/* After "\u". A lone surrogate has no UTF-8. */
static FwJsonFault
read_unicode_escape (FwJsonReader *reader)
{
  gint32 code = read_hex4 (reader);
  if (code < 0)
    return FW_JSON_SYNTAX;
  if (code >= 0xdc00 && code <= 0xdfff)
    return FW_JSON_UTF8;
  if (code >= 0xd800 && code <= 0xdbff)
    {
      if (!has_low_surrogate_next (reader))
        return FW_JSON_UTF8;
      reader->at += 2;
      gint32 low = read_hex4 (reader);
      if (low < 0)
        return FW_JSON_SYNTAX;
      if (low < 0xdc00 || low > 0xdfff)
        return FW_JSON_UTF8;
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
  if (code == 0)
    g_string_append_c (reader->scratch, '\0');
  else
    g_string_append_unichar (reader->scratch, (gunichar) code);
  return FW_JSON_OK;
}

/* reader->at is behind the backslash. */
static FwJsonFault
read_escape (FwJsonReader *reader)
{
  static const char from[] = "\"\\/bfnrt";
  static const char to[] = "\"\\/\b\f\n\r\t";
  if (reader->at == reader->len)
    return FW_JSON_SYNTAX;
  char c = reader->input[reader->at++];
  if (c == 'u')
    return read_unicode_escape (reader);
  const char *found = c ? strchr (from, c) : NULL;
  if (!found)
    return FW_JSON_SYNTAX;
  g_string_append_c (reader->scratch, to[found - from]);
  return FW_JSON_OK;
}

/* The first byte from `at` on that is not plain text: a quote, a backslash, or a fault
 * (*ret_fault). */
static gsize
scan_text (const FwJsonReader *reader, gsize at, FwJsonFault *ret_fault)
{
  const guchar *input = (const guchar *) reader->input;
  *ret_fault = FW_JSON_OK;
  for (;;)
    {
      while (at < reader->len && is_plain (input[at]))
        at++;
      if (at == reader->len || input[at] < 0x20)
        {
          *ret_fault = FW_JSON_SYNTAX;
          return at;
        }
      if (input[at] < 0x80)
        return at;
      guint n = fw_utf8_sequence (input + at, reader->len - at);
      if (n == 0)
        {
          *ret_fault = FW_JSON_UTF8;
          return at;
        }
      at += n;
    }
}

static FwJsonToken
read_escaped_string (FwJsonReader *reader, FwJsonToken token)
{
  FwJsonFault fault = FW_JSON_OK;
  while (reader->input[reader->at] == '\\')
    {
      gsize escape_at = reader->at++;
      fault = read_escape (reader);
      if (fault != FW_JSON_OK)
        return fail_at (reader, fault, escape_at);
      gsize end = scan_text (reader, reader->at, &fault);
      if (fault != FW_JSON_OK)
        return fail_at (reader, fault, end);
      g_string_append_len (reader->scratch, reader->input + reader->at,
                           (gssize) (end - reader->at));
      reader->at = end;
    }
  reader->at++;
  reader->text = reader->scratch->str;
  reader->text_len = reader->scratch->len;
  return token;
}

/* reader->at is at the opening quote. */
static FwJsonToken
read_string (FwJsonReader *reader, FwJsonToken token)
{
  FwJsonFault fault;
  gsize begin = reader->at + 1;
  gsize end = scan_text (reader, begin, &fault);
  if (fault != FW_JSON_OK)
    return fail_at (reader, fault, end);
  if (reader->input[end] == '\\')
    {
      g_string_truncate (reader->scratch, 0);
      g_string_append_len (reader->scratch, reader->input + begin, (gssize) (end - begin));
      reader->at = end;
      return read_escaped_string (reader, token);
    }
  reader->text = reader->input + begin;
  reader->text_len = end - begin;
  reader->at = end + 1;
  return token;
}

static inline gsize
skip_digits (const FwJsonReader *reader, gsize at)
{
  while (at < reader->len && g_ascii_isdigit (reader->input[at]))
    at++;
  return at;
}

/* Behind a mandatory run of digits; 0 when there is none. */
static inline gsize
need_digits (const FwJsonReader *reader, gsize at)
{
  gsize end = skip_digits (reader, at);
  return end == at ? 0 : end;
}

/* The end of the number that begins at `at`, or 0. */
static gsize
scan_number (const FwJsonReader *reader, gsize at)
{
  const char *input = reader->input;
  if (input[at] == '-')
    at++;
  if (at < reader->len && input[at] == '0')
    at++;
  else if ((at = need_digits (reader, at)) == 0)
    return 0;
  if (at < reader->len && input[at] == '.' && (at = need_digits (reader, at + 1)) == 0)
    return 0;
  if (at < reader->len && (input[at] == 'e' || input[at] == 'E'))
    {
      at++;
      if (at < reader->len && (input[at] == '+' || input[at] == '-'))
        at++;
      at = need_digits (reader, at);
    }
  return at;
}

static FwJsonToken
read_number (FwJsonReader *reader)
{
  gsize begin = reader->at;
  gsize end = scan_number (reader, begin);
  if (end == 0)
    return fail_at (reader, FW_JSON_SYNTAX, begin);
  reader->text = reader->input + begin;
  reader->text_len = end - begin;
  reader->at = end;
  reader->state = state_after_value (reader);
  return FW_JSON_NUMBER;
}

static FwJsonToken
read_word (FwJsonReader *reader, const char *word, gsize len, FwJsonToken token)
{
  if (reader->len - reader->at < len || memcmp (reader->input + reader->at, word, len) != 0)
    return fail_at (reader, FW_JSON_SYNTAX, reader->at);
  reader->at += len;
  reader->state = state_after_value (reader);
  return token;
}

static FwJsonToken
open_container (FwJsonReader *reader, Container container)
{
  if (reader->depth == FW_JSON_MAX_DEPTH)
    return fail_at (reader, FW_JSON_DEPTH, reader->at);
  reader->stack[reader->depth++] = container;
  reader->at++;
  reader->state = container == IN_OBJECT ? STATE_FIRST_KEY : STATE_FIRST_ELEMENT;
  return container == IN_OBJECT ? FW_JSON_OBJECT_BEGIN : FW_JSON_ARRAY_BEGIN;
}

static FwJsonToken
close_container (FwJsonReader *reader)
{
  Container container = (Container) reader->stack[--reader->depth];
  reader->at++;
  reader->state = state_after_value (reader);
  return container == IN_OBJECT ? FW_JSON_OBJECT_END : FW_JSON_ARRAY_END;
}

static FwJsonToken
read_value (FwJsonReader *reader)
{
  switch (reader->input[reader->at])
    {
    case '{':
      return open_container (reader, IN_OBJECT);
    case '[':
      return open_container (reader, IN_ARRAY);
    case '"':
      reader->state = state_after_value (reader);
      return read_string (reader, FW_JSON_STRING);
    case 't':
      return read_word (reader, "true", 4, FW_JSON_TRUE);
    case 'f':
      return read_word (reader, "false", 5, FW_JSON_FALSE);
    case 'n':
      return read_word (reader, "null", 4, FW_JSON_NULL);
    default:
      return read_number (reader);
    }
}

static FwJsonToken
read_key (FwJsonReader *reader)
{
  if (reader->input[reader->at] != '"')
    return fail_at (reader, FW_JSON_SYNTAX, reader->at);
  if (read_string (reader, FW_JSON_KEY) == FW_JSON_ERROR)
    return FW_JSON_ERROR;
  if (!skip_space (reader) || reader->input[reader->at] != ':')
    return fail_at (reader, FW_JSON_SYNTAX, reader->at);
  reader->at++;
  reader->state = STATE_VALUE;
  return FW_JSON_KEY;
}

/* In AFTER: a closing bracket of the right kind, or a comma and what follows it. */
static FwJsonToken
read_after (FwJsonReader *reader)
{
  Container container = (Container) reader->stack[reader->depth - 1];
  char c = reader->input[reader->at];
  if (c == (container == IN_OBJECT ? '}' : ']'))
    return close_container (reader);
  if (c != ',')
    return fail_at (reader, FW_JSON_SYNTAX, reader->at);
  reader->at++;
  if (!skip_space (reader))
    return fail_at (reader, FW_JSON_SYNTAX, reader->at);
  reader->token_at = reader->at;
  return container == IN_OBJECT ? read_key (reader) : read_value (reader);
}

FwJsonToken
fw_json_next (FwJsonReader *reader)
{
  if (reader->state == STATE_FAILED)
    return FW_JSON_ERROR;
  gboolean has_more = skip_space (reader);
  reader->token_at = reader->at;
  if (reader->state == STATE_DONE)
    return has_more ? fail_at (reader, FW_JSON_TRAILING, reader->at) : FW_JSON_END;
  if (!has_more)
    return fail_at (reader, FW_JSON_SYNTAX, reader->at);
  switch ((State) reader->state)
    {
    case STATE_FIRST_ELEMENT:
      return reader->input[reader->at] == ']' ? close_container (reader) : read_value (reader);
    case STATE_FIRST_KEY:
      return reader->input[reader->at] == '}' ? close_container (reader) : read_key (reader);
    case STATE_AFTER:
      return read_after (reader);
    default:
      return read_value (reader);
    }
}

gboolean
fw_json_skip (FwJsonReader *reader, FwJsonToken token)
{
  if (token == FW_JSON_ERROR)
    return FALSE;
  if (token != FW_JSON_OBJECT_BEGIN && token != FW_JSON_ARRAY_BEGIN)
    return TRUE;
  guint depth = reader->depth;
  while (reader->depth >= depth)
    if (fw_json_next (reader) == FW_JSON_ERROR)
      return FALSE;
  return TRUE;
}
