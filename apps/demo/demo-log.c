/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-i18n.h"

#define LINES_SHOWN 12

gboolean
demo_log_begin (DemoLog *self, GError **error)
{
  g_autofree char *folder = g_build_filename (g_get_user_state_dir (), "fleetwire", NULL);
  g_mkdir_with_parents (folder, 0700);
  self->path = g_build_filename (folder, "demo.log", NULL);
  self->fd = open (self->path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      g_set_error (error, FW_ERROR, errno == EACCES ? FW_ERROR_PERMISSION : FW_ERROR_UNAVAILABLE,
                   _ ("cannot write the log '%s': %s; make the folder writable, set "
                      "XDG_STATE_HOME, or use --headless"),
                   self->path, g_strerror (errno));
      g_clear_pointer (&self->path, g_free);
      return FALSE;
    }
  self->saved_fd = fcntl (STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  dup2 (self->fd, STDERR_FILENO);
  return TRUE;
}

static void
show_last_lines (const char *path)
{
  g_autofree char *text = NULL;
  gsize len;
  guint n = 0;
  if (!g_file_get_contents (path, &text, &len, NULL))
    return;
  const char *from = text + len;
  while (from > text && n <= LINES_SHOWN)
    n += *--from == '\n';
  if (n > LINES_SHOWN)
    from++;
  fputs (from, stderr);
}

void
demo_log_end (DemoLog *self, gboolean trouble)
{
  if (self->fd < 0)
    return;
  dup2 (self->saved_fd, STDERR_FILENO);
  close (self->saved_fd);
  close (self->fd);
  self->fd = -1;
  if (trouble)
    show_last_lines (self->path);
  g_clear_pointer (&self->path, g_free);
}

void
demo_log_tell (const DemoLog *self, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  dprintf (self->fd >= 0 ? self->saved_fd : STDERR_FILENO, "%s\n", text);
}
