/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mapping.h"
/* fw-event-keys: which key, at which place in a value, fills which field.
 * A tree of key names, kept in one hash table over (parent, name): the root holds every known name and alias, and
 * whatever a mapping names, at any depth. Immutable once made. */
typedef struct FwEventKeys FwEventKeys;
typedef struct { guint field; double factor; gboolean is_mapped; } FwEventTarget; /* field: FwFieldId or FW_MAP_... */
typedef struct
{
  const char    *name;
  guint          len;
  guint16        parent;
  gboolean       has_children;
  guint          n_targets;
  FwEventTarget *targets;
} FwEventKey;
#define FW_EVENT_KEY_ROOT 0
#define FW_EVENT_KEY_NONE G_MAXUINT16

FwEventKeys      *fw_event_keys_new (const FwMapping *mapping);
void              fw_event_keys_free (FwEventKeys *keys);
guint16           fw_event_keys_find (const FwEventKeys *keys, guint16 parent, const char *name, gsize len);
const FwEventKey *fw_event_key (const FwEventKeys *keys, guint16 key);
