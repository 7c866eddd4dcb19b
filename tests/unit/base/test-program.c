/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fw-error.h"
#include "run-line.h"

/* Runs option-probe, a whole program, in a home of its own. */
typedef struct
{
  char *home;   /* XDG_CONFIG_HOME, and where the program is started */
  char *conf;   /* its fleetwire.conf */
  char *system; /* what /etc/fleetwire.conf is to other programs */
  char *secret; /* a file with a secret */
  char **env;
  char *out, *err; /* of the last run */
} Fixture;

#define DEFAULTS                                                                          \
  "quiet=0 color=1 clients=100 lag=2000 memory=67108864 ratio=0.5 listen=localhost:8080 " \
  "topics=iot-events token=- "                                                            \
  "prefix= kafka= arg=-\n"

static char *
conf_in (const Fixture *fx, const char *name)
{
  g_autofree char *folder = g_build_filename (fx->home, name, NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  return g_build_filename (folder, "fleetwire.conf", NULL);
}

static void
setup (Fixture *fx, gconstpointer data)
{
  (void) data;
  fx->home = g_dir_make_tmp ("fleetwire-XXXXXX", NULL);
  fx->conf = conf_in (fx, "fleetwire");
  fx->system = conf_in (fx, "etc");
  fx->secret = g_build_filename (fx->home, "secret", NULL);
  fx->env = g_environ_setenv (g_get_environ (), "XDG_CONFIG_HOME", fx->home, TRUE);
}

static void
remove_with_folder (char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_unlink (path);
  g_rmdir (folder);
  g_free (path);
}

static void
teardown (Fixture *fx, gconstpointer data)
{
  (void) data;
  remove_with_folder (fx->conf);
  remove_with_folder (fx->system);
  g_unlink (fx->secret);
  g_rmdir (fx->home);
  g_free (fx->home);
  g_free (fx->secret);
  g_strfreev (fx->env);
  g_free (fx->out);
  g_free (fx->err);
}

static void
write_file (const char *path, const char *text, int mode)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

/* line: arguments as a shell would take them. Returns the exit status. */
static int
run (Fixture *fx, const char *line)
{
  g_autofree char *command = g_strdup_printf (
      "%s %s", g_test_get_filename (G_TEST_BUILT, "unit", "base", "option-probe", NULL), line);

  return run_line (fx->home, fx->env, command, &fx->out, &fx->err);
}

static void
assert_contains (const char *text, const char *wanted)
{
  if (strstr (text, wanted) == NULL)
    g_error ("'%s' is not in '%s'", wanted, text);
}

static void
test_nothing_given (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, ""), ==, 0);
  g_assert_cmpstr (fx->out, ==, DEFAULTS);
  g_assert_cmpstr (fx->err, ==, "");
}

static void
test_command_line (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (
      run (fx, "-ql3s --clients-max 7 --no-color --memory=4k --topic a --topic=b -- -url"), ==, 0);
  g_assert_cmpstr (fx->out, ==,
                   "quiet=1 color=0 clients=7 lag=3000 memory=4096 ratio=0.5 listen=localhost:8080 "
                   "topics=a+b token=- "
                   "prefix= kafka= arg=-url\n");
}

static void
test_numbers_are_no_options (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "-q -18.5"), ==, 0);
  assert_contains (fx->out, " arg=-18.5\n");
  g_assert_cmpint (run (fx, "-c -18"), ==, 64); /* the value of an option, out of its range */
}

static void
test_order_of_precedence (Fixture *fx, gconstpointer data)
{
  (void) data;
  write_file (fx->conf,
              "# a remark\n[test]\nclients-max = 1\nlag-max = 1s\nlisten = file:1\ntopic = x, y\n"
              "[kafka]\nprefix = p.\nssl.ca.location = /a = b\n[other]\nwhatever = fine\n",
              0644);
  fx->env = g_environ_setenv (fx->env, "FW_T_LAG", "5s", TRUE);
  fx->env = g_environ_setenv (fx->env, "FW_T_LISTEN", "env:1", TRUE);
  g_assert_cmpint (run (fx, "--listen=argv:1"), ==, 0);
  g_assert_cmpstr (fx->out, ==,
                   "quiet=0 color=1 clients=1 lag=5000 memory=67108864 ratio=0.5 listen=argv:1 "
                   "topics=x+y token=- "
                   "prefix=p. kafka=ssl.ca.location arg=-\n");
  g_assert_cmpint (run (fx, "--listen=argv:1 --dump-config"), ==, 0);
  assert_contains (fx->out, "# the command line\nlisten = argv:1\n");
  assert_contains (fx->out, "# the environment (FW_T_LAG)\nlag-max = 5s\n");
  assert_contains (fx->out, "# default\nmemory = 64M\n");
  assert_contains (fx->out, "ssl.ca.location = /a = b\n");
  g_autofree char *place = g_strdup_printf ("# line 3 of '%s'\nclients-max = 1\n", fx->conf);
  assert_contains (fx->out, place);
}

static void
assert_lag (Fixture *fx, const char *line, const char *lag, const char *whence)
{
  g_autofree char *dump = g_strdup_printf ("%s --dump-config", line);
  g_autofree char *figure = g_strdup_printf (" lag=%s ", lag);

  g_assert_cmpint (run (fx, line), ==, 0);
  assert_contains (fx->out, figure);
  g_assert_cmpint (run (fx, dump), ==, 0);
  assert_contains (fx->out, whence);
}

static void
test_each_place_yields_to_the_next (Fixture *fx, gconstpointer data)
{
  g_autofree char *own = g_strdup_printf ("# line 2 of '%s'\nlag-max = 3s\n", fx->conf);

  (void) data;
  assert_lag (fx, "", "2000", "# default\nlag-max = 2s\n");
  write_file (fx->system, "[test]\n\nlag-max = 1s\n", 0644);
  assert_lag (fx, "", "1000", "# line 3 of 'etc/fleetwire.conf'\nlag-max = 1s\n");
  write_file (fx->conf, "[test]\nlag-max = 3s\n", 0644);
  assert_lag (fx, "", "3000", own);
  fx->env = g_environ_setenv (fx->env, "FW_T_LAG", "4s", TRUE);
  assert_lag (fx, "", "4000", "# the environment (FW_T_LAG)\nlag-max = 4s\n");
  assert_lag (fx, "--lag-max=5s", "5000", "# the command line\nlag-max = 5s\n");
}

static void
test_both_files_are_read_key_by_key (Fixture *fx, gconstpointer data)
{
  (void) data;
  write_file (fx->system, "[test]\nclients-max = 1\nlag-max = 1s\n[kafka]\nprefix = system.\n",
              0644);
  write_file (fx->conf, "[test]\nlag-max = 3s\n[kafka]\nssl.ca.location = /a\n", 0644);
  g_assert_cmpint (run (fx, ""), ==, 0);
  assert_contains (fx->out, " clients=1 lag=3000 ");
  assert_contains (fx->out, " prefix=system. kafka=ssl.ca.location ");
  write_file (fx->system, "[test]\nnonsense = 1\n", 0644);
  g_assert_cmpint (run (fx, ""), ==, 78);
  assert_contains (fx->err, "etc/fleetwire.conf:2: unknown option 'nonsense'");
}

static void
test_dump_reads_back (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "-c 9 --topic a --topic b --quiet --dump-config"), ==, 0);
  write_file (fx->secret, fx->out, 0644);
  g_autofree char *line = g_strdup_printf ("--config %s", fx->secret);
  g_assert_cmpint (run (fx, line), ==, 0);
  g_assert_cmpstr (fx->out, ==,
                   "quiet=1 color=1 clients=9 lag=2000 memory=67108864 ratio=0.5 "
                   "listen=localhost:8080 topics=a+b "
                   "token=- prefix= kafka= arg=-\n");
}

static void
test_config_replaces_the_search (Fixture *fx, gconstpointer data)
{
  (void) data;
  write_file (fx->conf, "[test]\nclients-max = 1\n", 0644);
  write_file (fx->system, "[test]\nlag-max = 1s\n", 0644);
  g_assert_cmpint (run (fx, "--config /dev/null"), ==, 0);
  g_assert_cmpstr (fx->out, ==, DEFAULTS);
  g_assert_cmpint (run (fx, "--config /nowhere/at-all"), ==, 78);
  assert_contains (fx->err, "Cannot read '/nowhere/at-all': No such file");
}

static void
test_secrets (Fixture *fx, gconstpointer data)
{
  g_autofree char *by_file = g_strdup_printf ("--token-file %s", fx->secret);

  (void) data;
  write_file (fx->secret, "hush\n", 0644);
  g_assert_cmpint (run (fx, by_file), ==, 0);
  assert_contains (fx->out, "token=hush ");
  g_assert_cmpint (run (fx, "--token-file /nowhere"), ==, 78);
  assert_contains (fx->err, "Cannot read '/nowhere': No such file");
  g_assert_cmpint (run (fx, "--token-file /dev/zero"), ==, 78);
  assert_contains (fx->err, "Cannot read '/dev/zero': it is longer than 64.0");
  g_assert_cmpint (run (fx, "--token-file /dev/null"), ==, 78);
  assert_contains (fx->err, "The secret in '/dev/null' is empty");
  g_assert_cmpint (run (fx, "--token hush"), ==, 64);
  g_assert_null (strstr (fx->err, "hush"));
  assert_contains (fx->err, "did you mean '--token-file'?");

  write_file (fx->conf, "[test]\ntoken = hush\n", 0644);
  g_assert_cmpint (run (fx, ""), ==, 78);
  g_assert_null (strstr (fx->err, "hush"));
  assert_contains (fx->err, "can be read by others: run 'chmod 600'");
  write_file (fx->conf, "[test]\ntoken = hush\n", 0600);
  g_assert_cmpint (run (fx, ""), ==, 0);
  assert_contains (fx->out, "token=hush ");
  g_assert_cmpint (run (fx, "--dump-config"), ==, 0);
  g_assert_null (strstr (fx->out, "hush"));

  g_unlink (fx->conf);
  fx->env = g_environ_setenv (fx->env, "FW_T_TOKEN_FILE", fx->secret, TRUE);
  g_assert_cmpint (run (fx, ""), ==, 0);
  assert_contains (fx->out, "token=hush ");
}

/* Those of librdkafka, which no row describes. */
static void
test_passed_on_secrets (Fixture *fx, gconstpointer data)
{
  static const char *const keys[]
      = { "sasl.password", "sasl.oauthbearer.client.secret", "ssl.key.pem" };

  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = g_strdup_printf ("[kafka]\n%s = hush\n", keys[i]);
      g_autofree char *holds = g_strdup_printf ("'%s' holds a secret", keys[i]);
      write_file (fx->conf, text, 0644);
      g_assert_cmpint (run (fx, ""), ==, 78);
      assert_contains (fx->err, holds);
      write_file (fx->conf, text, 0600);
      g_assert_cmpint (run (fx, "--dump-config"), ==, 0);
      assert_contains (fx->out, keys[i]);
      g_assert_null (strstr (fx->out, "hush"));
    }
}

typedef struct
{
  const char *words; /* an argument list, or the text of fleetwire.conf */
  const char *error;
} Refusal;

static const Refusal argv_refusals[] = {
  { "--lag-max", "Option '--lag-max' needs a value: DURATION" },
  { "-c", "Option '-c' needs a value: NUMBER" },
  { "--lga-max=3s", "Unknown option '--lga-max'; did you mean '--lag-max'?" },
  { "--topic a -z", "Unknown option '-z'; 'fleetwire test --help' lists them" },
  { "--quiet=yes", "Option '--quiet' takes no value" },
  { "one two", "Unexpected argument 'two'; 'fleetwire test --help' shows the usage" },
  { "--lag-max=1y", "Option 'lag-max' from the command line is '1y'" },
  { "--log=loud", "Option 'log' is 'loud', but must be a list such as" },
  { "--log-format=xml", "Option 'log-format' is 'xml', but must be 'text' or 'json'" },
};

static void
test_bad_command_lines_exit_64 (Fixture *fx, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (argv_refusals); i++)
    {
      g_assert_cmpint (run (fx, argv_refusals[i].words), ==, 64);
      g_assert_cmpstr (fx->out, ==, "");
      g_assert_true (g_str_has_prefix (fx->err, "fleetwire-test: "));
      assert_contains (fx->err, argv_refusals[i].error);
    }
}

static const Refusal file_refusals[] = {
  { "[test]\nclients-max = many\n", "Option 'clients-max' from line 2 of '" },
  { "[test]\n\nlag_max = 3s\n",
    "fleetwire.conf:3: unknown option 'lag_max'; did you mean 'lag-max'?" },
  { "[test]\nnonsense = 1\n",
    "fleetwire.conf:2: unknown option 'nonsense'; 'fleetwire test --help' lists them" },
  { "[test]\nlag-max = 3s\nlag-max = 4s\n",
    "fleetwire.conf:3: 'lag-max' is given twice; the first is in line 2" },
  { "[test\n", "fleetwire.conf:1: '[test' is not a section; write [name]" },
  { "[test]\nlag-max 3s\n",
    "fleetwire.conf:2: 'lag-max 3s' is neither 'key = value' nor '[section]'" },
  { "lag-max = 3s\n", "fleetwire.conf:1: 'lag-max' stands before the first [section]" },
  { "[test]\n\xff\n", "fleetwire.conf:2: not UTF-8 text" },
  { "[test]\n\x1b[2J\n", "fleetwire.conf:2: '\\x1b[2J' is neither" },
  { "[test]\nhelp = true\n", "fleetwire.conf:2: unknown option 'help'" },
};

static void
test_bad_files_exit_78 (Fixture *fx, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (file_refusals); i++)
    {
      write_file (fx->conf, file_refusals[i].words, 0644);
      g_assert_cmpint (run (fx, ""), ==, 78);
      assert_contains (fx->err, file_refusals[i].error);
    }
}

static void
test_bad_environment_exits_78 (Fixture *fx, gconstpointer data)
{
  (void) data;
  fx->env = g_environ_setenv (fx->env, "FW_T_CLIENTS", "0", TRUE);
  g_assert_cmpint (run (fx, ""), ==, 78);
  assert_contains (fx->err, "Option 'clients-max' from the environment (FW_T_CLIENTS) is '0', but "
                            "must be a whole number, "
                            "from 1 to 5000 clients");
}

static void
test_endless_file_is_refused (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--config /dev/zero"), ==, 78);
  assert_contains (fx->err, "longer than 1.0");
}

static void
test_help_stays_on_stdout_and_in_80_columns (Fixture *fx, gconstpointer data)
{
  (void) data;
  write_file (fx->conf, "broken", 0644); /* help is there all the same */
  g_assert_cmpint (run (fx, "--help"), ==, 0);
  g_assert_cmpstr (fx->err, ==, "");
  assert_contains (fx->out, "Usage: fleetwire test [OPTION...] [URL]\n\nTests options\n\n"
                            "Arguments:\n  URL                           Where to go\n");
  assert_contains (fx->out, "\nLimits:\n  -c, --clients-max=NUMBER      How many clients may be "
                            "connected (default 100;\n");
  assert_contains (fx->out,
                   "      --token-file=FILE         What to show at the door (FW_T_TOKEN)\n");
  assert_contains (fx->out, "on by default; --no-color turns it\n");
  assert_contains (fx->out, "Memory for tracks (of buses; default 64M; 4k to\n");
  g_assert_null (strstr (fx->out, "--man"));
  g_auto (GStrv) lines = g_strsplit (fx->out, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <=, 80);
}

static void
test_version_names_the_libraries (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--version"), ==, 0);
  g_assert_true (g_str_has_prefix (fx->out, "fleetwire-test " FW_VERSION "\nGLib 2."));
  assert_contains (fx->out, "\nlibexample 1.0 (running 1.1)\n");
}

static void
test_manual_is_roff (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--man"), ==, 0);
  assert_contains (fx->out, ".SH NAME\nfleetwire\\-test \\- Tests options\n");
  assert_contains (fx->out, ".PP\n\\&.Second paragraph, with a hyphen\\-ated word.\n");
  assert_contains (fx->out, ".SH ARGUMENTS\n.TP\n.B URL\nWhere to go.\n");
  assert_contains (fx->out, ".SH KEYS\n.TP\n.B ^L\nDraw anew.\n");
  assert_contains (fx->out, "Memory for tracks (of buses; default 64M; 4k to 1G).\n");
  assert_contains (fx->out, ".B \\-l, \\-\\-lag\\-max=DURATION\n");
  assert_contains (fx->out, ".B FW_T_LAG\nThe same as the option \\-\\-lag\\-max.\n");
  assert_contains (fx->out, ".B 78\na configuration file");
  assert_contains (fx->out, ".B fleetwire_test_sent_total\nFrames sent\n");
}

/* As it stands it changes nothing; without its marks it says what the defaults say. */
static void
test_manual_has_every_exit_status (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--man"), ==, 0);
  for (int code = FW_ERROR_USAGE; code <= FW_ERROR_NOT_SUPPORTED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (FW_ERROR, code, "x");
      g_autofree char *line = g_strdup_printf ("\n.B %d\n", fw_error_exit (error));
      assert_contains (fx->out, line);
    }
}

static void
test_sample_is_a_configuration (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--sample"), ==, 0);
  g_autofree char *sample = g_strdup (fx->out);
  assert_contains (sample, "\n#lag-max = 2s\n");
  assert_contains (sample, "\n[kafka]\n# Put before every topic's name\n#prefix = \n");
  assert_contains (sample, "\n#token-file = FILE\n");
  write_file (fx->conf, sample, 0644);
  g_assert_cmpint (run (fx, ""), ==, 0);
  g_assert_cmpstr (fx->out, ==, DEFAULTS);
}

static void
test_reference_is_markdown (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--reference"), ==, 0);
  assert_contains (fx->out,
                   "| `-l, --lag-max=DURATION` | 2s | 100ms to 1m | FW_T_LAG | [test] | How old");
  assert_contains (fx->out, "| `URL` | Where to go |\n");
  assert_contains (fx->out, "| `fleetwire_test_sent_total` | counter |  | Frames sent |");
}

#define ADD(path, function) \
  g_test_add ("/base/program/" path, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nothing-given", test_nothing_given);
  ADD ("command-line", test_command_line);
  ADD ("numbers-are-no-options", test_numbers_are_no_options);
  ADD ("order-of-precedence", test_order_of_precedence);
  ADD ("each-place-yields-to-the-next", test_each_place_yields_to_the_next);
  ADD ("both-files-are-read-key-by-key", test_both_files_are_read_key_by_key);
  ADD ("dump-reads-back", test_dump_reads_back);
  ADD ("config-replaces-the-search", test_config_replaces_the_search);
  ADD ("secrets", test_secrets);
  ADD ("secrets-of-librdkafka-are-not-shown", test_passed_on_secrets);
  ADD ("bad-command-lines-exit-64", test_bad_command_lines_exit_64);
  ADD ("bad-files-exit-78", test_bad_files_exit_78);
  ADD ("bad-environment-exits-78", test_bad_environment_exits_78);
  ADD ("endless-file-is-refused", test_endless_file_is_refused);
  ADD ("help-stays-on-stdout-and-in-80-columns", test_help_stays_on_stdout_and_in_80_columns);
  ADD ("version-names-the-libraries", test_version_names_the_libraries);
  ADD ("manual-is-roff", test_manual_is_roff);
  ADD ("manual-has-every-exit-status", test_manual_has_every_exit_status);
  ADD ("sample-is-a-configuration", test_sample_is_a_configuration);
  ADD ("reference-is-markdown", test_reference_is_markdown);
  return g_test_run ();
}
