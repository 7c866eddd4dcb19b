/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub-private.h"

#include "relay-metrics.h"

static void
add_since (RelayHub *hub, guint row, guint64 now, guint64 *counted)
{
  if (now > *counted)
    fw_metrics_add (hub->metrics, row, 0, now - *counted);
  *counted = now;
}

void
relay_hub_publish_reader (RelayHub *hub)
{
  const FwEventCounts *counts = fw_event_reader_counts (hub->reader);

  for (guint i = FW_REJECT_NONE + 1; i < FW_N_REJECTS; i++)
    if (counts->rejects[i] != hub->counted.rejects[i])
      fw_metrics_add (hub->metrics, RELAY_METRIC_REJECTED, i,
                      counts->rejects[i] - hub->counted.rejects[i]);
  for (guint i = 0; i < FW_N_DROPS; i++)
    if (counts->drops[i] != hub->counted.drops[i])
      fw_metrics_add (hub->metrics, RELAY_METRIC_DROPPED_FIELDS, i,
                      counts->drops[i] - hub->counted.drops[i]);
  hub->counted = *counts;
}

static void
publish_groups (RelayHub *hub)
{
  RelayGroupsCounts counts = relay_groups_counts (hub->groups);
  guint64 patches = hub->groups_counted.n_patches + hub->groups_counted.n_windows;

  add_since (hub, RELAY_METRIC_PATCHES, counts.n_patches + counts.n_windows, &patches);
  add_since (hub, RELAY_METRIC_SNAPSHOTS, counts.n_snapshots, &hub->groups_counted.n_snapshots);
  add_since (hub, RELAY_METRIC_RESETS, counts.n_resets, &hub->groups_counted.n_resets);
  for (guint i = 0; i < RELAY_N_LIMITS; i++)
    if (counts.n_refused[i] != hub->groups_counted.n_refused[i])
      fw_metrics_add (hub->metrics, RELAY_METRIC_REFUSED_SUBSCRIPTIONS, i,
                      counts.n_refused[i] - hub->groups_counted.n_refused[i]);
  hub->groups_counted = counts;
  fw_metrics_set (hub->metrics, RELAY_METRIC_GROUPS, 0, relay_groups_n (hub->groups));
  fw_metrics_set (hub->metrics, RELAY_METRIC_WINDOWS, 0, relay_groups_n_windows (hub->groups));
}

void
relay_hub_publish_slowly (RelayHub *hub)
{
  gint64 lag = fw_tail_lag (hub->tail);

  publish_groups (hub);
  fw_metrics_set (hub->metrics, RELAY_METRIC_DEVICES, 0, relay_fleet_n (hub->fleet));
  fw_metrics_set (hub->metrics, RELAY_METRIC_KAFKA_UP, 0, fw_tail_is_up (hub->tail));
  fw_metrics_set (hub->metrics, RELAY_METRIC_KAFKA_LAG, 0, (double) MAX (lag, 0));
}
