/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* demo-child: one of Fleetwire's programs, started and watched.
 * Promises: it dies when we die, however we die (PR_SET_PDEATHSIG); signals go to its process id alone; what it prints on
 *   stdout is kept by line; a background child has a process group of its own, so that Ctrl-C reaches us first.
 * Does not: restart. Threads: the main loop's. */
typedef struct DemoChild DemoChild;

typedef enum
{
  DEMO_CHILD_BACKGROUND, /* no stdin; its stdout is ours to read */
  DEMO_CHILD_TERMINAL,   /* has the terminal: stdin, stdout and process group as ours */
} DemoChildKind;

/* arguments: after the program's name, NULL-terminated. stderr_fd: -1 = as ours. */
DemoChild  *demo_child_new (const char *command, DemoChildKind kind, const char *const *arguments, int stderr_fd, GError **error);
void        demo_child_free (DemoChild *child); /* killed if it still runs; NULL is fine */
const char *demo_child_name (const DemoChild *child);
gboolean    demo_child_is_running (const DemoChild *child); /* FALSE for NULL */
int         demo_child_status (const DemoChild *child);     /* exit status, 128 + signal; once it has ended */
const char *demo_child_first_line (const DemoChild *child); /* NULL: nothing yet */
const char *demo_child_last_line (const DemoChild *child);
/* Its stdout has been read to the end. */
gboolean    demo_child_is_read (const DemoChild *child);
void        demo_child_signal (DemoChild *child, int signal); /* nothing if it has ended */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoChild, demo_child_free)
