/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-json.h"

#include "fw-utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static void
put_escape (GString *out, guint code)
{
  static const char hex[] = "0123456789abcdef";
  static const char letters[] = "btn?fr"; /* from \b on; \v has none */
  if (code == '"' || code == '\\')
    g_string_append_c (g_string_append_c (out, '\\'), (char) code);
  else if (code >= '\b' && code <= '\r' && code != '\v')
    g_string_append_c (g_string_append_c (out, '\\'), letters[code - '\b']);
  else
    {
      g_string_append (out, "\\u00");
      g_string_append_c (out, hex[code >> 4 & 15]);
      g_string_append_c (out, hex[code & 15]);
    }
}

static inline gboolean
is_plain (guchar c)
{
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* DEL and C1 need no escape in JSON; they get one, because a line of JSON may end on a terminal. */
static gsize
put_special (GString *out, const guchar *text, gsize len)
{
  if (text[0] < 0x80)
    {
      put_escape (out, text[0]);
      return 1;
    }
  guint n = fw_utf8_sequence (text, len);
  if (n == 0)
    {
      g_string_append (out, REPLACEMENT);
      return 1;
    }
  if (text[0] == 0xc2 && text[1] < 0xa0)
    put_escape (out, text[1]);
  else
    g_string_append_len (out, (const char *) text, n);
  return n;
}

void
fw_json_put_string (GString *out, const char *text, gsize len)
{
  const guchar *bytes = (const guchar *) text;
  g_string_append_c (out, '"');
  for (gsize at = 0; at < len;)
    {
      gsize begin = at;
      while (at < len && is_plain (bytes[at]))
        at++;
      g_string_append_len (out, text + begin, (gssize) (at - begin));
      if (at < len)
        at += put_special (out, bytes + at, len - at);
    }
  g_string_append_c (out, '"');
}
