/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-timer.h"

typedef struct
{
  gint64 at_ms;
  guint32 slot;
} Entry;

struct RelayTimer
{
  GArray *heap;
};

RelayTimer *
relay_timer_new (void)
{
  RelayTimer *timer = g_new0 (RelayTimer, 1);

  timer->heap = g_array_new (FALSE, FALSE, sizeof (Entry));
  return timer;
}

void
relay_timer_free (RelayTimer *timer)
{
  if (!timer)
    return;
  g_array_unref (timer->heap);
  g_free (timer);
}

static Entry *
entry (const RelayTimer *timer, guint i)
{
  return &g_array_index (timer->heap, Entry, i);
}

static void
swap (RelayTimer *timer, guint a, guint b)
{
  Entry kept = *entry (timer, a);

  *entry (timer, a) = *entry (timer, b);
  *entry (timer, b) = kept;
}

void
relay_timer_add (RelayTimer *timer, gint64 at_ms, guint32 slot)
{
  Entry added = { at_ms, slot };
  guint i = timer->heap->len;

  g_array_append_val (timer->heap, added);
  for (; i > 0 && entry (timer, (i - 1) / 2)->at_ms > at_ms; i = (i - 1) / 2)
    swap (timer, i, (i - 1) / 2);
}

static guint
smaller_child (const RelayTimer *timer, guint i)
{
  guint left = 2 * i + 1, right = left + 1;

  return right < timer->heap->len && entry (timer, right)->at_ms < entry (timer, left)->at_ms
             ? right
             : left;
}

static void
sift_down (RelayTimer *timer)
{
  guint i = 0, child;

  while ((child = smaller_child (timer, i)) < timer->heap->len
         && entry (timer, child)->at_ms < entry (timer, i)->at_ms)
    {
      swap (timer, i, child);
      i = child;
    }
}

gboolean
relay_timer_pop (RelayTimer *timer, gint64 now_ms, gint64 *ret_at_ms, guint32 *ret_slot)
{
  if (relay_timer_next_ms (timer) > now_ms)
    return FALSE;
  *ret_at_ms = entry (timer, 0)->at_ms;
  *ret_slot = entry (timer, 0)->slot;
  *entry (timer, 0) = *entry (timer, timer->heap->len - 1);
  g_array_set_size (timer->heap, timer->heap->len - 1);
  sift_down (timer);
  return TRUE;
}

gint64
relay_timer_next_ms (const RelayTimer *timer)
{
  return timer->heap->len > 0 ? entry (timer, 0)->at_ms : G_MAXINT64;
}

guint
relay_timer_n (const RelayTimer *timer)
{
  return timer->heap->len;
}
