/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-ring.h"

#include <poll.h>
#include <sched.h>

#include "fw-rng.h"
#include "fw-thread.h"

#define N_ITEMS 200000u

static guint n_freed;

static void
count_free (gpointer item)
{
  (void) item;
  n_freed++;
}

static void
test_keeps_order_and_says_full (void)
{
  g_autoptr (FwRing) ring = fw_ring_new (3, NULL); /* four slots */

  for (gsize i = 1; i <= 4; i++)
    g_assert_true (fw_ring_push (ring, GSIZE_TO_POINTER (i)));
  g_assert_false (fw_ring_push (ring, GSIZE_TO_POINTER (5)));
  g_assert_cmpuint (fw_ring_n_full (ring), ==, 1);
  g_assert_cmpuint (fw_ring_n_items (ring), ==, 4);
  for (gsize i = 1; i <= 4; i++)
    g_assert_cmpuint (GPOINTER_TO_SIZE (fw_ring_pop (ring)), ==, i);
  g_assert_null (fw_ring_pop (ring));
}

/* Full means full, however often it went round: what was popped is room again. */
static void
test_every_slot_is_used_again (void)
{
  g_autoptr (FwRing) ring = fw_ring_new (4, NULL);
  gsize pushed = 0, popped = 0;

  for (guint round = 0; round < 10; round++)
    {
      while (fw_ring_push (ring, GSIZE_TO_POINTER (pushed + 1)))
        pushed++;
      g_assert_cmpuint (pushed - popped, ==, 4);
      for (guint i = 0; i <= round % 4; i++)
        g_assert_cmpuint (GPOINTER_TO_SIZE (fw_ring_pop (ring)), ==, ++popped);
      g_assert_cmpuint (fw_ring_n_items (ring), ==, pushed - popped);
    }
}

static void
test_frees_what_is_left (void)
{
  FwRing *ring = fw_ring_new (8, count_free);

  n_freed = 0;
  g_assert_true (fw_ring_push (ring, &n_freed));
  g_assert_true (fw_ring_push (ring, &n_freed));
  g_assert_true (fw_ring_push (ring, &n_freed));
  g_assert_nonnull (fw_ring_pop (ring));
  fw_ring_free (ring);
  g_assert_cmpuint (n_freed, ==, 2);
  fw_ring_free (NULL);
}

typedef struct
{
  FwRing *ring;
  FwWake *wake;
} Pipe;

/* Bursts of every length, so that both the full and the empty ring are met often. */
static void
produce (gpointer data)
{
  Pipe *line = data;
  guint burst_end = 0;

  for (guint i = 1; i <= N_ITEMS; i++)
    {
      while (!fw_ring_push (line->ring, GUINT_TO_POINTER (i)))
        {
          fw_wake_signal (line->wake);
          sched_yield ();
        }
      if (i < burst_end && i < N_ITEMS)
        continue;
      burst_end = i + (guint) (fw_rng_u64 (5, 0, i) % 64);
      fw_wake_signal (line->wake);
    }
}

static void
test_two_threads_lose_nothing (void)
{
  g_autoptr (FwRing) ring = fw_ring_new (16, NULL);
  g_autoptr (FwWake) wake = fw_wake_new ();
  Pipe line = { ring, wake };
  FwThread *producer = fw_thread_start ("producer", produce, &line, NULL);
  guint expected = 1;

  while (expected <= N_ITEMS)
    {
      struct pollfd fd = { fw_wake_fd (wake), POLLIN, 0 };
      g_assert_cmpint (poll (&fd, 1, 10000), ==, 1); /* a lost wake-up would end here */
      fw_wake_clear (wake);
      for (gpointer item; (item = fw_ring_pop (ring)) != NULL; expected++)
        g_assert_cmpuint (GPOINTER_TO_UINT (item), ==, expected);
    }
  g_assert_null (fw_ring_pop (ring));
  fw_thread_join (producer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/ring/keeps-order-and-says-full", test_keeps_order_and_says_full);
  g_test_add_func ("/base/ring/every-slot-is-used-again", test_every_slot_is_used_again);
  g_test_add_func ("/base/ring/frees-what-is-left", test_frees_what_is_left);
  g_test_add_func ("/base/ring/two-threads-lose-nothing", test_two_threads_lose_nothing);
  return g_test_run ();
}
