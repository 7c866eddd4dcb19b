/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo-cast.h"
#include "demo-report.h"
/* demo-play: starts the demo's programs in order, watches them, drains, and stops them in order.
 *
 *   broker (embedded) or topics apply -> relay, until it is ready -> ears, until subscribed -> sim -> dash
 *   ... told to stop, dash ended, sim ended (headless), or a program died ...
 *   dash, sim stop -> what was produced comes through -> ears, relay, broker stop
 *
 * Threads: main; runs the default main context while it waits. */
typedef struct
{
  DemoProduced produced;
  DemoTotals totals;
} DemoOutcome;

/* FALSE with error when something did not start or died. Every program has ended when it returns. */
gboolean demo_play (DemoCast *cast, DemoOutcome *ret_outcome, GError **error);
