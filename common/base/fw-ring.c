/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-ring.h"

#define CACHE_LINE 64
#define N_SLOTS_MAX (1u << 20)

/* head: next to pop, written by the consumer. tail: next to push, written by the producer. Both
 * only grow. Each side keeps its own line, with a copy of the other's number that it renews only
 * when it seems to be stuck. */
struct FwRing
{
  gpointer *slots;
  guint mask;
  GDestroyNotify item_free;
  _Alignas(CACHE_LINE) guint tail;
  guint head_seen;
  guint64 n_full;
  _Alignas(CACHE_LINE) guint head;
  guint tail_seen;
};

FwRing *
fw_ring_new (guint n_slots, GDestroyNotify item_free)
{
  g_assert (n_slots >= 2 && n_slots <= N_SLOTS_MAX);
  FwRing *ring = g_aligned_alloc0 (1, sizeof *ring, CACHE_LINE);
  guint n = 2;

  while (n < n_slots)
    n *= 2;
  ring->slots = g_new0 (gpointer, n);
  ring->mask = n - 1;
  ring->item_free = item_free;
  return ring;
}

void
fw_ring_free (FwRing *ring)
{
  if (ring == NULL)
    return;
  for (gpointer item; ring->item_free != NULL && (item = fw_ring_pop (ring)) != NULL;)
    ring->item_free (item);
  g_free (ring->slots);
  g_aligned_free (ring);
}

gboolean
fw_ring_push (FwRing *ring, gpointer item)
{
  guint tail = __atomic_load_n (&ring->tail, __ATOMIC_RELAXED);

  g_assert (item != NULL);
  if (tail - ring->head_seen > ring->mask)
    {
      ring->head_seen = __atomic_load_n (&ring->head, __ATOMIC_ACQUIRE);
      if (tail - ring->head_seen > ring->mask)
        {
          __atomic_fetch_add (&ring->n_full, 1, __ATOMIC_RELAXED);
          return FALSE;
        }
    }
  ring->slots[tail & ring->mask] = item;
  __atomic_store_n (&ring->tail, tail + 1, __ATOMIC_RELEASE);
  return TRUE;
}

gpointer
fw_ring_pop (FwRing *ring)
{
  guint head = __atomic_load_n (&ring->head, __ATOMIC_RELAXED);

  if (head == ring->tail_seen)
    {
      ring->tail_seen = __atomic_load_n (&ring->tail, __ATOMIC_ACQUIRE);
      if (head == ring->tail_seen)
        return NULL;
    }
  gpointer item = ring->slots[head & ring->mask];
  __atomic_store_n (&ring->head, head + 1, __ATOMIC_RELEASE);
  return item;
}

guint
fw_ring_n_items (const FwRing *ring)
{
  guint head = __atomic_load_n (&ring->head, __ATOMIC_ACQUIRE);
  guint tail = __atomic_load_n (&ring->tail, __ATOMIC_ACQUIRE);

  return MIN (tail - head, ring->mask + 1);
}

guint64
fw_ring_n_full (const FwRing *ring)
{
  return __atomic_load_n (&ring->n_full, __ATOMIC_RELAXED);
}
