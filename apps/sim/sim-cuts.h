/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-streets.h"
/* sim-cuts: where streets cross each other, in order along each street.
 * Promises: crossings nearer than SIM_CUT_SNAP_M to each other share one node. Pure. Threads: one owner. */
#define SIM_CUT_SNAP_M 14.0

typedef struct { guint street; double at; guint node; } SimCut; /* at: point index and share of the way to the next */
typedef struct
{
  GArray *nodes; /* SimXY */
  GArray *cuts;  /* SimCut, by street, then along it; both ends of every street are cuts too */
} SimCuts;

void sim_cuts_init (SimCuts *cuts, const SimStreets *streets);
void sim_cuts_clear (SimCuts *cuts);
