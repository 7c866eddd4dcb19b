/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "enroll-file.h"
#include "enroll-options.h"
#include "fw-credentials.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-password.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("enroll");

static gboolean
fail (GError **error, FwErrorCode code, const char *why)
{
  g_set_error_literal (error, FW_ERROR, code, why);
  return FALSE;
}

/* One line of standard input, which a terminal does not show. */
static char *
read_line (const char *prompt)
{
  char text[FW_PASSWORD_MAX_BYTES + 2] = "";
  gboolean is_terminal = isatty (STDIN_FILENO);
  struct termios was, quiet;
  char *line = NULL;

  if (is_terminal && tcgetattr (STDIN_FILENO, &was) == 0)
    {
      quiet = was;
      quiet.c_lflag &= ~(tcflag_t) ECHO;
      g_printerr ("%s", prompt);
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
    }
  if (fgets (text, sizeof text, stdin))
    line = g_strndup (text, strcspn (text, "\r\n"));
  if (is_terminal)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &was);
      g_printerr ("\n");
    }
  explicit_bzero (text, sizeof text);
  return line;
}

static char *
ask (GError **error)
{
  g_autofree char *secret = read_line (_ ("Secret: "));
  g_autofree char *again = secret && isatty (STDIN_FILENO) ? read_line (_ ("Again: ")) : NULL;

  if (!secret || !*secret)
    fail (error, FW_ERROR_USAGE, _ ("no secret was given"));
  else if (again && strcmp (secret, again) != 0)
    fail (error, FW_ERROR_USAGE, _ ("the two are not the same; nothing was changed"));
  else
    return g_steal_pointer (&secret);
  return NULL;
}

/* *ret_is_made: somebody must be told it. */
static char *
get_secret (const EnrollOptions *options, gboolean *ret_is_made, GError **error)
{
  *ret_is_made = !options->asks && !options->secret;
  if (options->asks)
    return ask (error);
  return options->secret ? g_strdup (options->secret) : fw_password_make (error);
}

static char *
make_line (const EnrollOptions *options, const char *name, const char *secret, gboolean is_made,
           GError **error)
{
  g_autofree char *hash
      = fw_password_hash (secret, is_made ? FW_PASSWORD_MADE : FW_PASSWORD_CHOSEN, error);

  if (!hash)
    return NULL;
  return options->identity ? g_strdup_printf ("%s:%s:%s", name, hash, options->identity)
                           : g_strdup_printf ("%s:%s", name, hash);
}

static gboolean
put (const EnrollOptions *options, const char *path, const char *name, GError **error)
{
  gboolean is_made, was_there;
  g_autofree char *secret = get_secret (options, &is_made, error);
  g_autofree char *line = secret ? make_line (options, name, secret, is_made, error) : NULL;
  gboolean is_done = line && enroll_file_put (path, name, line, &was_there, error);

  if (is_done)
    fw_info (was_there ? _ ("'%s' has another secret in %s now")
                       : _ ("'%s' stands in %s now; a running ingest sees it on SIGHUP"),
             name, path);
  if (is_done && is_made)
    printf ("%s\n", secret);
  if (secret)
    explicit_bzero (secret, strlen (secret));
  return is_done;
}

static gboolean
take_out (const char *path, const char *name, GError **error)
{
  gboolean was_there;

  if (!enroll_file_put (path, name, NULL, &was_there, error))
    return FALSE;
  if (!was_there)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("there is no '%s' in %s"), name, path);
      return FALSE;
    }
  fw_info (_ ("'%s' is out of %s; a running ingest ends its connections on SIGHUP"), name, path);
  return TRUE;
}

static gboolean
run (const EnrollOptions *options, int argc, char **argv, GError **error)
{
  g_autoptr (FwPass) pass = NULL;
  const char *who;

  if (argc != 3)
    return fail (error, FW_ERROR_USAGE,
                 _ ("say which file and which device: fleetwire enroll FILE NAME"));
  if (!fw_credentials_name_is_good (argv[2], strlen (argv[2])))
    return fail (error, FW_ERROR_USAGE,
                 _ ("a name is 1 to 256 bytes of text without colons or control characters, and "
                    "does not begin with #"));
  if (options->removes)
    return take_out (argv[1], argv[2], error);
  who = options->identity ? options->identity : argv[2];
  pass = fw_pass_parse (who, strlen (who));
  if (!pass)
    return fail (error, FW_ERROR_USAGE,
                 _ ("--for must be FLEET/DEVICE_ID, or FLEET/* for a gateway"));
  return put (options, argv[1], argv[2], error);
}

int
main (int argc, char **argv)
{
  EnrollOptions options = { 0 };
  g_autoptr (GError) error = NULL;
  int status;

  if (!fw_program_start (&enroll_program, &options, &argc, &argv, NULL, &status))
    return status;
  status = FW_EXIT_OK;
  if (!run (&options, argc, argv, &error))
    status = fw_program_fail (&enroll_program, error);
  fw_program_clear (&enroll_program, &options);
  return status;
}
