/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-bytes.h"

#include "fw-thread.h"

#define N_REFS 100000

static void
test_takes_what_fits_and_no_more (void)
{
  g_autoptr (FwBytes) bytes = fw_bytes_new (5);

  g_assert_true (fw_bytes_append (bytes, "abc", 3));
  g_assert_false (fw_bytes_append (bytes, "def", 3));
  g_assert_cmpuint (fw_bytes_room (bytes), ==, 2);
  g_assert_true (fw_bytes_append (bytes, "de", 2));
  g_assert_false (fw_bytes_append (bytes, "f", 1));
  g_assert_true (fw_bytes_append (bytes, NULL, 0));
  g_assert_cmpmem (bytes->data, bytes->len, "abcde", 5);
}

static void
test_copy_of_nothing (void)
{
  g_autoptr (FwBytes) nothing = fw_bytes_copy (NULL, 0);
  g_autoptr (FwBytes) some = fw_bytes_copy ("xyz", 3);

  g_assert_cmpuint (nothing->len, ==, 0);
  g_assert_cmpmem (some->data, some->len, "xyz", 3);
  fw_bytes_unref (NULL);
}

static void
ref_and_unref (gpointer data)
{
  for (guint i = 0; i < N_REFS; i++)
    fw_bytes_unref (fw_bytes_ref (data));
  fw_bytes_unref (data);
}

/* The last of three owners frees; a miscount would free early or leak, which the sanitizers report.
 */
static void
test_owners_on_several_threads (void)
{
  FwBytes *bytes = fw_bytes_copy ("shared", 6);
  FwThread *a = fw_thread_start ("a", ref_and_unref, fw_bytes_ref (bytes), NULL);
  FwThread *b = fw_thread_start ("b", ref_and_unref, fw_bytes_ref (bytes), NULL);

  fw_thread_join (a);
  fw_thread_join (b);
  g_assert_cmpint (g_atomic_int_get (&bytes->ref_count), ==, 1);
  fw_bytes_unref (bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/bytes/takes-what-fits-and-no-more", test_takes_what_fits_and_no_more);
  g_test_add_func ("/base/bytes/copy-of-nothing", test_copy_of_nothing);
  g_test_add_func ("/base/bytes/owners-on-several-threads", test_owners_on_several_threads);
  return g_test_run ();
}
