/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-path.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("demo-child");

#define LINE_MAX_BYTES 65536 /* a longer line is cut */
#define EXEC_FAILED 127

struct DemoChild
{
  char *name;
  pid_t pid;
  gboolean is_running;
  int status;
  guint exit_watch, read_watch;
  int stdout_fd; /* -1: read to the end, or not ours */
  GString *partial;
  char *first_line, *last_line;
};

static void
take_line (DemoChild *self)
{
  fw_debug ("%s: %s", self->name, self->partial->str);
  g_free (self->last_line);
  self->last_line = g_strdup (self->partial->str);
  if (!self->first_line)
    self->first_line = g_strdup (self->partial->str);
  g_string_truncate (self->partial, 0);
}

static void
take_bytes (DemoChild *self, const char *bytes, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (bytes[i] == '\n')
      take_line (self);
    else if (self->partial->len < LINE_MAX_BYTES)
      g_string_append_c (self->partial, bytes[i]);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  DemoChild *self = data;
  char bytes[4096];
  (void) condition;
  gssize n = read (fd, bytes, sizeof bytes);
  if (n > 0)
    take_bytes (self, bytes, (gsize) n);
  if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
    return G_SOURCE_CONTINUE;
  close (fd);
  self->stdout_fd = -1;
  self->read_watch = 0;
  return G_SOURCE_REMOVE;
}

static void
on_end (GPid pid, gint wait_status, gpointer data)
{
  DemoChild *self = data;
  (void) pid;
  self->is_running = FALSE;
  self->status = WIFEXITED (wait_status) ? WEXITSTATUS (wait_status) : 128 + WTERMSIG (wait_status);
  self->exit_watch = 0;
  fw_debug ("%s (process %d) ended with status %d", self->name, (int) self->pid, self->status);
}

/* In the child, between fork and exec: async-signal-safe calls only. */
G_GNUC_NORETURN static void
become (DemoChildKind kind, char **argv, int stdout_fd, int stderr_fd, pid_t parent)
{
  sigset_t none;
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (EXEC_FAILED);
  if (kind == DEMO_CHILD_BACKGROUND)
    {
      int nothing = open ("/dev/null", O_RDONLY);
      setpgid (0, 0);
      dup2 (nothing, STDIN_FILENO);
      dup2 (stdout_fd, STDOUT_FILENO);
    }
  if (stderr_fd >= 0)
    dup2 (stderr_fd, STDERR_FILENO);
  execv (argv[0], argv);
  _exit (EXEC_FAILED);
}

static gboolean
start (DemoChild *self, DemoChildKind kind, char **argv, int stderr_fd, GError **error)
{
  int ends[2];
  pid_t parent = getpid ();
  if (!g_unix_open_pipe (ends, FD_CLOEXEC, error))
    return FALSE;
  self->pid = fork ();
  if (self->pid == 0)
    become (kind, argv, ends[1], stderr_fd, parent);
  close (ends[1]);
  if (self->pid < 0)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("cannot start '%s': %s"), argv[0],
                   g_strerror (errno));
      close (ends[0]);
      return FALSE;
    }
  g_unix_set_fd_nonblocking (ends[0], TRUE, NULL);
  self->is_running = TRUE;
  self->stdout_fd = ends[0];
  self->read_watch = g_unix_fd_add (ends[0], G_IO_IN | G_IO_HUP, on_readable, self);
  self->exit_watch = g_child_watch_add (self->pid, on_end, self);
  return TRUE;
}

DemoChild *
demo_child_new (const char *command, DemoChildKind kind, const char *const *arguments,
                int stderr_fd, GError **error)
{
  g_autofree char *path = fw_path_program (command);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  if (!path)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                   _ ("the program fleetwire-%s is not installed beside this one"), command);
      return NULL;
    }
  g_ptr_array_add (argv, path);
  for (; *arguments; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, NULL);

  g_autoptr (DemoChild) self = g_new0 (DemoChild, 1);
  self->name = g_strdup (command);
  self->stdout_fd = -1;
  self->partial = g_string_new (NULL);
  return start (self, kind, (char **) argv->pdata, stderr_fd, error) ? g_steal_pointer (&self)
                                                                     : NULL;
}

void
demo_child_free (DemoChild *self)
{
  if (!self)
    return;
  if (self->exit_watch)
    g_source_remove (self->exit_watch);
  if (self->read_watch)
    g_source_remove (self->read_watch);
  if (self->stdout_fd >= 0)
    close (self->stdout_fd);
  if (self->is_running)
    {
      kill (self->pid, SIGKILL);
      waitpid (self->pid, NULL, 0);
    }
  g_string_free (self->partial, TRUE);
  g_free (self->first_line);
  g_free (self->last_line);
  g_free (self->name);
  g_free (self);
}

const char *
demo_child_name (const DemoChild *self)
{
  return self->name;
}

gboolean
demo_child_is_running (const DemoChild *self)
{
  return self && self->is_running;
}

int
demo_child_status (const DemoChild *self)
{
  return self->status;
}

const char *
demo_child_first_line (const DemoChild *self)
{
  return self->first_line;
}

const char *
demo_child_last_line (const DemoChild *self)
{
  return self->last_line;
}

gboolean
demo_child_is_read (const DemoChild *self)
{
  return self->stdout_fd < 0;
}

void
demo_child_signal (DemoChild *self, int number)
{
  if (demo_child_is_running (self))
    kill (self->pid, number);
}
