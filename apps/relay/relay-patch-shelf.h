/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-client.h"
#include "relay-feed.h"
/* relay-patch-shelf: the last few patches of one fleet group (or its newest window) as one socket thread holds them.
 * Promises: at most parcels_max parcels; a subscriber for whom the next one is gone must ask the hub what it missed.
 * Threads: its socket thread. */
struct RelayPatchShelf
{
  guint64 ch;
  gboolean is_window;
  guint64 rev;       /* newest known */
  GQueue parcels;    /* RelayParcel, oldest first */
  guint parcels_max;
  GPtrArray *subs;   /* borrowed */
};

RelayPatchShelf *relay_patch_shelf_new (guint64 ch, gboolean is_window, guint64 rev, guint parcels_max);
void        relay_patch_shelf_free (RelayPatchShelf *shelf);
/* Takes over one reference. */
void        relay_patch_shelf_put (RelayPatchShelf *shelf, RelayParcel *parcel);
void        relay_patch_shelf_join (RelayPatchShelf *shelf, RelaySub *sub);
void        relay_patch_shelf_leave (RelayPatchShelf *shelf, RelaySub *sub);
/* Something may have been missed: nobody is level any more. */
void        relay_patch_shelf_doubt (RelayPatchShelf *shelf);

typedef enum
{
  RELAY_SHELF_FRAMES, /* *ret is what to send */
  RELAY_SHELF_LEVEL,
  RELAY_SHELF_MISSED, /* the hub must be asked */
} RelayPatchShelfNext;
RelayPatchShelfNext relay_patch_shelf_next (RelayPatchShelf *shelf, RelaySub *sub, gsize max, RelayFrames *ret);
void           relay_patch_shelf_took (RelaySub *sub, gsize len);
gboolean       relay_patch_shelf_is_level (const RelaySub *sub);
