/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds a target every file of the folders named, and every shorter beginning of the small ones. */
#include <stdlib.h>

#include "fuzz.h"

#define PREFIXES_UP_TO_BYTES 512

static guint
replay (const char *path)
{
  g_autofree char *data = NULL;
  gsize len;
  if (!g_file_get_contents (path, &data, &len, NULL))
    g_error ("cannot read %s", path);
  for (gsize cut = len <= PREFIXES_UP_TO_BYTES ? 0 : len; cut <= len; cut++)
    {
      /* Of the very size, so that a sanitizer sees one byte too many. */
      g_autofree guint8 *copy = g_memdup2 (data, cut);
      LLVMFuzzerTestOneInput (copy ? copy : (const guint8 *) "", cut);
    }
  return 1;
}

int
main (int argc, char **argv)
{
  guint n = 0;
  for (int i = 1; i < argc; i++)
    {
      const char *name;
      g_autoptr (GDir) dir = g_dir_open (argv[i], 0, NULL);
      if (!dir)
        g_error ("cannot open %s", argv[i]);
      while ((name = g_dir_read_name (dir)))
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);
          n += replay (path);
        }
    }
  g_print ("%u inputs replayed\n", n);
  return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
