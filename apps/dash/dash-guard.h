/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* dash-guard: the terminal as it was, and stderr out of the way.
 * Promises: after dash_guard_begin, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL and SIGTRAP put the
 * terminal back, print what was kept, and then do what they always do; the handler calls nothing
 * that a signal handler must not. Limits: what is written to stderr is kept up to
 * DASH_GUARD_KEPT_MAX bytes; beyond that the oldest is dropped. Threads: main. */
#define DASH_GUARD_KEPT_MAX (256 * 1024)

/* Notes how the terminal is set; call before anything changes it. */
void dash_guard_note_modes (void);
/* leave: the bytes that bring the terminal back from full screen; copied. */
void dash_guard_begin (const char *leave);
void dash_guard_end (void);
/* Keeps what libraries wrote within its limit; call now and then. */
void dash_guard_trim (void);
