/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-group.h"
#include "relay-link.h"
/* relay-groups: all fleet subscriptions of this relay: equal ones share a group, and each group speaks once per interval.
 *   ask (subscribe, update, catch up, leave) -> an answer on that thread's link
 *   tick                                     -> one parcel per group that has something to say, on each link that reads it
 * Promises: at most groups_max groups and windows_max windows.
 * Does not: know clients or Kafka, read a clock. Threads: the hub. */
typedef struct
{
  guint groups_max, windows_max, leaves_max;
} RelayGroupsLimits;

typedef struct
{
  guint64 n_patches, n_windows, n_snapshots;
  guint64 n_resets; /* of one client, or of a whole group */
  guint64 n_refused[RELAY_N_LIMITS];
} RelayGroupsCounts;

typedef struct RelayGroups RelayGroups;

/* first_ch: numbers from here on are given to groups. links: one per socket thread, borrowed for life. */
RelayGroups *relay_groups_new (const RelayGroupsLimits *limits, RelayFleet *fleet, RelayLink *const *links, guint n_links, guint64 first_ch);
void         relay_groups_free (RelayGroups *groups); /* NULL is fine */
/* Takes ask: SUBSCRIBE, CATCH_UP or LEAVE of socket thread `thread`. */
void         relay_groups_ask (RelayGroups *groups, guint thread, RelayAsk *ask, gint64 now_us, gint64 now_ms);
void         relay_groups_tick (RelayGroups *groups, gint64 now_us, gint64 now_ms);
/* When the next group may speak; G_MAXINT64 when none has anything to say. */
gint64       relay_groups_next_us (const RelayGroups *groups);
/* Records of partition p from `from` up to `to` will never come. */
void         relay_groups_say_gap (RelayGroups *groups, guint partition, gint64 from, gint64 to);
/* A device is about to go. */
void         relay_groups_forget (RelayGroups *groups, const RelayDevice *dev, RelayLeft why, guint64 rev);
guint        relay_groups_n (const RelayGroups *groups);
guint        relay_groups_n_windows (const RelayGroups *groups);
RelayGroupsCounts relay_groups_counts (const RelayGroups *groups);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayGroups, relay_groups_free)
