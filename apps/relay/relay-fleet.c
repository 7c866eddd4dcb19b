/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-fleet.h"

#include <string.h>
#include "relay-timer.h"

const char *const relay_left_names[RELAY_N_LEFT + 1]
    = { "unmatched", "out_of_view", "deleted", "expired", NULL };

struct RelayFleet
{
  RelayFleetLimits limits;
  RelayRemoved removed;
  gpointer user;
  guint64 rev;
  GHashTable *by_key; /* RelayKey -> RelayDevice */
  RelayDevice *newest, *oldest;
  GArray *free_slots; /* guint32 */
  GPtrArray *by_slot; /* NULL where free */
  RelayTimer *timer;
  GPtrArray *clocks; /* FwQuery, borrowed */
};

static guint
key_hash (gconstpointer data)
{
  const RelayKey *key = data;
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (guint i = 0; i < key->fleet.len; i++)
    hash = (hash ^ (guchar) key->fleet.data[i]) * G_GUINT64_CONSTANT (1099511628211);
  for (guint i = 0; i < key->id.len; i++)
    hash = (hash ^ (guchar) key->id.data[i]) * G_GUINT64_CONSTANT (1099511628211);
  return (guint) (hash ^ (hash >> 32));
}

static gboolean
text_equal (const FwText *a, const FwText *b)
{
  return a->len == b->len && memcmp (a->data, b->data, a->len) == 0;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const RelayKey *one = a, *other = b;

  return text_equal (&one->id, &other->id) && text_equal (&one->fleet, &other->fleet);
}

static void
device_free (gpointer data)
{
  RelayDevice *dev = data;

  fw_device_free (dev->state);
  g_free (dev);
}

RelayFleet *
relay_fleet_new (const RelayFleetLimits *limits, RelayRemoved removed, gpointer user)
{
  RelayFleet *fleet = g_new0 (RelayFleet, 1);

  fleet->limits = *limits;
  fleet->removed = removed;
  fleet->user = user;
  fleet->rev = 1;
  fleet->by_key = g_hash_table_new_full (key_hash, key_equal, NULL, device_free);
  fleet->free_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  fleet->by_slot = g_ptr_array_new ();
  fleet->timer = relay_timer_new ();
  fleet->clocks = g_ptr_array_new ();
  return fleet;
}

void
relay_fleet_free (RelayFleet *fleet)
{
  if (!fleet)
    return;
  g_hash_table_unref (fleet->by_key);
  g_array_unref (fleet->free_slots);
  g_ptr_array_unref (fleet->by_slot);
  relay_timer_free (fleet->timer);
  g_ptr_array_unref (fleet->clocks);
  g_free (fleet);
}

static void
unlink_device (RelayFleet *fleet, RelayDevice *dev)
{
  *(dev->newer ? &dev->newer->older : &fleet->newest) = dev->older;
  *(dev->older ? &dev->older->newer : &fleet->oldest) = dev->newer;
}

static void
link_newest (RelayFleet *fleet, RelayDevice *dev)
{
  dev->newer = NULL;
  dev->older = fleet->newest;
  *(fleet->newest ? &fleet->newest->newer : &fleet->oldest) = dev;
  fleet->newest = dev;
}

static void
stamp (RelayFleet *fleet, RelayDevice *dev, guint64 fields, guint meta)
{
  memmove (&dev->changes[1], &dev->changes[0], (RELAY_CHANGES_KEPT - 1) * sizeof dev->changes[0]);
  dev->rev = ++fleet->rev;
  dev->changes[0] = (RelayChange){ dev->rev, fields, meta };
  dev->ever |= fields;
  unlink_device (fleet, dev);
  link_newest (fleet, dev);
}

static guint32
take_slot (RelayFleet *fleet, RelayDevice *dev)
{
  guint32 slot;

  if (fleet->free_slots->len == 0)
    {
      g_ptr_array_add (fleet->by_slot, dev);
      return fleet->by_slot->len - 1;
    }
  slot = g_array_index (fleet->free_slots, guint32, fleet->free_slots->len - 1);
  g_array_set_size (fleet->free_slots, fleet->free_slots->len - 1);
  g_ptr_array_index (fleet->by_slot, slot) = dev;
  return slot;
}

static RelayDevice *
add_device (RelayFleet *fleet, const FwEvent *ev)
{
  RelayDevice *dev;

  if (g_hash_table_size (fleet->by_key) >= fleet->limits.devices_max)
    return NULL;
  dev = g_new0 (RelayDevice, 1);
  dev->state = fw_device_new (ev->fleet, ev->device_id);
  dev->key.fleet = (FwText){ fw_device_fleet (dev->state), ev->fleet.len };
  dev->key.id = (FwText){ fw_device_id (dev->state), ev->device_id.len };
  dev->slot = take_slot (fleet, dev);
  g_hash_table_insert (fleet->by_key, &dev->key, dev);
  link_newest (fleet, dev);
  return dev;
}

static void
remove_device (RelayFleet *fleet, RelayDevice *dev, RelayLeft why)
{
  guint32 slot = dev->slot;

  fleet->removed (fleet->user, dev, why, ++fleet->rev);
  unlink_device (fleet, dev);
  g_ptr_array_index (fleet->by_slot, slot) = NULL;
  g_array_append_val (fleet->free_slots, slot);
  g_hash_table_remove (fleet->by_key, &dev->key);
}

static gint64
forget_ms (const RelayFleet *fleet, const RelayDevice *dev)
{
  return fw_device_last_seen_ms (dev->state) + fleet->limits.forget_after_ms;
}

static gint64
next_change_ms (const RelayFleet *fleet, const RelayDevice *dev, gint64 now_ms)
{
  const FwThresholds *thresholds = &fleet->limits.thresholds;
  FwQuerySubject subject = { dev->state, &dev->attention, thresholds, now_ms };
  gint64 next = forget_ms (fleet, dev);

  next = MIN (next, fw_status_next_change_ms (fw_device_last_seen_ms (dev->state), now_ms,
                                              &thresholds->status));
  next = MIN (next, fw_attention_next_change_ms (&dev->attention, dev->state, thresholds, now_ms));
  for (guint i = 0; i < fleet->clocks->len; i++)
    next = MIN (next, fw_query_next_change_ms (g_ptr_array_index (fleet->clocks, i), &subject));
  return MAX (next, now_ms + 1);
}

/* An entry that turned out too early is corrected when it fires; only an earlier one is worth
 * adding. */
static void
schedule (RelayFleet *fleet, RelayDevice *dev, gint64 now_ms)
{
  gint64 next = next_change_ms (fleet, dev, now_ms);

  if (dev->timer_ms != 0 && dev->timer_ms <= next)
    return;
  dev->timer_ms = next;
  relay_timer_add (fleet->timer, next, dev->slot);
}

/* Status and attention as of now_ms; what of them changed. */
static guint
judge (RelayFleet *fleet, RelayDevice *dev, gint64 now_ms)
{
  const FwThresholds *thresholds = &fleet->limits.thresholds;
  FwStatus before = dev->status;
  guint meta = 0;

  dev->status = fw_status (dev->state, now_ms, &thresholds->status);
  if (dev->status != before)
    meta |= FW_ROW_STATUS;
  if (fw_attention_update (&dev->attention, dev->state, thresholds, now_ms))
    meta |= FW_ROW_ATTENTION;
  return meta;
}

RelayApplied
relay_fleet_apply (RelayFleet *fleet, const FwEvent *ev, const FwArrival *arrival, gint64 now_ms)
{
  const RelayKey key = { ev->fleet, ev->device_id };
  RelayDevice *dev = relay_fleet_find (fleet, &key);
  gint64 last_seen_ms, ts_ms;
  FwFoldResult fold;
  guint meta;

  if (!dev && !(dev = add_device (fleet, ev)))
    return RELAY_APPLIED_REFUSED;
  last_seen_ms = fw_device_last_seen_ms (dev->state);
  ts_ms = fw_device_ts_ms (dev->state);
  fold = fw_device_fold (dev->state, ev, arrival);
  meta = judge (fleet, dev, now_ms);
  meta |= fw_device_last_seen_ms (dev->state) != last_seen_ms ? FW_ROW_LAST_SEEN : 0;
  meta |= fw_device_ts_ms (dev->state) != ts_ms ? FW_ROW_TS : 0;
  meta |= fold.clock_bad_changed ? FW_ROW_CLOCK_BAD : 0;
  if (fold.changed == 0 && meta == 0 && dev->rev != 0)
    return RELAY_APPLIED_NOTHING;
  stamp (fleet, dev, fold.changed, meta);
  schedule (fleet, dev, now_ms);
  return fold.is_copy ? RELAY_APPLIED_NOTHING : fold.is_late ? RELAY_APPLIED_LATE : RELAY_APPLIED;
}

static void
device_due (RelayFleet *fleet, RelayDevice *dev, gint64 now_ms)
{
  guint meta;

  dev->timer_ms = 0;
  if (forget_ms (fleet, dev) <= now_ms)
    {
      remove_device (fleet, dev, RELAY_LEFT_EXPIRED);
      return;
    }
  meta = judge (fleet, dev, now_ms);
  if (meta != 0 || fleet->clocks->len > 0)
    stamp (fleet, dev, 0, meta);
  schedule (fleet, dev, now_ms);
}

void
relay_fleet_advance (RelayFleet *fleet, gint64 now_ms)
{
  gint64 at_ms;
  guint32 slot;

  while (relay_timer_pop (fleet->timer, now_ms, &at_ms, &slot))
    {
      RelayDevice *dev = g_ptr_array_index (fleet->by_slot, slot);

      if (dev && dev->timer_ms == at_ms)
        device_due (fleet, dev, now_ms);
    }
}

gint64
relay_fleet_next_advance_ms (const RelayFleet *fleet)
{
  return relay_timer_next_ms (fleet->timer);
}

void
relay_fleet_clear (RelayFleet *fleet, RelayLeft why)
{
  while (fleet->oldest)
    remove_device (fleet, fleet->oldest, why);
}

void
relay_fleet_add_clock (RelayFleet *fleet, const FwQuery *query, gint64 now_ms)
{
  g_ptr_array_add (fleet->clocks, (gpointer) query);
  for (RelayDevice *dev = fleet->newest; dev; dev = dev->older)
    schedule (fleet, dev, now_ms);
}

void
relay_fleet_remove_clock (RelayFleet *fleet, const FwQuery *query)
{
  g_ptr_array_remove_fast (fleet->clocks, (gpointer) query);
}

guint64
relay_fleet_rev (const RelayFleet *fleet)
{
  return fleet->rev;
}

guint64
relay_fleet_bump (RelayFleet *fleet)
{
  return ++fleet->rev;
}

guint
relay_fleet_n (const RelayFleet *fleet)
{
  return g_hash_table_size (fleet->by_key);
}

guint
relay_fleet_n_slots (const RelayFleet *fleet)
{
  return fleet->by_slot->len;
}

RelayDevice *
relay_fleet_newest (const RelayFleet *fleet)
{
  return fleet->newest;
}

RelayDevice *
relay_fleet_find (const RelayFleet *fleet, const RelayKey *key)
{
  return g_hash_table_lookup (fleet->by_key, key);
}

const FwThresholds *
relay_fleet_thresholds (const RelayFleet *fleet)
{
  return &fleet->limits.thresholds;
}

void
relay_device_changes_since (const RelayDevice *dev, guint64 rev, guint64 *ret_fields,
                            guint *ret_meta)
{
  *ret_fields = 0;
  *ret_meta = 0;
  for (guint i = 0; i < RELAY_CHANGES_KEPT; i++)
    {
      if (dev->changes[i].rev <= rev)
        return;
      *ret_fields |= dev->changes[i].fields;
      *ret_meta |= dev->changes[i].meta;
    }
  *ret_fields = dev->ever;
  *ret_meta = FW_ROW_META_ALL;
}
