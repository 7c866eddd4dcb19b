/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <pthread.h>
/* fw-thread: named threads, annotated locks, thread roles, and a wake-up by eventfd.
 * Promises: pthread inside (GLib's futex locks are invisible to TSan); clang -Wthread-safety checks the annotations;
 *   FwWake writes at most once per sleep of its reader.
 * Threads: said per function. */

/* In C, clang knows FW_GUARDED_BY for variables of a file, not between the members of one struct. */
#if defined(__clang__)
#define FW_TS(x) __attribute__ ((x))
#else
#define FW_TS(x)
#endif
#define FW_GUARDED_BY(lock) FW_TS (guarded_by (lock))
#define FW_REQUIRES(cap) FW_TS (requires_capability (cap))
#define FW_CAPABILITY(name) FW_TS (capability (name))

/* A thread as a capability: functions marked FW_RUNS_ON (role) may only be called from that thread's loop,
 * which begins with fw_thread_role_enter (&role). */
typedef struct FW_CAPABILITY ("thread") { char unused; } FwThreadRole;
#define FW_RUNS_ON(role) FW_REQUIRES (role)
void fw_thread_role_enter (FwThreadRole *role) FW_TS (acquire_capability (*role));
void fw_thread_role_leave (FwThreadRole *role) FW_TS (release_capability (*role));

typedef struct FW_CAPABILITY ("mutex") { pthread_mutex_t mutex; } FwMutex;
void fw_mutex_init (FwMutex *mutex);
void fw_mutex_clear (FwMutex *mutex);
void fw_mutex_lock (FwMutex *mutex) FW_TS (acquire_capability (*mutex));
void fw_mutex_unlock (FwMutex *mutex) FW_TS (release_capability (*mutex));

typedef struct FwThread FwThread;
/* name: at most 15 bytes are seen by ps. All signals are blocked in it; main handles them. */
FwThread *fw_thread_start (const char *name, void (*run) (gpointer data), gpointer data, GError **error);
void      fw_thread_join (FwThread *thread); /* frees it; NULL is fine */
gint64    fw_thread_cpu_us (FwThread *thread); /* any thread: CPU time used so far */

typedef struct FwWake FwWake;
FwWake  *fw_wake_new (void);
void     fw_wake_free (FwWake *wake);
int      fw_wake_fd (FwWake *wake);       /* readable when somebody signalled; borrowed */
void     fw_wake_signal (FwWake *wake);   /* any thread; one write() per sleep at most */
void     fw_wake_clear (FwWake *wake);    /* reader: call before looking at the work */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwWake, fw_wake_free)
