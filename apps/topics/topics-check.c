/* SPDX-License-Identifier: Apache-2.0 */
#include "topics-check.h"

#include <stdlib.h>
#include <string.h>

#include "fw-i18n.h"

static const char *
config_value (const char *const *config, const char *key)
{
  gsize len = strlen (key);
  for (; config && *config; config++)
    if (strncmp (*config, key, len) == 0 && (*config)[len] == '=')
      return *config + len + 1;
  return NULL;
}

static const char *
meaning (const char *key)
{
  if (strcmp (key, "message.timestamp.type") == 0)
    return _ (
        "arrival is then the producer's claim, and the broker's part of the latency is unknown");
  if (strcmp (key, "cleanup.policy") == 0)
    return _ ("compacted topics keep the last value of each key, others must forget by age");
  if (strcmp (key, "retention.ms") == 0)
    return _ ("that is how far back history and replay can reach");
  return _ ("set it with your broker's own tools");
}

/* What a topic keeps at least is enough. */
static gboolean
is_good_enough (const char *key, const char *wanted, const char *value)
{
  if (strcmp (key, "retention.ms") != 0)
    return strcmp (value, wanted) == 0;
  long long kept = strtoll (value, NULL, 10);
  return kept < 0 || kept >= strtoll (wanted, NULL, 10);
}

static void
check_config (const FwTopicSpec *spec, const char *name, const char *const *config,
              GPtrArray *findings)
{
  for (const char *const *wanted = spec->configs; wanted && *wanted; wanted++)
    {
      const char *equals = strchr (*wanted, '=');
      g_autofree char *key = g_strndup (*wanted, (gsize) (equals - *wanted));
      const char *value = config_value (config, key);
      if (value && !is_good_enough (key, equals + 1, value))
        g_ptr_array_add (findings, g_strdup_printf (_ ("%s: %s is %s, not %s: %s"), name, key,
                                                    value, equals + 1, meaning (key)));
    }
}

void
topics_check (const FwTopicSpec *spec, const char *name, const FwTopicInfo *info,
              const char *const *config, GPtrArray *findings)
{
  if (!info)
    {
      g_ptr_array_add (
          findings, g_strdup_printf (_ ("%s: missing; `fleetwire topics apply` makes it"), name));
      return;
    }
  if (info->n_partitions != spec->n_partitions)
    g_ptr_array_add (
        findings, g_strdup_printf (_ ("%s: %u partitions, not %u: topics that are joined by device "
                                      "must have the same number (--partitions)"),
                                   name, info->n_partitions, spec->n_partitions));
  if (config)
    check_config (spec, name, config, findings);
}
