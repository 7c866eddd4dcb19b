/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-path.h"

static char *
if_executable (char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
    return path;
  g_free (path);
  return NULL;
}

/* In the same folder, or, as a build folder has it, in the neighbouring one of the command. */
static char *
beside_this_program (const char *command, const char *file)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  if (self == NULL)
    return NULL;
  g_autofree char *folder = g_path_get_dirname (self);
  char *path = if_executable (g_build_filename (folder, file, NULL));
  return path != NULL ? path : if_executable (g_build_filename (folder, "..", command, file, NULL));
}

char *
fw_path_program (const char *command)
{
  const char *build = g_getenv ("FLEETWIRE_BUILD");
  g_autofree char *file = g_strdup_printf ("fleetwire-%s", command);

  if (build != NULL)
    return if_executable (g_build_filename (build, "apps", command, file, NULL));
  char *path = beside_this_program (command, file);
  if (path == NULL)
    path = if_executable (g_build_filename (FW_BIN_DIR, file, NULL));
  return path != NULL ? path : g_find_program_in_path (file);
}

char *
fw_path_data (const char *name)
{
  const char *source = g_getenv ("FLEETWIRE_SOURCE");
  char *path = source != NULL ? g_build_filename (source, "data", name, NULL)
                              : g_build_filename (FW_DATA_DIR, name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}
