/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-canvas.h"
#include "dash-keys.h"
/* dash-help: the key table as a bar and as a page, with the signs that the screen uses. Threads:
 * the loop's. */
void dash_help_draw_bar (DashCanvas *canvas, DashArea area, DashPlace place);
/* top: the first line to be seen, where not all fit; returns the one that was. */
int dash_help_draw (DashCanvas *canvas, DashArea area, int top);
