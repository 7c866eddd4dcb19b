/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-path.h"

#include <glib/gstdio.h>

/* A build folder and a source folder of our own. */
static void
test_the_folders_of_a_developer_come_first (void)
{
  g_autofree char *root = g_dir_make_tmp ("fleetwire-XXXXXX", NULL);
  g_autofree char *app = g_build_filename (root, "apps", "thing", NULL);
  g_autofree char *program = g_build_filename (app, "fleetwire-thing", NULL);
  g_autofree char *data = g_build_filename (root, "data", NULL);

  g_assert_cmpint (g_mkdir_with_parents (app, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (data, 0700), ==, 0);
  g_setenv ("FLEETWIRE_BUILD", root, TRUE);
  g_setenv ("FLEETWIRE_SOURCE", root, TRUE);
  g_assert_null (fw_path_program ("thing"));
  g_assert_true (g_file_set_contents (program, "#!/bin/sh\n", -1, NULL));
  g_assert_null (fw_path_program ("thing")); /* not a program yet */
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  g_autofree char *found = fw_path_program ("thing");
  g_assert_cmpstr (found, ==, program);

  g_autofree char *found_data = fw_path_data (".");
  g_assert_nonnull (found_data);
  g_assert_null (fw_path_data ("no-such-file"));
  g_unlink (program);
  g_rmdir (app);
  g_autofree char *apps = g_path_get_dirname (app);
  g_rmdir (apps);
  g_rmdir (data);
  g_rmdir (root);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/path/the-folders-of-a-developer-come-first",
                   test_the_folders_of_a_developer_come_first);
  return g_test_run ();
}
