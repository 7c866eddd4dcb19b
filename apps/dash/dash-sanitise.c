/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-sanitise.h"

#define DEGREE 0x00B0 /* "9.4 C" reads better than "9.4 ?C" */

typedef struct
{
  gunichar from;
  char to;
} AsciiGlyph;

/* Our own glyphs, and what people's names are likely to hold; sorted by use, not by code. */
static const AsciiGlyph ascii_glyphs[] = {
  { 0x25B2, '^' }, /* warning */
  { 0x203A, '>' }, /* the row under the cursor */
  { 0x2500, '-' },  { 0x2501, '=' }, { 0x254D, '-' }, { 0x2508, '.' },  { 0x2502, '|' },
  { 0x251C, '|' },  { 0x2524, '|' }, { 0x2514, '`' }, { 0x2574, '-' },  { 0x2581, '_' },
  { 0x2582, '.' },  { 0x2583, ':' }, { 0x2584, '-' }, { 0x2585, '=' },  { 0x2586, '+' },
  { 0x2587, '*' },  { 0x2588, '#' }, { 0x2191, '^' }, { 0x2197, '/' },  { 0x2192, '>' },
  { 0x2198, '\\' }, { 0x2193, 'v' }, { 0x2199, '/' }, { 0x2190, '<' },  { 0x2196, '\\' },
  { 0x25CF, '*' },  { 0x25CB, 'o' }, { 0x25A0, '#' }, { 0x25A1, 's' },  { 0x25C7, 'o' },
  { 0x00D7, 'x' },  { 0x25B8, '>' }, { 0x25BE, 'v' }, { 0x25B4, '^' },  { 0x2026, '~' },
  { 0x00B7, '-' },  { 0x2013, '-' }, { 0x2014, '-' }, { 0x2018, '\'' }, { 0x2019, '\'' },
  { 0x201C, '"' },  { 0x201D, '"' }, { 0x00A0, ' ' }, { 0x00B5, 'u' },  { 0x03BC, 'u' },
  { 0x2212, '-' },  { 0x202F, ' ' }, { 0x2009, ' ' },
};

gunichar
dash_sanitise_to_ascii (gunichar ch)
{
  gunichar base[4];

  if (ch < 0x80)
    return ch;
  for (guint i = 0; i < G_N_ELEMENTS (ascii_glyphs); i++)
    if (ascii_glyphs[i].from == ch)
      return (gunichar) ascii_glyphs[i].to;
  if (g_unichar_fully_decompose (ch, FALSE, base, G_N_ELEMENTS (base)) > 1 && base[0] < 0x80)
    return base[0];
  return '?';
}

static gboolean
is_right_to_left (gunichar ch)
{
  return (ch >= 0x0590 && ch <= 0x08FF) || (ch >= 0xFB1D && ch <= 0xFDFF)
         || (ch >= 0xFE70 && ch <= 0xFEFF) || (ch >= 0x10800 && ch <= 0x10FFF)
         || (ch >= 0x1E800 && ch <= 0x1EFFF);
}

static gboolean
is_showable (gunichar ch)
{
  if (ch < 0x20 || (ch >= 0x7F && ch < 0xA0))
    return FALSE;
  if (is_right_to_left (ch))
    return FALSE;
  switch (g_unichar_type (ch))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

static gboolean
takes_no_cell (gunichar ch)
{
  GUnicodeType type = g_unichar_type (ch);

  return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK
         || (type != G_UNICODE_FORMAT && type != G_UNICODE_CONTROL && g_unichar_iszerowidth (ch));
}

/* One code point, or the replacement for one byte that begins none. */
static gunichar
decode (const char **text)
{
  gunichar ch = g_utf8_get_char_validated (*text, -1);

  if (ch == (gunichar) -1 || ch == (gunichar) -2)
    {
      (*text)++;
      return DASH_REPLACEMENT;
    }
  *text = g_utf8_next_char (*text);
  return ch;
}

gunichar
dash_sanitise_next (const char **text, gboolean is_ascii, guint *ret_width)
{
  gunichar ch;

  do
    {
      if (**text == '\0')
        return 0;
      ch = decode (text);
    }
  while (takes_no_cell (ch) || (is_ascii && ch == DEGREE));

  if (!is_showable (ch))
    ch = DASH_REPLACEMENT;
  if (is_ascii)
    ch = dash_sanitise_to_ascii (ch);
  *ret_width = g_unichar_iswide (ch) ? 2 : 1;
  return ch;
}

guint
dash_sanitise_width (const char *text, guint limit)
{
  guint cells = 0, width;

  while (cells < limit && dash_sanitise_next (&text, FALSE, &width) != 0)
    cells += width;
  return MIN (cells, limit);
}
