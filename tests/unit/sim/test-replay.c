/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-replay.h"

#include <glib/gstdio.h>

#define FIRST_MS G_GINT64_CONSTANT (1441520160000)
#define NOW_MS G_GINT64_CONSTANT (1772460000000)

static char *folder; /* of this test's own */

/* Two devices; the first row is last in the file. */
static SimSource *
play (const SimReplayOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "track.csv", NULL);
  g_assert_true (g_file_set_contents (path,
                                      "device_id,ts,lat,lon,trip\n"
                                      "a,1441520200000,30.2,-97.7,x\n"
                                      "b,1441520180000,,-97.6,\n"
                                      "a,1441520160000,30.1,-97.7,x\n",
                                      -1, NULL));
  SimTrack *track = sim_track_read (path, NULL, "default", 10, &error);
  g_assert_no_error (error);
  g_remove (path);
  SimSource *source = sim_replay_new (track, options);
  source->begin (source, NOW_MS);
  return source;
}

static void
expect (SimSource *source, gint64 due_ms, gint64 ts_ms, const char *id, gint64 seq)
{
  FwEvent ev;
  g_assert_cmpint (source->due_ms (source), ==, due_ms);
  g_assert_true (source->take (source, &ev));
  g_assert_cmpint (ev.ts_ms, ==, ts_ms);
  g_assert_cmpint (ev.seq, ==, seq);
  g_assert_cmpmem (ev.device_id.data, ev.device_id.len, id, strlen (id));
  g_assert_cmpmem (ev.string[FW_FIELD_ORIGIN].data, ev.string[FW_FIELD_ORIGIN].len, "replay", 6);
}

static void
test_a_track_starts_now_and_runs_faster (void)
{
  SimReplayOptions options = { .speedup = 40.0 };
  g_autoptr (SimSource) source = play (&options);
  expect (source, NOW_MS, NOW_MS, "a", 1);
  expect (source, NOW_MS + 500, NOW_MS + 500, "b", 1);
  expect (source, NOW_MS + 1000, NOW_MS + 1000, "a", 2);
  g_assert_cmpint (source->due_ms (source), ==, G_MAXINT64);
}

static void
test_recorded_time_can_be_kept (void)
{
  SimReplayOptions options = { .speedup = 40.0, .keep_time = TRUE };
  g_autoptr (SimSource) source = play (&options);
  expect (source, NOW_MS, FIRST_MS, "a", 1);
  expect (source, NOW_MS + 500, FIRST_MS + 20000, "b", 1);
}

static void
test_a_repeated_track_goes_on_counting (void)
{
  SimReplayOptions options = { .speedup = 40.0, .repeat = TRUE };
  g_autoptr (SimSource) source = play (&options);
  for (guint i = 0; i < 3; i++)
    {
      FwEvent ev;
      source->take (source, &ev);
    }
  gint64 again_ms = source->due_ms (source);
  g_assert_cmpint (again_ms, >, NOW_MS + 1000);
  expect (source, again_ms, again_ms, "a", 3);
}

static void
test_original_time_and_empty_cells (void)
{
  SimReplayOptions options = { .speedup = 1.0 };
  g_autoptr (SimSource) source = play (&options);
  FwEvent ev;
  source->take (source, &ev);
  g_assert_cmpfloat (ev.number[FW_FIELD_TS_RECORDED_MS], ==, FIRST_MS);
  g_assert_cmpfloat (ev.number[FW_FIELD_LAT], ==, 30.1);
  source->take (source, &ev);
  g_assert_false (fw_event_has (&ev, FW_FIELD_LAT)); /* half a position is none */
  g_assert_false (fw_event_has (&ev, FW_FIELD_LON));
  g_assert_false (fw_event_has (&ev, FW_FIELD_TRIP));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("fw-sim-XXXXXX", NULL);
  g_test_add_func ("/sim/replay/a-track-starts-now-and-runs-faster",
                   test_a_track_starts_now_and_runs_faster);
  g_test_add_func ("/sim/replay/recorded-time-can-be-kept", test_recorded_time_can_be_kept);
  g_test_add_func ("/sim/replay/a-repeated-track-goes-on-counting",
                   test_a_repeated_track_goes_on_counting);
  g_test_add_func ("/sim/replay/original-time-and-empty-cells", test_original_time_and_empty_cells);
  int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
