/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-groups.h"

#include "fw-i18n.h"

#define WINDOW_INTERVAL_MIN_MS 250

struct RelayGroups
{
  RelayGroupsLimits limits;
  RelayFleet *fleet;
  RelayLink *const *links;
  guint n_links;
  guint64 next_ch;
  GHashTable *by_key; /* owned */
  GHashTable *by_ch;
  guint n_windows;
  guint64 scanned_rev; /* next_us is valid for this rev */
  gint64 next_us;
  RelayGroupsCounts counts;
};

RelayGroups *
relay_groups_new (const RelayGroupsLimits *limits, RelayFleet *fleet, RelayLink *const *links,
                  guint n_links, guint64 first_ch)
{
  RelayGroups *groups = g_new0 (RelayGroups, 1);

  groups->limits = *limits;
  groups->fleet = fleet;
  groups->links = links;
  groups->n_links = n_links;
  groups->next_ch = first_ch;
  groups->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  groups->by_ch = g_hash_table_new (g_int64_hash, g_int64_equal);
  groups->next_us = G_MAXINT64;
  return groups;
}

static void
remove_group (RelayGroups *groups, RelayGroup *group)
{
  groups->n_windows -= relay_group_is_window (group) ? 1 : 0;
  g_hash_table_remove (groups->by_key, group->spec->key);
  g_hash_table_remove (groups->by_ch, &group->ch);
  relay_group_free (group, groups->fleet);
}

void
relay_groups_free (RelayGroups *groups)
{
  GHashTableIter iter;
  gpointer group;

  if (!groups)
    return;
  g_hash_table_iter_init (&iter, groups->by_ch);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    relay_group_free (group, groups->fleet);
  g_hash_table_unref (groups->by_key);
  g_hash_table_unref (groups->by_ch);
  g_free (groups);
}

static gint64
interval_us (const RelayGroup *group)
{
  guint ms = group->spec->interval_ms;

  return (gint64) (relay_group_is_window (group) ? MAX (ms, WINDOW_INTERVAL_MIN_MS) : ms) * 1000;
}

static void
push_to_readers (RelayGroups *groups, const RelayGroup *group, FwBytes *frames, guint64 from_rev)
{
  for (guint i = 0; i < groups->n_links; i++)
    if (group->n_subs[i] > 0)
      {
        RelayPush *push = relay_push_new (RELAY_PUSH_PARCEL);

        push->ch = group->ch;
        push->frames = fw_bytes_ref (frames);
        push->from_rev = from_rev;
        push->rev = group->said_rev;
        relay_link_push (groups->links[i], push);
      }
}

static void
tick_group (RelayGroups *groups, RelayGroup *group, gint64 now_us, gint64 now_ms)
{
  guint64 from_rev;
  g_autoptr (FwBytes) frames = relay_group_tick (group, groups->fleet, now_ms, &from_rev);

  group->due_us = now_us + interval_us (group);
  if (!frames)
    return;
  push_to_readers (groups, group, frames, from_rev);
  if (relay_group_is_window (group))
    groups->counts.n_windows++;
  else if (from_rev > 0)
    groups->counts.n_patches++;
  else
    groups->counts.n_resets++;
}

void
relay_groups_tick (RelayGroups *groups, gint64 now_us, gint64 now_ms)
{
  GHashTableIter iter;
  gpointer data;

  if (now_us < groups->next_us && groups->scanned_rev == relay_fleet_rev (groups->fleet))
    return;
  groups->scanned_rev = relay_fleet_rev (groups->fleet);
  groups->next_us = G_MAXINT64;
  g_hash_table_iter_init (&iter, groups->by_ch);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      RelayGroup *group = data;

      if (group->rev == groups->scanned_rev)
        continue;
      if (group->due_us <= now_us)
        tick_group (groups, group, now_us, now_ms);
      else
        groups->next_us = MIN (groups->next_us, group->due_us);
    }
}

gint64
relay_groups_next_us (const RelayGroups *groups)
{
  return groups->next_us;
}

static RelayPush *
answer_to (const RelayAsk *ask)
{
  RelayPush *push = relay_push_new (RELAY_PUSH_ANSWER);

  push->client = ask->client;
  push->id = g_strdup (ask->id);
  push->is_catch_up = ask->type == RELAY_ASK_CATCH_UP;
  return push;
}

static void
refuse (RelayGroups *groups, guint thread, const RelayAsk *ask, RelayLimit limit, const char *why)
{
  RelayPush *push = answer_to (ask);

  push->is_refused = TRUE;
  push->code = limit == RELAY_LIMIT_WINDOWS ? FW_CODE_TOO_MANY_WINDOWS : FW_CODE_OVERLOADED;
  push->text = g_strdup (why);
  groups->counts.n_refused[limit]++;
  relay_link_push (groups->links[thread], push);
}

static gboolean
has_room (RelayGroups *groups, guint thread, const RelayAsk *ask)
{
  if (ask->spec->first > 0 && groups->n_windows >= groups->limits.windows_max)
    refuse (groups, thread, ask, RELAY_LIMIT_WINDOWS,
            _ ("This relay serves as many different windows as it may (--max-windows)"));
  else if (g_hash_table_size (groups->by_ch) >= groups->limits.groups_max)
    refuse (groups, thread, ask, RELAY_LIMIT_GROUPS,
            _ ("This relay serves as many different subscriptions as it may (--max-groups)"));
  else
    return TRUE;
  return FALSE;
}

static RelayGroup *
add_group (RelayGroups *groups, RelaySpec *spec, gint64 now_ms)
{
  RelayGroup *group = relay_group_new (groups->next_ch++, spec, groups->n_links,
                                       groups->limits.leaves_max, groups->fleet, now_ms);

  g_hash_table_insert (groups->by_key, group->spec->key, group);
  g_hash_table_insert (groups->by_ch, &group->ch, group);
  groups->n_windows += relay_group_is_window (group) ? 1 : 0;
  return group;
}

/* Asked for in quick succession, a snapshot serves them all. */
static void
bring_up_to_date (RelayGroups *groups, RelayGroup *group, gint64 now_us, gint64 now_ms)
{
  gint64 last_us = group->due_us - interval_us (group);

  if (group->due_us == 0 || !group->shared || group->shared_from != 0
      || now_us - last_us >= interval_us (group))
    tick_group (groups, group, now_us, now_ms);
}

static void
put_snapshot (RelayGroups *groups, RelayGroup *group, RelayPush *push, const char *reset_why)
{
  push->frames = relay_group_snapshot (group, groups->fleet);
  push->from_rev = 0;
  push->reset_why = reset_why;
  groups->counts.n_snapshots++;
  groups->counts.n_resets += reset_why ? 1 : 0;
}

static void
put_update (RelayGroups *groups, RelayGroup *group, const RelayAsk *ask, RelayPush *push)
{
  RelayGroup *old = g_hash_table_lookup (groups->by_ch, &ask->ch);

  push->old_ch = ask->ch;
  push->from_rev = ask->rev;
  if (!old || !relay_group_since_other (group, groups->fleet, old, ask->rev, &push->frames))
    put_snapshot (groups, group, push,
                  ask->rev > 0 && !relay_group_is_window (group) ? "too_far_behind" : NULL);
}

static void
subscribe (RelayGroups *groups, guint thread, const RelayAsk *ask, gint64 now_us, gint64 now_ms)
{
  RelayGroup *group = g_hash_table_lookup (groups->by_key, ask->spec->key);
  RelayPush *push;

  if (!group)
    {
      if (!has_room (groups, thread, ask))
        return;
      group = add_group (groups, ask->spec, now_ms);
    }
  bring_up_to_date (groups, group, now_us, now_ms);
  push = answer_to (ask);
  if (ask->ch)
    put_update (groups, group, ask, push);
  else
    put_snapshot (groups, group, push, ask->has_since ? "resume_not_supported" : NULL);
  push->ch = group->ch;
  push->is_window = relay_group_is_window (group);
  push->rev = group->said_rev;
  group->n_subs[thread]++;
  group->n_subs_all++;
  relay_link_push (groups->links[thread], push);
}

static void
catch_up (RelayGroups *groups, guint thread, const RelayAsk *ask)
{
  RelayGroup *group = g_hash_table_lookup (groups->by_ch, &ask->ch);
  RelayPush *push;

  if (!group)
    return;
  push = answer_to (ask);
  push->ch = group->ch;
  push->is_window = relay_group_is_window (group);
  push->from_rev = ask->rev;
  if (!relay_group_since (group, groups->fleet, ask->rev, &push->frames))
    put_snapshot (groups, group, push, push->is_window ? NULL : "too_far_behind");
  push->rev = group->said_rev;
  relay_link_push (groups->links[thread], push);
}

static void
leave (RelayGroups *groups, guint thread, const RelayAsk *ask)
{
  RelayGroup *group = g_hash_table_lookup (groups->by_ch, &ask->ch);

  if (!group)
    return;
  group->n_subs[thread]--;
  if (--group->n_subs_all == 0)
    remove_group (groups, group);
}

void
relay_groups_ask (RelayGroups *groups, guint thread, RelayAsk *ask, gint64 now_us, gint64 now_ms)
{
  if (ask->type == RELAY_ASK_SUBSCRIBE)
    subscribe (groups, thread, ask, now_us, now_ms);
  else if (ask->type == RELAY_ASK_CATCH_UP)
    catch_up (groups, thread, ask);
  else if (ask->type == RELAY_ASK_LEAVE)
    leave (groups, thread, ask);
  relay_ask_free (ask);
}

void
relay_groups_say_gap (RelayGroups *groups, guint partition, gint64 from, gint64 to)
{
  guint64 rev = relay_fleet_bump (groups->fleet);
  guint n = partition + 1;
  g_autofree gint64 *froms = g_new0 (gint64, n);
  g_autofree gint64 *tos = g_new0 (gint64, n);
  GHashTableIter iter;
  gpointer data;

  froms[partition] = from;
  tos[partition] = to;
  g_hash_table_iter_init (&iter, groups->by_ch);
  while (g_hash_table_iter_next (&iter, NULL, &data))
    {
      RelayGroup *group = data;
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GByteArray) framed = g_byte_array_new ();
      g_autoptr (FwBytes) frames = NULL;
      guint64 from_rev = group->said_rev;

      if (relay_group_is_window (group))
        continue;
      relay_say_gap (text, group->ch, froms, tos, n);
      relay_frame_text (framed, text);
      frames = fw_bytes_copy (framed->data, framed->len);
      group->said_rev = rev;
      push_to_readers (groups, group, frames, from_rev);
    }
}

void
relay_groups_forget (RelayGroups *groups, const RelayDevice *dev, RelayLeft why, guint64 rev)
{
  GHashTableIter iter;
  gpointer group;

  g_hash_table_iter_init (&iter, groups->by_ch);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    relay_group_forget (group, dev, why, rev);
}

guint
relay_groups_n (const RelayGroups *groups)
{
  return g_hash_table_size (groups->by_ch);
}

guint
relay_groups_n_windows (const RelayGroups *groups)
{
  return groups->n_windows;
}

RelayGroupsCounts
relay_groups_counts (const RelayGroups *groups)
{
  return groups->counts;
}
