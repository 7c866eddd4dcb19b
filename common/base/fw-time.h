/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-time: wall clock in milliseconds, monotonic clock in microseconds, never mixed, and replaceable.
 * Promises: a pure core takes a time as a parameter; an edge takes an FwClock, so that a test can own time.
 * Threads: the system clock is for any thread; a manual clock belongs to one. */

typedef struct FwClock FwClock;
struct FwClock
{
  gint64 (*wall_ms) (const FwClock *clock);  /* ms since 1970, UTC */
  gint64 (*mono_us) (const FwClock *clock);  /* us since some start; never goes back */
};

/* A clock that stands still until it is told otherwise. Embed it; pass &manual.clock. */
typedef struct { FwClock clock; gint64 wall_ms; gint64 mono_us; } FwManualClock;

const FwClock *fw_clock_system (void);
void           fw_manual_clock_init (FwManualClock *manual, gint64 wall_ms);
void           fw_manual_clock_advance (FwManualClock *manual, gint64 by_us);

static inline gint64 fw_clock_wall_ms (const FwClock *clock) { return clock->wall_ms (clock); }
static inline gint64 fw_clock_mono_us (const FwClock *clock) { return clock->mono_us (clock); }

/* "2015-09-06T01:16:07-05:00", fraction and lower case 't'/'z' allowed, a zone required; len bytes, no NUL needed. */
gboolean fw_time_parse_rfc3339 (const char *text, gsize len, gint64 *ret_ms);
/* "2015-09-06T06:16:07.000Z"; transfer full. */
char    *fw_time_format_rfc3339 (gint64 ms);
/* "500ms" "3s" "15m" "2h" "7d", or a bare number of seconds; fractions allowed. Result in ms, >= 0. */
gboolean fw_duration_parse (const char *text, gint64 *ret_ms);
/* "4 m 10 s", "52 s", "2 h 3 m": the two largest units; translated; transfer full. */
char    *fw_duration_format (gint64 ms);
