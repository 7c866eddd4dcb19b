/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-row-json.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)

typedef struct
{
  FwDevice *dev;
  FwAttention attention;
  FwThresholds limits;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  FwEvent ev;
  memset (f, 0, sizeof *f);
  fw_thresholds_default (&f->limits);
  fw_event_clear (&ev);
  ev.ts_ms = NOON_MS;
  fw_event_set_number (&ev, FW_FIELD_LAT, 30.26715);
  fw_event_set_number (&ev, FW_FIELD_LON, -97.74306);
  fw_event_set_number (&ev, FW_FIELD_SPEED_KMH, 95.5);
  fw_event_set_number (&ev, FW_FIELD_DOOR, 0);
  fw_event_set_string (&ev, FW_FIELD_DRIVER, "anna \"a\"", 8);
  f->dev = fw_device_new ((FwText){ "north", 5 }, (FwText){ "M\xc3\xbcll-1", 7 });
  fw_device_fold (f->dev, &ev, &(FwArrival){ NOON_MS + 20, 0, 1 });
  fw_attention_update (&f->attention, f->dev, &f->limits, NOON_MS + 30);
}

static void
tear_down (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  fw_device_free (f->dev);
}

static void
assert_row (Fixture *f, guint64 fields, guint meta, gboolean is_patch, const char *expected)
{
  g_autoptr (GString) out = g_string_new (NULL);
  fw_row_write (out, f->dev, &f->attention, &f->limits,
                fw_status (f->dev, NOON_MS + 30, &f->limits.status), fields, meta, is_patch);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_whole (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  assert_row (
      f, G_MAXUINT64, FW_ROW_META_ALL, FALSE,
      "{\"fleet\":\"north\",\"device_id\":\"M\xc3\xbcll-1\",\"lat\":30.26715,\"lon\":-97.74306,"
      "\"speed_kmh\":95.5,\"door\":false,"
      "\"driver\":\"anna "
      "\\\"a\\\"\",\"last_seen_ms\":1700000000020,\"ts_ms\":1700000000000,\"status\":\"moving\","
      "\"severity\":\"warning\",\"reasons\":[{\"reason\":\"overspeed\",\"since_ms\":1700000000000}]"
      "}");
}

static void
test_chosen (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  guint64 fields = FW_FIELD_BIT (FW_FIELD_SPEED_KMH) | FW_FIELD_BIT (FW_FIELD_TEMP_C);
  assert_row (f, fields, FW_ROW_STATUS, FALSE,
              "{\"fleet\":\"north\",\"device_id\":\"M\xc3\xbcll-1\",\"speed_kmh\":95.5,\"status\":"
              "\"moving\"}");
}

static void
test_patch (Fixture *f, gconstpointer unused G_GNUC_UNUSED)
{
  guint64 fields = FW_FIELD_BIT (FW_FIELD_SPEED_KMH) | FW_FIELD_BIT (FW_FIELD_TEMP_C);
  assert_row (f, fields, FW_ROW_CLOCK_BAD, TRUE,
              "{\"fleet\":\"north\",\"device_id\":\"M\xc3\xbcll-1\",\"speed_kmh\":95.5,\"temp_c\":"
              "null,\"clock_bad\":false}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/codec/row/a-whole-row", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/codec/row/a-snapshot-leaves-out-what-is-absent", Fixture, NULL, set_up, test_chosen,
              tear_down);
  g_test_add ("/codec/row/a-patch-says-null-for-it", Fixture, NULL, set_up, test_patch, tear_down);
  return g_test_run ();
}
