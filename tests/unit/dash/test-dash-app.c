/* SPDX-License-Identifier: Apache-2.0 */
/* What a user notices: keys pressed on a dashboard with canned messages and a clock that stands
 * still. */
#include "dash-fixture.h"
#include <string.h>

static void
start (DashFixture *fixture)
{
  fixture_start (fixture, FIXTURE_FLEET, 100, 30, FALSE);
  fixture_run (fixture, 4);
}

static void
test_the_cursor_stays_with_its_vehicle (void)
{
  DashFixture fixture;
  g_autofree char *selected = NULL;

  start (&fixture);
  fixture_type (&fixture, "jj");
  selected = g_strdup (fixture.app->table.selected);
  g_assert_cmpstr (selected, ==, "default/TRK-0118");
  fixture_type (&fixture, "rr>");
  fixture_run (&fixture, 3);
  g_assert_cmpstr (fixture.app->table.selected, ==, selected);
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_DETAIL], "TRK-0118"));
  fixture_stop (&fixture);
}

static void
test_a_cursor_that_nobody_moved_does_not_wait_off_screen (void)
{
  DashFixture fixture;

  start (&fixture);
  dash_table_select (&fixture.app->table, "default/TRK-0159");
  fixture_run (&fixture, 1);
  g_assert_cmpstr (fixture.app->table.selected, ==, "default/TRK-0107");
  fixture_stop (&fixture);
}

static void
test_a_cursor_that_nobody_moved_is_where_it_is_worst (void)
{
  DashFixture fixture;

  start (&fixture);
  dash_table_select (&fixture.app->table, "default/TRK-0101");
  fixture_run (&fixture, 1);
  g_assert_cmpstr (fixture.app->table.selected, ==, "default/TRK-0107");
  dash_table_select (&fixture.app->table, "default/TRK-0123");
  fixture_run (&fixture, 1);
  g_assert_cmpstr (fixture.app->table.selected, ==, "default/TRK-0123");
  fixture_stop (&fixture);
}

static void
test_a_large_fleet_is_counted_exactly (void)
{
  DashFixture fixture;
  g_autofree char *picture = NULL;

  fixture_start (&fixture, FIXTURE_FLEET, 100, 30, FALSE);
  fixture.n_claimed = 20076;
  fixture_run (&fixture, 2);
  picture = fixture_picture (&fixture);
  g_assert_nonnull (strstr (picture, " 20076 vehicles "));
  fixture_stop (&fixture);
}

static void
test_n_goes_round_those_who_need_attention (void)
{
  static const char *const expected[]
      = { "default/TRK-0123", "default/TRK-0118", "default/TRK-0107" };
  DashFixture fixture;

  start (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      fixture_type (&fixture, "n");
      g_assert_cmpstr (fixture.app->table.selected, ==, expected[i]);
    }
  fixture_type (&fixture, "N");
  g_assert_cmpstr (fixture.app->table.selected, ==, "default/TRK-0118");
  fixture_stop (&fixture);
}

static void
test_sorting_asks_the_relay (void)
{
  DashFixture fixture;

  start (&fixture);
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_WINDOW], "\"order\":\"-severity\""));
  fixture_type (&fixture, ">");
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_WINDOW], "\"order\":\"device_id\""));
  fixture_type (&fixture, "r");
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_WINDOW], "\"order\":\"-device_id\""));
  fixture_type (&fixture, "<");
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_WINDOW], "\"order\":\"-severity\""));
  fixture_stop (&fixture);
}

static void
test_a_filter_is_in_force_as_soon_as_it_can_be_read (void)
{
  DashFixture fixture;

  start (&fixture);
  fixture_type (&fixture, "/temp_c > 8");
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_WINDOW], "temp_c > 8"));
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_POINTS], "temp_c > 8"));
  fixture_type (&fixture, " and");
  g_assert_nonnull (fixture.app->prompt.error);
  g_assert_cmpstr (fixture.app->filter, ==, "temp_c > 8");
  fixture_type (&fixture, "\n");
  g_assert_true (fixture.app->prompt.is_open);
  fixture_type (&fixture, "\033");
  g_assert_cmpstr (fixture.app->filter, ==, "");
  g_assert_null (strstr (fixture.asked[DASH_SUB_WINDOW], "where"));
  fixture_stop (&fixture);
}

static void
test_escape_clears_a_filter_last (void)
{
  DashFixture fixture;

  start (&fixture);
  fixture_type (&fixture, "/temp_c > 8\n\n?");
  g_assert_true (fixture.app->is_help);
  fixture_type (&fixture, "\033");
  g_assert_true (!fixture.app->is_help && fixture.app->is_detail);
  fixture_type (&fixture, "\033");
  g_assert_true (!fixture.app->is_detail && *fixture.app->filter != '\0');
  fixture_type (&fixture, "\033");
  g_assert_cmpstr (fixture.app->filter, ==, "");
  fixture_stop (&fixture);
}

static void
test_scrolling_asks_for_more_rows (void)
{
  DashFixture fixture;

  start (&fixture);
  g_assert_nonnull (strstr (fixture.asked[DASH_SUB_WINDOW], "\"first\":44"));
  fixture_type (&fixture, "G");
  g_assert_null (strstr (fixture.asked[DASH_SUB_WINDOW], "\"first\":44"));
  fixture_stop (&fixture);
}

static const char *
points_asked_for (DashFixture *fixture, guint n)
{
  fixture->n_claimed = n;
  fixture_run (fixture, 1);
  fixture_type (fixture, "f");
  return fixture->asked[DASH_SUB_POINTS];
}

static void
test_a_large_fleet_is_not_fetched_whole (void)
{
  DashFixture fixture;

  start (&fixture);
  g_assert_null (strstr (points_asked_for (&fixture, 3000), "bbox"));
  g_assert_nonnull (strstr (points_asked_for (&fixture, 3001), "bbox"));
  g_assert_nonnull (
      strstr (points_asked_for (&fixture, 1000000), "severity in (warning, critical)"));
  fixture_type (&fixture, "/temp_c > 8 or temp_c < 2\n");
  g_assert_nonnull (
      strstr (fixture.asked[DASH_SUB_POINTS], "(temp_c > 8 or temp_c < 2) and severity"));
  fixture_stop (&fixture);
}

static void
test_the_map_moves_when_it_has_the_keys (void)
{
  DashFixture fixture;
  DashViewport before;

  start (&fixture);
  before = *dash_map_view (fixture.app->map);
  fixture_type (&fixture, "ml+");
  g_assert_cmpfloat (dash_map_view (fixture.app->map)->x, >, before.x);
  g_assert_cmpfloat (dash_map_view (fixture.app->map)->dots_per_world, >, before.dots_per_world);
  fixture_type (&fixture, "0");
  fixture_run (&fixture, 1);
  g_assert_cmpfloat (dash_map_view (fixture.app->map)->dots_per_world, ==, before.dots_per_world);
  fixture_stop (&fixture);
}

/* The numbers that stand on the map, but for names and the scale. */
static guint
sum_of_numbers (const DashCanvas *canvas, DashArea area)
{
  guint sum = 0;

  for (int y = area.y; y < area.y + area.height - 1; y++)
    for (int x = area.x, n = 0; x <= area.x + area.width; x++)
      {
        gunichar glyph = x < area.x + area.width ? dash_canvas_cell (canvas, x, y).glyph : ' ';

        if (g_unichar_isalpha (glyph))
          x += 7; /* TRK-0107 */
        else if (g_unichar_isdigit (glyph))
          n = n * 10 + g_unichar_digit_value (glyph);
        else
          {
            sum += (guint) n;
            n = 0;
          }
      }
  return sum;
}

static void
test_the_map_counts_everybody_once (void)
{
  DashFixture fixture;

  start (&fixture);
  g_assert_cmpuint (dash_map_n_in_view (fixture.app->map) + dash_map_n_outside (fixture.app->map),
                    ==, 60);
  fixture_type (&fixture, "--------------------");
  fixture_run (&fixture, 1);
  g_assert_cmpuint (dash_map_n_in_view (fixture.app->map), ==, 60);
  g_assert_cmpuint (sum_of_numbers (fixture.app->canvas, dash_map_area (fixture.app->map)), ==, 60);
  fixture_stop (&fixture);
}

static void
test_without_relay_the_screen_says_so_and_comes_back (void)
{
  DashFixture fixture;

  start (&fixture);
  dash_store_disconnected (fixture.app->store, "Connection refused", 3000);
  {
    g_autofree char *picture = fixture_picture (&fixture);

    g_assert_nonnull (strstr (picture, "NO RELAY"));
    g_assert_nonnull (strstr (picture, "retry in 3 s"));
    g_assert_nonnull (strstr (picture, "TRK-0107"));
  }
  dash_store_connected (fixture.app->store);
  fixture_run (&fixture, 1);
  {
    g_autofree char *picture = fixture_picture (&fixture);

    g_assert_nonnull (strstr (picture, " LIVE "));
  }
  fixture_stop (&fixture);
}

static void
test_a_history_is_that_of_the_vehicle_shown (void)
{
  DashFixture fixture;
  g_autofree char *before = NULL, *after = NULL;

  start (&fixture);
  fixture_type (&fixture, "\n");
  fixture_run (&fixture, 3);
  before = fixture_picture (&fixture);
  g_assert_nonnull (strstr (before, "History"));
  g_assert_nonnull (strstr (strstr (before, "History"), "cargo  9.4"));
  dash_store_disconnected (fixture.app->store, "Connection refused", 3000);
  fixture_type (&fixture, "j");
  after = fixture_picture (&fixture);
  g_assert_nonnull (strstr (after, "TRK-0123 \xe2\x94\x80\xe2\x94\x80 offline"));
  g_assert_null (strstr (strstr (after, "History"), "cargo"));
  fixture_stop (&fixture);
}

static void
test_help_can_be_read_to_its_end_on_the_smallest_screen (void)
{
  DashFixture fixture;
  g_autofree char *first = NULL, *last = NULL, *again = NULL;

  fixture_start (&fixture, FIXTURE_FLEET, 40, 12, FALSE);
  fixture_run (&fixture, 4);
  fixture_type (&fixture, "?");
  first = fixture_picture (&fixture);
  g_assert_nonnull (strstr (first, "Filter, as in"));
  g_assert_null (strstr (first, "so many, there"));
  fixture_type (&fixture, "jjG");
  last = fixture_picture (&fixture);
  g_assert_nonnull (strstr (last, "so many, there"));
  g_assert_null (strstr (last, "Filter, as in"));
  fixture_type (&fixture, "g");
  again = fixture_picture (&fixture);
  g_assert_cmpstr (again, ==, first);
  fixture_type (&fixture, "j");
  g_assert_cmpstr (fixture.app->table.selected, ==, "default/TRK-0107");
  fixture_stop (&fixture);
}

static void
test_what_is_wrong_with_a_filter_is_said_whole_on_the_smallest_screen (void)
{
  DashFixture fixture;
  g_autofree char *alone = NULL, *before_caret = NULL;

  fixture_start (&fixture, FIXTURE_FLEET, 40, 12, FALSE);
  fixture_run (&fixture, 4);
  fixture_type (&fixture, "/temp_c > 8 and bogus = 4");
  alone = fixture_picture (&fixture);
  g_assert_nonnull (strstr (alone, "\n  There is no field 'bogus'\n"));
  fixture_type (&fixture, "\e/temp_c > 8 and speed_kmh > 4 and bogus = 4");
  before_caret = fixture_picture (&fixture);
  g_assert_nonnull (strstr (before_caret, " There is no field 'bogus' ^\n"));
  fixture_stop (&fixture);
}

static void
test_a_silent_relay_is_not_called_live (void)
{
  DashFixture fixture;
  g_autofree char *picture = NULL;

  start (&fixture);
  fw_manual_clock_advance (&fixture.clock, 20 * G_USEC_PER_SEC);
  picture = fixture_picture (&fixture);
  g_assert_nonnull (strstr (picture, "QUIET 20 s"));
  fixture_stop (&fixture);
}

static void
test_a_refusal_is_shown (void)
{
  DashFixture fixture;
  g_autofree char *picture = NULL;

  start (&fixture);
  fixture_say (&fixture, "{\"op\":\"error\",\"id\":3,\"code\":\"too_many_windows\",\"message\":"
                         "\"64 windows are open\\u001b[2J\"}");
  picture = fixture_picture (&fixture);
  g_assert_nonnull (strstr (picture, "64 windows are open"));
  g_assert_null (strchr (picture, '\033'));
  fixture_stop (&fixture);
}

static void
test_any_message_leaves_the_dashboard_standing (void)
{
  static const char *const messages[] = {
    "",
    "nonsense",
    "[]",
    "{\"op\":\"window\",\"ch\":2,\"rows\":7,\"n_match\":-5,\"totals\":[]}",
    "{\"op\":\"window\",\"ch\":1,\"rows\":[{\"device_id\":\"\"}],\"totals\":{\"status\":{"
    "\"moving\":-1},\"speed_kmh\":{\"n\":1,\"min\":1e308}}}",
    "{\"op\":\"hello\",\"now_ms\":9007199254740991,\"limits\":{\"stale_ms\":-1}}",
    "{\"op\":\"warming\",\"partitions\":{}}",
    "{\"op\":\"snapshot\",\"ch\":2,\"part\":0,\"last\":true,\"rows\":[{\"device_id\":\"x\",\"lat\":"
    "1e300,\"lon\":-1e300,\"heading_deg\":1e300}]}",
    "{\"op\":\"snapshot\",\"ch\":2,\"part\":0,\"last\":true,\"rows\":[{\"device_id\":\"x\",\"lat\":"
    "90,\"lon\":180,\"last_seen_ms\":-1}]}",
    "{\"op\":\"bye\",\"reason\":\"\\u0000\\u202e\",\"retry_ms\":-1}",
    "{\"op\":\"lane\",\"lane\":\"conflated\"}",
    "{\"op\":\"gap\",\"ranges\":null}",
  };
  DashFixture fixture;

  start (&fixture);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
      {
        g_autofree char *picture = NULL;

        fixture_say (&fixture, "%s", messages[i]);
        dash_store_sample (fixture.app->store);
        fixture_type (&fixture, round == 1 ? "34" : "1+");
        picture = fixture_picture (&fixture);
        g_assert_true (g_utf8_validate (picture, -1, NULL));
      }
  fixture_stop (&fixture);
}

/* Found by fuzz-dash: 2e52 vehicles were shown as -9223372036854775808. */
static void
test_figures_that_no_fleet_can_have_are_not_shown (void)
{
  DashFixture fixture;
  g_autofree char *picture = NULL;

  start (&fixture);
  fixture_say (&fixture,
               "{\"op\":\"window\",\"ch\":%" G_GINT64_FORMAT ",\"rev\":1000,\"n_match\":1,"
               "\"rows\":[{\"device_id\":\"x\",\"speed_kmh\":-1e300,\"temp_c\":-400}],\"totals\":"
               "{\"status\":{\"moving\":2e52,\"idle\":-3},\"severity\":{\"critical\":-2e52},"
               "\"speed_kmh\":{\"n\":2e52,\"min\":0,\"mean\":1,\"max\":2}}}",
               fixture.ch[DASH_SUB_WINDOW]);
  picture = fixture_picture (&fixture);
  g_assert_null (strstr (picture, "-9"));
  g_assert_null (strstr (picture, "-3"));
  g_assert_null (strstr (picture, "-4"));
  g_assert_null (strstr (picture, "00000"));
  fixture_stop (&fixture);
}

/* What the relay says, with bytes changed, cut and doubled at random: nothing it could say may
 * bring the screen down. */
static void
test_broken_messages_leave_the_dashboard_standing (void)
{
  const guint32 seed = 4;
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  static const char message[] = "{\"op\":\"window\",\"ch\":1,\"rev\":9,\"rows\":[{\"fleet\":\"f\","
                                "\"device_id\":\"d\",\"lat\":30.1,\"lon\":-97.7,"
                                "\"speed_kmh\":50,\"last_seen_ms\":1764010000000,\"status\":"
                                "\"moving\",\"severity\":\"warning\",\"reasons\":[{\"reason\":"
                                "\"silent\",\"since_ms\":1}]}],\"n_match\":3,\"totals\":{"
                                "\"status\":{\"moving\":3},\"lat\":{\"n\":3,\"min\":1,\"max\":2}}}";
  DashFixture fixture;

  g_test_message ("seed %u", seed);
  start (&fixture);
  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (GString) text = g_string_new (message);

      for (gint32 n = g_rand_int_range (random, 0, 4); n >= 0; n--)
        text->str[g_rand_int_range (random, 0, (gint32) text->len)]
            = (char) g_rand_int_range (random, 1, 128);
      g_string_truncate (
          text, text->len - (gsize) (round % 7 == 0 ? g_rand_int_range (random, 0, 200) : 0));
      fixture_say (&fixture, "%s", text->str);
      if (round % 50 == 0)
        dash_app_draw (fixture.app);
    }
  fixture_stop (&fixture);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/app/the-cursor-stays-with-its-vehicle",
                   test_the_cursor_stays_with_its_vehicle);
  g_test_add_func ("/dash/app/a-cursor-that-nobody-moved-does-not-wait-off-screen",
                   test_a_cursor_that_nobody_moved_does_not_wait_off_screen);
  g_test_add_func ("/dash/app/a-cursor-that-nobody-moved-is-where-it-is-worst",
                   test_a_cursor_that_nobody_moved_is_where_it_is_worst);
  g_test_add_func ("/dash/app/a-large-fleet-is-counted-exactly",
                   test_a_large_fleet_is_counted_exactly);
  g_test_add_func ("/dash/app/n-goes-round-those-who-need-attention",
                   test_n_goes_round_those_who_need_attention);
  g_test_add_func ("/dash/app/sorting-asks-the-relay", test_sorting_asks_the_relay);
  g_test_add_func ("/dash/app/a-filter-is-in-force-as-soon-as-it-can-be-read",
                   test_a_filter_is_in_force_as_soon_as_it_can_be_read);
  g_test_add_func ("/dash/app/escape-clears-a-filter-last", test_escape_clears_a_filter_last);
  g_test_add_func ("/dash/app/scrolling-asks-for-more-rows", test_scrolling_asks_for_more_rows);
  g_test_add_func ("/dash/app/a-large-fleet-is-not-fetched-whole",
                   test_a_large_fleet_is_not_fetched_whole);
  g_test_add_func ("/dash/app/the-map-moves-when-it-has-the-keys",
                   test_the_map_moves_when_it_has_the_keys);
  g_test_add_func ("/dash/app/the-map-counts-everybody-once", test_the_map_counts_everybody_once);
  g_test_add_func ("/dash/app/without-relay-the-screen-says-so-and-comes-back",
                   test_without_relay_the_screen_says_so_and_comes_back);
  g_test_add_func ("/dash/app/a-history-is-that-of-the-vehicle-shown",
                   test_a_history_is_that_of_the_vehicle_shown);
  g_test_add_func ("/dash/app/help-can-be-read-to-its-end-on-the-smallest-screen",
                   test_help_can_be_read_to_its_end_on_the_smallest_screen);
  g_test_add_func ("/dash/app/what-is-wrong-with-a-filter-is-said-whole-on-the-smallest-screen",
                   test_what_is_wrong_with_a_filter_is_said_whole_on_the_smallest_screen);
  g_test_add_func ("/dash/app/a-silent-relay-is-not-called-live",
                   test_a_silent_relay_is_not_called_live);
  g_test_add_func ("/dash/app/a-refusal-is-shown", test_a_refusal_is_shown);
  g_test_add_func ("/dash/app/any-message-leaves-the-dashboard-standing",
                   test_any_message_leaves_the_dashboard_standing);
  g_test_add_func ("/dash/app/figures-that-no-fleet-can-have-are-not-shown",
                   test_figures_that_no_fleet_can_have_are_not_shown);
  g_test_add_func ("/dash/app/broken-messages-leave-the-dashboard-standing",
                   test_broken_messages_leave_the_dashboard_standing);
  return g_test_run ();
}
