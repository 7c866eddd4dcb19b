/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-fold.h"
#include "dash-rows.h"
#include <string.h>

static DashFold *
one_device (void)
{
  static const char text[]
      = "{\"op\":\"patch\",\"set\":[{\"fleet\":\"north\",\"device_id\":\"a,\\\"b\\\"\",\"temp_c\":-"
        "18.25,\"door\":true,"
        "\"eta_ts_ms\":1764010000000,\"driver\":\"M\\nK\",\"last_seen_ms\":2,\"ts_ms\":1,"
        "\"status\":\"stopped\","
        "\"severity\":\"warning\",\"reasons\":[{\"reason\":\"fuel_low\",\"since_ms\":1}]}]}";
  DashFold *fold = dash_fold_new (NULL, NULL);
  g_auto (DashMessage) message = { 0 };

  g_assert_true (dash_message_read (&message, text, sizeof text - 1));
  dash_fold_take (fold, &message);
  return fold;
}

static char *
written (DashRowsFormat format, guint n)
{
  g_autoptr (DashFold) fold = one_device ();
  GString *out = g_string_new (NULL);

  dash_rows_begin (out, format);
  for (guint i = 0; i < n; i++)
    dash_rows_put (out, format, dash_fold_find (fold, "north/a,\"b\""), i);
  dash_rows_end (out, format, n);
  return g_string_free (out, FALSE);
}

static void
test_csv_is_quoted_where_it_must_be (void)
{
  g_autofree char *text = written (DASH_ROWS_CSV, 1);

  g_assert_true (g_str_has_prefix (
      text, "fleet,device_id,status,severity,reasons,last_seen_ms,ts_ms,lat,lon,"));
  g_assert_nonnull (strstr (text, "\r\nnorth,\"a,\"\"b\"\"\",stopped,warning,fuel_low,2,1,,,"));
  g_assert_nonnull (strstr (text, ",-18.25,"));
  g_assert_nonnull (strstr (text, ",true,"));
  g_assert_nonnull (strstr (text, ",\"M\nK\","));
}

static const char row_text[] = "{\"fleet\":\"north\",\"device_id\":\"a,\\\"b\\\"\",\"temp_c\":-18."
                               "25,\"door\":true,\"eta_ts_ms\":1764010000000,"
                               "\"driver\":\"M\\nK\",\"last_seen_ms\":2,\"ts_ms\":1,\"status\":"
                               "\"stopped\",\"severity\":\"warning\","
                               "\"reasons\":[\"fuel_low\"]}";

static void
test_json_is_one_array (void)
{
  g_autofree char *none = written (DASH_ROWS_JSON, 0), *two = written (DASH_ROWS_JSON, 2);
  g_autofree char *expected = g_strdup_printf ("[\n%s,\n%s\n]\n", row_text, row_text);

  g_assert_cmpstr (none, ==, "[\n]\n");
  g_assert_cmpstr (two, ==, expected);
}

static void
test_ndjson_is_a_row_a_line (void)
{
  g_autofree char *text = written (DASH_ROWS_NDJSON, 2),
                  *expected = g_strdup_printf ("%s\n%s\n", row_text, row_text);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_formats_have_names (void)
{
  DashRowsFormat format;

  g_assert_true (dash_rows_find_format ("ndjson", &format));
  g_assert_cmpint (format, ==, DASH_ROWS_NDJSON);
  g_assert_false (dash_rows_find_format ("xml", &format));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/rows/csv-is-quoted-where-it-must-be",
                   test_csv_is_quoted_where_it_must_be);
  g_test_add_func ("/dash/rows/json-is-one-array", test_json_is_one_array);
  g_test_add_func ("/dash/rows/ndjson-is-a-row-a-line", test_ndjson_is_a_row_a_line);
  g_test_add_func ("/dash/rows/formats-have-names", test_formats_have_names);
  return g_test_run ();
}
