/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* dash-style: what a cell means; the screen decides how a terminal shows it (256 colours, 8, or
 * attributes only). Promises: every meaning is told apart by glyph or letter too; ink only adds to
 * it. A style is one ink plus flags. Threads: any. */
typedef enum
{
  DASH_INK_PLAIN,
  DASH_INK_DIM,    /* units, rules, what is not said */
  DASH_INK_STRONG, /* figures to read first */
  DASH_INK_TITLE,  /* titles in rules, headings */
  DASH_INK_GOOD,
  DASH_INK_WARN,
  DASH_INK_CRIT,
  DASH_INK_MOVING,
  DASH_INK_IDLE,
  DASH_INK_STOPPED,
  DASH_INK_OFFLINE,
  DASH_INK_ROAD_1, /* driven once */
  DASH_INK_ROAD_2,
  DASH_INK_ROAD_3, /* driven often */
  DASH_INK_TRACK,  /* where the selected vehicle came from */
  DASH_INK_SPARK,
  DASH_INK_BAND, /* between the lowest and the highest of a chart */
  DASH_INK_LIVE, /* banners: ink on ground */
  DASH_INK_WAIT,
  DASH_INK_ALARM,
  DASH_N_INKS,
} DashInk;

typedef guint16 DashStyle;
#define DASH_INK_MASK 0x00ff
#define DASH_CURSOR 0x0100 /* the row under the cursor */
#define DASH_FADED 0x0200  /* old: stale row, or everything while there is no relay */
#define DASH_BOLD 0x0400
