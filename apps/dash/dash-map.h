/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-store.h"
#include "dash-viewport.h"
/* dash-map: the fleet on the ground. Roads dim, as driving draws them; vehicles bright: arrows
 * where there is room, dots where there is not, counts where they stand too close; who needs
 * attention with its sign and name; names never overlap. Scale bar and north. Promises: every
 * vehicle in view is under a mark; work is bounded by the area and the devices held. Threads: the
 * loop's. */
typedef struct DashMap DashMap;

DashMap *dash_map_new (void);
void dash_map_free (DashMap *map);
DashViewport *dash_map_view (DashMap *map);
/* Shows all again, and follows the fleet's extent. */
void dash_map_reset (DashMap *map);
/* Keeps the selected vehicle in the middle. */
void dash_map_set_follow (DashMap *map, gboolean is_following);
gboolean dash_map_is_following (const DashMap *map);
/* selected: a key, or NULL. */
void dash_map_draw (DashMap *map, const DashStore *store, DashCanvas *canvas, DashArea area,
                    const char *selected);
/* As of the last draw. */
guint dash_map_n_in_view (const DashMap *map);
guint dash_map_n_outside (const DashMap *map);
/* Where the last draw was; width 0 when there was none. */
DashArea dash_map_area (const DashMap *map);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashMap, dash_map_free)
