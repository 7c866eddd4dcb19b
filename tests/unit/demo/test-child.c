/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <signal.h>

#include "demo-child.h"
#include "fw-error.h"

/* A build folder whose only program is a script. */
static char *
install_script (const char *command, const char *script)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "apps", command, NULL);
  g_autofree char *file = g_strdup_printf ("fleetwire-%s", command);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, script, -1, NULL));
  g_chmod (path, 0700);
  g_setenv ("FLEETWIRE_BUILD", g_get_user_cache_dir (), TRUE);
  return g_steal_pointer (&path);
}

static void
wait_until_ended (DemoChild *child)
{
  while (demo_child_is_running (child) || !demo_child_is_read (child))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_lines_and_status (void)
{
  const char *const arguments[] = { "x", "y", NULL };
  g_autofree char *path = install_script ("talk", "#!/bin/sh\necho first $1\necho last $2\nexit 3\n");
  g_autoptr (DemoChild) child = demo_child_new ("talk", DEMO_CHILD_BACKGROUND, arguments, -1, NULL);
  wait_until_ended (child);
  g_assert_cmpstr (demo_child_first_line (child), ==, "first x");
  g_assert_cmpstr (demo_child_last_line (child), ==, "last y");
  g_assert_cmpint (demo_child_status (child), ==, 3);
}

static void
test_signal (void)
{
  const char *const arguments[] = { NULL };
  g_autofree char *path = install_script ("wait", "#!/bin/sh\nexec cat /dev/zero > /dev/null\n");
  g_autoptr (DemoChild) child = demo_child_new ("wait", DEMO_CHILD_BACKGROUND, arguments, -1, NULL);
  demo_child_signal (child, SIGTERM);
  wait_until_ended (child);
  g_assert_cmpint (demo_child_status (child), ==, 128 + SIGTERM);
}

static void
test_missing_program (void)
{
  const char *const arguments[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_setenv ("FLEETWIRE_BUILD", g_get_user_cache_dir (), TRUE);
  g_assert_null (demo_child_new ("nowhere", DEMO_CHILD_BACKGROUND, arguments, -1, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/demo/child/lines-and-status", test_lines_and_status);
  g_test_add_func ("/demo/child/signal", test_signal);
  g_test_add_func ("/demo/child/missing-program", test_missing_program);
  return g_test_run ();
}
