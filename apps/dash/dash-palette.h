/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-style.h"
/* dash-palette: how each ink looks with 256 colours on dark and on light ground, with 8, and with
 * none. What is to be read keeps the terminal's own ink. Pure. Threads: any. */
typedef struct
{
  short ink_dark, ink_light, ground_256; /* -1: the terminal's own */
  short ink_8, ground_8;
  gboolean is_bold, is_dim, is_reverse; /* without colours; bold and dim with 8 too */
} DashInkLook;

const DashInkLook *dash_palette (DashInk ink);
#define DASH_CURSOR_GROUND_DARK 237
#define DASH_CURSOR_GROUND_LIGHT 254
