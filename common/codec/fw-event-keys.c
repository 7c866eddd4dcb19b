/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-event-keys.h"

#include <string.h>

struct FwEventKeys
{
  GArray *keys;   /* of FwEventKey; [0] is the root */
  guint16 *slots; /* open addressing; FW_EVENT_KEY_NONE is free */
  guint mask;
};

/* Names differ in length, head and tail; the middle of a long one may be left out. */
static inline guint
hash_name (guint16 parent, const char *name, gsize len)
{
  guint64 head = 0, tail = 0;
  if (len >= 8)
    {
      memcpy (&head, name, 8);
      memcpy (&tail, name + len - 8, 8);
    }
  else if (len >= 4)
    {
      memcpy (&head, name, 4);
      memcpy (&tail, name + len - 4, 4);
    }
  else if (len > 0)
    head = (guint64) (guchar) name[0] << 16 | (guint64) (guchar) name[len / 2] << 8
           | (guchar) name[len - 1];
  guint64 hash = (head ^ (tail << 23 | tail >> 41) ^ len ^ (guint64) parent << 48)
                 * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return (guint) (hash >> 40);
}

const FwEventKey *
fw_event_key (const FwEventKeys *keys, guint16 key)
{
  return &g_array_index (keys->keys, FwEventKey, key);
}

guint16
fw_event_keys_find (const FwEventKeys *keys, guint16 parent, const char *name, gsize len)
{
  for (guint at = hash_name (parent, name, len) & keys->mask;; at = (at + 1) & keys->mask)
    {
      guint16 id = keys->slots[at];
      if (id == FW_EVENT_KEY_NONE)
        return FW_EVENT_KEY_NONE;
      const FwEventKey *key = fw_event_key (keys, id);
      if (key->len == len && key->parent == parent && memcmp (key->name, name, len) == 0)
        return id;
    }
}

static void
fill_slots (FwEventKeys *keys)
{
  guint n = 64;
  while (n < 4 * keys->keys->len)
    n *= 2;
  g_free (keys->slots);
  keys->slots = g_new (guint16, n);
  memset (keys->slots, 0xff, n * sizeof (guint16));
  keys->mask = n - 1;
  for (guint16 id = 1; id < keys->keys->len; id++)
    {
      const FwEventKey *key = fw_event_key (keys, id);
      guint at = hash_name (key->parent, key->name, key->len) & keys->mask;
      while (keys->slots[at] != FW_EVENT_KEY_NONE)
        at = (at + 1) & keys->mask;
      keys->slots[at] = id;
    }
}

static guint16
need_key (FwEventKeys *keys, guint16 parent, const char *name)
{
  guint16 id = fw_event_keys_find (keys, parent, name, strlen (name));
  if (id != FW_EVENT_KEY_NONE)
    return id;
  FwEventKey key = { .name = g_strdup (name), .len = (guint) strlen (name), .parent = parent };
  g_array_append_val (keys->keys, key);
  g_array_index (keys->keys, FwEventKey, parent).has_children = TRUE;
  fill_slots (keys);
  return (guint16) (keys->keys->len - 1);
}

static void
add_target (FwEventKeys *keys, guint16 id, FwEventTarget target)
{
  FwEventKey *key = &g_array_index (keys->keys, FwEventKey, id);
  key->targets = g_renew (FwEventTarget, key->targets, key->n_targets + 1);
  key->targets[key->n_targets++] = target;
}

static gboolean
is_mapped (const FwMapping *mapping, guint field)
{
  for (guint i = 0; mapping && i < fw_mapping_n (mapping); i++)
    if (fw_mapping_row (mapping, i)->field == field)
      return TRUE;
  return FALSE;
}

static void
add_known (FwEventKeys *keys, const FwMapping *mapping, const char *name, guint field)
{
  if (name && !is_mapped (mapping, field))
    add_target (keys, need_key (keys, FW_EVENT_KEY_ROOT, name), (FwEventTarget){ field, 1, FALSE });
}

static void
add_row (FwEventKeys *keys, const FwMappingRow *row)
{
  guint16 id = FW_EVENT_KEY_ROOT;
  for (guint i = 0; row->path[i]; i++)
    id = need_key (keys, id, row->path[i]);
  add_target (keys, id, (FwEventTarget){ row->field, row->factor, TRUE });
}

FwEventKeys *
fw_event_keys_new (const FwMapping *mapping)
{
  FwEventKeys *keys = g_new0 (FwEventKeys, 1);
  FwEventKey root = { .name = NULL, .parent = FW_EVENT_KEY_NONE };
  keys->keys = g_array_new (FALSE, TRUE, sizeof (FwEventKey));
  g_array_append_val (keys->keys, root);
  fill_slots (keys);
  add_known (keys, mapping, "device_id", FW_MAP_DEVICE_ID);
  add_known (keys, mapping, "fleet", FW_MAP_FLEET);
  add_known (keys, mapping, "ts_ms", FW_MAP_TS);
  add_known (keys, mapping, "ts", FW_MAP_TS);
  add_known (keys, mapping, "seq", FW_MAP_SEQ);
  for (guint field = 0; field < fw_field_n (); field++)
    {
      add_known (keys, mapping, fw_field (field)->name, field);
      add_known (keys, mapping, fw_field (field)->alias, field);
    }
  for (guint i = 0; mapping && i < fw_mapping_n (mapping); i++)
    add_row (keys, fw_mapping_row (mapping, i));
  return keys;
}

void
fw_event_keys_free (FwEventKeys *keys)
{
  if (!keys)
    return;
  for (guint i = 0; i < keys->keys->len; i++)
    {
      g_free ((char *) g_array_index (keys->keys, FwEventKey, i).name);
      g_free (g_array_index (keys->keys, FwEventKey, i).targets);
    }
  g_array_unref (keys->keys);
  g_free (keys->slots);
  g_free (keys);
}
