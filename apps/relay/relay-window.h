/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-group.h"
/* relay-window: {where, bbox, order, first, totals} answered whole: the first rows in that order, how many match, and
 * totals over all that match. A plain scan. Threads: the hub. */

/* The window as one framed message, or NULL when it says what the last one said. Transfer full. */
FwBytes *relay_window_tick (RelayGroup *group, RelayFleet *fleet, gint64 now_ms);
/* The last one once more; NULL before the first. Transfer full. */
FwBytes *relay_window_again (const RelayGroup *group);
