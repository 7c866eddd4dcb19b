/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-csv.h"

#define N_ROUNDS (g_test_slow () ? 200000 : 2000)

/* "a|b;c|d" for two rows of two cells; "!3" for a row broken in line 3. */
static char *
read_all (const char *text, gsize len)
{
  g_autofree char *copy = g_memdup2 (text, len);
  g_autoptr (FwCsv) csv = fw_csv_new (copy, len);
  GString *out = g_string_new (NULL);
  const char *const *cells;
  const gsize *lens;
  const char *why = NULL;
  FwCsvResult result;
  guint n, n_rows = 0;
  while ((result = fw_csv_next (csv, &cells, &lens, &n, &why)) != FW_CSV_END)
    {
      if (n_rows++ > 0)
        g_string_append_c (out, ';');
      if (result == FW_CSV_BROKEN)
        {
          g_assert_nonnull (why);
          g_string_append_printf (out, "!%u", fw_csv_line (csv));
          continue;
        }
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpint (cells[i][lens[i]], ==, '\0');
          g_string_append_printf (out, i > 0 ? "|%s" : "%s", cells[i]);
        }
    }
  return g_string_free (out, FALSE);
}

static void
test_forms (void)
{
  static const struct
  {
    const char *text, *expected;
  } rows[] = {
    { "", "" },
    { "a,b\nc,d\n", "a|b;c|d" },
    { "a,b\r\nc,d\re,f\ng,h", "a|b;c|d;e|f;g|h" },
    { "\xef\xbb\xbf"
      "a,b\n",
      "a|b" },
    { "a,\n,b\n", "a|;|b" },
    { "\"a\",\"b,c\"\n\"d\"\"e\",\"\"\n", "a|b,c;d\"e|" },
    { "a,\"b\nc\"\nd,e\n", "a|b\nc;d|e" },
    { "a,\"b\r\nc\"\r\nd,e", "a|b\r\nc;d|e" },
    { "a b , c\n", "a b | c" },
    { "\n\r\n\na\n\nb\n", "a;b" },
    { "M\xc3\xbcll,2\n", "M\xc3\xbcll|2" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *got = read_all (rows[i].text, strlen (rows[i].text));
      g_assert_cmpstr (got, ==, rows[i].expected);
    }
}

static void
test_broken_rows (void)
{
  static const struct
  {
    const char *text, *expected;
  } rows[] = {
    { "a,b\nc\nd,e\n", "a|b;!2;d|e" },        /* too few cells */
    { "a,b\r\nc\r\nd,e\r\n", "a|b;!2;d|e" },  /* CR LF is one line */
    { "a,b\n\n\r\rc\n", "a|b;!5" },           /* and an empty line is one too */
    { "a,b\nc,d,e\nf,g\n", "a|b;!2;f|g" },    /* too many */
    { "a,b\n\"c,d\ne,f\n", "a|b;!2;e|f" },    /* an open quote costs its own line */
    { "a,b\n\"c\"x,d\ne,f\n", "a|b;!2;e|f" }, /* text behind a quote */
    { "a,b\nc\"c,d\ne,f\n", "a|b;!2;e|f" },   /* a quote inside */
    { "a,b\n\"c\nd\",e\n\"f", "a|b;c\nd|e;!4" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *got = read_all (rows[i].text, strlen (rows[i].text));
      g_assert_cmpstr (got, ==, rows[i].expected);
    }
}

static void
assert_first_row (char *text, FwCsvResult expected)
{
  g_autoptr (FwCsv) csv = fw_csv_new (text, strlen (text));
  const char *const *cells;
  const gsize *lens;
  const char *why;
  guint n;
  g_assert_cmpint (fw_csv_next (csv, &cells, &lens, &n, &why), ==, expected);
  g_free (text);
}

static void
test_limits (void)
{
  g_autofree char *longest = g_strnfill (FW_CSV_MAX_ROW_BYTES, 'a');
  g_autofree char *commas = g_strnfill (FW_CSV_MAX_CELLS - 1, ',');
  assert_first_row (g_strdup (longest), FW_CSV_ROW);
  assert_first_row (g_strconcat (longest, "a\nb", NULL), FW_CSV_BROKEN);
  assert_first_row (g_strconcat ("\"", longest, "a\"\nb", NULL), FW_CSV_BROKEN);
  assert_first_row (g_strdup (commas), FW_CSV_ROW);
  assert_first_row (g_strconcat (commas, ",", NULL), FW_CSV_BROKEN);
}

static void
put_cell (GString *out, const char *cell)
{
  if (!strpbrk (cell, "\",\r\n") && *cell && g_test_rand_int_range (0, 2))
    {
      g_string_append (out, cell);
      return;
    }
  g_string_append_c (out, '"');
  for (; *cell; cell++)
    g_string_append_printf (out, *cell == '"' ? "\"%c" : "%c", *cell);
  g_string_append_c (out, '"');
}

/* Whatever is written by the rules comes back, whichever line ends stand between. */
static void
test_round_trip (void)
{
  static const char alphabet[] = "ab\",\r\n \xc3\xbc";
  static const char *const ends[] = { "\n", "\r\n", "\r" };
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL), expected = g_string_new (NULL);
      gint n_cells = g_test_rand_int_range (1, 4), n_rows = g_test_rand_int_range (1, 5);
      for (gint i = 0; i < n_rows * n_cells; i++)
        {
          char cell[8] = "";
          for (gint j = g_test_rand_int_range (0, 7); j > 0; j--)
            cell[j - 1] = alphabet[g_test_rand_int_range (0, (gint32) strlen (alphabet))];
          put_cell (text, cell);
          g_string_append (expected, cell);
          gboolean is_last = (i + 1) % n_cells == 0;
          g_string_append (text, is_last ? ends[g_test_rand_int_range (0, 3)] : ",");
          if (i + 1 < n_rows * n_cells)
            g_string_append (expected, is_last ? ";" : "|");
        }
      g_autofree char *got = read_all (text->str, text->len);
      g_assert_cmpstr (got, ==, expected->str);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/csv/quotes-and-line-ends-of-rfc-4180", test_forms);
  g_test_add_func ("/codec/csv/a-broken-row-costs-one-line", test_broken_rows);
  g_test_add_func ("/codec/csv/long-rows-and-many-cells-are-refused", test_limits);
  g_test_add_func ("/codec/csv/what-is-written-comes-back", test_round_trip);
  return g_test_run ();
}
