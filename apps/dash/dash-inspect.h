/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-words.h"
/* dash-inspect: one device, everything it said: values with units, how old, how they ran. Threads:
 * the loop's. */

/* The selected device as far as it is known: its detail, else its row of the window or of the map;
 * NULL: nothing yet. */
const DashRow *dash_inspect_find (const DashStore *store, const char *key);
/* with_title: a rule with name, status and age above. Returns the lines used. */
int dash_inspect_draw (DashCanvas *canvas, DashArea area, const DashStore *store,
                       const DashRow *row, gboolean with_title);
