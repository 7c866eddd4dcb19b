/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <signal.h>

#include "demo-child.h"
#include "fw-error.h"

/* A build folder whose only program is a script. */
typedef struct
{
  char *build, *apps, *folder, *path;
} Folders;

static void
install_script (Folders *made, gconstpointer script)
{
  made->build = g_dir_make_tmp ("fw-child-XXXXXX", NULL);
  made->apps = g_build_filename (made->build, "apps", NULL);
  made->folder = g_build_filename (made->apps, "script", NULL);
  made->path = g_build_filename (made->folder, "fleetwire-script", NULL);
  g_assert_cmpint (g_mkdir_with_parents (made->folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (made->path, script, -1, NULL));
  g_chmod (made->path, 0700);
  g_setenv ("FLEETWIRE_BUILD", made->build, TRUE);
}

static void
remove_script (Folders *made, gconstpointer script)
{
  (void) script;
  g_unlink (made->path);
  g_rmdir (made->folder);
  g_rmdir (made->apps);
  g_rmdir (made->build);
  g_free (made->path);
  g_free (made->folder);
  g_free (made->apps);
  g_free (made->build);
}

static void
wait_until_ended (DemoChild *child)
{
  while (demo_child_is_running (child) || !demo_child_is_read (child))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_lines_and_status (Folders *made, gconstpointer script)
{
  const char *const arguments[] = { "x", "y", NULL };
  (void) made;
  (void) script;
  g_autoptr (DemoChild) child
      = demo_child_new ("script", DEMO_CHILD_BACKGROUND, arguments, -1, NULL);
  wait_until_ended (child);
  g_assert_cmpstr (demo_child_first_line (child), ==, "first x");
  g_assert_cmpstr (demo_child_last_line (child), ==, "last y");
  g_assert_cmpint (demo_child_status (child), ==, 3);
}

static void
test_signal (Folders *made, gconstpointer script)
{
  const char *const arguments[] = { NULL };
  (void) made;
  (void) script;
  g_autoptr (DemoChild) child
      = demo_child_new ("script", DEMO_CHILD_BACKGROUND, arguments, -1, NULL);
  demo_child_signal (child, SIGTERM);
  wait_until_ended (child);
  g_assert_cmpint (demo_child_status (child), ==, 128 + SIGTERM);
}

static void
test_missing_program (Folders *made, gconstpointer script)
{
  const char *const arguments[] = { NULL };
  g_autoptr (GError) error = NULL;
  (void) made;
  (void) script;
  g_assert_null (demo_child_new ("nowhere", DEMO_CHILD_BACKGROUND, arguments, -1, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  static const char talks[] = "#!/bin/sh\necho first $1\necho last $2\nexit 3\n";
  static const char waits[] = "#!/bin/sh\nexec cat /dev/zero > /dev/null\n";
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/demo/child/lines-and-status", Folders, talks, install_script, test_lines_and_status,
              remove_script);
  g_test_add ("/demo/child/signal", Folders, waits, install_script, test_signal, remove_script);
  g_test_add ("/demo/child/missing-program", Folders, talks, install_script, test_missing_program,
              remove_script);
  return g_test_run ();
}
