/* SPDX-License-Identifier: Apache-2.0 */
/* A fold of snapshot, patch and left against a plain model, over random sequences with a fixed
 * seed. */
#include "dash-fold.h"
#include <math.h>
#include <string.h>

#define N_DEVICES 12

typedef struct
{
  gboolean is_there;
  double speed; /* NaN: absent */
} Model;

static void
take (DashFold *fold, const char *text)
{
  g_auto (DashMessage) message = { 0 };

  g_assert_true (dash_message_read (&message, text, strlen (text)));
  dash_fold_take (fold, &message);
}

static void
put_row (GString *out, guint i, double speed)
{
  g_string_append_printf (out, "%s{\"fleet\":\"f\",\"device_id\":\"d%u\",\"speed_kmh\":",
                          out->str[out->len - 1] == '[' ? "" : ",", i);
  if (isfinite (speed))
    g_string_append_printf (out, "%.0f}", speed);
  else
    g_string_append (out, "null}");
}

static double
random_speed (GRand *random)
{
  return g_rand_int_range (random, 0, 5) == 0 ? NAN : g_rand_int_range (random, 0, 120);
}

/* In one to three parts, as a large one comes. */
static void
snapshot (DashFold *fold, Model *models, GRand *random)
{
  guint n_parts = (guint) g_rand_int_range (random, 1, 4);

  for (guint i = 0; i < N_DEVICES; i++)
    models[i] = (Model){ g_rand_boolean (random), random_speed (random) };
  for (guint part = 0; part < n_parts; part++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      g_string_printf (text,
                       "{\"op\":\"snapshot\",\"ch\":1,\"rev\":1,\"part\":%u,\"last\":%s,\"rows\":[",
                       part, part + 1 == n_parts ? "true" : "false");
      for (guint i = part; i < N_DEVICES; i += n_parts)
        if (models[i].is_there)
          put_row (text, i, models[i].speed);
      g_string_append (text, "]}");
      take (fold, text->str);
    }
}

static void
patch (DashFold *fold, Model *models, GRand *random)
{
  g_autoptr (GString) set = g_string_new ("["), left = g_string_new ("[");
  g_autofree char *text = NULL;

  for (guint i = 0; i < N_DEVICES; i++)
    switch (g_rand_int_range (random, 0, 4))
      {
      case 0:
        models[i] = (Model){ TRUE, random_speed (random) };
        put_row (set, i, models[i].speed);
        break;
      case 1:
        models[i].is_there = FALSE;
        g_string_append_printf (left, "%s[\"f\",\"d%u\",\"unmatched\"]", left->len > 1 ? "," : "",
                                i);
        break;
      default:
        break;
      }
  text = g_strdup_printf ("{\"left\":%s],\"set\":%s],\"rev\":2,\"ch\":1,\"op\":\"patch\"}",
                          left->str, set->str);
  take (fold, text);
}

static void
check (const DashFold *fold, const Model *models)
{
  guint n = 0;

  for (guint i = 0; i < N_DEVICES; i++)
    {
      g_autofree char *key = g_strdup_printf ("f/d%u", i);
      const DashRow *row = dash_fold_find (fold, key);
      double speed = row != NULL ? dash_row_number (row, FW_FIELD_SPEED_KMH) : NAN;

      g_assert_cmpint (row != NULL, ==, models[i].is_there);
      n += row != NULL;
      if (row != NULL)
        g_assert_true (speed == models[i].speed || (isnan (speed) && isnan (models[i].speed)));
    }
  g_assert_cmpuint (dash_fold_n (fold), ==, n);
}

static void
test_holds_exactly_what_matches (void)
{
  const guint32 seed = 4;
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);

  g_test_message ("seed %u", seed);
  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (DashFold) fold = dash_fold_new (NULL, NULL);
      Model models[N_DEVICES] = { { FALSE, 0 } };

      snapshot (fold, models, random);
      for (guint step = 0; step < 20; step++)
        {
          if (g_rand_int_range (random, 0, 10) == 0)
            snapshot (fold, models, random);
          else
            patch (fold, models, random);
          check (fold, models);
        }
    }
}

static void
test_nobody_blinks_while_a_snapshot_arrives (void)
{
  g_autoptr (DashFold) fold = dash_fold_new (NULL, NULL);

  take (fold, "{\"op\":\"snapshot\",\"part\":0,\"last\":true,\"rows\":[{\"device_id\":\"a\"},{"
              "\"device_id\":\"b\"}]}");
  take (fold, "{\"op\":\"snapshot\",\"part\":0,\"last\":false,\"rows\":[{\"device_id\":\"b\"}]}");
  g_assert_nonnull (dash_fold_find (fold, "default/a"));
  take (fold, "{\"op\":\"snapshot\",\"part\":1,\"last\":true,\"rows\":[{\"device_id\":\"c\"}]}");
  g_assert_null (dash_fold_find (fold, "default/a"));
  g_assert_cmpuint (dash_fold_n (fold), ==, 2);
}

static void
test_rows_are_read_whole (void)
{
  g_autoptr (DashFold) fold = dash_fold_new (NULL, NULL);
  const DashRow *row;

  take (fold, "{\"op\":\"patch\",\"set\":[{\"device_id\":\"a\",\"fleet\":\"n\",\"temp_c\":-18.2,"
              "\"door\":true,\"driver\":\"M\\u0000K\","
              "\"humidity_pct\":41,\"nested\":{\"x\":[1,2]},\"last_seen_ms\":1764010000000,\"ts_"
              "ms\":1764009999000,\"status\":\"idle\","
              "\"severity\":\"critical\",\"reasons\":[{\"reason\":\"temp_low\",\"since_ms\":7,"
              "\"more\":{}},{\"reason\":\"new one\"}],"
              "\"clock_bad\":true}],\"left\":[]}");
  row = dash_fold_find (fold, "n/a");
  g_assert_nonnull (row);
  g_assert_cmpfloat (dash_row_number (row, FW_FIELD_TEMP_C), ==, -18.2);
  g_assert_cmpfloat (dash_row_number (row, FW_FIELD_DOOR), ==, 1);
  g_assert_cmpfloat (dash_row_number (row, fw_field_find ("humidity_pct", 12)), ==, 41);
  g_assert_cmpstr (fw_field (fw_field_find ("humidity_pct", 12))->unit, ==, "%");
  g_assert_cmpint (row->last_seen_ms, ==, G_GINT64_CONSTANT (1764010000000));
  g_assert_cmpint (row->status, ==, FW_STATUS_IDLE);
  g_assert_cmpint (row->severity, ==, FW_SEVERITY_CRITICAL);
  g_assert_cmpint (row->attention.active, ==, 1 << FW_REASON_TEMP_LOW);
  g_assert_true (row->is_clock_bad);
  fw_field_forget_own ();
}

static void
test_what_is_no_row_changes_nothing (void)
{
  static const char *const messages[] = {
    "{\"op\":\"patch\",\"set\":[{\"speed_kmh\":1}],\"left\":[]}",
    "{\"op\":\"patch\",\"set\":{},\"left\":7}",
    "{\"op\":\"patch\",\"set\":[[],null],\"left\":[[],[1],[\"f\"]]}",
    "{\"op\":\"patch\"}",
    "{\"op\":7}",
    "{}",
  };
  g_autoptr (DashFold) fold = dash_fold_new (NULL, NULL);
  g_auto (DashMessage) message = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    take (fold, messages[i]);
  g_assert_cmpuint (dash_fold_n (fold), ==, 0);
  g_assert_false (dash_message_read (&message, "{\"op\":\"patch\"", 13));
  g_assert_false (dash_message_read (&message, "[1]", 3));
  g_assert_false (dash_message_read (&message, "", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/fold/holds-exactly-what-matches", test_holds_exactly_what_matches);
  g_test_add_func ("/dash/fold/nobody-blinks-while-a-snapshot-arrives",
                   test_nobody_blinks_while_a_snapshot_arrives);
  g_test_add_func ("/dash/fold/rows-are-read-whole", test_rows_are_read_whole);
  g_test_add_func ("/dash/fold/what-is-no-row-changes-nothing",
                   test_what_is_no_row_changes_nothing);
  return g_test_run ();
}
