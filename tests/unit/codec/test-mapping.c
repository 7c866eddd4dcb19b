/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-mapping.h"

static void
assert_row (const char *target, const char *source, guint field, const char *path,
            const char *column, double factor)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FwMapping) mapping = fw_mapping_new ();
  fw_mapping_add (mapping, target, source, &error);
  g_assert_no_error (error);
  const FwMappingRow *row = fw_mapping_row (mapping, 0);
  g_autofree char *joined = g_strjoinv ("|", row->path);
  g_assert_cmpuint (row->field, ==, field);
  g_assert_cmpstr (joined, ==, path);
  g_assert_cmpstr (row->column, ==, column);
  g_assert_cmpfloat_with_epsilon (row->factor, factor, 1e-15);
}

static void
test_rows (void)
{
  assert_row ("lat", "position.latitude", FW_FIELD_LAT, "position|latitude", "position.latitude",
              1);
  assert_row ("speed_kmh", "position.speed * 1.852", FW_FIELD_SPEED_KMH, "position|speed",
              "position.speed", 1.852);
  assert_row ("odometer_km", " odo/1000 ", FW_FIELD_ODOMETER_KM, "odo", "odo", 0.001);
  assert_row ("temp", "t", FW_FIELD_TEMP_C, "t", "t", 1);
  assert_row ("device_id", "\"a.b\".c", FW_MAP_DEVICE_ID, "a.b|c", "\"a.b\".c", 1);
  assert_row ("fleet", "\"a \"\"b\"\"\"", FW_MAP_FLEET, "a \"b\"", "a \"b\"", 1);
  assert_row ("ts", "Timestamp (UTC)", FW_MAP_TS, "Timestamp (UTC)", "Timestamp (UTC)", 1);
  assert_row ("ts_ms", "t*1000", FW_MAP_TS, "t", "t", 1000);
  assert_row ("seq", "n", FW_MAP_SEQ, "n", "n", 1);
  assert_row ("speed_kmh", "speed km/h", FW_FIELD_SPEED_KMH, "speed km/h", "speed km/h", 1);
  assert_row ("speed_kmh", "Speed (mph)*1.609344", FW_FIELD_SPEED_KMH, "Speed (mph)", "Speed (mph)",
              1.609344);
  assert_row ("temp", "\"t..  (C)\"", FW_FIELD_TEMP_C, "t..  (C)", "t..  (C)", 1);
  assert_row ("speed_kmh", "km/h / 2", FW_FIELD_SPEED_KMH, "km/h", "km/h", 0.5);
}

static void
test_own_fields (void)
{
  assert_row ("humidity_pct", "sensors.h1 [%] 0..100", FW_FIELD_OWN_FIRST, "sensors|h1",
              "sensors.h1", 1);
  const FwField *field = fw_field (FW_FIELD_OWN_FIRST);
  g_assert_cmpstr (field->unit, ==, "%");
  g_assert_cmpfloat (field->min, ==, 0);
  g_assert_cmpfloat (field->max, ==, 100);
  assert_row ("pressure", "p * 0.1 [kPa] -1.5..2e3", FW_FIELD_OWN_FIRST + 1, "p", "p", 0.1);
  g_assert_cmpfloat (fw_field (FW_FIELD_OWN_FIRST + 1)->min, ==, -1.5);
  assert_row ("level", "l", FW_FIELD_OWN_FIRST + 2, "l", "l", 1);
  g_assert_true (isinf (fw_field (FW_FIELD_OWN_FIRST + 2)->max));
  fw_field_forget_own ();
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *target, *source, *says;
  } rows[] = {
    { "lat", "", "expected a path" },
    { "lat", "a..b", "expected a path" },
    { "lat", ".a", "expected a path" },
    { "lat", "a.", "expected a path" },
    { "lat", "\"a", "expected a path" },
    { "lat", "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p", "expected a path" },
    { "speed_kmh", "s * 0", "must not be 0" },
    { "driver", "d * 2", "multiplied" },
    { "door", "d * 2", "multiplied" },
    { "speed_kmh", "s [mph]", "fields of your own" },
    { "lat", "a 0..1", "fields of your own" },
    { "Bad-Name", "a", "cannot name a field" },
    { "age", "a", "meaning already" },
    { "mine", "a 2..1", "range" },
    { "\xff", "a", "UTF-8" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FwMapping) mapping = fw_mapping_new ();
      g_assert_false (fw_mapping_add (mapping, rows[i].target, rows[i].source, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_CONFIG);
      if (!strstr (error->message, rows[i].says))
        g_error ("%s", error->message);
      g_assert_cmpuint (fw_mapping_n (mapping), ==, 0);
    }
  g_assert_cmpuint (fw_field_n (), ==, FW_FIELD_N_FIXED);
}

static void
test_lists (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FwMapping) mapping
      = fw_mapping_parse_list ("device_id=id, ts = \"time, local\",speed_kmh=mph*1.609344", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fw_mapping_n (mapping), ==, 3);
  g_assert_cmpstr (fw_mapping_row (mapping, 1)->column, ==, "time, local");
  g_assert_null (fw_mapping_parse_list ("device_id", &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (fw_mapping_parse_list ("lat=a,lat=b", &error));
  g_assert_nonnull (strstr (error->message, "has a row already"));
  g_autoptr (FwMapping) empty = fw_mapping_parse_list ("", NULL);
  g_assert_cmpuint (fw_mapping_n (empty), ==, 0);
}

/* Any text is a mapping or an error. */
static void
test_noise (void)
{
  static const char alphabet[] = "ab.\"*/[]=, 01-e%";
  for (gint round = 0; round < 5000; round++)
    {
      g_autoptr (GError) error = NULL;
      char text[16] = "";
      for (gint i = g_test_rand_int_range (0, 15); i > 0; i--)
        text[i - 1] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      g_autofree char *list = g_strconcat ("temp=", text, NULL);
      g_autoptr (FwMapping) mapping = fw_mapping_parse_list (list, &error);
      g_assert_cmpint (mapping == NULL, ==, error != NULL);
      fw_field_forget_own ();
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/mapping/paths-factors-and-quotes", test_rows);
  g_test_add_func ("/codec/mapping/unknown-targets-become-fields", test_own_fields);
  g_test_add_func ("/codec/mapping/bad-rows-say-what-was-expected", test_refusals);
  g_test_add_func ("/codec/mapping/lists-as-options-have-them", test_lists);
  g_test_add_func ("/codec/mapping/noise-is-an-error", test_noise);
  return g_test_run ();
}
