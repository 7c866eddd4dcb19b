/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-error.h"
#include "ingest-topic.h"

typedef struct
{
  const char *topic, *fleet, *device; /* topic matches unless both are NULL */
} Case;

static void
check (const char *const *patterns, const Case *cases, gsize n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (IngestTopics) topics = ingest_topics_new (patterns, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    {
      IngestIdentity from;
      gboolean is_match
          = ingest_topics_match (topics, cases[i].topic, strlen (cases[i].topic), &from);

      g_assert_cmpint (is_match, ==, cases[i].fleet != NULL);
      if (!is_match)
        continue;
      g_assert_cmpmem (from.fleet.data, from.fleet.len, cases[i].fleet, strlen (cases[i].fleet));
      g_assert_cmpmem (from.device_id.data, from.device_id.len, cases[i].device,
                       strlen (cases[i].device));
    }
}

static void
test_the_usual_pattern (void)
{
  static const char *const patterns[] = { "fleet/{fleet}/{device_id}/telemetry", NULL };
  static const Case cases[] = {
    { "fleet/north/truck-7/telemetry", "north", "truck-7" },
    { "fleet/north/\xe8\xbd\xa6 7/telemetry", "north", "\xe8\xbd\xa6 7" },
    { "fleet/north/7", NULL, NULL },
    { "fleet/north/7/telemetry/more", NULL, NULL },
    { "fleet/north/7/telemetry/", NULL, NULL },
    { "/fleet/north/7/telemetry", NULL, NULL },
    { "fleet//7/telemetry", NULL, NULL },
    { "fleet/no rth/7/telemetry", NULL, NULL },
    { "fleet/north//telemetry", NULL, NULL },
    { "fleet/north/a\x1b/telemetry", NULL, NULL },
    { "", NULL, NULL },
  };

  check (patterns, cases, G_N_ELEMENTS (cases));
}

static void
test_the_first_that_matches_counts (void)
{
  static const char *const patterns[] = { "v1/devices/+/up", "{device_id}/#", "a/b/c/d", NULL };
  static const Case cases[] = {
    { "v1/devices/anything/up", "", "" },
    { "v1/devices/anything/down", "", "v1" },
    { "a/b/c/d", "", "a" },
    { "a", "", "a" },
    { "a/", "", "a" },
  };

  check (patterns, cases, G_N_ELEMENTS (cases));
}

static void
test_bad_patterns_are_named (void)
{
  static const char *const bad[]
      = { "", "a/#/b", "x{fleet}", "{fleet}/{fleet}", "{kind}", "a/b+/c", "a#" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *const patterns[] = { bad[i], NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (ingest_topics_new (patterns, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, bad[i]));
    }
}

static void
test_exact (void)
{
  static const char *const bad[] = { "",
                                     "fleet/{fleet}/command",
                                     "fleet/+/{device_id}",
                                     "{device_id}/#",
                                     "{device_id}{device_id}",
                                     "{device_id}/{device_id}",
                                     "{fleet}/{fleet}/{device_id}" };
  g_autoptr (GError) error = NULL;
  g_autoptr (IngestTopics) topics = ingest_topics_new_exact ("cmd/{device_id}/{fleet}", &error);
  IngestIdentity from;

  g_assert_no_error (error);
  g_assert_true (ingest_topics_match (topics, "cmd/7/north", 11, &from));
  g_assert_cmpmem (from.device_id.data, from.device_id.len, "7", 1);
  g_assert_cmpmem (from.fleet.data, from.fleet.len, "north", 5);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) why = NULL;

      g_assert_null (ingest_topics_new_exact (bad[i], &why));
      g_assert_error (why, FW_ERROR, FW_ERROR_USAGE);
      g_assert_true (g_str_has_prefix (why->message, "--mqtt-command-topic: "));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/topic/the-usual-pattern", test_the_usual_pattern);
  g_test_add_func ("/ingest/topic/the-first-that-matches-counts",
                   test_the_first_that_matches_counts);
  g_test_add_func ("/ingest/topic/bad-patterns-are-named", test_bad_patterns_are_named);
  g_test_add_func ("/ingest/topic/the-one-topic-of-a-device", test_exact);
  return g_test_run ();
}
