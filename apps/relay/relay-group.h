/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-bytes.h"
#include "relay-fleet.h"
#include "relay-spec.h"
/* relay-group: equal fleet subscriptions: who belongs, who left, and what is said to all of them at once.
 *   tick      walk what changed since the last one -> one patch (or one window) for everybody
 *   snapshot  all members                           -> for who is new
 *   since     walk what changed since rev, and the ring of who left -> for who fell behind
 * Promises: a client that applies snapshot, patches and `left` holds exactly the members.
 * Does not: know clients, threads or time. Threads: the hub. */
typedef struct
{
  guint64 ch;
  RelaySpec *spec;
  GByteArray *members;  /* a bit per device slot */
  guint n_members;
  guint64 rev;          /* evaluated up to here */
  guint64 said_rev;     /* what a level client holds */
  gint64 due_us;        /* may tick again */
  GQueue leaves;        /* oldest first */
  guint leaves_max;
  guint64 leaves_from;  /* a client older than this cannot be told who left */
  FwBytes *shared;      /* the last answer to a snapshot or since, for equal ones */
  guint64 shared_from, shared_rev;
  GString *window;      /* the last window's body */
  guint *n_subs;        /* per thread */
  guint n_subs_all;
} RelayGroup;

RelayGroup *relay_group_new (guint64 ch, RelaySpec *spec /* refs */, guint n_threads, guint leaves_max, RelayFleet *fleet, gint64 now_ms);
void        relay_group_free (RelayGroup *group, RelayFleet *fleet);
static inline gboolean relay_group_is_window (const RelayGroup *group) { return group->spec->first > 0; }

/* NULL when nothing is to be said; else *ret_from_rev and group->said_rev are what it spans. Transfer full. */
FwBytes    *relay_group_tick (RelayGroup *group, RelayFleet *fleet, gint64 now_ms, guint64 *ret_from_rev);
/* All members as of said_rev; call after a tick. Transfer full. */
FwBytes    *relay_group_snapshot (RelayGroup *group, RelayFleet *fleet);
/* What a client at rev missed up to said_rev. FALSE: too old, give it a snapshot. *ret NULL: nothing. Transfer full. */
gboolean    relay_group_since (RelayGroup *group, RelayFleet *fleet, guint64 rev, FwBytes **ret);
/* One patch for a client that held `old` at rev and now asks for group. FALSE: too old. Transfer full. */
gboolean    relay_group_since_other (RelayGroup *group, RelayFleet *fleet, RelayGroup *old, guint64 rev, FwBytes **ret);
/* A device is about to go. */
void        relay_group_forget (RelayGroup *group, const RelayDevice *dev, RelayLeft why, guint64 rev);
gboolean    relay_group_matches (const RelayGroup *group, const RelayFleet *fleet, const RelayDevice *dev, gint64 now_ms, RelayLeft *ret_why);
