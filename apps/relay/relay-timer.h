/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* relay-timer: which device the clock alone will change next. A binary heap of (time, slot).
 * Promises: earliest first; memory follows what is set. Does not: read a clock, forget on its own: an entry that is no
 *   longer wanted is for the owner to ignore. Threads: one owner. */
typedef struct RelayTimer RelayTimer;

RelayTimer *relay_timer_new (void);
void        relay_timer_free (RelayTimer *timer); /* NULL is fine */
void        relay_timer_add (RelayTimer *timer, gint64 at_ms, guint32 slot);
/* FALSE when nothing is due at now_ms. */
gboolean    relay_timer_pop (RelayTimer *timer, gint64 now_ms, gint64 *ret_at_ms, guint32 *ret_slot);
gint64      relay_timer_next_ms (const RelayTimer *timer); /* G_MAXINT64 when empty */
guint       relay_timer_n (const RelayTimer *timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayTimer, relay_timer_free)
