/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <math.h>
#include "fw-rng.h"
/* sim-dice: numbered throws of one stream of fw-rng. A SimDice is a plain value: (seed, stream, how many were thrown).
 * Promises: the same numbers whatever else is thrown elsewhere. Threads: one owner. */
typedef struct { guint64 seed, stream, counter; } SimDice;

/* A stream of random numbers belongs to one subject; vehicles have theirs from SIM_STREAM_VEHICLE up. */
enum
{
  SIM_STREAM_PLAN = 1, SIM_STREAM_STREETS, SIM_STREAM_PRUNE, SIM_STREAM_STOPS, SIM_STREAM_NAMES, SIM_STREAM_PHASES,
  SIM_STREAM_VEHICLE = 1u << 16,
};

static inline SimDice sim_dice (guint64 seed, guint64 stream) { return (SimDice) { seed, stream, 0 }; }
static inline double sim_dice_unit (SimDice *dice) { return fw_rng_unit (dice->seed, dice->stream, dice->counter++); }
static inline double sim_dice_normal (SimDice *dice) { return fw_rng_normal (dice->seed, dice->stream, dice->counter++); }
static inline double sim_dice_between (SimDice *dice, double low, double high)
{
  return low + (high - low) * sim_dice_unit (dice);
}
static inline guint sim_dice_below (SimDice *dice, guint n) { return (guint) (sim_dice_unit (dice) * n); }
static inline gboolean sim_dice_chance (SimDice *dice, double share) { return sim_dice_unit (dice) < share; }
/* sigma is of the logarithm. */
static inline double sim_dice_lognormal (SimDice *dice, double median, double sigma)
{
  return median * exp (sigma * sim_dice_normal (dice));
}
