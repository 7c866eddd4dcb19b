/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-group.h"

#include <string.h>
#include "fw-json.h"
#include "relay-parts.h"
#include "relay-protocol.h"
#include "relay-window.h"

typedef struct
{
  guint64 rev; /* never falls along the ring */
  RelayLeft why;
  char *fleet, *id;
  char *text; /* ["fleet","device_id","why"] */
} Leave;

static void
leave_free (gpointer data)
{
  Leave *leave = data;

  g_free (leave->fleet);
  g_free (leave->id);
  g_free (leave->text);
  g_free (leave);
}

static gboolean
is_member (const RelayGroup *group, guint32 slot)
{
  return slot / 8 < group->members->len && (group->members->data[slot / 8] >> (slot % 8) & 1) != 0;
}

static void
set_member (RelayGroup *group, guint32 slot, gboolean is_now)
{
  guint before = group->members->len;

  if (slot / 8 >= before)
    {
      g_byte_array_set_size (group->members, slot / 8 + 64);
      memset (group->members->data + before, 0, group->members->len - before);
    }
  if (is_now)
    group->members->data[slot / 8] |= (guint8) (1 << slot % 8);
  else
    group->members->data[slot / 8] &= (guint8) ~(1 << slot % 8);
  group->n_members += is_now ? 1 : -1;
}

static char *
leave_text (const RelayDevice *dev, RelayLeft why)
{
  GString *text = g_string_new ("[");

  fw_json_put_string (text, dev->key.fleet.data, dev->key.fleet.len);
  g_string_append_c (text, ',');
  fw_json_put_string (text, dev->key.id.data, dev->key.id.len);
  g_string_append_printf (text, ",\"%s\"]", relay_left_names[why]);
  return g_string_free (text, FALSE);
}

static void
note_leave (RelayGroup *group, const RelayDevice *dev, RelayLeft why, guint64 rev)
{
  Leave *leave = g_new0 (Leave, 1);

  set_member (group, dev->slot, FALSE);
  leave->rev = rev;
  leave->why = why;
  leave->fleet = g_strdup (dev->key.fleet.data);
  leave->id = g_strdup (dev->key.id.data);
  leave->text = leave_text (dev, why);
  g_queue_push_tail (&group->leaves, leave);
  if (g_queue_get_length (&group->leaves) <= group->leaves_max)
    return;
  leave = g_queue_pop_head (&group->leaves);
  group->leaves_from = leave->rev;
  leave_free (leave);
}

gboolean
relay_group_matches (const RelayGroup *group, const RelayFleet *fleet, const RelayDevice *dev,
                     gint64 now_ms, RelayLeft *ret_why)
{
  FwQuerySubject subject = { dev->state, &dev->attention, relay_fleet_thresholds (fleet), now_ms };
  FwPoint at;

  *ret_why = RELAY_LEFT_UNMATCHED;
  if (!fw_query_matches (group->spec->query, &subject))
    return FALSE;
  *ret_why = RELAY_LEFT_OUT_OF_VIEW;
  return !group->spec->has_bbox
         || (fw_device_number (dev->state, FW_FIELD_LAT, &at.lat)
             && fw_device_number (dev->state, FW_FIELD_LON, &at.lon)
             && fw_box_has (&group->spec->bbox, at));
}

static void
find_members (RelayGroup *group, RelayFleet *fleet, gint64 now_ms)
{
  RelayLeft why;

  for (RelayDevice *dev = relay_fleet_newest (fleet); dev; dev = dev->older)
    if (relay_group_matches (group, fleet, dev, now_ms, &why))
      set_member (group, dev->slot, TRUE);
}

RelayGroup *
relay_group_new (guint64 ch, RelaySpec *spec, guint n_threads, guint leaves_max, RelayFleet *fleet,
                 gint64 now_ms)
{
  RelayGroup *group = g_new0 (RelayGroup, 1);

  group->ch = ch;
  group->spec = relay_spec_ref (spec);
  group->members = g_byte_array_new ();
  group->leaves_max = leaves_max;
  group->n_subs = g_new0 (guint, n_threads);
  g_queue_init (&group->leaves);
  group->rev = group->said_rev = group->leaves_from = relay_fleet_rev (fleet);
  if (fw_query_uses_time (spec->query))
    relay_fleet_add_clock (fleet, spec->query, now_ms);
  if (relay_group_is_window (group))
    group->rev = group->said_rev = 0;
  else
    find_members (group, fleet, now_ms);
  return group;
}

void
relay_group_free (RelayGroup *group, RelayFleet *fleet)
{
  if (fw_query_uses_time (group->spec->query))
    relay_fleet_remove_clock (fleet, group->spec->query);
  relay_spec_unref (group->spec);
  g_byte_array_unref (group->members);
  g_queue_clear_full (&group->leaves, leave_free);
  fw_bytes_unref (group->shared);
  if (group->window)
    g_string_free (group->window, TRUE);
  g_free (group->n_subs);
  g_free (group);
}

static void
add_whole_row (const RelayGroup *group, RelayFleet *fleet, RelayParts *parts,
               const RelayDevice *dev, gboolean is_patch)
{
  guint64 fields = is_patch ? dev->ever & group->spec->fields : group->spec->fields;

  relay_parts_add_row (parts, dev, relay_fleet_thresholds (fleet), fields, FW_ROW_META_ALL,
                       is_patch);
}

static void
add_changed_row (const RelayGroup *group, RelayFleet *fleet, RelayParts *parts,
                 const RelayDevice *dev, guint64 since)
{
  guint64 fields;
  guint meta;

  relay_device_changes_since (dev, since, &fields, &meta);
  fields &= group->spec->fields;
  if (fields != 0 || meta != 0)
    relay_parts_add_row (parts, dev, relay_fleet_thresholds (fleet), fields, meta, TRUE);
}

static void
tick_device (RelayGroup *group, RelayFleet *fleet, RelayParts *parts, const RelayDevice *dev,
             gint64 now_ms)
{
  gboolean was = is_member (group, dev->slot);
  RelayLeft why;
  gboolean is = relay_group_matches (group, fleet, dev, now_ms, &why);

  if (is && was)
    add_changed_row (group, fleet, parts, dev, group->rev);
  else if (is)
    {
      set_member (group, dev->slot, TRUE);
      add_whole_row (group, fleet, parts, dev, TRUE);
    }
  else if (was)
    note_leave (group, dev, why, relay_fleet_rev (fleet));
}

/* A device that left and came again since is a member: it has a row, and must not be said to have
 * left. One that was forgotten in between gets a row that also clears what only its former self
 * had. */
static void
add_leave (const RelayGroup *now, RelayFleet *fleet, RelayParts *parts, const Leave *leave)
{
  const RelayKey key = { { leave->fleet, (guint) strlen (leave->fleet) },
                         { leave->id, (guint) strlen (leave->id) } };
  RelayDevice *dev = relay_fleet_find (fleet, &key);

  if (!dev || !is_member (now, dev->slot))
    relay_parts_add_left (parts, leave->text);
  else if (leave->why == RELAY_LEFT_EXPIRED || leave->why == RELAY_LEFT_DELETED)
    relay_parts_add_row (parts, dev, relay_fleet_thresholds (fleet), now->spec->fields,
                         FW_ROW_META_ALL, TRUE);
}

static void
add_leaves_since (const RelayGroup *group, const RelayGroup *now, RelayFleet *fleet,
                  RelayParts *parts, guint64 rev)
{
  for (GList *link = group->leaves.tail; link && ((Leave *) link->data)->rev > rev;
       link = link->prev)
    add_leave (now, fleet, parts, link->data);
}

/* More left since the last tick than the ring holds: everybody begins anew. */
static FwBytes *
tick_reset (RelayGroup *group, RelayFleet *fleet, guint64 *ret_from_rev)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (FwBytes) snapshot = NULL;

  *ret_from_rev = 0;
  group->rev = group->said_rev = relay_fleet_rev (fleet);
  relay_say_reset (text, group->ch, "too_far_behind");
  relay_frame_text (out, text);
  snapshot = relay_group_snapshot (group, fleet);
  g_byte_array_append (out, snapshot->data, (guint) snapshot->len);
  return fw_bytes_copy (out->data, out->len);
}

static FwBytes *
tick_patch (RelayGroup *group, RelayFleet *fleet, gint64 now_ms, guint64 *ret_from_rev)
{
  g_autoptr (RelayParts) parts
      = relay_parts_new_patch (group->ch, group->said_rev, relay_fleet_rev (fleet));

  for (RelayDevice *dev = relay_fleet_newest (fleet); dev && dev->rev > group->rev;
       dev = dev->older)
    tick_device (group, fleet, parts, dev, now_ms);
  g_clear_pointer (&group->shared, fw_bytes_unref);
  if (group->leaves_from > group->rev)
    return tick_reset (group, fleet, ret_from_rev);
  add_leaves_since (group, group, fleet, parts, group->rev);
  group->rev = relay_fleet_rev (fleet);
  if (relay_parts_is_empty (parts))
    return NULL;
  *ret_from_rev = group->said_rev;
  group->said_rev = group->rev;
  return relay_parts_finish (g_steal_pointer (&parts));
}

FwBytes *
relay_group_tick (RelayGroup *group, RelayFleet *fleet, gint64 now_ms, guint64 *ret_from_rev)
{
  FwBytes *bytes;

  if (group->rev == relay_fleet_rev (fleet))
    return NULL;
  if (!relay_group_is_window (group))
    return tick_patch (group, fleet, now_ms, ret_from_rev);
  *ret_from_rev = 0;
  bytes = relay_window_tick (group, fleet, now_ms);
  group->rev = relay_fleet_rev (fleet);
  if (bytes)
    group->said_rev = group->rev;
  return bytes;
}

static FwBytes *
share (RelayGroup *group, guint64 from, FwBytes *bytes)
{
  fw_bytes_unref (group->shared);
  group->shared = bytes ? fw_bytes_ref (bytes) : NULL;
  group->shared_from = from;
  group->shared_rev = group->said_rev;
  return bytes;
}

static FwBytes *
find_shared (const RelayGroup *group, guint64 from)
{
  return group->shared && group->shared_from == from && group->shared_rev == group->said_rev
             ? fw_bytes_ref (group->shared)
             : NULL;
}

FwBytes *
relay_group_snapshot (RelayGroup *group, RelayFleet *fleet)
{
  FwBytes *bytes = find_shared (group, 0);
  RelayParts *parts;

  if (bytes)
    return bytes;
  if (relay_group_is_window (group))
    return share (group, 0, relay_window_again (group));
  parts = relay_parts_new_snapshot (group->ch, group->said_rev);
  for (RelayDevice *dev = relay_fleet_newest (fleet); dev; dev = dev->older)
    if (is_member (group, dev->slot))
      add_whole_row (group, fleet, parts, dev, FALSE);
  return share (group, 0, relay_parts_finish (parts));
}

gboolean
relay_group_since (RelayGroup *group, RelayFleet *fleet, guint64 rev, FwBytes **ret)
{
  g_autoptr (RelayParts) parts = NULL;

  if (relay_group_is_window (group) || rev < group->leaves_from)
    return FALSE;
  if ((*ret = find_shared (group, rev)))
    return TRUE;
  parts = relay_parts_new_patch (group->ch, rev, group->said_rev);
  for (RelayDevice *dev = relay_fleet_newest (fleet); dev && dev->rev > rev; dev = dev->older)
    if (is_member (group, dev->slot))
      add_whole_row (group, fleet, parts, dev, TRUE);
  add_leaves_since (group, group, fleet, parts, rev);
  *ret = relay_parts_is_empty (parts)
             ? NULL
             : share (group, rev, relay_parts_finish (g_steal_pointer (&parts)));
  return TRUE;
}

/* What of a device that `old` held is to be said to a client that now holds `group`. */
static void
add_moved (RelayGroup *group, RelayGroup *old, RelayFleet *fleet, RelayParts *parts,
           const RelayDevice *dev, guint64 rev)
{
  gboolean was = is_member (old, dev->slot);
  gboolean is = is_member (group, dev->slot);

  if (is && was && dev->rev <= rev && (group->spec->fields & ~old->spec->fields & dev->ever) == 0)
    return;
  if (is)
    add_whole_row (group, fleet, parts, dev, TRUE);
  else if (was)
    {
      g_autofree char *text
          = leave_text (dev, group->spec->has_bbox ? RELAY_LEFT_OUT_OF_VIEW : RELAY_LEFT_UNMATCHED);

      relay_parts_add_left (parts, text);
    }
}

gboolean
relay_group_since_other (RelayGroup *group, RelayFleet *fleet, RelayGroup *old, guint64 rev,
                         FwBytes **ret)
{
  RelayParts *parts;

  if (relay_group_is_window (group) || relay_group_is_window (old) || rev == 0
      || rev < old->leaves_from)
    return FALSE;
  parts = relay_parts_new_patch (group->ch, rev, group->said_rev);
  for (RelayDevice *dev = relay_fleet_newest (fleet); dev; dev = dev->older)
    add_moved (group, old, fleet, parts, dev, rev);
  add_leaves_since (old, group, fleet, parts, rev);
  *ret = relay_parts_finish (parts);
  return TRUE;
}

void
relay_group_forget (RelayGroup *group, const RelayDevice *dev, RelayLeft why, guint64 rev)
{
  if (is_member (group, dev->slot))
    note_leave (group, dev, why, rev);
}
