/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-trails.h"
#include "dash-viewport.h"
/* dash-roads: trails as dots of one view: the more often a place was driven, the brighter.
 * Promises: a frame costs the new segments only; a changed view costs all of them once.
 * Threads: the loop's. */
typedef struct DashRoads DashRoads;

DashRoads *dash_roads_new (void);
void dash_roads_free (DashRoads *roads);
void dash_roads_draw (DashRoads *roads, const DashTrails *trails, const DashViewport *view,
                      DashCanvas *canvas, DashArea area);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashRoads, dash_roads_free)
