/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-fields.h"

#include <string.h>

static char *
report_of (const char *const *records)
{
  g_autoptr (Sniff) sniff = sniff_new ();

  for (; *records != NULL; records++)
    sniff_record (sniff, *records, strlen (*records));
  return fields_report (sniff, "foreign");
}

/* As Traccar's Kafka forwarder writes them: nested, speeds in knots. */
static void
test_traccar (void)
{
  static const char *const records[] = {
    "{\"position\":{\"id\":71,\"deviceId\":3,\"protocol\":\"osmand\",\"fixTime\":\"2024-05-01T10:"
    "00:00.000+00:00\","
    "\"deviceTime\":\"2024-05-01T10:00:00.000+00:00\",\"valid\":true,\"latitude\":30.27,"
    "\"longitude\":-97.74,\"altitude\":149.0,"
    "\"speed\":21.6,\"course\":181.0,\"accuracy\":5.0,\"attributes\":{\"batteryLevel\":87.0,"
    "\"totalDistance\":1200345.5,"
    "\"motion\":true,\"ignition\":true}},\"device\":{\"id\":3,\"name\":\"Van "
    "3\",\"uniqueId\":\"860001\"}}",
    NULL,
  };
  g_autofree char *report = report_of (records);

  g_assert_cmpstr (
      report, ==,
      "# 1 record of 'foreign' (JSON objects: 1, without a value: 0, of another kind: 0)\n"
      "# no key is known without a mapping\n"
      "# with this section 1 of 1 are read\n"
      "[fields]\n"
      "device_id = device.uniqueId\n"
      "ts = position.fixTime\n"
      "lat = position.latitude\n"
      "lon = position.longitude\n"
      "accuracy_m = position.accuracy\n"
      "fix = position.valid\n"
      "# knots: these records are Traccar's\n"
      "speed_kmh = position.speed * 1.852\n"
      "heading_deg = position.course\n"
      "ignition = position.attributes.ignition\n"
      "battery_pct = position.attributes.batteryLevel\n"
      "odometer_km = position.attributes.totalDistance * 0.001\n"
      "# Numbers that could be fields of your own: take away the '#', add [unit] and min..max.\n"
      "# altitude = position.altitude\n"
      "# Not used: position.id, position.deviceId, position.protocol, position.deviceTime, "
      "position.attributes.motion, device.id, device.name\n");
}

static void
test_our_own_words_need_nothing (void)
{
  static const char *const records[]
      = { "{\"device_id\": 1, \"temp\": 25.3}", "{\"device_id\": 1, \"temp\": 25.4}", NULL };
  g_autofree char *report = report_of (records);

  g_assert_cmpstr (
      report, ==,
      "# 2 records of 'foreign' (JSON objects: 2, without a value: 0, of another kind: 0)\n"
      "# known without a mapping: device_id, temp\n"
      "# as they stand, 2 of 2 are read\n"
      "# There is nothing to map.\n");
}

static void
assert_line (const char *report, const char *line)
{
  g_autofree char *whole = g_strdup_printf ("\n%s\n", line);

  if (strstr (report, whole) == NULL)
    g_error ("'%s' is not in:\n%s", line, report);
}

static void
test_units_by_name_and_size (void)
{
  static const char *const records[] = {
    "{\"busId\":\"17\",\"Speed "
    "(mph)\":31,\"time\":1441520167,\"gps\":{\"lat\":30.2,\"lng\":-97.7},\"odometer\":8123456,"
    "\"sensors\":{\"h1\":55.5},\"cargo.temp\":4}",
    NULL,
  };
  g_autofree char *report = report_of (records);

  assert_line (report, "device_id = busId");
  assert_line (report, "# seconds, as the size of the numbers says\nts = time * 1000");
  assert_line (report, "lat = gps.lat\nlon = gps.lng");
  assert_line (report, "speed_kmh = \"Speed (mph)\" * 1.609344");
  assert_line (report, "temp_c = \"cargo.temp\"");
  assert_line (report, "# metres, as the size of the numbers says\nodometer_km = odometer * 0.001");
  assert_line (report, "# h1 = sensors.h1");
  assert_line (report, "# with this section 1 of 1 are read");
}

static void
test_values_decide_against_a_name (void)
{
  /* a latitude of 4000 and a text are none; a speed of no unit is said to be a guess */
  static const char *const records[] = {
    "{\"id\":\"a\",\"lat\":\"30.2\",\"latitude\":4000,\"y\":{\"gpslat\":30.2},\"velocity\":9}", NULL
  };
  g_autofree char *report = report_of (records);

  assert_line (report, "device_id = id");
  assert_line (report, "# taken for km/h; if it is not: knots * 1.852, mph * 1.609344, m/s * "
                       "3.6\nspeed_kmh = velocity");
  g_assert_null (strstr (report, "\nlat = latitude"));
}

static void
test_nobody_is_named (void)
{
  static const char *const records[] = { "{\"temperature\": 4}", NULL };
  g_autofree char *report = report_of (records);

  assert_line (report, "# No key looks like a device's name. Without one nothing can be read: add "
                       "'device_id = KEY'.");
  assert_line (report, "# with this section 0 of 1 are read");
  assert_line (report, "# refused: 1 (no_device_id)");
}

static void
test_hostile_records (void)
{
  g_autoptr (Sniff) sniff = sniff_new ();
  g_autoptr (GString) wide = g_string_new ("{\"device_id\":1");
  static const char framed[] = "\0\0\0\0\1binary";
  static const char evil[] = "{\"device_id\":1,\"\\u001b[2J\":1,\"a\\\"b\":2,\"x = "
                             "[y]\":3,\"deep\":{\"\":{\"\\n\":1}},\"list\":[{\"lat\":1}]}";

  for (guint i = 0; i < 600; i++)
    g_string_append_printf (wide, ",\"k%u\":%u", i, i);
  g_string_append_c (wide, '}');
  sniff_record (sniff, evil, strlen (evil));
  sniff_record (sniff, wide->str, wide->len);
  sniff_record (sniff, NULL, 0);
  sniff_record (sniff, framed, sizeof framed);
  sniff_record (sniff, "{\"device_id\":1,\"broken\":", 25);
  sniff_record (sniff, "[1]", 3);
  sniff_record (sniff, "\xff", 1);
  sniff_record (sniff, "", 0);
  g_autofree char *report = fields_report (sniff, "bad\x1b[2J");

  g_assert_true (g_str_has_prefix (
      report,
      "# 8 records of 'bad\\x1b[2J' (JSON objects: 2, without a value: 1, of another kind: 5)\n"));
  assert_line (report, "# 1 begin like a schema registry's Avro or Protobuf, which cannot be read");
  assert_line (report, "# there are more than 512 keys; the rest was not looked at");
  g_assert_null (strchr (report, '\x1b'));
  g_assert_null (strstr (report, "broken"));
  g_assert_null (strstr (report, "lat"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doctor/fields/traccar", test_traccar);
  g_test_add_func ("/doctor/fields/our-own-words-need-nothing", test_our_own_words_need_nothing);
  g_test_add_func ("/doctor/fields/units-by-name-and-size", test_units_by_name_and_size);
  g_test_add_func ("/doctor/fields/values-decide-against-a-name",
                   test_values_decide_against_a_name);
  g_test_add_func ("/doctor/fields/nobody-is-named", test_nobody_is_named);
  g_test_add_func ("/doctor/fields/hostile-records", test_hostile_records);
  return g_test_run ();
}
