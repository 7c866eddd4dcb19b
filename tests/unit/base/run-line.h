/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <sys/wait.h>
/* run-line: one run of a program, as from a shell, to its end. */

/* line: program and arguments as a shell would take them. What was in *out and *err is freed. Returns the exit status. */
static inline int
run_line (const char *folder, char **env, const char *line, char **out, char **err)
{
  g_auto (GStrv) words = NULL;
  int status;

  g_clear_pointer (out, g_free);
  g_clear_pointer (err, g_free);
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_assert_true (g_spawn_sync (folder, words, env, 0, NULL, NULL, out, err, &status, NULL));
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}
