/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* relay-pace: when the next round of sends begins, so that what comes in between shares a send and nothing waits for
 * longer than the latency budget.
 *   gap from round to round = budget - 1.25 x smoothed length of a round; the first event after a pause goes at once
 * Does not: read a clock. Threads: one owner. */
typedef struct
{
  gint64 budget_us;
  gint64 began_us;     /* the last round */
  double smoothed_us;  /* its usual length */
} RelayPace;

/* How long a round wanted at now_us must still wait. */
gint64 relay_pace_wait_us (const RelayPace *pace, gint64 now_us);
void   relay_pace_began (RelayPace *pace, gint64 now_us);
void   relay_pace_ended (RelayPace *pace, gint64 now_us);
