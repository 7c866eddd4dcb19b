/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sim-options.h"
/* sim-session: one run of the program, from options to closing line. Threads: main. */

/* stop: set by a signal handler, atomically. */
gboolean    sim_session_run (const SimOptions *options, const FwConfig *config, gint *stop, GError **error);
void        sim_session_complain (const GError *error);
const char *sim_session_versions (void);
