/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-source.h"
#include "sim-track.h"
/* sim-replay: plays a track: its first row when the source begins, the others after it as they were, speedup times faster.
 * Threads: one owner. */
typedef struct
{
  double   speedup;
  gboolean keep_time; /* ts_ms stays as recorded; else it moves, and ts_recorded_ms says what it was */
  gboolean repeat;    /* begin again at the end */
} SimReplayOptions;

SimSource *sim_replay_new (SimTrack *track /* transfer full */, const SimReplayOptions *options);
