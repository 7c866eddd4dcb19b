/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-attention.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)
#define MINUTE_MS 60000

typedef struct
{
  FwDevice *dev;
  FwAttention attention;
  FwThresholds limits;
  gint64 now_ms;
  gint64 offset;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  memset (f, 0, sizeof *f);
  f->dev = fw_device_new ((FwText){ "north", 5 }, (FwText){ "7", 1 });
  fw_thresholds_default (&f->limits);
  f->now_ms = NOON_MS;
}

static void
tear_down (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  fw_device_free (f->dev);
}

static gboolean
update (Fixture *f)
{
  return fw_attention_update (&f->attention, f->dev, &f->limits, f->now_ms);
}

/* One event with one or two numbers, now. */
static gboolean
say (Fixture *f, guint a, double value_a, guint b, double value_b)
{
  FwEvent ev;
  fw_event_clear (&ev);
  ev.ts_ms = f->now_ms;
  ev.seq = f->offset;
  fw_event_set_number (&ev, a, value_a);
  if (b != FW_FIELD_NONE)
    fw_event_set_number (&ev, b, value_b);
  fw_device_fold (f->dev, &ev, &(FwArrival){ f->now_ms, 0, f->offset++ });
  return update (f);
}

static gboolean
holds (const Fixture *f, FwReason reason)
{
  gboolean is_active = (f->attention.active >> reason) & 1;
  g_assert_cmpint (is_active, ==, f->attention.since_ms[reason] != 0);
  return is_active;
}

static FwSeverity
severity (const Fixture *f)
{
  return fw_attention_severity (&f->attention, &f->limits, f->now_ms);
}

static void
test_temperature (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  say (f, FW_FIELD_TEMP_C, 25.3, FW_FIELD_NONE, 0);
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_NONE); /* nobody said how cold it should be */
  g_assert_true (say (f, FW_FIELD_SETPOINT_C, 4, FW_FIELD_TEMP_C, 7.1));
  g_assert_true (holds (f, FW_REASON_TEMP_HIGH));
  g_assert_cmpint (f->attention.since_ms[FW_REASON_TEMP_HIGH], ==, NOON_MS);
  f->now_ms += f->limits.temp_ms - 1;
  g_assert_false (say (f, FW_FIELD_TEMP_C, 6.8, FW_FIELD_NONE,
                       0)); /* within the band: still the same excursion */
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_WARNING);
  f->now_ms += 1;
  g_assert_true (update (f));
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_CRITICAL);
  g_assert_true (say (f, FW_FIELD_TEMP_C, 6.4, FW_FIELD_NONE, 0));
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_NONE);
  say (f, FW_FIELD_TEMP_C, 0.9, FW_FIELD_NONE, 0);
  g_assert_true (holds (f, FW_REASON_TEMP_LOW));
}

static void
test_door (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  say (f, FW_FIELD_DOOR, 1, FW_FIELD_SPEED_KMH, 0);
  g_assert_false (holds (f, FW_REASON_DOOR_OPEN_MOVING));
  say (f, FW_FIELD_DOOR, 1, FW_FIELD_SPEED_KMH, 20);
  g_assert_true (holds (f, FW_REASON_DOOR_OPEN_MOVING));
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_CRITICAL);
  g_assert_cmpint (fw_attention_worst (&f->attention), ==, FW_REASON_DOOR_OPEN_MOVING);
  f->now_ms += f->limits.status.offline_ms + 1;
  update (f);
  g_assert_false (
      holds (f, FW_REASON_DOOR_OPEN_MOVING)); /* what it did two minutes ago is not what it does */
  g_assert_true (holds (f, FW_REASON_SILENT));
}

static void
test_silence (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  say (f, FW_FIELD_TEMP_C, 4, FW_FIELD_NONE, 0);
  f->now_ms += f->limits.status.offline_ms;
  g_assert_false (update (f));
  f->now_ms += 1;
  g_assert_true (update (f));
  g_assert_cmpint (f->attention.since_ms[FW_REASON_SILENT], ==, NOON_MS);
  say (f, FW_FIELD_IGNITION, 0, FW_FIELD_SPEED_KMH, 0);
  g_assert_false (holds (f, FW_REASON_SILENT));
  f->now_ms += 30 * MINUTE_MS; /* parked: its tracker may sleep */
  update (f);
  g_assert_false (holds (f, FW_REASON_SILENT));
  f->now_ms += 31 * MINUTE_MS;
  update (f);
  g_assert_true (holds (f, FW_REASON_SILENT));
}

static void
test_idle (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  for (guint minute = 0; minute < 10; minute++, f->now_ms += MINUTE_MS)
    {
      say (f, FW_FIELD_IGNITION, 1, FW_FIELD_SPEED_KMH, 0.5);
      g_assert_false (holds (f, FW_REASON_IDLE_LONG));
    }
  say (f, FW_FIELD_IGNITION, 1, FW_FIELD_SPEED_KMH, 0);
  g_assert_true (holds (f, FW_REASON_IDLE_LONG));
  g_assert_cmpint (f->attention.since_ms[FW_REASON_IDLE_LONG], ==, NOON_MS);
  say (f, FW_FIELD_IGNITION, 1, FW_FIELD_SPEED_KMH, 30);
  g_assert_false (holds (f, FW_REASON_IDLE_LONG));
}

static void
test_levels (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  say (f, FW_FIELD_FUEL_PCT, 9.9, FW_FIELD_BATTERY_PCT, 19);
  g_assert_true (holds (f, FW_REASON_FUEL_LOW) && holds (f, FW_REASON_BATTERY_LOW));
  say (f, FW_FIELD_FUEL_PCT, 11, FW_FIELD_BATTERY_PCT, 21);
  g_assert_true (holds (f, FW_REASON_FUEL_LOW) && holds (f, FW_REASON_BATTERY_LOW));
  say (f, FW_FIELD_FUEL_PCT, 11, FW_FIELD_BATTERY_PCT, 23);
  g_assert_true (holds (f, FW_REASON_FUEL_LOW));
  g_assert_false (holds (f, FW_REASON_BATTERY_LOW));
  say (f, FW_FIELD_SPEED_KMH, 90, FW_FIELD_FIX, 1);
  g_assert_false (holds (f, FW_REASON_OVERSPEED) || holds (f, FW_REASON_NO_FIX));
  say (f, FW_FIELD_SPEED_KMH, 90.1, FW_FIELD_FIX, 0);
  g_assert_true (holds (f, FW_REASON_OVERSPEED) && holds (f, FW_REASON_NO_FIX));
  say (f, FW_FIELD_SPEED_KMH, 88, FW_FIELD_FIX, 1);
  g_assert_true (holds (f, FW_REASON_OVERSPEED));
  say (f, FW_FIELD_SPEED_KMH, 86, FW_FIELD_FIX, 1);
  g_assert_false (holds (f, FW_REASON_OVERSPEED));
}

static void
test_alarm (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  say (f, FW_FIELD_SPEED_KMH, 0, FW_FIELD_NONE, 0);
  fw_device_put_string (f->dev, FW_FIELD_ALARM, "lowBattery", 10);
  g_assert_true (update (f));
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_WARNING);
  fw_device_put_string (f->dev, FW_FIELD_ALARM, "sos", 3);
  g_assert_true (update (f));
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_CRITICAL);
  fw_device_remove (f->dev, FW_FIELD_ALARM);
  update (f);
  g_assert_cmpint (severity (f), ==, FW_SEVERITY_NONE);
}

static void
random_state (Fixture *f)
{
  say (f, FW_FIELD_SPEED_KMH, g_test_rand_int_range (0, 100), FW_FIELD_IGNITION,
       g_test_rand_int_range (0, 2));
  say (f, FW_FIELD_TEMP_C, g_test_rand_int_range (0, 12), FW_FIELD_SETPOINT_C, 4);
  if (g_test_rand_int_range (0, 2))
    say (f, FW_FIELD_SPEED_KMH, 0, FW_FIELD_DOOR, 1);
}

/* Until the time that was told, no update finds anything new; and never when that is said. */
static void
test_next_change (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  for (guint round = 0; round < 300; round++)
    {
      random_state (f);
      for (guint step = 0; step < 5; step++)
        {
          gint64 next_ms
              = fw_attention_next_change_ms (&f->attention, f->dev, &f->limits, f->now_ms);
          FwAttention before = f->attention;
          FwSeverity was = severity (f);
          if (next_ms == G_MAXINT64)
            {
              f->now_ms += 366 * 24 * 60 * (gint64) MINUTE_MS;
              g_assert_false (update (f));
              break;
            }
          g_assert_cmpint (next_ms, >, f->now_ms);
          f->now_ms = next_ms - 1;
          g_assert_false (update (f));
          g_assert_cmpint (was, ==, severity (f));
          f->attention = before;
          f->now_ms = next_ms;
          update (f);
        }
    }
}

static void
test_words (void)
{
  FwReason reason;
  FwSeverity found;
  for (guint i = 0; i < FW_N_REASONS; i++)
    {
      const char *name = fw_reason_name ((FwReason) i);
      g_assert_true (fw_reason_find (name, strlen (name), &reason));
      g_assert_cmpuint (reason, ==, i);
      g_assert_cmpint (fw_reason_severity (reason), >, FW_SEVERITY_NONE);
    }
  g_assert_true (fw_severity_find ("critical", 8, &found));
  g_assert_cmpint (found, ==, FW_SEVERITY_CRITICAL);
  g_assert_false (fw_severity_find ("fatal", 5, &found));
}

#define ADD(claim, test) \
  g_test_add ("/model/attention/" claim, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("an-excursion-that-lasts-is-critical", test_temperature);
  ADD ("an-open-door-on-the-road-is-critical", test_door);
  ADD ("silence-is-forgiven-a-parked-vehicle", test_silence);
  ADD ("ten-minutes-of-idling", test_idle);
  ADD ("levels-do-not-flicker-at-their-limit", test_levels);
  ADD ("an-sos-is-worse-than-a-low-battery", test_alarm);
  ADD ("next-change-is-never-too-late", test_next_change);
  g_test_add_func ("/model/attention/words-find-their-reason", test_words);
  return g_test_run ();
}
