/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-style.h"
/* dash-palette: how each ink looks with 256 colours, with 8, and with none. Pure. Threads: any. */
typedef struct
{
  short ink_256, ground_256; /* -1: the terminal's own */
  short ink_8, ground_8;
  gboolean is_bold, is_dim, is_reverse; /* without colours; bold with 8 too */
} DashInkLook;

const DashInkLook *dash_palette (DashInk ink);
#define DASH_CURSOR_GROUND_256 237
