/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-pace.h"

#define SMOOTHING 0.2
#define MARGIN 1.25

gint64
relay_pace_wait_us (const RelayPace *pace, gint64 now_us)
{
  gint64 gap_us = pace->budget_us - (gint64) (MARGIN * pace->smoothed_us);

  return MAX (pace->began_us + MAX (gap_us, 0) - now_us, 0);
}

void
relay_pace_began (RelayPace *pace, gint64 now_us)
{
  pace->began_us = now_us;
}

void
relay_pace_ended (RelayPace *pace, gint64 now_us)
{
  pace->smoothed_us += SMOOTHING * ((double) (now_us - pace->began_us) - pace->smoothed_us);
}
