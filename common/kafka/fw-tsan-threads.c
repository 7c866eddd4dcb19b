/* SPDX-License-Identifier: Apache-2.0 */
/* Only in ThreadSanitizer builds. librdkafka makes its threads and locks by C11's <threads.h>,
 * which gcc 12's TSan does not know: a thread made so crashes it, and a lock taken so is invisible.
 * glibc's C11 types are its pthread types by another name, so each call is handed to the pthread
 * function that TSan does know. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <threads.h>

typedef struct
{
  thrd_start_t run;
  void *data;
} Start;

static int
result (int status)
{
  return status == 0           ? thrd_success
         : status == ETIMEDOUT ? thrd_timedout
         : status == EBUSY     ? thrd_busy
                               : thrd_error;
}

static void *
trampoline (void *data)
{
  Start start = *(Start *) data;
  free (data);
  return (void *) (long) start.run (start.data);
}

int
thrd_create (thrd_t *thread, thrd_start_t run, void *data)
{
  Start *start = malloc (sizeof *start);
  *start = (Start){ run, data };
  return result (pthread_create (thread, NULL, trampoline, start));
}

int
thrd_join (thrd_t thread, int *ret_status)
{
  void *status = NULL;
  int failed = pthread_join (thread, &status);
  if (ret_status)
    *ret_status = (int) (long) status;
  return result (failed);
}

int
mtx_init (mtx_t *mutex, int type)
{
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init (&attributes);
  if (type & mtx_recursive)
    pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_RECURSIVE);
  int failed = pthread_mutex_init ((pthread_mutex_t *) mutex, &attributes);
  pthread_mutexattr_destroy (&attributes);
  return result (failed);
}

void
mtx_destroy (mtx_t *mutex)
{
  pthread_mutex_destroy ((pthread_mutex_t *) mutex);
}

int
mtx_lock (mtx_t *mutex)
{
  return result (pthread_mutex_lock ((pthread_mutex_t *) mutex));
}

int
mtx_unlock (mtx_t *mutex)
{
  return result (pthread_mutex_unlock ((pthread_mutex_t *) mutex));
}

int
cnd_init (cnd_t *condition)
{
  return result (pthread_cond_init ((pthread_cond_t *) condition, NULL));
}

void
cnd_destroy (cnd_t *condition)
{
  pthread_cond_destroy ((pthread_cond_t *) condition);
}

int
cnd_signal (cnd_t *condition)
{
  return result (pthread_cond_signal ((pthread_cond_t *) condition));
}

int
cnd_broadcast (cnd_t *condition)
{
  return result (pthread_cond_broadcast ((pthread_cond_t *) condition));
}

int
cnd_wait (cnd_t *condition, mtx_t *mutex)
{
  return result (pthread_cond_wait ((pthread_cond_t *) condition, (pthread_mutex_t *) mutex));
}

int
cnd_timedwait (cnd_t *restrict condition, mtx_t *restrict mutex,
               const struct timespec *restrict until)
{
  return result (
      pthread_cond_timedwait ((pthread_cond_t *) condition, (pthread_mutex_t *) mutex, until));
}
