/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-sanitise.h"
#include <string.h>

static char *
shown (const char *text, gboolean is_ascii)
{
  GString *out = g_string_new (NULL);
  gunichar glyph;
  guint width;

  while ((glyph = dash_sanitise_next (&text, is_ascii, &width)) != 0)
    g_string_append_unichar (out, glyph);
  return g_string_free (out, FALSE);
}

static void
check (const char *text, const char *expected, const char *expected_ascii)
{
  g_autofree char *utf8 = shown (text, FALSE), *ascii = shown (text, TRUE);

  g_assert_cmpstr (utf8, ==, expected);
  g_assert_cmpstr (ascii, ==, expected_ascii);
}

static void
test_escape_sequences_are_taken_apart (void)
{
  check ("a\033[31mb\007", "a\uFFFD[31mb\uFFFD", "a?[31mb?");
  check ("\302\2332J", "\uFFFD2J", "?2J"); /* CSI as one C1 character */
  check ("line\nbreak\ttab\r", "line\uFFFDbreak\uFFFDtab\uFFFD", "line?break?tab?");
}

static void
test_nothing_can_turn_the_line_around (void)
{
  check ("\u202Egnp.exe", "\uFFFDgnp.exe", "?gnp.exe");
  check ("\u2067x\u2069\u200F", "\uFFFDx\uFFFD\uFFFD", "?x??");
  check ("\u05D0\u0627", "\uFFFD\uFFFD", "??");
}

static void
test_marks_take_no_cell (void)
{
  check ("e\u0301\u0301\u0301x\u200D", "ex\uFFFD", "ex?");
  g_assert_cmpuint (dash_sanitise_width ("e\u0301\u0301", 10), ==, 1);
}

static void
test_broken_utf8_is_seen (void)
{
  check ("a\377b\303", "a\uFFFDb\uFFFD", "a?b?");
}

static void
test_wide_glyphs_count_two (void)
{
  g_assert_cmpuint (dash_sanitise_width ("\u8ECA1", 10), ==, 3);
  g_assert_cmpuint (dash_sanitise_width ("\u8ECA\u8ECA\u8ECA", 4), ==, 4);
}

static void
test_own_glyphs_have_an_ascii_form (void)
{
  check ("▲ 9.4 °C ─ é", "▲ 9.4 °C ─ é", "^ 9.4 C - e");
}

static void
test_any_bytes_come_out_printable (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint round = 0; round < 2000; round++)
    {
      char bytes[64];
      const char *at = bytes;
      gunichar glyph;
      guint width;

      for (guint i = 0; i < sizeof bytes - 1; i++)
        bytes[i] = (char) g_rand_int_range (random, 1, 256);
      bytes[sizeof bytes - 1] = '\0';
      while ((glyph = dash_sanitise_next (&at, round & 1, &width)) != 0)
        {
          g_assert_true (width == 1 || width == 2);
          g_assert_true (glyph >= 0x20 && !(glyph >= 0x7F && glyph < 0xA0));
          g_assert_true (!(round & 1) || glyph < 0x7F);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/sanitise/escape-sequences-are-taken-apart",
                   test_escape_sequences_are_taken_apart);
  g_test_add_func ("/dash/sanitise/nothing-can-turn-the-line-around",
                   test_nothing_can_turn_the_line_around);
  g_test_add_func ("/dash/sanitise/marks-take-no-cell", test_marks_take_no_cell);
  g_test_add_func ("/dash/sanitise/broken-utf8-is-seen", test_broken_utf8_is_seen);
  g_test_add_func ("/dash/sanitise/wide-glyphs-count-two", test_wide_glyphs_count_two);
  g_test_add_func ("/dash/sanitise/own-glyphs-have-an-ascii-form",
                   test_own_glyphs_have_an_ascii_form);
  g_test_add_func ("/dash/sanitise/any-bytes-come-out-printable",
                   test_any_bytes_come_out_printable);
  return g_test_run ();
}
