/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* dash-trails: roads drawn by driving: where vehicles went, as segments in Web Mercator (0..1).
 * Promises: fixed memory; the oldest segment makes room for the newest.
 * Threads: the loop's. */
#define DASH_TRAILS_MAX 65536 /* segments; 16 bytes each */

typedef struct DashTrails DashTrails;
DashTrails *dash_trails_new (void);
void dash_trails_free (DashTrails *trails);
/* A vehicle went from one place to another; too far to have driven straight leaves only the new
 * place. */
void dash_trails_add (DashTrails *trails, double x0, double y0, double x1, double y1);
guint dash_trails_n (const DashTrails *trails);
/* Segments made so far, ever; the last min (n, DASH_TRAILS_MAX) of them are kept. */
guint64 dash_trails_n_ever (const DashTrails *trails);
/* i: 0 .. n - 1, oldest first; in Web Mercator. */
void dash_trails_get (const DashTrails *trails, guint i, double *ret_x0, double *ret_y0,
                      double *ret_x1, double *ret_y1);
void dash_trails_clear (DashTrails *trails);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashTrails, dash_trails_free)
