/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-fixture.h"
#include <stdarg.h>
#include <string.h>

#define START_MS G_GINT64_CONSTANT (1764010000000)
#define FLEET_SIZE 60

static double
seconds_of (const DashFixture *fixture)
{
  return (double) (fixture->clock.wall_ms - fixture->started_ms) / 1000;
}

/* Vehicle i drives back and forth on one street of a grid: even ones east and west, odd ones north
 * and south. */
static void
put_place (const DashFixture *fixture, guint i, GString *out)
{
  double street = (double) (i * 7 % 12) * 0.012 - 0.066;
  double along
      = (double) ((i * 37 + (guint) (seconds_of (fixture) * (2 + i % 3))) % 200) * 0.0007 - 0.07;

  if (i % 2 == 0)
    g_string_append_printf (out, ",\"lat\":%.5f,\"lon\":%.5f,\"heading_deg\":90", 30.27 + street,
                            -97.74 + along);
  else
    g_string_append_printf (out, ",\"lat\":%.5f,\"lon\":%.5f,\"heading_deg\":0", 30.27 + along,
                            -97.74 + street);
}

static const char *
status_of (guint i)
{
  return i % 10 == 9 ? "stopped" : i % 10 == 8 ? "idle" : i == 23 ? "offline" : "moving";
}

static void
put_reasons (const DashFixture *fixture, guint i, GString *out)
{
  gint64 now_ms = fixture->clock.wall_ms;

  if (i == 7)
    g_string_append_printf (out,
                            ",\"severity\":\"critical\",\"reasons\":[{\"reason\":\"temp_high\","
                            "\"since_ms\":%" G_GINT64_FORMAT "}]",
                            fixture->started_ms - 240000);
  else if (i == 23)
    g_string_append_printf (out,
                            ",\"severity\":\"critical\",\"reasons\":[{\"reason\":\"silent\","
                            "\"since_ms\":%" G_GINT64_FORMAT "}]",
                            now_ms - 130000);
  else if (i == 18)
    g_string_append_printf (out,
                            ",\"severity\":\"warning\",\"reasons\":[{\"reason\":\"idle_long\","
                            "\"since_ms\":%" G_GINT64_FORMAT "}]",
                            fixture->started_ms - 700000);
  else
    g_string_append (out, ",\"severity\":\"none\",\"reasons\":[]");
}

static void
put_vehicle (const DashFixture *fixture, guint i, GString *out)
{
  gboolean is_moving = strcmp (status_of (i), "moving") == 0;
  double speed = is_moving ? 20 + i % 5 * 9 + (int) seconds_of (fixture) % 7 : 0;
  gint64 age_ms = i == 23 ? 250000 : 20 + i * 53 % 2800;

  g_string_append_printf (out, "{\"fleet\":\"default\",\"device_id\":\"TRK-%04u\"", 100 + i);
  put_place (fixture, i, out);
  g_string_append_printf (out,
                          ",\"speed_kmh\":%.1f,\"temp_c\":%.1f,\"setpoint_c\":4,\"door\":%s,"
                          "\"ignition\":%s,\"fuel_pct\":%u",
                          speed, i == 7 ? 9.4 : 3.5 + i % 9 * 0.2, i % 10 == 9 ? "true" : "false",
                          is_moving ? "true" : "false", 30 + i % 60);
  g_string_append_printf (
      out, ",\"odometer_km\":%.1f,\"next_stop\":\"Depot %u\",\"eta_ts_ms\":%" G_GINT64_FORMAT,
      1000.0 + i * 3, i % 4 + 1, fixture->started_ms + 60000 * (i + 5));
  g_string_append_printf (
      out,
      ",\"last_seen_ms\":%" G_GINT64_FORMAT ",\"ts_ms\":%" G_GINT64_FORMAT ",\"status\":\"%s\"",
      fixture->clock.wall_ms - age_ms, fixture->clock.wall_ms - age_ms - 11, status_of (i));
  put_reasons (fixture, i, out);
  g_string_append (out, ",\"clock_bad\":false}");
}

static void
put_thermometer (const DashFixture *fixture, GString *out)
{
  g_string_append_printf (
      out,
      "{\"fleet\":\"default\",\"device_id\":\"1\",\"temp_c\":%.1f,\"last_seen_ms\":"
      "%" G_GINT64_FORMAT ",\"ts_ms\":%" G_GINT64_FORMAT
      ",\"status\":\"unknown\",\"severity\":\"none\",\"reasons\":[],\"clock_bad\":false}",
      25.3 + ((int) seconds_of (fixture) % 12 - 6) * 0.1, fixture->clock.wall_ms - 400,
      fixture->clock.wall_ms - 400);
}

static const char *const hostile_ids[] = {
  "\\u001b[31mRED\\u001b[0m",
  "\\u0007bell\\u0000nul",
  "\\u202Egnp.exe",
  "\\u05d0\\u05d1\\u05d2 rtl",
  "\\u8eca\\u4e21\\u4e00\\u53f7\\u8eca\\u4e21\\u4e00\\u53f7\\u8eca\\u4e21",
  "e\\u0301\\u0301\\u0301\\u0301 marks",
  "\\u009b2J csi",
  "line\\nbreak\\ttab",
  "a very long name that goes on and on and on and on and on and on and on and on and on and on",
};

static void
put_hostile (const DashFixture *fixture, guint i, GString *out)
{
  g_string_append_printf (out, "{\"fleet\":\"default\",\"device_id\":\"%s\"", hostile_ids[i]);
  put_place (fixture, i, out);
  g_string_append_printf (out,
                          ",\"speed_kmh\":1e300,\"driver\":\"%s\",\"next_stop\":\"%s\",\"last_seen_"
                          "ms\":%" G_GINT64_FORMAT
                          ",\"status\":\"moving\",\"severity\":\"warning\",\"reasons\":[]}",
                          hostile_ids[i], hostile_ids[i], fixture->clock.wall_ms - 500);
}

static void
put_row (const DashFixture *fixture, guint i, GString *out)
{
  if (fixture->kind == FIXTURE_THERMOMETER)
    put_thermometer (fixture, out);
  else if (fixture->kind == FIXTURE_HOSTILE)
    put_hostile (fixture, i, out);
  else
    put_vehicle (fixture, i, out);
}

/* Worst first, as the relay would: the ones with reasons before the others. */
static guint
ranked (const DashFixture *fixture, guint place)
{
  static const guint worst[] = { 7, 23, 18 };

  if (fixture->kind != FIXTURE_FLEET)
    return place;
  if (place < G_N_ELEMENTS (worst))
    return worst[place];
  place -= G_N_ELEMENTS (worst);
  for (guint i = 0;; i++)
    if (i != 7 && i != 18 && i != 23 && place-- == 0)
      return i;
}

static void
put_rows (const DashFixture *fixture, guint n, GString *out)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < MIN (n, fixture->n); i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      put_row (fixture, ranked (fixture, i), out);
    }
  g_string_append_c (out, ']');
}

void
fixture_say (DashFixture *fixture, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  dash_store_message (fixture->app->store, text, strlen (text), fixture->clock.wall_ms);
}

static const char *
totals_of (const DashFixture *fixture)
{
  switch (fixture->kind)
    {
    case FIXTURE_FLEET:
      return "{\"status\":{\"unknown\":0,\"stopped\":6,\"idle\":6,\"moving\":47,\"offline\":1},"
             "\"severity\":{\"none\":57,\"warning\":1,\"critical\":2},\"speed_kmh\":{\"n\":60,"
             "\"min\":0,\"mean\":32,\"max\":62},"
             "\"temp_c\":{\"n\":60,\"min\":3.5,\"mean\":4.4,\"max\":9.4},\"fuel_pct\":{\"n\":60,"
             "\"min\":30,\"mean\":59,\"max\":89},"
             "\"lat\":{\"n\":60,\"min\":30.2,\"mean\":30.3,\"max\":30.4},\"lon\":{\"n\":60,\"min\":"
             "-97.8,\"mean\":-97.7,\"max\":-97.6}}";
    case FIXTURE_THERMOMETER:
      return NULL;
    default:
      return "{}";
    }
}

static void
say_window (DashFixture *fixture)
{
  g_autoptr (GString) rows = g_string_new (NULL);
  g_autofree char *totals = g_strdup (totals_of (fixture));
  double temp = 25.3 + ((int) seconds_of (fixture) % 12 - 6) * 0.1;

  put_rows (fixture, 60, rows);
  if (totals == NULL)
    totals = g_strdup_printf ("{\"status\":{\"unknown\":1},\"severity\":{\"none\":1},\"temp_c\":{"
                              "\"n\":1,\"min\":%.1f,\"mean\":%.1f,\"max\":%.1f}}",
                              temp, temp, temp);
  fixture_say (fixture,
               "{\"op\":\"window\",\"ch\":%" G_GINT64_FORMAT ",\"rev\":%" G_GINT64_FORMAT
               ",\"rows\":%s,\"n_match\":%u,\"totals\":%s}",
               fixture->ch[DASH_SUB_WINDOW], fixture->rev, rows->str,
               fixture->n_claimed > 0 ? fixture->n_claimed : fixture->n, totals);
}

static void
say_points (DashFixture *fixture, gboolean is_snapshot)
{
  g_autoptr (GString) rows = g_string_new (NULL);

  put_rows (fixture, fixture->n, rows);
  if (is_snapshot)
    fixture_say (fixture,
                 "{\"op\":\"snapshot\",\"ch\":%" G_GINT64_FORMAT ",\"rev\":%" G_GINT64_FORMAT
                 ",\"part\":0,\"last\":true,\"rows\":%s}",
                 fixture->ch[DASH_SUB_POINTS], fixture->rev, rows->str);
  else
    fixture_say (fixture,
                 "{\"op\":\"patch\",\"ch\":%" G_GINT64_FORMAT
                 ",\"from_rev\":0,\"rev\":%" G_GINT64_FORMAT ",\"set\":%s,\"left\":[]}",
                 fixture->ch[DASH_SUB_POINTS], fixture->rev, rows->str);
}

static void
say_detail (DashFixture *fixture)
{
  const char *asked = fixture->asked[DASH_SUB_DETAIL];
  const char *number = asked != NULL ? strstr (asked, "TRK-") : NULL;
  g_autoptr (GString) row = g_string_new (NULL);

  if (fixture->n == 0 || fixture->ch[DASH_SUB_DETAIL] == 0 || fixture->kind == FIXTURE_HOSTILE)
    return;
  put_row (fixture, number != NULL ? (guint) g_ascii_strtoull (number + 4, NULL, 10) - 100 : 0,
           row);
  fixture_say (fixture,
               "{\"op\":\"snapshot\",\"ch\":%" G_GINT64_FORMAT
               ",\"rev\":1,\"part\":0,\"last\":true,\"rows\":[%s]}",
               fixture->ch[DASH_SUB_DETAIL], row->str);
}

static DashSub
purpose_of (const char *request)
{
  if (strstr (request, "device_id = ") != NULL)
    return DASH_SUB_DETAIL;
  if (strstr (request, "\"totals\"") != NULL)
    return DASH_SUB_WINDOW;
  return strstr (request, "\"first\"") != NULL ? DASH_SUB_ALL : DASH_SUB_POINTS;
}

static void
answer (DashFixture *fixture, const char *request)
{
  const char *id = strstr (request, "\"id\":");
  DashSub sub = purpose_of (request);

  if (strstr (request, "\"unsubscribe\"") != NULL)
    return;
  g_free (fixture->asked[sub]);
  fixture->asked[sub] = g_strdup (request);
  fixture->ch[sub] = ++fixture->next_ch;
  fixture_say (fixture,
               "{\"op\":\"subscribed\",\"id\":%" G_GINT64_FORMAT ",\"ch\":%" G_GINT64_FORMAT "}",
               g_ascii_strtoll (id + 5, NULL, 10), fixture->ch[sub]);
  if (sub == DASH_SUB_POINTS)
    say_points (fixture, TRUE);
  else if (sub == DASH_SUB_WINDOW)
    say_window (fixture);
  else if (sub == DASH_SUB_DETAIL)
    say_detail (fixture);
  else
    fixture_say (fixture,
                 "{\"op\":\"window\",\"ch\":%" G_GINT64_FORMAT ",\"rows\":[],\"n_match\":300}",
                 fixture->ch[sub]);
}

static void
answer_all (DashFixture *fixture)
{
  char *request;

  if (fixture->app->store->link.state != DASH_LINK_UP)
    return;
  dash_app_wish (fixture->app);
  while ((request = dash_subs_next (fixture->app->store->subs)) != NULL)
    {
      answer (fixture, request);
      g_free (request);
    }
}

void
fixture_start (DashFixture *fixture, FixtureKind kind, int width, int height, gboolean is_ascii)
{
  memset (fixture, 0, sizeof *fixture);
  fw_field_forget_own ();
  fw_manual_clock_init (&fixture->clock, START_MS);
  fixture->kind = kind;
  fixture->started_ms = START_MS;
  fixture->n = kind == FIXTURE_FLEET     ? FLEET_SIZE
               : kind == FIXTURE_HOSTILE ? G_N_ELEMENTS (hostile_ids)
               : kind == FIXTURE_EMPTY   ? 0
                                         : 1;
  fixture->app = dash_app_new (&fixture->clock.clock, "ws://localhost:8080", NULL,
                               DASH_VIEW_OVERVIEW, is_ascii);
  dash_canvas_resize (fixture->app->canvas, width, height);
  dash_store_connected (fixture->app->store);
  fixture_say (fixture,
               "{\"op\":\"hello\",\"v\":1,\"epoch\":\"e\",\"now_ms\":%" G_GINT64_FORMAT
               ",\"limits\":{\"stale_ms\":10000,\"offline_ms\":20000}}",
               fixture->clock.wall_ms);
  answer_all (fixture);
}

void
fixture_stop (DashFixture *fixture)
{
  dash_app_free (fixture->app);
  for (guint i = 0; i < DASH_N_SUBS; i++)
    g_free (fixture->asked[i]);
  fw_field_forget_own ();
}

void
fixture_run (DashFixture *fixture, guint seconds)
{
  dash_app_draw (fixture->app);
  for (guint i = 0; i < 2 * seconds; i++)
    {
      fw_manual_clock_advance (&fixture->clock, 500 * 1000);
      fixture->rev += 20;
      answer_all (fixture);
      say_window (fixture);
      say_points (fixture, FALSE);
      say_detail (fixture);
      if (i % 2 == 1)
        dash_store_sample (fixture->app->store);
    }
  dash_app_draw (fixture->app);
}

void
fixture_type (DashFixture *fixture, const char *keys)
{
  for (; *keys != '\0'; keys = g_utf8_next_char (keys))
    {
      gunichar key = g_utf8_get_char (keys);

      dash_app_key (fixture->app, key == '\n'  ? DASH_KEY_ENTER
                                  : key == 033 ? DASH_KEY_ESCAPE
                                               : key);
      answer_all (fixture);
    }
}

char *
fixture_picture (DashFixture *fixture)
{
  answer_all (fixture);
  dash_app_draw (fixture->app);
  return dash_canvas_dump (fixture->app->canvas);
}
