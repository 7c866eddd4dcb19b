/* SPDX-License-Identifier: Apache-2.0 */
/* What each form of the language matches, on one device that a reader can keep in mind. */
#include <string.h>

#include "fw-query.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)

/* Truck North-7 of fleet north: 100 km/h in Austin, ignition on, door closed, 9 °C with a set point
 * of 4, driver anna; last seen 40 s ago (stale). It has never said fuel_pct. */
static FwDevice *
new_truck (void)
{
  FwDevice *dev = fw_device_new ((FwText){ "north", 5 }, (FwText){ "Truck-M\xc3\x9c-7", 11 });
  fw_device_put_number (dev, FW_FIELD_LAT, 30.2672);
  fw_device_put_number (dev, FW_FIELD_LON, -97.7431);
  fw_device_put_number (dev, FW_FIELD_SPEED_KMH, 100);
  fw_device_put_number (dev, FW_FIELD_IGNITION, 1);
  fw_device_put_number (dev, FW_FIELD_DOOR, 0);
  fw_device_put_number (dev, FW_FIELD_TEMP_C, 9);
  fw_device_put_number (dev, FW_FIELD_SETPOINT_C, 4);
  fw_device_put_number (dev, FW_FIELD_ETA_TS_MS, 1441520167000.0);
  fw_device_put_string (dev, FW_FIELD_DRIVER, "anna", 4);
  fw_device_put_last_seen_ms (dev, NOON_MS - 40000);
  return dev;
}

static gboolean
matches (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FwDevice) dev = new_truck ();
  g_autoptr (FwQuery) query = fw_query_new (text, NULL, &error);
  FwAttention attention = { 0 };
  FwThresholds limits;
  g_assert_no_error (error);
  fw_thresholds_default (&limits);
  fw_attention_update (&attention, dev, &limits, NOON_MS);
  return fw_query_matches (query, &(FwQuerySubject){ dev, &attention, &limits, NOON_MS });
}

static void
test_matching (void)
{
  /* clang-format off */
  static const char *const texts[] = {
    "", "  ", "speed_kmh > 90", "speed > 50mph", "speed > 90 km/h", "speed >= 100", "speed = 100", "speed != 99", "temp > 40 F",
    "temp > 281 K", "not speed < 90", "speed > 90 and not fleet = south", "fleet = north", "fleet in (south, north)",
    "status = moving", "status in (idle, moving)", "status != idle", "age > 30s", "age > 30", "age < 1m", "age >= 40s and age <= 40s",
    "stale", "has temp", "has lat", "not has fuel", "near 30.27,-97.74 5km", "near 30.27 , -97.74 3 mi", "truck", "TRUCK-m", "\"M\xc3\xbc\"",
    "\"\xc3\x9c-7\"", "door = closed", "door != true", "ignition = on", "driver = anna", "driver = \"anna\"", "driver in (bert, anna)",
    "severity >= warning", "severity = warning", "reason = overspeed", "reason in (silent, temp_high)", "reason != silent",
    "clock_bad = false", "id = \"Truck-M\xc3\x9c-7\"", "eta = \"2015-09-06T06:16:07Z\"", "speed > 90 or fuel > 5",
    "speed in (1)or truck", "(truck)", "not (nobody or south)", "truck AND stale", "'truck'",
  };
  /* clang-format on */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (!matches (texts[i]))
      g_error ("does not match: %s", texts[i]);
}

static void
test_not_matching (void)
{
  static const char *const texts[] = {
    "speed < 90",
    "not speed > 90",
    "fleet = South",
    "status = stopped",
    "age > 41s",
    "has fuel",
    "near 30.27,-97.84 5km",
    "south",
    "door = open",
    "driver != anna",
    "severity = critical",
    "reason = silent",
    "reason != overspeed",
    "clock_bad = true",
    "not stale",
    "moving",
    "north",
    "anna",
    /* Absent is neither true nor false. */
    "fuel > 5",
    "not fuel > 5",
    "fuel != 5",
    "fuel in (5, 6)",
    "not fuel in (5, 6)",
    "trip = x",
    "not trip = x",
    "trip != x",
    "speed > 90 and fuel > 5",
    "not (speed < 90 or fuel > 5)",
    "not (speed > 90 and fuel > 5)",
    "not not fuel > 5",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (matches (texts[i]))
      g_error ("matches: %s", texts[i]);
}

static void
test_precedence (void)
{
  /* clang-format off */
  static const struct { const char *text, *same; } pairs[] = {
    { "not a and b", "(not a) and b" },           { "not a or b", "(not a) or b" },   { "a or b and c", "a or (b and c)" },
    { "not speed > 3 and b", "(not (speed > 3)) and b" }, { "a and (b and c)", "a and b and c" }, { "(a or b) or c", "a or b or c" },
    { "a   and\tb", "a and b" },                  { "speed>90", "speed_kmh > 90" },   { "temp > 8C", "temp_c > 8" },
    { "status in (moving)", "status = moving" },  { "status in (moving, idle, idle)", "status in (idle, moving)" },
    { "age > 10m", "age > 600s" },                { "door = open", "door = true" },   { "near 1,2 5km", "near 1.0,2 5000m" },
    { "speed == 1", "speed = 1" },                { "Abc", "abc" },                   { "\"abc\"", "abc" },
  };
  /* clang-format on */
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (FwQuery) query = fw_query_new (pairs[i].text, NULL, NULL);
      g_autoptr (FwQuery) same = fw_query_new (pairs[i].same, NULL, NULL);
      g_assert_cmpstr (fw_query_text (query), ==, fw_query_text (same));
    }
}

/* The text is what all who ask the same share, and reads back as itself. */
static void
test_canonical_text (void)
{
  static const struct
  {
    const char *text, *canonical;
  } rows[] = {
    { "driver='a \"b\" \\\\'", "driver = \"a \\\"b\\\" \\\\\"" },
    { "driver = \"anna\"", "driver = anna" },
    { "driver != ''", "driver != \"\"" },
    { "door = open", "door = true" },
    { "door = off", "door = false" },
    { "age > 1.5h", "age > 90m" },
    { "age > 1.5s", "age > 1500ms" },
    { "age > 48h", "age > 2d" },
    { "age > 0", "age > 0ms" },
    { "'speed'", "\"speed\"" },
    { "'AND'", "\"and\"" },
    { "'stale'", "\"stale\"" },
    { "'late'", "\"late\"" },
    { "'van'", "van" },
    { "temp > 1e5", "temp_c > 100000" },
    { "temp > 1e+2", "temp_c > 100" },
    { "near 90,-180 1e-3km", "near 90,-180 1m" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FwQuery) query = fw_query_new (rows[i].text, NULL, NULL);
      g_assert_cmpstr (fw_query_text (query), ==, rows[i].canonical);
      g_autoptr (FwQuery) again = fw_query_new (rows[i].canonical, NULL, NULL);
      g_assert_cmpstr (fw_query_text (again), ==, rows[i].canonical);
    }
}

static void
test_parentheses_matter (void)
{
  g_autoptr (FwQuery) query = fw_query_new ("(a or b) and c", NULL, NULL);
  g_autoptr (FwQuery) other = fw_query_new ("a or b and c", NULL, NULL);
  g_assert_cmpstr (fw_query_text (query), !=, fw_query_text (other));
}

static void
test_uses_time (void)
{
  static const struct
  {
    const char *text;
    gboolean uses_time;
  } rows[] = {
    { "", FALSE },
    { "temp > 8 and has driver", FALSE },
    { "near 1,2 3km or (truck and fleet = a)", FALSE },
    { "status = idle", TRUE },
    { "not stale", TRUE },
    { "a or age > 5", TRUE },
    { "reason = silent", TRUE },
    { "severity > none", TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FwQuery) query = fw_query_new (rows[i].text, NULL, NULL);
      g_assert_cmpint (fw_query_uses_time (query), ==, rows[i].uses_time);
    }
}

/* Letters whose lower case depends on their neighbours or on the reader's language. */
static void
test_every_alphabet (void)
{
  static const char *const ids[] = { "ΟΔΟΣ", "İZMİR-1", "TITIK", "Straße", "ÇEŞME" };
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      FwText id = { ids[i], (guint) strlen (ids[i]) };
      g_autoptr (FwDevice) dev = fw_device_new ((FwText){ "north", 5 }, id);
      g_autofree char *text = g_strconcat ("'", ids[i], "'", NULL);
      g_autoptr (FwQuery) query = fw_query_new (text, NULL, NULL);
      if (!fw_query_matches (query, &(FwQuerySubject){ dev, NULL, NULL, NOON_MS }))
        g_error ("%s is not found by its own id", ids[i]);
    }
}

static void
test_own_field (void)
{
  g_assert_true (fw_field_declare ("humidity_pct", "%", 0, 100, NULL, NULL));
  g_autoptr (FwQuery) query = fw_query_new ("humidity_pct > 50%", NULL, NULL);
  g_assert_cmpstr (fw_query_text (query), ==, "humidity_pct > 50");
  fw_field_forget_own ();
}

static void
test_without_attention (void)
{
  g_autoptr (FwDevice) dev = new_truck ();
  g_autoptr (FwQuery) query = fw_query_new ("severity = none or not severity = none", NULL, NULL);
  g_assert_false (fw_query_matches (query, &(FwQuerySubject){ dev, NULL, NULL, NOON_MS }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/query/match/every-form-finds-the-truck", test_matching);
  g_test_add_func ("/query/match/and-leaves-it-when-it-should", test_not_matching);
  g_test_add_func ("/query/text/equal-queries-have-equal-text", test_precedence);
  g_test_add_func ("/query/text/is-one-form-that-reads-back", test_canonical_text);
  g_test_add_func ("/query/text/parentheses-are-kept-where-they-matter", test_parentheses_matter);
  g_test_add_func ("/query/match/a-look-at-the-clock-is-told", test_uses_time);
  g_test_add_func ("/query/match/an-id-is-found-by-itself-in-every-alphabet", test_every_alphabet);
  g_test_add_func ("/query/match/own-fields-are-fields", test_own_field);
  g_test_add_func ("/query/match/unknown-severity-is-absent", test_without_attention);
  return g_test_run ();
}
