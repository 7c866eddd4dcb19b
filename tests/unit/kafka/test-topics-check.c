/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "topics-check.h"

static const char *const wanted[] = { "cleanup.policy=delete", "retention.ms=1000", NULL };
static const FwTopicSpec spec = { "t", 8, -1, wanted };

static GPtrArray *
findings_for (guint n_partitions, const char *const *config)
{
  FwTopicInfo info = { (char *) "t", n_partitions, 1 };
  GPtrArray *findings = g_ptr_array_new_with_free_func (g_free);
  topics_check (&spec, "t", n_partitions ? &info : NULL, config, findings);
  return findings;
}

static void
test_as_it_should_be (void)
{
  const char *const config[] = { "cleanup.policy=delete", "retention.ms=5000", NULL };
  const char *const forever[] = { "cleanup.policy=delete", "retention.ms=-1", NULL };
  g_autoptr (GPtrArray) longer = findings_for (8, config);
  g_autoptr (GPtrArray) for_ever = findings_for (8, forever);
  g_autoptr (GPtrArray) unknown = findings_for (8, NULL);
  g_assert_cmpuint (longer->len + for_ever->len + unknown->len, ==, 0);
}

static void
test_differences_are_named (void)
{
  const char *const config[] = { "cleanup.policy=compact", "retention.ms=10", NULL };
  g_autoptr (GPtrArray) findings = findings_for (4, config);
  g_assert_cmpuint (findings->len, ==, 3);
  g_assert_nonnull (strstr (findings->pdata[0], "4 partitions, not 8"));
  g_assert_nonnull (strstr (findings->pdata[1], "cleanup.policy is compact, not delete"));
  g_assert_nonnull (strstr (findings->pdata[2], "retention.ms is 10, not 1000"));
}

static void
test_missing (void)
{
  g_autoptr (GPtrArray) findings = findings_for (0, NULL);
  g_assert_nonnull (strstr (findings->pdata[0], "topics apply"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/topics/check/as-it-should-be", test_as_it_should_be);
  g_test_add_func ("/topics/check/differences-are-named", test_differences_are_named);
  g_test_add_func ("/topics/check/missing", test_missing);
  return g_test_run ();
}
