/* SPDX-License-Identifier: Apache-2.0 */
#include "enroll-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fw-credentials.h"
#include "fw-error.h"
#include "fw-i18n.h"

#define MODE 0600

char *
enroll_text_put (const char *text, const char *name, const char *line, gboolean *ret_was_there)
{
  GString *out = g_string_new (NULL);
  gsize name_len = strlen (name);

  *ret_was_there = FALSE;
  for (const char *at = text; *at;)
    {
      gsize len = strcspn (at, "\n"), whole = len + (at[len] == '\n');

      if (len > name_len && at[name_len] == ':' && strncmp (at, name, name_len) == 0)
        {
          *ret_was_there = TRUE;
          if (line)
            g_string_append_printf (out, "%s\n", line);
        }
      else
        {
          g_string_append_len (out, at, (gssize) len);
          g_string_append_c (out, '\n');
        }
      at += whole;
    }
  if (line && !*ret_was_there)
    g_string_append_printf (out, "%s\n", line);
  return g_string_free (out, FALSE);
}

static int
fail_to (GError **error, const char *what, const char *path)
{
  g_set_error (error, FW_ERROR, errno == EACCES ? FW_ERROR_PERMISSION : FW_ERROR_IO,
               _ ("cannot %s '%s': %s"), what, path, g_strerror (errno));
  return -1;
}

/* Locked, and still the file of that name: another may have put a new one in its place meanwhile.
 */
static int
open_locked (const char *path, GError **error)
{
  for (;;)
    {
      int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, MODE);
      struct stat ours, named;

      if (fd < 0)
        return fail_to (error, _ ("open"), path);
      if (flock (fd, LOCK_EX) == 0 && fstat (fd, &ours) == 0 && stat (path, &named) == 0
          && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
        return fd;
      close (fd);
    }
}

static gboolean
change (const char *path, const char *name, const char *line, gboolean *ret_was_there,
        GError **error)
{
  g_autofree char *before = NULL, *after = NULL;
  g_autoptr (FwCredentials) old = NULL, new = NULL;
  gsize len;

  if (!g_file_get_contents (path, &before, &len, error))
    return FALSE;
  old = fw_credentials_parse (before, len, path, error);
  if (!old)
    return FALSE;
  after = enroll_text_put (before, name, line, ret_was_there);
  new = fw_credentials_parse (after, strlen (after), path, error);
  return new &&g_file_set_contents_full (
      path, after, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, MODE, error);
}

gboolean
enroll_file_put (const char *path, const char *name, const char *line, gboolean *ret_was_there,
                 GError **error)
{
  int fd = open_locked (path, error);
  gboolean is_done;

  if (fd < 0)
    return FALSE;
  is_done = change (path, name, line, ret_was_there, error);
  close (fd);
  return is_done;
}
