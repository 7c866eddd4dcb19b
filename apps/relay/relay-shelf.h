/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-client.h"
#include "relay-feed.h"
/* relay-shelf: the last few patches of one fleet group (or its newest window) as one socket thread holds them.
 * Promises: at most parcels_max parcels; a subscriber for whom the next one is gone must ask the hub what it missed.
 * Threads: its socket thread. */
struct RelayShelf
{
  guint64 ch;
  gboolean is_window;
  guint64 rev;       /* newest known */
  GQueue parcels;    /* RelayParcel, oldest first */
  guint parcels_max;
  GPtrArray *subs;   /* borrowed */
};

RelayShelf *relay_shelf_new (guint64 ch, gboolean is_window, guint64 rev, guint parcels_max);
void        relay_shelf_free (RelayShelf *shelf);
/* Takes over one reference. */
void        relay_shelf_put (RelayShelf *shelf, RelayParcel *parcel);
void        relay_shelf_join (RelayShelf *shelf, RelaySub *sub);
void        relay_shelf_leave (RelayShelf *shelf, RelaySub *sub);
/* Something may have been missed: nobody is level any more. */
void        relay_shelf_doubt (RelayShelf *shelf);

typedef enum
{
  RELAY_SHELF_FRAMES, /* *ret is what to send */
  RELAY_SHELF_LEVEL,
  RELAY_SHELF_MISSED, /* the hub must be asked */
} RelayShelfNext;
RelayShelfNext relay_shelf_next (RelayShelf *shelf, RelaySub *sub, gsize max, RelayFrames *ret);
void           relay_shelf_took (RelaySub *sub, gsize len);
gboolean       relay_shelf_is_level (const RelaySub *sub);
