/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-ring: hands items from one thread to one other, without locks.
 * Promises: order kept; memory fixed at creation; neither side ever waits.
 * Does not: wake anybody (see fw-thread.h), copy what it carries.
 * Threads: exactly one producer and one consumer; create and free belong to either, alone. */
typedef struct FwRing FwRing;

/* n_slots: rounded up to a power of two, 2 .. 2^20. item_free may be NULL. */
FwRing  *fw_ring_new (guint n_slots, GDestroyNotify item_free);
void     fw_ring_free (FwRing *ring); /* NULL is fine; frees what is left inside */
/* Takes item on TRUE; on FALSE the ring is full, item stays the caller's and n_full counts one. */
gboolean fw_ring_push (FwRing *ring, gpointer item) G_GNUC_WARN_UNUSED_RESULT;
/* The oldest item, now the caller's, or NULL when empty. */
gpointer fw_ring_pop (FwRing *ring) G_GNUC_WARN_UNUSED_RESULT;
guint    fw_ring_n_items (const FwRing *ring); /* either side; a moment's truth */
guint64  fw_ring_n_full (const FwRing *ring);  /* any thread; monotonic */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwRing, fw_ring_free)
