/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-attention.h"
#include "fw-query.h"
#include "fw-row-json.h"
/* relay-fleet: the latest known state of every device, in order of change.
 *   newest <-> ... <-> oldest        each device carries the rev of its last change
 * Promises: every change (an event, the clock, a removal) gets one rev; "what changed since rev" is a walk from newest;
 *   at most devices_max devices; a device is forgotten after forget_after_ms of silence.
 * Does not: know subscriptions, read a clock. Threads: the hub. */
#define RELAY_CHANGES_KEPT 3

typedef enum
{
  RELAY_LEFT_UNMATCHED,
  RELAY_LEFT_OUT_OF_VIEW,
  RELAY_LEFT_DELETED,
  RELAY_LEFT_EXPIRED,
  RELAY_N_LEFT,
} RelayLeft;
extern const char *const relay_left_names[RELAY_N_LEFT + 1];

typedef struct
{
  FwText fleet, id;
} RelayKey;

typedef struct
{
  guint64 rev, fields;
  guint meta;
} RelayChange;

typedef struct RelayDevice RelayDevice;
struct RelayDevice
{
  RelayKey key; /* points into state */
  FwDevice *state;
  FwAttention attention;
  FwStatus status;
  guint32 slot;     /* small number, used again after removal */
  guint64 rev;
  RelayDevice *newer, *older;
  RelayChange changes[RELAY_CHANGES_KEPT]; /* newest first */
  guint64 ever;     /* fields it ever had */
  gint64 timer_ms;  /* its entry in the timer; 0: none */
};

typedef struct
{
  FwThresholds thresholds;
  guint devices_max;
  gint64 forget_after_ms;
} RelayFleetLimits;

typedef enum
{
  RELAY_APPLIED,
  RELAY_APPLIED_LATE,
  RELAY_APPLIED_NOTHING, /* a copy */
  RELAY_APPLIED_REFUSED, /* a new device over devices_max */
} RelayApplied;

typedef struct RelayFleet RelayFleet;
typedef void (*RelayRemoved) (gpointer user, const RelayDevice *dev, RelayLeft why, guint64 rev);

RelayFleet *relay_fleet_new (const RelayFleetLimits *limits, RelayRemoved removed, gpointer user);
void        relay_fleet_free (RelayFleet *fleet); /* NULL is fine */
RelayApplied relay_fleet_apply (RelayFleet *fleet, const FwEvent *ev, const FwArrival *arrival, gint64 now_ms);
/* Changes that the clock alone has made up to now_ms, and devices to forget. */
void        relay_fleet_advance (RelayFleet *fleet, gint64 now_ms);
gint64      relay_fleet_next_advance_ms (const RelayFleet *fleet);
void        relay_fleet_clear (RelayFleet *fleet, RelayLeft why);
/* A query that speaks of time: its answers' changes become changes of the devices. query: borrowed until removed. */
void        relay_fleet_add_clock (RelayFleet *fleet, const FwQuery *query, gint64 now_ms);
void        relay_fleet_remove_clock (RelayFleet *fleet, const FwQuery *query);

guint64      relay_fleet_rev (const RelayFleet *fleet);
/* A rev for a change that is no device's. */
guint64      relay_fleet_bump (RelayFleet *fleet);
guint        relay_fleet_n (const RelayFleet *fleet);
guint        relay_fleet_n_slots (const RelayFleet *fleet);
RelayDevice *relay_fleet_newest (const RelayFleet *fleet);
RelayDevice *relay_fleet_find (const RelayFleet *fleet, const RelayKey *key);
const FwThresholds *relay_fleet_thresholds (const RelayFleet *fleet);

/* Fields and meta of dev that changed after rev; everything it ever had when that is not known any more. */
void         relay_device_changes_since (const RelayDevice *dev, guint64 rev, guint64 *ret_fields, guint *ret_meta);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayFleet, relay_fleet_free)
