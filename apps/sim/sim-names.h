/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-dice.h"
/* sim-names: invented names of places and people. Threads: any. */
#define SIM_N_STOP_NAMES (40 * 14)
/* Distinct for distinct i below SIM_N_STOP_NAMES, in an order that looks random; transfer full. */
char *sim_stop_name (guint64 seed, guint i);
char *sim_driver_name (SimDice *dice); /* transfer full */
