/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-app.h"
/* dash-paint: puts a whole screen together from header, table, picture, vehicle and bar. Threads:
 * the loop's. */
void dash_paint (DashApp *app);
/* Where the filter is edited. */
DashArea dash_paint_prompt_area (const DashApp *app);
