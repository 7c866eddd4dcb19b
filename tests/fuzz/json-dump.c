/* SPDX-License-Identifier: Apache-2.0 */
/* Answers for json_differential.py: reads texts (a 4-byte little-endian length before each) and
 * writes, a line each, "refused" or what the reader made of the text: strings as hexadecimal UTF-8,
 * numbers as the bits of their double. */
#include <stdio.h>
#include <string.h>

#include "fw-json.h"

static void
put_hex (GString *out, const char *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (out, "%02x", (guchar) bytes[i]);
}

static void
put_number (GString *out, const FwJsonReader *reader)
{
  double value = fw_json_number (reader);
  guint64 bits;
  memcpy (&bits, &value, sizeof bits);
  g_string_append_printf (out, "#%016" G_GINT64_MODIFIER "x", bits);
}

static gboolean
put_token (GString *out, const FwJsonReader *reader, FwJsonToken token)
{
  static const char signs[] = {
    [FW_JSON_OBJECT_BEGIN] = '{', [FW_JSON_OBJECT_END] = '}', [FW_JSON_ARRAY_BEGIN] = '[',
    [FW_JSON_ARRAY_END] = ']',    [FW_JSON_KEY] = ':',        [FW_JSON_STRING] = '"',
    [FW_JSON_NUMBER] = 0,         [FW_JSON_TRUE] = 't',       [FW_JSON_FALSE] = 'f',
    [FW_JSON_NULL] = 'n',
  };
  if (token == FW_JSON_END || token == FW_JSON_ERROR)
    return FALSE;
  if (token == FW_JSON_NUMBER)
    put_number (out, reader);
  else
    g_string_append_c (out, signs[token]);
  if (token == FW_JSON_KEY || token == FW_JSON_STRING)
    put_hex (out, reader->text, reader->text_len);
  return TRUE;
}

static void
answer (FwJsonReader *reader, const char *text, gsize len)
{
  g_autoptr (GString) out = g_string_new (NULL);
  FwJsonToken token;
  fw_json_reader_start (reader, text, len);
  do
    token = fw_json_next (reader);
  while (put_token (out, reader, token));
  puts (token == FW_JSON_END ? out->str : "refused");
}

int
main (void)
{
  guint8 header[4];
  FwJsonReader reader;
  fw_json_reader_init (&reader);
  while (fread (header, sizeof header, 1, stdin) == 1)
    {
      guint32 len = header[0] | header[1] << 8 | header[2] << 16 | (guint32) header[3] << 24;
      g_autofree char *text = g_malloc (len);
      if (len > 0 && fread (text, len, 1, stdin) != 1)
        return 1;
      answer (&reader, text, len);
    }
  fw_json_reader_clear (&reader);
  return 0;
}
