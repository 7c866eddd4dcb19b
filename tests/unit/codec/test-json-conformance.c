/* SPDX-License-Identifier: Apache-2.0 */
/* What RFC 8259 makes valid, what it makes invalid, and what it leaves to us, section by section;
 * and the same from JSONTestSuite, whose cases stand in json-test-suite.txt. */
#include <math.h>
#include <string.h>

#include "fw-json.h"

/* A case may hold NUL, so each has its length. */
#define CASE(text)          \
  {                         \
    text, sizeof (text) - 1 \
  }
typedef struct
{
  const char *text;
  gsize len;
} Case;

/* clang-format off */
static const Case valid[] = {
  /* 2: any value is a text; white space around the six structural characters. */
  CASE ("null"), CASE ("true"), CASE ("false"), CASE ("0"), CASE ("-0"), CASE ("\"\""), CASE ("{}"), CASE ("[]"), CASE (" [] "),
  CASE ("\t\n\r [\t\n\r ]\t\n\r "), CASE ("{ \"a\" : 1 , \"b\" : 2 }"), CASE ("[1 , 2]"), CASE ("\n1\n"), CASE ("\" \""),
  /* 4: names may be empty, long, escaped or repeated: what it means is the caller's affair. */
  CASE ("{\"\":0}"), CASE ("{\"a\":1,\"a\":2}"), CASE ("{\"a\":1,\"a\":1}"), CASE ("{\"foo\\u0000bar\":42}"), CASE ("{\"\\u0061\":1}"),
  CASE ("{\"a\":{\"b\":{\"c\":[]}}}"), CASE ("{\"title\":\"\\u041f\\u043e\\u043b\\u0442\\u043e\\u0440\\u0430\"}"),
  /* 5 */
  CASE ("[[]]"), CASE ("[null,1,\"1\",{}]"), CASE ("[\"\"]"), CASE ("[1,null,null,null,2]"), CASE ("[[],[[]],[[[]]]]"), CASE ("[[]   ]"),
  /* 6 */
  CASE ("123"), CASE ("-123"), CASE ("10"), CASE ("0.1"), CASE ("-0.1"), CASE ("0.0"), CASE ("1e2"), CASE ("1E2"), CASE ("1e+2"),
  CASE ("1e-2"), CASE ("0e1"), CASE ("0e+1"), CASE ("0E-1"), CASE ("123e65"), CASE ("123.456e78"), CASE ("1E22"), CASE ("-1"),
  CASE ("20e1"), CASE ("123.456789"), CASE ("-0.000000000000000000000000000000000000000000000000000000000000000000000000000001"),
  CASE ("[ 4]"), CASE ("1.0000"), CASE ("0.5e01"),
  /* 7 */
  CASE ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), CASE ("\"\\u0060\\u012a\\u12AB\""), CASE ("\"\\u0000\""), CASE ("\"\\uD801\\udc37\""),
  CASE ("\"\\ud83d\\ude39\\ud83d\\udc8d\""), CASE ("\"\\uDBFF\\uDFFF\""), CASE ("\"\\uFFFF\""), CASE ("\"\\uFDD0\""),
  CASE ("\"\\uD83F\\uDFFE\""), CASE ("\"\\u2028\\u2029\""), CASE ("\"\\\\u0000\""), CASE ("\"\\\\a\""), CASE ("\"a/*b*/c/*d//e\""),
  CASE ("\"\x7f\""), CASE ("\"\xc2\x80\""), CASE ("\"\xe2\x80\xa8\xe2\x80\xa9\""), CASE ("\"\xcf\x80\""), CASE ("\"\xf0\x9b\xbf\xbf\""),
  CASE ("\"\xf4\x8f\xbf\xbf\""), CASE ("\"\xed\x9f\xbf\""), CASE ("\"\xee\x80\x80\""), CASE ("\"\xef\xbf\xbf\""), CASE ("\"\xef\xbb\xbf\""),
  CASE ("\"\xe0\xa0\x80\""), CASE ("\"\xf0\x90\x80\x80\""), CASE ("\"\\u0022\""), CASE ("\"\\uA66D\""), CASE ("\"asd \""), CASE ("\"'\""),
};
/* clang-format on */

/* clang-format off */
static const Case invalid[] = {
  /* 2 */
  CASE (""), CASE (" "), CASE ("\xef\xbb\xbf"), CASE ("\xef\xbb\xbf{}"), CASE ("nul"), CASE ("nulll"), CASE ("True"), CASE ("tru"),
  CASE ("fals"), CASE ("NULL"), CASE ("1 2"), CASE ("{}{}"), CASE ("[]]"), CASE ("{}}"), CASE ("[]x"), CASE ("\"a\" x"), CASE ("[\f1]"),
  CASE ("[\v1]"), CASE ("\xc2\xa0[]"), CASE ("\xe2\x81\xa0[]"), CASE ("[]\0"), CASE ("\0"), CASE ("{}\0 "), CASE ("[1]/**/"), CASE ("//\n1"),
  CASE ("#1"), CASE ("*"), CASE ("<null>"), CASE ("$"), CASE ("\xe5"), CASE ("\x1b[31m"), CASE ("'a'"), CASE ("a"), CASE ("[,"), CASE ("]"),
  CASE ("}"), CASE (","), CASE (":"), CASE ("\"\",1"),
  /* 4 */
  CASE ("{"), CASE ("{\"a\""), CASE ("{\"a\":"), CASE ("{\"a\":1"), CASE ("{\"a\":1,"), CASE ("{\"a\":1,}"), CASE ("{,}"), CASE ("{,\"a\":1}"),
  CASE ("{\"a\" 1}"), CASE ("{\"a\"::1}"), CASE ("{:1}"), CASE ("{a:1}"), CASE ("{1:1}"), CASE ("{null:1}"), CASE ("{'a':1}"),
  CASE ("{\"a\":1 \"b\":2}"), CASE ("{\"a\":1,,\"b\":2}"), CASE ("{\"a\":1;}"), CASE ("{\"a\",1}"), CASE ("{\"a\":1]"), CASE ("{[]:1}"),
  CASE ("{\"a\":1/**/}"), CASE ("{\"a\":}"), CASE ("{\"a\":a}"), CASE ("{\"a\":1}#"), CASE ("{\"a\":1,\"b\"}"), CASE ("{\"a"), CASE ("{\"x\"=1}"),
  CASE ("{\"x\", null}"), CASE ("{\"\xb9\":0}"),
  /* 5 */
  CASE ("["), CASE ("[1"), CASE ("[1,"), CASE ("[1,]"), CASE ("[,1]"), CASE ("[,]"), CASE ("[1,,2]"), CASE ("[1,,]"), CASE ("[1 true]"),
  CASE ("[1:2]"), CASE ("[1}"), CASE ("[[1]"), CASE ("[3[4]]"), CASE ("[\"a\" \"b\"]"), CASE ("[\"a\",4"), CASE ("[*]"), CASE ("[\"\": 1]"),
  CASE ("[x"), CASE ("[1,\n1\n,1"), CASE ("[{}"), CASE ("[{]}"),
  /* 6 */
  CASE ("-"), CASE ("+1"), CASE ("++1"), CASE ("01"), CASE ("-01"), CASE ("00"), CASE ("-00"), CASE ("012"), CASE ("1."), CASE ("-1."), CASE (".1"),
  CASE ("-.1"), CASE ("1.e1"), CASE ("0.e1"), CASE ("1e"), CASE ("1e+"), CASE ("1e-"), CASE ("1E"), CASE ("0e"), CASE ("0.3e"), CASE ("0.3e+"),
  CASE ("1eE2"), CASE ("1e1.5"), CASE ("1.2.3"), CASE ("- 1"), CASE ("1 000"), CASE ("1_000"), CASE ("0x1"), CASE ("0xFF"), CASE ("1a"),
  CASE ("1ea"), CASE ("-a"), CASE ("--1"), CASE ("NaN"), CASE ("-NaN"), CASE ("Infinity"), CASE ("-Infinity"), CASE ("+Inf"), CASE ("Inf"),
  CASE ("1.8011670033376514H-308"), CASE ("[1+2]"), CASE ("[-2.]"), CASE ("[0e+-1]"), CASE ("\xef\xbc\x91"), CASE ("1\xe5"), CASE ("[.123]"),
  CASE ("-1x"), CASE ("1\0"),
  /* 7 */
  CASE ("\""), CASE ("\"a"), CASE ("\"\\"), CASE ("\"\\\""), CASE ("\"\\u"), CASE ("\"\\u0"), CASE ("\"\\u00A\""), CASE ("\"\\u00\""), CASE ("\"\\uqqqq\""),
  CASE ("\"\\uD83D\\\""), CASE ("\"\\x00\""), CASE ("\"\\a\""), CASE ("\"\\'\""), CASE ("\"\\0\""), CASE ("\"\\U0041\""), CASE ("\"\\ \""), CASE ("\"\\\x1f\""),
  CASE ("\"\\\xe5\""), CASE ("\"\\v\""), CASE ("\"\0\""), CASE ("\"\x01\""), CASE ("\"\t\""), CASE ("\"\n\""), CASE ("\"\r\""), CASE ("\"\x1f\""), CASE ("\"\\\0\""),
  CASE ("\"\\u+123\""), CASE ("\"\\u 123\""), CASE ("\"\\u12.3\""), CASE ("\\u0020\"asd\""), CASE ("[\"a\0b\"]"),
  /* 8.1: UTF-8 alone. */
  CASE ("\"\xff\""), CASE ("\"\x80\""), CASE ("\"\xc0\xaf\""), CASE ("\"\xc1\xbf\""), CASE ("\"\xe0\x80\xaf\""), CASE ("\"\xe0\x9f\xbf\""),
  CASE ("\"\xf0\x80\x80\xaf\""), CASE ("\"\xf0\x8f\xbf\xbf\""), CASE ("\"\xf8\x87\xbf\xbf\xbf\""), CASE ("\"\xfc\x83\xbf\xbf\xbf\xbf\""), CASE ("\"\xed\xa0\x80\""),
  CASE ("\"\xed\xbf\xbf\""), CASE ("\"\xf4\x90\x80\x80\""), CASE ("\"\xf5\x80\x80\x80\""), CASE ("\"\xe2\x82\""), CASE ("\"\xe2\""), CASE ("\"\xf0\x9f\x98\""),
  CASE ("\"\xc3\""), CASE ("\"\xc3"), CASE ("[\xff]"), CASE ("\xff\xfe[\0]\0"), CASE ("\xfe\xff\0[\0]"), CASE ("\0[\0]"),
};
/* clang-format on */

/* 9 leaves limits to us, and 8.2 what becomes of half a surrogate pair. */
/* clang-format off */
static const Case refused_by_choice[] = {
  CASE ("\"\\uD800\""), CASE ("\"\\uDFAA\""), CASE ("\"\\uDADA\""), CASE ("\"\\uD888\\u1234\""), CASE ("\"\\uD800\\uD800\\n\""),
  CASE ("\"\\uDd1e\\uD834\""), CASE ("\"\\ud800abc\""), CASE ("\"\\uD800\\n\""), CASE ("\"\\ud800\""), CASE ("{\"\\uDFAA\":0}"),
  CASE ("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"),
};
/* clang-format on */

/* clang-format off */
static const Case accepted_by_choice[] = {
  CASE ("1e400"), CASE ("-1e400"), CASE ("0.4e006699999999999999999999999999999999999999999999999999999999999999999999999999999"),
  CASE ("-123123e100000"), CASE ("123e-10000000"), CASE ("100000000000000000000"), CASE ("-237462374673276894279832749832423479823246327846"),
  CASE ("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"),
};
/* clang-format on */

static FwJsonFault
read_all (const char *text, gsize len)
{
  FwJsonReader reader;
  FwJsonToken token;
  fw_json_reader_init (&reader);
  /* A copy of the very size, so that a sanitizer sees one byte too many. */
  char *copy = g_memdup2 (text, len);
  fw_json_reader_start (&reader, copy, len);
  while ((token = fw_json_next (&reader)) != FW_JSON_END && token != FW_JSON_ERROR)
    if (token == FW_JSON_NUMBER)
      fw_json_number (&reader);
  FwJsonFault fault = reader.fault;
  g_assert_cmpint (fault == FW_JSON_OK, ==, token == FW_JSON_END);
  g_assert_cmpuint (reader.token_at, <=, len);
  fw_json_reader_clear (&reader);
  g_free (copy);
  return fault;
}

static void
assert_all (const Case *cases, gsize n, gboolean are_valid)
{
  for (gsize i = 0; i < n; i++)
    if ((read_all (cases[i].text, cases[i].len) == FW_JSON_OK) != are_valid)
      g_error ("case %zu is taken the wrong way: %s", i, cases[i].text);
}

static void
test_valid (void)
{
  assert_all (valid, G_N_ELEMENTS (valid), TRUE);
}

static void
test_invalid (void)
{
  assert_all (invalid, G_N_ELEMENTS (invalid), FALSE);
}

static void
test_choices (void)
{
  assert_all (accepted_by_choice, G_N_ELEMENTS (accepted_by_choice), TRUE);
  assert_all (refused_by_choice, G_N_ELEMENTS (refused_by_choice), FALSE);
}

/* Every text that is cut short is invalid, but for a number that is one already. */
static void
test_prefixes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      gsize len = valid[i].len;
      while (len > 0 && strchr (" \t\n\r", valid[i].text[len - 1]))
        len--;
      char last = valid[i].text[len - 1];
      for (gsize cut = 0; cut < len && !g_ascii_isdigit (last); cut++)
        g_assert_cmpint (read_all (valid[i].text, cut), !=, FW_JSON_OK);
    }
}

static void
test_faults (void)
{
  g_assert_cmpint (read_all ("[1,]", 4), ==, FW_JSON_SYNTAX);
  g_assert_cmpint (read_all ("{} x", 4), ==, FW_JSON_TRAILING);
  g_assert_cmpint (read_all ("\"\xff\"", 3), ==, FW_JSON_UTF8);
  g_assert_cmpint (read_all ("\"\\ud800\"", 8), ==, FW_JSON_UTF8);
  g_assert_cmpint (read_all ("\"\\udbff\"", 8), ==, FW_JSON_UTF8);
  g_assert_cmpint (read_all ("\"\\udc00\"", 8), ==, FW_JSON_UTF8);
  g_assert_cmpint (read_all ("\"\\udfff\"", 8), ==, FW_JSON_UTF8);
  g_assert_cmpint (read_all ("\"\\ud7ff\\ue000\"", 14), ==, FW_JSON_OK);
  g_assert_cmpint (read_all ("[[[[[[[[[[[[[[[[[", 17), ==, FW_JSON_DEPTH);
}

/* VERDICT NAME TIMES TEXT, as the head of the file says. */
static char **
split_line (const char *line)
{
  char **words = g_strsplit (line, " ", 4);

  g_assert_cmpuint (g_strv_length (words), >=, 3);
  return words;
}

static void
append_text (GByteArray *text, char **words)
{
  g_autoptr (GBytes) piece
      = g_uri_unescape_bytes (words[3] != NULL ? words[3] : "", -1, NULL, NULL);
  gsize len;
  gconstpointer data = g_bytes_get_data (piece, &len);

  for (guint64 times = g_ascii_strtoull (words[2], NULL, 10); times > 0; times--)
    g_byte_array_append (text, data, (guint) len);
}

/* Moves line past the case that begins there. */
static char **
take_case (char ***line, GByteArray *text)
{
  char **words = split_line (*(*line)++);

  append_text (text, words);
  while (**line != NULL && ***line == '+')
    {
      g_auto (GStrv) more = split_line (*(*line)++);
      append_text (text, more);
    }
  return words;
}

static void
check_case (char ***line)
{
  g_autoptr (GByteArray) text = g_byte_array_new ();
  g_auto (GStrv) words = take_case (line, text);
  gboolean is_wanted = g_str_equal (words[0], "y") || g_str_equal (words[0], "i+");
  gboolean is_read = read_all ((const char *) text->data, text->len) == FW_JSON_OK;

  if (is_read != is_wanted)
    g_error ("%s is %s", words[1], is_read ? "read" : "refused");
}

static void
test_published_cases (void)
{
  g_autofree char *path
      = g_test_build_filename (G_TEST_DIST, "unit", "codec", "json-test-suite.txt", NULL);
  g_autofree char *all = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_cases = 0;

  g_assert_true (g_file_get_contents (path, &all, NULL, NULL));
  lines = g_strsplit (g_strchomp (all), "\n", -1);
  for (char **line = lines; *line != NULL;)
    if (**line == '#')
      line++;
    else
      {
        check_case (&line);
        n_cases++;
      }
  g_assert_cmpuint (n_cases, ==, 318);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/json-conformance/what-the-rfc-allows-is-read", test_valid);
  g_test_add_func ("/codec/json-conformance/what-it-forbids-is-refused", test_invalid);
  g_test_add_func ("/codec/json-conformance/what-it-leaves-open-is-settled", test_choices);
  g_test_add_func ("/codec/json-conformance/a-text-cut-short-is-refused", test_prefixes);
  g_test_add_func ("/codec/json-conformance/published-cases-are-taken-as-published",
                   test_published_cases);
  g_test_add_func ("/codec/json-conformance/faults-are-told-apart", test_faults);
  return g_test_run ();
}
