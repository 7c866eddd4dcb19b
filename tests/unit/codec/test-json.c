/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-json.h"

#define N_ROUNDS (g_test_slow () ? 2000000 : 20000)

static void
start (FwJsonReader *reader, const char *text)
{
  fw_json_reader_init (reader);
  fw_json_reader_start (reader, text, strlen (text));
}

static double
number_of (const char *text)
{
  return fw_json_number_of (text, strlen (text));
}

static gboolean
integer_of (const char *text, gint64 *value)
{
  FwJsonReader reader;
  start (&reader, text);
  g_assert_cmpint (fw_json_next (&reader), ==, FW_JSON_NUMBER);
  gboolean is_integer = fw_json_integer (&reader, value);
  fw_json_reader_clear (&reader);
  return is_integer;
}

static void
test_tokens (void)
{
  static const FwJsonToken expected[] = {
    FW_JSON_OBJECT_BEGIN, FW_JSON_KEY, FW_JSON_ARRAY_BEGIN, FW_JSON_NUMBER, FW_JSON_TRUE,
    FW_JSON_ARRAY_END,    FW_JSON_KEY, FW_JSON_STRING,      FW_JSON_KEY,    FW_JSON_NULL,
    FW_JSON_OBJECT_END,   FW_JSON_END, FW_JSON_END,
  };
  FwJsonReader reader;
  start (&reader, "{\"a\":[1,true],\"b\":\"x\\n\",\"c\":null}");
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpint (fw_json_next (&reader), ==, expected[i]);
      if (expected[i] == FW_JSON_STRING)
        g_assert_cmpmem (reader.text, reader.text_len, "x\n", 2);
    }
  fw_json_reader_clear (&reader);
}

static void
test_skip (void)
{
  FwJsonReader reader;
  start (&reader, "{\"a\":{\"b\":[{},[1]]},\"c\":2}");
  fw_json_next (&reader);
  fw_json_next (&reader);
  g_assert_true (fw_json_skip (&reader, fw_json_next (&reader)));
  g_assert_cmpint (fw_json_next (&reader), ==, FW_JSON_KEY);
  g_assert_cmpmem (reader.text, reader.text_len, "c", 1);
  fw_json_reader_clear (&reader);
  start (&reader, "[{\"a\":}]");
  g_assert_false (fw_json_skip (&reader, fw_json_next (&reader)));
  fw_json_reader_clear (&reader);
}

static void
test_slices (void)
{
  const char *text = "[\"plain\",\"es\\u0063aped\"]";
  FwJsonReader reader;
  start (&reader, text);
  fw_json_next (&reader);
  fw_json_next (&reader);
  g_assert_true (reader.text == text + 2);
  fw_json_next (&reader);
  g_assert_cmpmem (reader.text, reader.text_len, "escaped", 7);
  fw_json_reader_clear (&reader);
}

static void
test_integers (void)
{
  gint64 value = 7;
  g_assert_true (integer_of ("9223372036854775807", &value) && value == G_MAXINT64);
  g_assert_true (integer_of ("-9223372036854775808", &value) && value == G_MININT64);
  g_assert_false (integer_of ("9223372036854775808", &value));
  g_assert_false (integer_of ("-9223372036854775809", &value));
  g_assert_false (integer_of ("99999999999999999999999", &value));
  g_assert_true (integer_of ("-0", &value) && value == 0);
  g_assert_true (integer_of ("1.441520167E12", &value)
                 && value == G_GINT64_CONSTANT (1441520167000));
  g_assert_true (integer_of ("3.0", &value) && value == 3);
  g_assert_false (integer_of ("3.5", &value));
  g_assert_false (integer_of ("1e300", &value));
}

/* The fast way and the slow way read the same double. */
static void
test_numbers (void)
{
  for (gint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (GString) text = g_string_new (g_test_rand_int_range (0, 2) ? "-" : "");
      g_string_append_printf (text, "%d", g_test_rand_int_range (0, 1000));
      if (g_test_rand_int_range (0, 3))
        for (gint n = g_string_append_c (text, '.') ? g_test_rand_int_range (1, 20) : 0; n > 0; n--)
          g_string_append_c (text, (char) ('0' + g_test_rand_int_range (0, 10)));
      if (g_test_rand_int_range (0, 3) == 0)
        g_string_append_printf (text, "e%d", g_test_rand_int_range (-330, 320));
      g_assert_cmpfloat (number_of (text->str), ==, g_ascii_strtod (text->str, NULL));
    }
}

static void
test_extremes (void)
{
  static const char *const texts[] = {
    "9007199254740993",
    "9007199254740992",
    "0.1",
    "1e22",
    "1e23",
    "123456789012345678901234567890",
    "2.2250738585072011e-308",
    "4.9406564584124654e-324",
    "1.7976931348623157e308",
    "0.000000000000000000000000000000000000000000000000000000000000000000001",
    "30.26715000000000000000000000000000000000000000000000000000000000000000000000000000001",
    "-0.0",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpfloat (number_of (texts[i]), ==, g_ascii_strtod (texts[i], NULL));
  g_assert_true (isinf (number_of ("1e999")));
  /* A thousand zeros do not make up for ten thousand powers of ten. */
  g_autofree char *zeros = g_strnfill (999, '0');
  g_autofree char *huge = g_strconcat ("0.", zeros, "1e10001", NULL);
  g_assert_true (isinf (number_of (huge)));
  g_assert_true (signbit (number_of ("-0")));
}

static double
random_double (void)
{
  guint64 bits = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
  double value;
  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      memcpy (&value, &bits, sizeof value);
      return value;
    case 1:
      return g_test_rand_int_range (-1000000, 1000000) / 1000.0;
    case 2:
      return g_test_rand_int ();
    default:
      return g_test_rand_double_range (-180, 180);
    }
}

/* What is written reads back as the same double, and is not longer than 17 digits are. */
static void
test_written_numbers (void)
{
  for (gint i = 0; i < N_ROUNDS; i++)
    {
      double value = random_double ();
      g_autoptr (GString) text = g_string_new (NULL);
      char shortest[G_ASCII_DTOSTR_BUF_SIZE];
      fw_json_put_number (text, value);
      if (!isfinite (value))
        {
          g_assert_cmpstr (text->str, ==, "null");
          continue;
        }
      double back = number_of (text->str);
      g_assert_cmpmem (&back, sizeof back, &value, sizeof value);
      g_ascii_formatd (shortest, sizeof shortest, "%.17g", value);
      if (text->len > MAX (strlen (shortest), 22))
        g_error ("%s is longer than %s", text->str, shortest);
    }
}

static void
assert_number (double value, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  fw_json_put_number (text, value);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_written_forms (void)
{
  assert_number (0, "0");
  assert_number (-0.0, "-0");
  assert_number (30.26715, "30.26715");
  assert_number (-97.74306, "-97.74306");
  assert_number (-0.05, "-0.05");
  assert_number (1441520167000.0, "1441520167000");
  assert_number (1e300, "1e+300");
  assert_number (0.1 + 0.2, "0.30000000000000004");
  assert_number (NAN, "null");
  assert_number (-INFINITY, "null");
  g_autoptr (GString) text = g_string_new (NULL);
  fw_json_put_int (text, G_MININT64);
  g_assert_cmpstr (text->str, ==, "-9223372036854775808");
}

static void
assert_string (const char *text, gsize len, const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);
  fw_json_put_string (out, text, len);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_written_strings (void)
{
  g_autoptr (GString) cut = g_string_new (NULL);
  fw_json_put_string (cut, "a\xc3\xbc", 2); /* what stands behind the end does not count */
  g_assert_cmpstr (cut->str, ==, "\"a\xef\xbf\xbd\"");
  assert_string ("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
  assert_string ("\b\t\n\v\f\r\x1f", 7, "\"\\b\\t\\n\\u000b\\f\\r\\u001f\"");
  assert_string ("\0", 1, "\"\\u0000\"");
  assert_string ("M\xc3\xbcll", 5, "\"M\xc3\xbcll\"");
  assert_string ("\x7f\xc2\x9b", 3, "\"\\u007f\\u009b\"");
  assert_string ("a\xff"
                 "b\xc3",
                 4,
                 "\"a\xef\xbf\xbd"
                 "b\xef\xbf\xbd\"");
  assert_string ("\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

/* Any bytes become one valid string; valid text comes back as it was. */
static void
test_string_round_trip (void)
{
  for (gint round = 0; round < N_ROUNDS / 10; round++)
    {
      char bytes[24];
      gsize len = (gsize) g_test_rand_int_range (0, sizeof bytes);
      for (gsize i = 0; i < len; i++)
        bytes[i] = (char) g_test_rand_int_range (0, g_test_rand_int_range (0, 2) ? 128 : 256);
      g_autoptr (GString) out = g_string_new (NULL);
      FwJsonReader reader;
      fw_json_put_string (out, bytes, len);
      start (&reader, out->str);
      g_assert_cmpint (fw_json_next (&reader), ==, FW_JSON_STRING);
      if (g_utf8_validate_len (bytes, len, NULL))
        g_assert_cmpmem (reader.text, reader.text_len, bytes, len);
      g_assert_cmpint (fw_json_next (&reader), ==, FW_JSON_END);
      fw_json_reader_clear (&reader);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/json/tokens-come-in-order", test_tokens);
  g_test_add_func ("/codec/json/a-skipped-value-is-skipped-whole", test_skip);
  g_test_add_func ("/codec/json/strings-without-escapes-are-slices", test_slices);
  g_test_add_func ("/codec/json/integers-are-exact-or-none", test_integers);
  g_test_add_func ("/codec/json/numbers-are-rounded-as-strtod-rounds", test_numbers);
  g_test_add_func ("/codec/json/extreme-numbers-too", test_extremes);
  g_test_add_func ("/codec/json/written-numbers-read-back", test_written_numbers);
  g_test_add_func ("/codec/json/written-numbers-are-short", test_written_forms);
  g_test_add_func ("/codec/json/written-strings-are-safe", test_written_strings);
  g_test_add_func ("/codec/json/any-bytes-become-a-string", test_string_round_trip);
  return g_test_run ();
}
