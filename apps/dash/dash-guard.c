/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-guard.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static const int fatal_signals[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP };

/* A signal handler can reach nothing else. */
static struct
{
  char leave[256];
  gsize leave_len;
  struct termios modes;
  gboolean has_modes;
  int kept_fd;   /* stderr goes here; -1: it was not moved */
  int stderr_fd; /* where it went before */
} guard = { .kept_fd = -1, .stderr_fd = -1 };

static void
write_all (int fd, const char *data, gsize len)
{
  while (len > 0)
    {
      gssize n = write (fd, data, len);

      if (n <= 0)
        return;
      data += n;
      len -= (gsize) n;
    }
}

static void
print_kept (void)
{
  char buffer[4096];
  gssize n;

  if (guard.kept_fd < 0)
    return;
  (void) lseek (guard.kept_fd, 0, SEEK_SET);
  while ((n = read (guard.kept_fd, buffer, sizeof buffer)) > 0)
    write_all (STDERR_FILENO, buffer, (gsize) n);
}

static void
give_stderr_back (void)
{
  if (guard.kept_fd < 0)
    return;
  (void) dup2 (guard.stderr_fd, STDERR_FILENO);
  print_kept ();
}

static void
on_fatal_signal (int number)
{
  write_all (STDOUT_FILENO, guard.leave, guard.leave_len);
  if (guard.has_modes)
    (void) tcsetattr (STDIN_FILENO, TCSANOW, &guard.modes);
  give_stderr_back ();
  (void) raise (number); /* SA_RESETHAND: the default happens now */
}

static void
move_stderr (void)
{
  guard.kept_fd = memfd_create ("stderr", MFD_CLOEXEC);
  if (guard.kept_fd < 0)
    return;
  (void) fcntl (guard.kept_fd, F_SETFL, O_APPEND);
  guard.stderr_fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  (void) dup2 (guard.kept_fd, STDERR_FILENO);
}

void
dash_guard_note_modes (void)
{
  guard.has_modes = tcgetattr (STDIN_FILENO, &guard.modes) == 0;
}

void
dash_guard_begin (const char *leave)
{
  struct sigaction action
      = { .sa_handler = on_fatal_signal, .sa_flags = (int) (SA_RESETHAND | SA_NODEFER) };

  guard.leave_len = g_strlcpy (guard.leave, leave, sizeof guard.leave);
  guard.leave_len = MIN (guard.leave_len, sizeof guard.leave - 1);
  move_stderr ();
  for (guint i = 0; i < G_N_ELEMENTS (fatal_signals); i++)
    (void) sigaction (fatal_signals[i], &action, NULL);
}

void
dash_guard_end (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fatal_signals); i++)
    (void) signal (fatal_signals[i], SIG_DFL);
  give_stderr_back ();
  if (guard.kept_fd >= 0)
    {
      (void) close (guard.kept_fd);
      (void) close (guard.stderr_fd);
    }
  guard.kept_fd = guard.stderr_fd = -1;
}

void
dash_guard_trim (void)
{
  struct stat status;
  g_autofree char *tail = NULL;
  gssize n;

  if (guard.kept_fd < 0 || fstat (guard.kept_fd, &status) != 0
      || status.st_size < DASH_GUARD_KEPT_MAX)
    return;
  tail = g_malloc (DASH_GUARD_KEPT_MAX / 2);
  n = pread (guard.kept_fd, tail, DASH_GUARD_KEPT_MAX / 2,
             status.st_size - DASH_GUARD_KEPT_MAX / 2);
  if (n <= 0 || ftruncate (guard.kept_fd, 0) != 0)
    return;
  write_all (guard.kept_fd, tail, (gsize) n);
}
