/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-layout.h"
#include "dash-options.h"
#include "fw-error.h"
/* dash-session: one evening at a terminal: keys, frames, signals and the relay's messages in one
 * loop. Threads: main. */
FwExit dash_session_run (const DashOptions *options, const char *url, DashView view,
                         GError **error);
