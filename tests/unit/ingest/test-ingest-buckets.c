/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-buckets.h"

#include <string.h>

static const guint8 seed[16] = { 7 };

static guint
take_all (IngestBuckets *buckets, const char *key, gint64 now_ms)
{
  guint n = 0;

  while (ingest_buckets_take (buckets, key, strlen (key), now_ms))
    n++;
  return n;
}

static void
test_a_burst_and_then_the_rate (void)
{
  const IngestPace pace = { 10, 25 };
  g_autoptr (IngestBuckets) buckets = ingest_buckets_new (64, &pace, seed);

  g_assert_cmpuint (take_all (buckets, "a", 1000), ==, 25);
  g_assert_false (ingest_buckets_has (buckets, "a", 1, 1050));
  g_assert_true (ingest_buckets_has (buckets, "a", 1, 1100));
  g_assert_cmpuint (take_all (buckets, "a", 2000), ==, 10);
  g_assert_cmpuint (take_all (buckets, "b", 2000), ==, 25); /* another is not touched */
  g_assert_cmpuint (take_all (buckets, "a", 1000000), ==, 25);
  ingest_buckets_give_back (buckets, "a", 1, 1000000);
  g_assert_cmpuint (take_all (buckets, "a", 1000000), ==, 1);
  g_assert_cmpuint (take_all (buckets, "a", 999000), ==,
                    0); /* a clock that goes back gives nothing */
}

static void
test_the_table_does_not_grow_and_says_so (void)
{
  const IngestPace pace = { 0.001, 5 };
  g_autoptr (IngestBuckets) buckets = ingest_buckets_new (16, &pace, seed);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("device-%u", i);

      g_assert_cmpuint (take_all (buckets, key, 0), ==, 5);
    }
  g_assert_cmpuint (ingest_buckets_n_forgotten (buckets), >=, 1000 - 16);
}

/* Those who only look in do not push out who is limited. */
static void
test_the_emptiest_stays (void)
{
  const IngestPace pace = { 0.001, 5 };
  g_autoptr (IngestBuckets) buckets = ingest_buckets_new (16, &pace, seed);

  take_all (buckets, "limited", 0);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("device-%u", i);

      ingest_buckets_take (buckets, key, strlen (key), 0);
    }
  g_assert_false (ingest_buckets_has (buckets, "limited", 7, 0));
}

/* Over any time nobody gets more than the burst and what flowed in meanwhile. */
static void
test_never_more_than_promised (void)
{
  const IngestPace pace = { 3, 7 };
  g_autoptr (IngestBuckets) buckets = ingest_buckets_new (1024, &pace, seed);
  guint n_taken[5] = { 0 };
  gint64 now_ms = 0;

  for (guint n = 0; n < 20000; n++)
    {
      char key = (char) ('a' + g_test_rand_int_range (0, 5));

      now_ms += g_test_rand_int_range (0, 20);
      n_taken[key - 'a'] += ingest_buckets_take (buckets, &key, 1, now_ms);
    }
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpfloat (n_taken[i], <=, 7 + 3 * (double) now_ms / 1000 + 1);
      g_assert_cmpfloat (n_taken[i], >=, 3 * (double) now_ms / 1000 * 0.9);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/buckets/a-burst-and-then-the-rate", test_a_burst_and_then_the_rate);
  g_test_add_func ("/ingest/buckets/the-table-does-not-grow",
                   test_the_table_does_not_grow_and_says_so);
  g_test_add_func ("/ingest/buckets/the-emptiest-stays", test_the_emptiest_stays);
  g_test_add_func ("/ingest/buckets/never-more-than-promised", test_never_more_than_promised);
  return g_test_run ();
}
