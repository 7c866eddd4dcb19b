/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-time.h"

#include <string.h>

#include "fw-rng.h"

static void
test_reads_rfc3339 (void)
{
  static const struct
  {
    const char *text;
    gint64 ms;
  } good[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "2015-09-06T01:16:07-05:00", G_GINT64_CONSTANT (1441520167000) },
    { "2015-09-06t06:16:07.25z", G_GINT64_CONSTANT (1441520167250) },
    { "2015-09-06T06:16:07.123999999+00:00", G_GINT64_CONSTANT (1441520167123) },
    { "2000-02-29T12:00:00Z", G_GINT64_CONSTANT (951825600000) },
    { "1969-12-31T23:59:59.999Z", -1 },
    { "2016-12-31T23:59:60Z", G_GINT64_CONSTANT (1483228800000) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gint64 ms = 42;
      g_assert_true (fw_time_parse_rfc3339 (good[i].text, strlen (good[i].text), &ms));
      g_assert_cmpint (ms, ==, good[i].ms);
    }
}

static void
test_refuses_what_is_not_rfc3339 (void)
{
  static const char *const bad[] = {
    "",
    "2015",
    "2015-09-06",
    "2015-09-06T06:16:07",
    "2015-09-06 06:16:07Z",
    "2015-13-06T06:16:07Z",
    "2015-02-29T06:16:07Z",
    "2015-09-06T24:16:07Z",
    "2015-09-06T06:60:07Z",
    "2015-09-06T06:16:61Z",
    "2015-09-06T06:16:07.Z",
    "2015-09-06T06:16:07+5:00",
    "2015-09-06T06:16:07+0500",
    "2015-09-06T06:16:07Z ",
    "0000-01-01T00:00:00Z",
    "+015-09-06T06:16:07Z",
    "2015-09-06T06:16:07.1",
    "2015-04-31T06:16:07Z",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gint64 ms = 42;
      if (fw_time_parse_rfc3339 (bad[i], strlen (bad[i]), &ms))
        g_error ("'%s' was taken for a time", bad[i]);
      g_assert_cmpint (ms, ==, 42);
    }
}

/* What is written is read back, for any time between the years 1 and 9999. */
static void
test_round_trip (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gint64 ms = (gint64) (fw_rng_u64 (1, 0, i) % G_GUINT64_CONSTANT (315537897599999))
                  - G_GINT64_CONSTANT (62135596800000);
      gint64 again;
      g_autofree char *text = fw_time_format_rfc3339 (ms);
      g_assert_true (fw_time_parse_rfc3339 (text, strlen (text), &again));
      g_assert_cmpint (again, ==, ms);
    }
  g_autofree char *late = fw_time_format_rfc3339 (G_MAXINT64);
  g_assert_cmpstr (late, ==, "9999-12-31T23:59:59.999Z");
}

static void
test_reads_durations (void)
{
  static const struct
  {
    const char *text;
    gint64 ms;
  } good[] = {
    { "500ms", 500 }, { "3s", 3000 }, { "15m", 900000 }, { "2h", 7200000 }, { "7d", 604800000 },
    { "3", 3000 },    { "0", 0 },     { "1.5s", 1500 },  { "0.25", 250 },
  };
  static const char *const bad[] = { "",
                                     "s",
                                     "-1s",
                                     "+1s",
                                     " 1s",
                                     "1 s",
                                     "1sec",
                                     "1e3",
                                     "0x10",
                                     "inf",
                                     "nan",
                                     "1.2.3s",
                                     "99999999999999d" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      gint64 ms = -1;
      g_assert_true (fw_duration_parse (good[i].text, &ms));
      g_assert_cmpint (ms, ==, good[i].ms);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gint64 ms = -1;
      if (fw_duration_parse (bad[i], &ms))
        g_error ("'%s' was taken for a duration", bad[i]);
      g_assert_cmpint (ms, ==, -1);
    }
}

static void
test_writes_durations (void)
{
  static const struct
  {
    gint64 ms;
    const char *text;
  } cases[] = {
    { -5, "0 ms" },         { 850, "850 ms" },      { 52999, "52 s" },
    { 60000, "1 m" },       { 250000, "4 m 10 s" }, { 7200000, "2 h" },
    { 7380000, "2 h 3 m" }, { 86400000, "1 d" },    { 100800000, "1 d 4 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = fw_duration_format (cases[i].ms);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_manual_clock_stands_still (void)
{
  FwManualClock manual;

  fw_manual_clock_init (&manual, 1000);
  g_assert_cmpint (fw_clock_wall_ms (&manual.clock), ==, 1000);
  for (guint i = 0; i < 2000; i++)
    fw_manual_clock_advance (&manual, 1);
  g_assert_cmpint (fw_clock_wall_ms (&manual.clock), ==, 1002);
  g_assert_cmpint (fw_clock_mono_us (&manual.clock), ==, 2000);
}

static void
test_system_clock_agrees_with_glib (void)
{
  const FwClock *clock = fw_clock_system ();
  gint64 before_us = g_get_monotonic_time ();

  g_assert_cmpint (fw_clock_mono_us (clock), >=, before_us);
  g_assert_cmpint (ABS (fw_clock_wall_ms (clock) - g_get_real_time () / 1000), <, 5000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/time/reads-rfc3339", test_reads_rfc3339);
  g_test_add_func ("/base/time/refuses-what-is-not-rfc3339", test_refuses_what_is_not_rfc3339);
  g_test_add_func ("/base/time/round-trip", test_round_trip);
  g_test_add_func ("/base/time/reads-durations", test_reads_durations);
  g_test_add_func ("/base/time/writes-durations", test_writes_durations);
  g_test_add_func ("/base/time/manual-clock-stands-still", test_manual_clock_stands_still);
  g_test_add_func ("/base/time/system-clock-agrees-with-glib", test_system_clock_agrees_with_glib);
  return g_test_run ();
}
