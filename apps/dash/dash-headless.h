/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-options.h"
#include "fw-error.h"
/* dash-headless: rows to standard output instead of a screen: the devices that match now, then each
 * that changes. Threads: main. */
FwExit dash_headless_run (const DashOptions *options, const char *url, GError **error);
