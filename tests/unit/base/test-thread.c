/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-thread.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static gboolean
is_readable (FwWake *wake)
{
  struct pollfd fd = { fw_wake_fd (wake), POLLIN, 0 };
  return poll (&fd, 1, 0) == 1;
}

static void
test_one_write_per_sleep (void)
{
  g_autoptr (FwWake) wake = fw_wake_new ();
  guint64 n_writes;

  g_assert_false (is_readable (wake));
  for (guint i = 0; i < 1000; i++)
    fw_wake_signal (wake);
  g_assert_cmpint (read (fw_wake_fd (wake), &n_writes, sizeof n_writes), ==, sizeof n_writes);
  g_assert_cmpuint (n_writes, ==, 1); /* an eventfd adds up what is written */
}

static void
test_wakes_again_after_clear (void)
{
  g_autoptr (FwWake) wake = fw_wake_new ();

  fw_wake_clear (wake); /* nothing to clear does not block */
  for (guint i = 0; i < 3; i++)
    {
      fw_wake_signal (wake);
      g_assert_true (is_readable (wake));
      fw_wake_clear (wake);
      g_assert_false (is_readable (wake));
    }
}

static void
note_name_and_signals (gpointer data)
{
  char *name = data;
  sigset_t blocked;

  pthread_getname_np (pthread_self (), name, 16);
  pthread_sigmask (SIG_SETMASK, NULL, &blocked);
  if (!sigismember (&blocked, SIGTERM) || !sigismember (&blocked, SIGINT))
    name[0] = '\0';
}

static void
test_has_a_name_and_leaves_signals_to_main (void)
{
  char name[16] = "";
  sigset_t blocked;
  FwThread *thread = fw_thread_start ("a-name-too-long-for-ps", note_name_and_signals, name, NULL);

  fw_thread_join (thread);
  g_assert_cmpstr (name, ==, "a-name-too-long");
  pthread_sigmask (SIG_SETMASK, NULL, &blocked);
  g_assert_false (sigismember (&blocked, SIGTERM));
}

static void
burn (gpointer data)
{
  gint64 until_us = 20000;
  struct timespec used = { 0 };

  (void) data;
  while (used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000 < until_us)
    clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);
}

static void
test_knows_its_cpu_time_even_when_over (void)
{
  FwThread *thread = fw_thread_start ("burn", burn, NULL, NULL);
  gint64 before_us = 0;

  while (before_us < 20000) /* ends because the thread ends */
    {
      gint64 now_us = fw_thread_cpu_us (thread);
      g_assert_cmpint (now_us, >=, before_us);
      before_us = now_us;
    }
  g_assert_cmpint (before_us, <, 10 * G_USEC_PER_SEC);
  fw_thread_join (thread);
  fw_thread_join (NULL);
}

static FwMutex count_mutex;
static guint n_counted FW_GUARDED_BY (count_mutex);

static void
count (gpointer data)
{
  (void) data;
  for (guint i = 0; i < 50000; i++)
    {
      fw_mutex_lock (&count_mutex);
      n_counted++;
      fw_mutex_unlock (&count_mutex);
    }
}

static void
test_mutex_excludes (void)
{
  fw_mutex_init (&count_mutex);
  FwThread *a = fw_thread_start ("a", count, NULL, NULL);
  FwThread *b = fw_thread_start ("b", count, NULL, NULL);
  fw_thread_join (a);
  fw_thread_join (b);
  fw_mutex_lock (&count_mutex);
  g_assert_cmpuint (n_counted, ==, 100000);
  fw_mutex_unlock (&count_mutex);
  fw_mutex_clear (&count_mutex);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/thread/one-write-per-sleep", test_one_write_per_sleep);
  g_test_add_func ("/base/thread/wakes-again-after-clear", test_wakes_again_after_clear);
  g_test_add_func ("/base/thread/has-a-name-and-leaves-signals-to-main",
                   test_has_a_name_and_leaves_signals_to_main);
  g_test_add_func ("/base/thread/knows-its-cpu-time-even-when-over",
                   test_knows_its_cpu_time_even_when_over);
  g_test_add_func ("/base/thread/mutex-excludes", test_mutex_excludes);
  return g_test_run ();
}
