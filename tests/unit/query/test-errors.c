/* SPDX-License-Identifier: Apache-2.0 */
/* A fault says where, what was expected, and which known word is near. */
#include <string.h>

#include "fw-error.h"
#include "fw-query.h"

/* clang-format off */
static const struct
{
  const char *text;
  guint at;
  const char *says; /* a part of the message */
} faults[] = {
  { "sped > 3", 0, "did you mean 'speed'" },
  { "a and statsu = moving", 6, "did you mean 'status'" },
  { "has tmp_c", 4, "did you mean 'temp_c'" },
  { "zzzzzzzz > 3", 0, "no field" },
  { "temp >", 6, "a number" },
  { "temp > hot", 7, "a number" },
  { "temp > 8 km", 9, "°C" },
  { "age > 10 km", 9, "s, m, h or d" },
  { "age > ", 6, "duration" },
  { "door > true", 5, "no order" },
  { "status < idle", 7, "no order" },
  { "door = ajar", 7, "true or false" },
  { "status = movin", 9, "unknown, stopped, idle, moving, offline" },
  { "reason = hot", 9, "temp_high" },
  { "driver = ", 9, "quotes" },
  { "status in moving", 10, "'('" },
  { "status in (moving", 17, "')'" },
  { "status in ()", 11, "one of" },
  { "(a or b", 7, "')'" },
  { "a or", 4, "a condition" },
  { "or a", 0, "a condition" },
  { "a b", 2, "'and' or 'or'" },
  { "a)", 1, "'and' or 'or'" },
  { "not", 3, "a condition" },
  { "\"abc", 0, "not closed" },
  { "near 91,0 5km", 5, "near 30.27,-97.74 5km" },
  { "near 1 2 5km", 7, "','" },
  { "near 1,2", 8, "5km" },
  { "near 1,2 5", 9, "5km" },
  { "near 1,2 5kg", 9, "5km" },
  { "near 1,2 -5km", 9, "5km" },
  { "has status", 4, "Every device" },
  { "has", 3, "name of a field" },
  { "temp", 0, "'temp_c > 0'" },
  { "door", 0, "'door = true'" },
  { "eta > \"noon\"", 6, "2015-09-06T06:16:07Z" },
  { "temp > 1e999", 7, "too large" },
  { "age > 1e308d", 6, "too large" },
  { "speed < 1e308 mps", 8, "too large" },
  { "near 1,2 1e308km", 9, "too large" },
  { "\xc3\xbc > 3", 0, "quoted" },
  { "a & b", 2, "'and' or 'or'" },
};
/* clang-format on */

static const struct
{
  const char *text;
  guint at;
} for_later[] = {
  { "temp > 8 for 60s", 9 }, { "in depot-3", 0 }, { "a and in depot-3", 6 },
  { "late > 5m", 0 },        { "label = x", 0 },
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GError) error = NULL;
      guint at = G_MAXUINT;
      g_assert_null (fw_query_new (faults[i].text, &at, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_DATA);
      if (!strstr (error->message, faults[i].says) || at != faults[i].at)
        g_error ("'%s': not '%s' at %u but at %u: %s", faults[i].text, faults[i].says, faults[i].at,
                 at, error->message);
    }
}

static void
test_for_later (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (for_later); i++)
    {
      g_autoptr (GError) error = NULL;
      guint at = G_MAXUINT;
      g_assert_null (fw_query_new (for_later[i].text, &at, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_NOT_SUPPORTED);
      g_assert_cmpuint (at, ==, for_later[i].at);
    }
}

static void
test_three_lines (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (fw_query_new ("a and sped > 3", NULL, &error));
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_cmpstr (lines[1], ==, "a and sped > 3");
  g_assert_cmpstr (lines[2], ==, "      ^");
}

/* The caret stands under the fault on a screen, where some characters take two cells and others
 * none. */
static void
test_caret_columns (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (fw_query_new ("\"\xe8\xbb\x8a"
                               "e\xcc\x81\" b",
                               NULL, &error));
  g_assert_true (g_str_has_suffix (error->message, "\n      ^"));
}

static void
test_nothing_hostile_is_shown (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (fw_query_new ("a \x1b[2J\n\xc2\x9b!", NULL, &error));
  g_auto (GStrv) lines = g_strsplit (error->message, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_null (strchr (error->message, '\x1b'));
  g_assert_null (strstr (error->message, "\xc2\x9b"));
  g_clear_error (&error);
  g_assert_null (fw_query_new ("\xff", NULL, &error));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static char *
repeat (const char *head, const char *part, guint n, const char *tail)
{
  GString *text = g_string_new (head);
  for (guint i = 0; i < n; i++)
    g_string_append (text, part);
  g_string_append (text, tail);
  return g_string_free (text, FALSE);
}

static void
assert_limit (char *text, gboolean is_allowed)
{
  g_autoptr (GError) error = NULL;
  fw_query_free (fw_query_new (text, NULL, &error));
  if (is_allowed)
    g_assert_no_error (error);
  else
    g_assert_error (error, FW_ERROR, FW_ERROR_LIMIT);
  g_free (text);
}

static void
test_limits (void)
{
  assert_limit (repeat ("", "a", FW_QUERY_MAX_BYTES, ""), TRUE);
  assert_limit (repeat ("", "a", FW_QUERY_MAX_BYTES + 1, ""), FALSE);
  g_autofree char *closing = repeat ("", ")", FW_QUERY_MAX_DEPTH, "");
  g_autofree char *tail = g_strconcat ("a", closing, NULL);
  assert_limit (repeat ("", "(", FW_QUERY_MAX_DEPTH, tail), TRUE);
  assert_limit (repeat ("(", "(", FW_QUERY_MAX_DEPTH, tail), FALSE);
  assert_limit (repeat ("", "not ", FW_QUERY_MAX_DEPTH + 1, "a"), FALSE);
  assert_limit (repeat ("a", " or a", FW_QUERY_MAX_NODES - 2, ""), TRUE);
  assert_limit (repeat ("a", " or a", FW_QUERY_MAX_NODES - 1, ""), FALSE);
  assert_limit (repeat ("speed in (1", ",1", FW_QUERY_MAX_SET - 1, ")"), TRUE);
  assert_limit (repeat ("speed in (1", ",1", FW_QUERY_MAX_SET, ")"), FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/query/error/says-where-and-what-was-expected", test_faults);
  g_test_add_func ("/query/error/what-comes-later-says-so", test_for_later);
  g_test_add_func ("/query/error/has-three-lines", test_three_lines);
  g_test_add_func ("/query/error/caret-counts-cells", test_caret_columns);
  g_test_add_func ("/query/error/shows-nothing-hostile", test_nothing_hostile_is_shown);
  g_test_add_func ("/query/limit/length-depth-conditions-and-sets", test_limits);
  return g_test_run ();
}
