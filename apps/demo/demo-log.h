/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* demo-log: where the talk of the demo and its programs goes while the dashboard has the terminal.
 * Threads: main. */
typedef struct
{
  char *path;
  int fd;       /* -1: none; stderr is as it was */
  int saved_fd; /* of stderr */
} DemoLog;

/* From now on stderr is a file under the user's state folder. */
gboolean demo_log_begin (DemoLog *log, GError **error);
/* stderr is as it was; with trouble, the last lines of the file are shown there. */
void     demo_log_end (DemoLog *log, gboolean trouble);
/* A line for the person at the terminal, wherever stderr goes now. */
void     demo_log_tell (const DemoLog *log, const char *format, ...) G_GNUC_PRINTF (2, 3);
