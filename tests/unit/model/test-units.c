/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-units.h"

static void
assert_converts (double value, const char *unit, const char *to_unit, double expected)
{
  double factor, offset;
  g_assert_true (fw_unit_convert (unit, strlen (unit), to_unit, &factor, &offset));
  g_assert_cmpfloat_with_epsilon (value * factor + offset, expected,
                                  1e-9 * MAX (1, fabs (expected)));
}

static void
test_conversions (void)
{
  assert_converts (50, "mph", "km/h", 80.4672);
  assert_converts (10, "m/s", "km/h", 36);
  assert_converts (10, "KN", "km/h", 18.52);
  assert_converts (46, "F", "°C", 70.0 / 9.0);
  assert_converts (273.15, "K", "°C", 0);
  assert_converts (5, "km", "m", 5000);
  assert_converts (3, "mi", "m", 4828.032);
  assert_converts (500, "m", "km", 0.5);
  assert_converts (10, "m", "ms", 600000);
  assert_converts (2, "h", "ms", 7200000);
  assert_converts (20, "%", "%", 20);
  assert_converts (7, "kPa", "kPa", 7);
}

static void
test_refusals (void)
{
  double factor, offset;
  g_assert_false (fw_unit_convert ("km", 2, "km/h", &factor, &offset));
  g_assert_false (fw_unit_convert ("mph", 3, "°C", &factor, &offset));
  g_assert_false (fw_unit_convert ("parsec", 6, "m", &factor, &offset));
  g_assert_false (fw_unit_convert ("", 0, "", &factor, &offset));
}

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_format (void)
{
  assert_text (fw_units_format (9.44, 1, "°C"), "9.4 °C");
  assert_text (fw_units_format (52.4, 0, "km/h"), "52 km/h");
  assert_text (fw_units_format (-0.04, 1, "°C"), "0.0 °C");
  assert_text (fw_units_format (NAN, 1, "°C"), "-");
  assert_text (fw_units_format (3, 0, ""), "3");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/units/literals-convert-to-the-field", test_conversions);
  g_test_add_func ("/model/units/another-dimension-is-refused", test_refusals);
  g_test_add_func ("/model/units/numbers-for-people", test_format);
  return g_test_run ();
}
