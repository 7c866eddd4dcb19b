/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-words.h"
/* dash-header: how many and is all well: connection, clock, counts, vitals, and a rule that is the
 * fleet's shares. The connection's state is in every size of it. Threads: the loop's. */
typedef struct
{
  const char *url;
  const char *filter; /* "" for none */
} DashHeader;

/* As many lines as area has: 1 says all in one; 3 and more end in the rule. */
void dash_header_draw (DashCanvas *canvas, DashArea area, const DashStore *store,
                       const DashHeader *header);
/* "device - 11 ms > Kafka - 13 ms > screen": where time goes, and what was not delivered. */
void dash_header_draw_way (DashCanvas *canvas, DashArea area, const DashStore *store);
/* Events per second over the last minutes, with a rule above. */
void dash_header_draw_pulse (DashCanvas *canvas, DashArea area, const DashStore *store);
