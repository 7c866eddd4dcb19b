/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-canvas.h"
/* dash-layout: which part of the screen is whose, for every size from 40x12 to 300x80 and beyond.
 * Promises: areas lie within the screen and do not overlap; what does not fit has height 0. Pure.
 * Threads: any. */
typedef enum
{
  DASH_VIEW_OVERVIEW,
  DASH_VIEW_TABLE,
  DASH_VIEW_MAP,
  DASH_VIEW_CHART,
  DASH_N_VIEWS,
} DashView;

#define DASH_MIN_WIDTH 30
#define DASH_MIN_HEIGHT 8

typedef struct
{
  gboolean is_compact; /* no room for two things side by side */
  DashArea header, summary, table, picture, inspect, pulse, way, bar;
} DashLayout;

/* prompt: the bar needs two lines. on_picture: a compact screen shows the picture in place of the
 * table. */
DashLayout dash_layout (int width, int height, DashView view, gboolean is_detail,
                        gboolean is_prompt, gboolean on_picture);
gboolean dash_view_find (const char *name,
                         DashView *ret_view); /* "overview", "table", "map", "chart" */
