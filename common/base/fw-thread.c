/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-thread.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-i18n.h"

#define NAME_BYTES_MAX 15

struct FwThread
{
  pthread_t pthread;
  char name[NAME_BYTES_MAX + 1];
  void (*run) (gpointer data);
  gpointer data;
  gint64 final_cpu_us; /* atomic; -1 while it runs */
};

struct FwWake
{
  int fd;
  gint is_signalled; /* atomic */
};

static gint64
cpu_us_of_clock (clockid_t clock)
{
  struct timespec used;

  if (clock_gettime (clock, &used) != 0)
    return -1;
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void *
thread_main (void *data)
{
  FwThread *thread = data;

  pthread_setname_np (pthread_self (), thread->name);
  thread->run (thread->data);
  __atomic_store_n (&thread->final_cpu_us, cpu_us_of_clock (CLOCK_THREAD_CPUTIME_ID),
                    __ATOMIC_RELEASE);
  return NULL;
}

/* A role is a claim for the compiler; there is nothing to do at run time. */
FW_TS (no_thread_safety_analysis)
void
fw_thread_role_enter (FwThreadRole *role)
{
  (void) role;
}

FW_TS (no_thread_safety_analysis)
void
fw_thread_role_leave (FwThreadRole *role)
{
  (void) role;
}

void
fw_mutex_init (FwMutex *mutex)
{
  pthread_mutex_init (&mutex->mutex, NULL);
}

void
fw_mutex_clear (FwMutex *mutex)
{
  pthread_mutex_destroy (&mutex->mutex);
}

FW_TS (no_thread_safety_analysis)
void
fw_mutex_lock (FwMutex *mutex)
{
  int status = pthread_mutex_lock (&mutex->mutex);
  g_assert (status == 0);
}

FW_TS (no_thread_safety_analysis)
void
fw_mutex_unlock (FwMutex *mutex)
{
  int status = pthread_mutex_unlock (&mutex->mutex);
  g_assert (status == 0);
}

FwThread *
fw_thread_start (const char *name, void (*run) (gpointer data), gpointer data, GError **error)
{
  FwThread *thread = g_new0 (FwThread, 1);
  sigset_t all, before;

  g_strlcpy (thread->name, name, sizeof thread->name);
  thread->run = run;
  thread->data = data;
  thread->final_cpu_us = -1;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  int status = pthread_create (&thread->pthread, NULL, thread_main, thread);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (status == 0)
    return thread;

  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("Cannot start the thread '%s': %s"), name,
               g_strerror (status));
  g_free (thread);
  return NULL;
}

void
fw_thread_join (FwThread *thread)
{
  if (thread == NULL)
    return;
  int status = pthread_join (thread->pthread, NULL);
  g_assert (status == 0);
  g_free (thread);
}

gint64
fw_thread_cpu_us (FwThread *thread)
{
  gint64 final_us = __atomic_load_n (&thread->final_cpu_us, __ATOMIC_ACQUIRE);
  clockid_t clock;

  if (final_us >= 0)
    return final_us;
  gint64 now_us
      = pthread_getcpuclockid (thread->pthread, &clock) == 0 ? cpu_us_of_clock (clock) : -1;
  if (now_us < 0) /* it ended between the two looks */
    now_us = __atomic_load_n (&thread->final_cpu_us, __ATOMIC_ACQUIRE);
  return MAX (now_us, 0);
}

FwWake *
fw_wake_new (void)
{
  FwWake *wake = g_new0 (FwWake, 1);

  wake->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake->fd < 0)
    g_error ("Cannot make an eventfd: %s", g_strerror (errno));
  return wake;
}

void
fw_wake_free (FwWake *wake)
{
  if (wake == NULL)
    return;
  close (wake->fd);
  g_free (wake);
}

int
fw_wake_fd (FwWake *wake)
{
  return wake->fd;
}

void
fw_wake_signal (FwWake *wake)
{
  if (__atomic_exchange_n (&wake->is_signalled, 1, __ATOMIC_ACQ_REL) == 0)
    {
      ssize_t n_written;
      do
        n_written = write (wake->fd, &(guint64){ 1 }, sizeof (guint64));
      while (n_written < 0 && errno == EINTR);
    }
}

/* The descriptor first, the mark second: the other way round a signal between them would be read
 * away while the mark stays, and no later signal would write again. */
void
fw_wake_clear (FwWake *wake)
{
  guint64 count;
  ssize_t n_read = read (wake->fd, &count, sizeof count);

  (void) n_read;
  __atomic_exchange_n (&wake->is_signalled, 0, __ATOMIC_ACQ_REL);
}
