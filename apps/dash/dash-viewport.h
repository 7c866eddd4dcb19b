/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-canvas.h"
#include "fw-geo.h"
/* dash-viewport: which part of the world a map shows, and where a place falls in its dots.
 * Promises: a fit leaves out the few far places that would make the rest a point; zoom and pan stay
 * on the world. Pure. Threads: any. */
typedef struct
{
  double x, y;           /* Web Mercator of the middle */
  double dots_per_world; /* scale: 0 = never fitted */
  gboolean is_manual;    /* zoomed or panned by hand: no fit by itself any more */
} DashViewport;

/* xs, ys: Web Mercator of the places; sorted in place. Returns TRUE when the view changed. */
gboolean dash_viewport_fit (DashViewport *view, DashArea area, double *xs, double *ys, guint n);
/* So many metres across 100 dots, at the latitude of 45 degrees; centred nowhere yet. */
DashViewport dash_viewport_across (double metres);
void dash_viewport_zoom (DashViewport *view, double factor);
/* By so many quarters of the area. */
void dash_viewport_pan (DashViewport *view, DashArea area, int quarters_right, int quarters_down);
void dash_viewport_centre (DashViewport *view, double x, double y);
/* Dots relative to the canvas; may lie far outside of area. */
void dash_viewport_project (const DashViewport *view, DashArea area, double x, double y,
                            int *ret_dot_x, int *ret_dot_y);
FwBox dash_viewport_box (const DashViewport *view, DashArea area,
                         double margin); /* margin: share of a side */
double dash_viewport_metres_per_dot (const DashViewport *view);
