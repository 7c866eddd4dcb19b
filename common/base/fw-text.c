/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-text.h"

int
fw_text_index (const char *text, gsize len, const char *const *word, gsize stride, guint n)
{
  for (guint i = 0; i < n; i++)
    if (fw_text_is (text, len, G_STRUCT_MEMBER (const char *, word, i *stride)))
      return (int) i;
  return -1;
}

guint
fw_text_width (const char *text, gsize len)
{
  guint width = 0;

  for (const char *at = text; at < text + len; at = g_utf8_next_char (at))
    {
      gunichar ch = g_utf8_get_char (at);
      width += g_unichar_iszerowidth (ch) ? 0 : g_unichar_iswide (ch) ? 2 : 1;
    }
  return width;
}

void
fw_text_wrap (GString *out, const char *text, guint at, const char *margin, guint width)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint column = at;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint word_width = fw_text_width (words[i], strlen (words[i]));
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

void
fw_text_put_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_ascii_formatd (text, sizeof text, formats[i], value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (out, text);
}
