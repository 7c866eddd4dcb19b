/* SPDX-License-Identifier: Apache-2.0 */
/* Screens as text, compared with the pictures beside this file. FLEETWIRE_UPDATE_PICTURES=1 takes
 * new ones: look at them before you commit them. */
#include "dash-fixture.h"
#include <locale.h>

typedef struct
{
  const char *name;
  FixtureKind kind;
  int width, height;
  gboolean is_ascii;
  const char *keys;
} Picture;

static const Picture pictures[] = {
  { "overview-100x30", FIXTURE_FLEET, 100, 30, FALSE, "" },
  { "overview-40x12", FIXTURE_FLEET, 40, 12, FALSE, "" },
  { "overview-80x24-ascii", FIXTURE_FLEET, 80, 24, TRUE, "" },
  { "overview-132x43", FIXTURE_FLEET, 132, 43, FALSE, "" },
  { "overview-200x60", FIXTURE_FLEET, 200, 60, FALSE, "" },
  { "overview-50x40", FIXTURE_FLEET, 50, 40, FALSE, "" },
  { "map-100x30", FIXTURE_FLEET, 100, 30, FALSE, "3" },
  { "map-40x12-ascii", FIXTURE_FLEET, 40, 12, TRUE, "m" },
  { "table-132x24", FIXTURE_FLEET, 132, 24, FALSE, "2" },
  { "chart-100x30", FIXTURE_FLEET, 100, 30, FALSE, "4" },
  { "detail-100x30", FIXTURE_FLEET, 100, 30, FALSE, "jj\n" },
  { "detail-40x12", FIXTURE_FLEET, 40, 12, FALSE, "\n" },
  { "filter-wrong-100x30", FIXTURE_FLEET, 100, 30, FALSE, "/temp_c >> 8" },
  { "filter-80x24-ascii", FIXTURE_FLEET, 80, 24, TRUE, "/temp_c > 8\n" },
  { "help-100x50", FIXTURE_FLEET, 100, 50, FALSE, "?" },
  { "help-80x24-ascii", FIXTURE_FLEET, 80, 24, TRUE, "?" },
  { "help-40x12", FIXTURE_FLEET, 40, 12, FALSE, "?jjj" },
  { "thermometer-100x30", FIXTURE_THERMOMETER, 100, 30, FALSE, "" },
  { "thermometer-80x24-ascii", FIXTURE_THERMOMETER, 80, 24, TRUE, "" },
  { "hostile-100x30", FIXTURE_HOSTILE, 100, 30, FALSE, "" },
  { "hostile-80x24-ascii", FIXTURE_HOSTILE, 80, 24, TRUE, "" },
  { "empty-80x24", FIXTURE_EMPTY, 80, 24, FALSE, "" },
  { "too-small-28x6", FIXTURE_FLEET, 28, 6, FALSE, "" },
};

static char *
path_of (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".txt", NULL);

  return g_build_filename (g_getenv ("FLEETWIRE_SOURCE"), "tests", "snapshot", file, NULL);
}

static void
compare (const char *name, const char *picture)
{
  g_autofree char *path = path_of (name), *expected = NULL;

  if (g_getenv ("FLEETWIRE_UPDATE_PICTURES") != NULL)
    g_assert_true (g_file_set_contents (path, picture, -1, NULL));
  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  if (g_strcmp0 (expected, picture) == 0)
    return;
  g_test_message ("%s: expected\n%s\ngot\n%s", name, expected, picture);
  g_test_fail ();
}

static void
test_picture (gconstpointer data)
{
  const Picture *wanted = data;
  DashFixture fixture;
  g_autofree char *picture = NULL;

  fixture_start (&fixture, wanted->kind, wanted->width, wanted->height, wanted->is_ascii);
  fixture_run (&fixture, 6);
  fixture_type (&fixture, wanted->keys);
  fixture_run (&fixture, 12);
  picture = fixture_picture (&fixture);
  fixture_stop (&fixture);
  compare (wanted->name, picture);
}

static void
test_no_relay (void)
{
  DashFixture fixture;
  g_autofree char *picture = NULL;

  fixture_start (&fixture, FIXTURE_FLEET, 100, 30, FALSE);
  fixture_run (&fixture, 6);
  dash_store_disconnected (fixture.app->store, "Connection refused", 5000);
  fw_manual_clock_advance (&fixture.clock, 2 * G_USEC_PER_SEC);
  dash_app_draw (fixture.app);
  picture = dash_canvas_dump (fixture.app->canvas);
  for (int x = 0; x < 100; x++)
    g_assert_cmpint (dash_canvas_cell (fixture.app->canvas, x, 10).style & DASH_FADED, ==,
                     DASH_FADED);
  fixture_stop (&fixture);
  compare ("no-relay-100x30", picture);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      g_autofree char *path = g_strconcat ("/dash/picture/", pictures[i].name, NULL);

      g_test_add_data_func (path, &pictures[i], test_picture);
    }
  g_test_add_func ("/dash/picture/no-relay", test_no_relay);
  return g_test_run ();
}
