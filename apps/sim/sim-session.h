/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-options.h"
/* sim-session: one run of the program, from options to closing line. Threads: main. */

/* stop: set to 1 by a signal handler, atomically; then nothing more is made, and what is under way is brought out. */
gboolean sim_session_run (const SimOptions *options, const FwConfig *config, gint *stop, GError **error);
