/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-track.h"

#include <glib/gstdio.h>
#include <math.h>

#include "fw-error.h"

#define ROWS_MAX 100

static char *folder; /* of this test's own */

static char *
write_file (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static SimTrack *
read_text (const char *text, const char *map, GError **error)
{
  g_autofree char *path = write_file ("track.csv", text);
  SimTrack *track = sim_track_read (path, map, "default", ROWS_MAX, error);
  g_remove (path);
  return track;
}

static const SimTrackRow *
row (const SimTrack *track, guint i)
{
  return &g_array_index (track->rows, SimTrackRow, i);
}

static double
number (const SimTrack *track, guint i, guint field)
{
  for (guint k = 0; k < track->columns->len; k++)
    if (g_array_index (track->columns, SimTrackColumn, k).field == field)
      return g_array_index (track->values, SimTrackValue, row (track, i)->first_value + k).number;
  g_assert_not_reached ();
}

static void
test_rows_are_sorted_by_time (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimTrack) track = read_text ("device_id,ts,lat,lon\n"
                                          "b,2015-09-06T01:17:02-05:00,1,2\n"
                                          "a,2015-09-06T06:16:07Z,3,4\n"
                                          "a,1441520290000,5,6\n",
                                          NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (track->rows->len, ==, 3);
  g_assert_cmpuint (track->devices->len, ==, 2);
  g_assert_cmpint (row (track, 0)->ts_ms, ==, G_GINT64_CONSTANT (1441520167000));
  g_assert_cmpint (row (track, 1)->ts_ms, ==, G_GINT64_CONSTANT (1441520222000));
  g_assert_cmpfloat (number (track, 0, FW_FIELD_LAT), ==, 3.0);
  g_assert_cmpfloat (number (track, 2, FW_FIELD_LON), ==, 6.0);
}

static void
test_columns_are_named_as_they_stand (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimTrack) track = read_text (
      "Vehicle No.,gps.time,gps.speed,lat,lon\n7,1441520167,10,1,2\n",
      "device_id=\"Vehicle No.\",ts=gps.time*1000,speed_kmh=gps.speed*1.609344", &error);
  g_assert_no_error (error);
  g_assert_cmpint (row (track, 0)->ts_ms, ==, G_GINT64_CONSTANT (1441520167000));
  g_assert_cmpfloat (number (track, 0, FW_FIELD_SPEED_KMH), ==, 16.09344);
}

static void
test_a_missing_column_is_named_with_the_nearest (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (read_text ("vehicle,timestamp,speed\n1,1441520167000,3\n",
                            "device_id=vehicle,ts=timestmp", &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "'timestmp'"));
  g_assert_nonnull (strstr (error->message, "did you mean 'timestamp'"));
}

static void
test_without_device_or_time_it_says_which_columns_there_are (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (read_text ("vehicle,ts\n1,1441520167000\n", NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_DATA);
  g_assert_nonnull (strstr (error->message, "--map device_id="));
  g_assert_nonnull (strstr (error->message, "'vehicle', 'ts'"));
}

static void
test_broken_rows_are_left_out_and_counted (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SimTrack) track
      = read_text ("device_id,ts,lat,lon,speed_kmh,heading_deg\r\n"
                   "a,1441520167000,1,2,3,4\n"
                   "a,1441520168000,1\r"            /* too few cells */
                   "a,yesterday,1,2,3,4\r\n"        /* no time */
                   "a,1441520169,1,2,3,4\n"         /* seconds */
                   ",1441520170000,1,2,3,4\n"       /* nobody */
                   "a,1441520171000,\"1,2,3,4\n"    /* a quote is left open */
                   "a,1441520172000,NaN,2,-3,360\n" /* three bad cells: the row stands */
                   "a,1441520173000,,,,\n",
                   NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (track->rows->len, ==, 3);
  g_assert_cmpuint (track->n_broken, ==, 5);
  g_assert_cmpuint (track->n_cells_dropped, ==, 3);
  g_assert_true (isnan (number (track, 1, FW_FIELD_LAT)));
  g_assert_cmpfloat (number (track, 1, FW_FIELD_LON), ==, 2.0);
  g_assert_true (isnan (number (track, 1, FW_FIELD_SPEED_KMH)));
  g_assert_true (isnan (number (track, 1, FW_FIELD_HEADING_DEG)));
}

static void
test_nothing_to_play_is_an_error (void)
{
  static const char *const texts[] = { "", "\n\n", "device_id,ts\n", "device_id,ts\na,never\n" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (read_text (texts[i], NULL, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_DATA);
    }
}

static void
test_more_rows_than_the_limit_are_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new ("device_id,ts\n");
  for (guint i = 0; i <= ROWS_MAX; i++)
    g_string_append_printf (text, "a,%" G_GINT64_FORMAT "\n",
                            G_GINT64_CONSTANT (1441520167000) + i);
  g_assert_null (read_text (text->str, NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "--replay-rows-max"));
}

static void
test_a_file_beside_it_holds_the_mapping (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *conf = write_file (
      "buses.conf", "[fields]\ndevice_id = bus\nts = when\nspeed_kmh = mph * 1.609344\n");
  g_autofree char *csv = write_file ("buses.csv", "bus,when,mph\nB1,1441520167000,10\n");
  g_autoptr (SimTrack) track = sim_track_read (csv, NULL, "default", ROWS_MAX, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (number (track, 0, FW_FIELD_SPEED_KMH), ==, 16.09344);
  g_remove (conf);
  g_remove (csv);
}

static void
test_the_recorded_buses_report_every_three_seconds_at_40x (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *csv = g_build_filename (g_getenv ("FLEETWIRE_SOURCE"), "data", "tracks",
                                           "austin-buses.csv", NULL);
  g_autoptr (SimTrack) track = sim_track_read (csv, NULL, "default", 10000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (track->n_broken, ==, 0);
  g_assert_cmpuint (track->n_cells_dropped, ==, 0);
  g_assert_cmpuint (track->devices->len, ==, 125);
  gint64 span_ms = row (track, track->rows->len - 1)->ts_ms - row (track, 0)->ts_ms;
  double per_bus_s = span_ms / 1000.0 / 40.0 * track->devices->len / track->rows->len;
  g_assert_cmpfloat_with_epsilon (per_bus_s, 3.0, 0.75);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("fw-sim-XXXXXX", NULL);
  g_test_add_func ("/sim/track/rows-are-sorted-by-time", test_rows_are_sorted_by_time);
  g_test_add_func ("/sim/track/columns-are-named-as-they-stand",
                   test_columns_are_named_as_they_stand);
  g_test_add_func ("/sim/track/a-missing-column-is-named-with-the-nearest",
                   test_a_missing_column_is_named_with_the_nearest);
  g_test_add_func ("/sim/track/without-device-or-time-it-says-which-columns-there-are",
                   test_without_device_or_time_it_says_which_columns_there_are);
  g_test_add_func ("/sim/track/broken-rows-are-left-out-and-counted",
                   test_broken_rows_are_left_out_and_counted);
  g_test_add_func ("/sim/track/nothing-to-play-is-an-error", test_nothing_to_play_is_an_error);
  g_test_add_func ("/sim/track/more-rows-than-the-limit-are-refused",
                   test_more_rows_than_the_limit_are_refused);
  g_test_add_func ("/sim/track/a-file-beside-it-holds-the-mapping",
                   test_a_file_beside_it_holds_the_mapping);
  g_test_add_func ("/sim/track/the-recorded-buses-report-every-three-seconds-at-40x",
                   test_the_recorded_buses_report_every_three_seconds_at_40x);
  int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
