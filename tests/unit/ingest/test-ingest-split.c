/* SPDX-License-Identifier: Apache-2.0 */
/* Which events are in a body, whatever pieces it came in. */
#include <string.h>

#include "ingest-split.h"

#define EVENT_MAX 40

static void
note (GString *out, IngestSplitStep step, const IngestPiece *piece)
{
  if (step == INGEST_SPLIT_EVENT)
    g_string_append_printf (out, "%u<%.*s>", (guint) piece->line, (int) piece->len, piece->text);
  else if (step == INGEST_SPLIT_TOO_LARGE)
    g_string_append_printf (out, "%u large ", (guint) piece->line);
  else if (step == INGEST_SPLIT_BROKEN)
    g_string_append_printf (out, "%u broken ", (guint) piece->line);
}

static char *
split_text (const char *text, IngestLayout layout, gsize piece_len)
{
  IngestSplit split;
  IngestPiece piece;
  IngestSplitStep step;
  GString *out = g_string_new (NULL);
  gsize len = strlen (text);

  ingest_split_init (&split, layout, EVENT_MAX);
  for (gsize from = 0; from < len; from += piece_len)
    {
      gsize n = MIN (piece_len, len - from), at = 0;
      /* Of the very size, so that a sanitizer sees one byte too many. */
      g_autofree char *bytes = g_memdup2 (text + from, n);

      while ((step = ingest_split_next (&split, bytes, n, &at, &piece)) != INGEST_SPLIT_MORE)
        note (out, step, &piece);
      g_assert_cmpuint (at, ==, n);
    }
  while ((step = ingest_split_end (&split, &piece)) != INGEST_SPLIT_END)
    note (out, step, &piece);
  ingest_split_clear (&split);
  return g_string_free (out, FALSE);
}

static void
expect (const char *text, IngestLayout layout, const char *events)
{
  for (gsize piece_len = 1; piece_len <= strlen (text) + 1; piece_len++)
    {
      g_autofree char *got = split_text (text, layout, piece_len);

      if (strcmp (got, events) != 0)
        g_error ("'%s' in pieces of %u: '%s' instead of '%s'", text, (guint) piece_len, got,
                 events);
    }
}

static void
test_a_byte_order_mark_is_passed_over (void)
{
  expect ("\xef\xbb\xbf{\"a\":1}\n{}", INGEST_LAYOUT_ANY, "1<{\"a\":1}>2<{}>");
  expect ("\xef\xbb\xbf[{},{}]", INGEST_LAYOUT_ANY, "1<{}>2<{}>");
  expect ("\xef\xbb\xbf{}", INGEST_LAYOUT_LINES, "1<{}>");
  expect ("\xef\xbb[1]\n{}", INGEST_LAYOUT_ANY, "1<\xef\xbb[1]>2<{}>");
  expect ("\xef\xbb\n{}", INGEST_LAYOUT_LINES, "1<\xef\xbb>2<{}>");
  expect ("{}\n\xef\xbb\xbf{}", INGEST_LAYOUT_ANY, "1<{}>2<\xef\xbb\xbf{}>");
}

static void
test_each_line_is_an_event (void)
{
  for (int layout = INGEST_LAYOUT_ANY; layout <= INGEST_LAYOUT_LINES; layout++)
    {
      expect ("{\"a\":1}\n{\"a\":2}\n", (IngestLayout) layout, "1<{\"a\":1}>2<{\"a\":2}>");
      expect ("{\"a\":1}\r\n  {\"a\":2} ", (IngestLayout) layout, "1<{\"a\":1}>2<{\"a\":2}>");
      expect ("\n \t\r\n{}\n\n\n{}\n\n", (IngestLayout) layout, "3<{}>6<{}>");
      expect ("{}\n{\"a\n{}\n", (IngestLayout) layout, "1<{}>2<{\"a>3<{}>");
      expect ("1\n{}", (IngestLayout) layout, "1<1>2<{}>");
      expect ("", (IngestLayout) layout, "");
      expect (" \n ", (IngestLayout) layout, "");
    }
}

static void
test_ndjson_that_says_so_is_nothing_else (void)
{
  expect ("[{},{}]\n{}", INGEST_LAYOUT_LINES, "1<[{},{}]>2<{}>");
  expect ("{\"a\":\n1}", INGEST_LAYOUT_LINES, "1<{\"a\":>2<1}>");
}

static void
test_one_value_may_take_many_lines (void)
{
  expect ("{\n \"a\":1,\n \"b\":\"]\"\n}\n", INGEST_LAYOUT_ANY, "1<{\n \"a\":1,\n \"b\":\"]\"\n}>");
  expect ("{\"a\":[1,\n2]}", INGEST_LAYOUT_ANY, "1<{\"a\":[1,\n2]}>");
  expect ("{\"a\":\"\\\"\",\n\"b\":2}", INGEST_LAYOUT_ANY, "1<{\"a\":\"\\\"\",\n\"b\":2}>");
}

static void
test_elements_of_an_array_are_events (void)
{
  expect ("[{\"a\":1},{\"a\":[2,3]}]", INGEST_LAYOUT_ANY, "1<{\"a\":1}>2<{\"a\":[2,3]}>");
  expect (" [ {\"a\":\"],\\\"\"}\n,\n 2 ] \n", INGEST_LAYOUT_ANY, "1<{\"a\":\"],\\\"\"}>2<2>");
  expect ("[\n]", INGEST_LAYOUT_ANY, "");
  expect ("[[1,2],[]]", INGEST_LAYOUT_ANY, "1<[1,2]>2<[]>");
}

static void
test_a_broken_element_does_not_take_the_next_with_it (void)
{
  expect ("[{\"a\":1],{\"b\":2}]", INGEST_LAYOUT_ANY, "1<{\"a\":1]>2<{\"b\":2}>");
  expect ("[1,,2]", INGEST_LAYOUT_ANY, "1<1>2<>3<2>");
  expect ("[1,]", INGEST_LAYOUT_ANY, "1<1>2<>");
  expect ("[,]", INGEST_LAYOUT_ANY, "1<>2<>");
  expect ("[{}},{}]", INGEST_LAYOUT_ANY, "1<{}}>2<{}>");
}

static void
test_an_array_must_end_and_be_alone (void)
{
  expect ("[{},{\"a\":", INGEST_LAYOUT_ANY, "1<{}>2 broken ");
  expect ("[", INGEST_LAYOUT_ANY, "1 broken ");
  expect ("[{}] {}", INGEST_LAYOUT_ANY, "1<{}>2 broken ");
  expect ("[]]", INGEST_LAYOUT_ANY, "1 broken ");
}

static void
test_what_is_too_large_is_left_out (void)
{
  g_autofree char *large = g_strnfill (EVENT_MAX + 1, '7');
  g_autofree char *largest = g_strnfill (EVENT_MAX, '7');
  g_autofree char *lines = g_strdup_printf ("%s\n%s\n{}\n%s", large, largest, large);
  g_autofree char *lines_events = g_strdup_printf ("1 large 2<%s>3<{}>4 large ", largest);
  g_autofree char *array = g_strdup_printf ("[%s,%s,{}]", large, largest);
  g_autofree char *array_events = g_strdup_printf ("1 large 2<%s>3<{}>", largest);
  g_autofree char *endless = g_strdup_printf ("[%s", large);

  expect (lines, INGEST_LAYOUT_LINES, lines_events);
  expect (lines, INGEST_LAYOUT_ANY, lines_events);
  expect (array, INGEST_LAYOUT_ANY, array_events);
  expect (endless, INGEST_LAYOUT_ANY, "1 broken ");
}

static void
test_a_held_event_outlives_its_bytes (void)
{
  IngestSplit split;
  IngestPiece piece;
  gsize at = 0;
  g_autofree char *bytes = g_strdup ("{\"a\":1}\n{}\n");

  ingest_split_init (&split, INGEST_LAYOUT_LINES, EVENT_MAX);
  g_assert_cmpint (ingest_split_next (&split, bytes, strlen (bytes), &at, &piece), ==,
                   INGEST_SPLIT_EVENT);
  ingest_split_hold (&split, &piece);
  memset (bytes, 'x', 7);
  g_assert_cmpmem (piece.text, piece.len, "{\"a\":1}", 7);
  g_assert_cmpint (ingest_split_next (&split, bytes, strlen (bytes), &at, &piece), ==,
                   INGEST_SPLIT_EVENT);
  g_assert_cmpmem (piece.text, piece.len, "{}", 2);
  ingest_split_clear (&split);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/ingest/split/" #name, test_##name)
  CLAIM (each_line_is_an_event);
  CLAIM (a_byte_order_mark_is_passed_over);
  CLAIM (ndjson_that_says_so_is_nothing_else);
  CLAIM (one_value_may_take_many_lines);
  CLAIM (elements_of_an_array_are_events);
  CLAIM (a_broken_element_does_not_take_the_next_with_it);
  CLAIM (an_array_must_end_and_be_alone);
  CLAIM (what_is_too_large_is_left_out);
  CLAIM (a_held_event_outlives_its_bytes);
  return g_test_run ();
}
