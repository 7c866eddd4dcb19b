/* SPDX-License-Identifier: Apache-2.0 */
/* fleetwire COMMAND ...: becomes the program fleetwire-COMMAND. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-option.h"
#include "fw-path.h"
#include "fw-i18n.h"

#define COMMAND_BYTES_MAX 32

static FwExit
print (char *text)
{
  g_print ("%s", text);
  g_free (text);
  return FW_EXIT_OK;
}

/* A command is a word, never a path. */
static gboolean
is_command_word (const char *word)
{
  gsize len = strlen (word);

  return len <= COMMAND_BYTES_MAX && strspn (word, "abcdefghijklmnopqrstuvwxyz0123456789-") == len
         && word[0] != '-';
}

static FwExit
refuse (const char *word)
{
  g_autofree char *safe = fw_log_escape (word, -1);
  const char *nearest = commands_nearest (word);

  if (commands_has (word))
    {
      g_printerr (_ ("fleetwire: '%s' is not installed: there is no program 'fleetwire-%s' beside "
                     "this one, in %s or in "
                     "PATH\n"),
                  safe, safe, FW_BIN_DIR);
      return FW_EXIT_UNAVAILABLE;
    }
  if (nearest != NULL)
    g_printerr (_ ("fleetwire: there is no command '%s'; did you mean '%s'?\n"), safe, nearest);
  else
    g_printerr (_ ("fleetwire: there is no command '%s'; 'fleetwire help' lists them\n"), safe);
  return FW_EXIT_USAGE;
}

/* Returns only when it fails. arguments: NULL-terminated, its first place is for the program's
 * name. */
static FwExit
become (const char *word, char **arguments)
{
  g_autofree char *path = is_command_word (word) ? fw_path_program (word) : NULL;
  g_autofree char *name = g_strconcat ("fleetwire-", word, NULL);

  if (path == NULL)
    return refuse (word);
  arguments[0] = name;
  execv (path, arguments);
  g_printerr (_ ("fleetwire: cannot run '%s': %s\n"), path, g_strerror (errno));
  return FW_EXIT_UNAVAILABLE;
}

static FwExit
help (const char *word)
{
  char *arguments[] = { NULL, (char *) "--help", NULL };

  return word == NULL ? print (commands_help ()) : become (word, arguments);
}

int
main (int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "help";

  fw_program_locale ("fleetwire");
  if (g_str_equal (word, "help") || g_str_equal (word, "--help") || g_str_equal (word, "-h"))
    return (int) help (argc > 2 ? argv[2] : NULL);
  if (g_str_equal (word, "--version") || g_str_equal (word, "-V"))
    return (int) print (g_strdup_printf ("fleetwire %s\n", FW_VERSION));
  if (g_str_equal (word, "--man"))
    return (int) print (commands_man ());
  return (int) become (word, argv + 1);
}
