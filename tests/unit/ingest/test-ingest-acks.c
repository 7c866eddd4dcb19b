/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-acks.h"

#define N 1000

static void
test_in_order (void)
{
  IngestAcks acks;
  IngestAck ack;
  ingest_acks_init (&acks);
  guint32 first = ingest_acks_push (&acks, 7), second = ingest_acks_push (&acks, 9);
  g_assert_true (ingest_acks_answer (&acks, second, 0x80, "no"));
  g_assert_false (ingest_acks_pop (&acks, &ack));
  g_assert_true (ingest_acks_answer (&acks, first, 0, NULL));
  g_assert_false (ingest_acks_answer (&acks, first, 0x80, NULL));
  g_assert_true (ingest_acks_pop (&acks, &ack));
  g_assert_cmpuint (ack.packet_id, ==, 7);
  g_assert_true (ingest_acks_pop (&acks, &ack));
  g_assert_cmpuint (ack.packet_id, ==, 9);
  g_assert_cmpuint (ack.reason, ==, 0x80);
  g_assert_cmpstr (ack.why, ==, "no");
  g_assert_false (ingest_acks_pop (&acks, &ack));
  g_assert_false (ingest_acks_answer (&acks, second, 0, NULL));
  ingest_acks_clear (&acks);
}

static void
test_unpush (void)
{
  IngestAcks acks;
  ingest_acks_init (&acks);
  ingest_acks_push (&acks, 7);
  guint32 taken_back = ingest_acks_push (&acks, 9);
  ingest_acks_unpush (&acks);
  g_assert_false (ingest_acks_answer (&acks, taken_back, 0, NULL));
  g_assert_true (ingest_acks_has (&acks, 7));
  g_assert_false (ingest_acks_has (&acks, 9));
  g_assert_cmpuint (ingest_acks_push (&acks, 11), ==, taken_back);
  ingest_acks_clear (&acks);
}

/* Against a plain list, over growth, wrap-around of the tickets and shrinking. */
static void
test_like_a_list (void)
{
  IngestAcks acks;
  IngestAck ack;
  g_autoptr (GQueue) list = g_queue_new ();
  ingest_acks_init (&acks);
  acks.first = G_MAXUINT32 - N / 2;
  guint32 next = acks.first;
  for (guint i = 0; i < 20 * N; i++)
    {
      gboolean fills = i / N % 2 == 0;
      if (g_test_rand_int_range (0, 10) < (fills ? 7 : 3))
        {
          guint16 id = (guint16) (1 + i % 60000);
          g_assert_cmpuint (ingest_acks_push (&acks, id), ==, next++);
          g_queue_push_tail (list, GUINT_TO_POINTER (id));
        }
      else if (!g_queue_is_empty (list))
        {
          g_assert_true (ingest_acks_answer (&acks, next - g_queue_get_length (list), 0, NULL));
          g_assert_true (ingest_acks_pop (&acks, &ack));
          g_assert_cmpuint (ack.packet_id, ==, GPOINTER_TO_UINT (g_queue_pop_head (list)));
        }
      g_assert_cmpuint (acks.n, ==, g_queue_get_length (list));
      ingest_acks_shrink (&acks);
    }
  ingest_acks_clear (&acks);
  g_assert_cmpuint (ingest_acks_heap_bytes (&acks), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/acks/answered-in-the-order-of-the-pushes", test_in_order);
  g_test_add_func ("/ingest/acks/the-last-push-can-be-taken-back", test_unpush);
  g_test_add_func ("/ingest/acks/like-a-list", test_like_a_list);
  return g_test_run ();
}
