/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-place.h"
/* sim-near: points in square cells, to ask whether any lies near a place.
 * Does not: remove. Threads: one owner. */
typedef struct SimNear SimNear;

/* The square -extent_m .. +extent_m; what lies outside belongs to the outermost cells. */
SimNear *sim_near_new (double extent_m, double cell_m);
void     sim_near_free (SimNear *near);
void     sim_near_add (SimNear *near, SimXY at, guint tag);
/* Cheaper than finding which. */
gboolean sim_near_has (const SimNear *near, SimXY at, double reach_m);
/* The tag of the nearest point within reach_m (at most one cell), or G_MAXUINT. */
guint    sim_near_find (const SimNear *near, SimXY at, double reach_m);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNear, sim_near_free)
