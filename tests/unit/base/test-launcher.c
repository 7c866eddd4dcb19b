/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "run-line.h"

/* A build folder with a copy of the launcher's view of the world: one command that prints its
 * arguments. */
typedef struct
{
  char *build, *app, *program;
  char *out, *err;
} Fixture;

static void
setup (Fixture *fx, gconstpointer data)
{
  (void) data;
  fx->build = g_dir_make_tmp ("fleetwire-XXXXXX", NULL);
  fx->app = g_build_filename (fx->build, "apps", "relay", NULL);
  fx->program = g_build_filename (fx->app, "fleetwire-relay", NULL);
  g_assert_cmpint (g_mkdir_with_parents (fx->app, 0700), ==, 0);
  g_assert_true (
      g_file_set_contents (fx->program, "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit 7\n", -1, NULL));
  g_assert_cmpint (g_chmod (fx->program, 0755), ==, 0);
}

static void
teardown (Fixture *fx, gconstpointer data)
{
  g_autofree char *apps = g_path_get_dirname (fx->app);

  (void) data;
  g_unlink (fx->program);
  g_rmdir (fx->app);
  g_rmdir (apps);
  g_rmdir (fx->build);
  g_free (fx->build);
  g_free (fx->app);
  g_free (fx->program);
  g_free (fx->out);
  g_free (fx->err);
}

static int
run (Fixture *fx, const char *line)
{
  g_auto (GStrv) env = g_environ_setenv (g_get_environ (), "FLEETWIRE_BUILD", fx->build, TRUE);
  g_autofree char *command = g_strdup_printf ("%s %s", g_getenv ("FW_LAUNCHER"), line);

  return run_line (NULL, env, command, &fx->out, &fx->err);
}

static void
test_becomes_the_program (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "relay --listen 'a b' -x"), ==, 7);
  g_assert_cmpstr (fx->out, ==, "<--listen><a b><-x>");
  g_assert_cmpint (run (fx, "help relay"), ==, 7);
  g_assert_cmpstr (fx->out, ==, "<--help>");
}

static void
test_lists_its_commands (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, ""), ==, 0);
  g_autofree char *bare = g_strdup (fx->out);
  g_assert_cmpint (run (fx, "help"), ==, 0);
  g_assert_cmpstr (fx->out, ==, bare);
  g_assert_nonnull (strstr (fx->out, "\n  relay    "));
  g_assert_nonnull (strstr (fx->out, "\n  demo     "));
  g_auto (GStrv) lines = g_strsplit (fx->out, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <=, 80);
}

typedef struct
{
  const char *line;
  int status;
  const char *error;
} Refusal;

static const Refusal refusals[] = {
  { "rlay", 64, "fleetwire: there is no command 'rlay'; did you mean 'relay'?\n" },
  { "hlep", 64, "fleetwire: there is no command 'hlep'; did you mean 'help'?\n" },
  { "frobnicate", 64,
    "fleetwire: there is no command 'frobnicate'; 'fleetwire help' lists them\n" },
  { "../relay/fleetwire-relay", 64,
    "fleetwire: there is no command '../relay/fleetwire-relay'; 'fleetwire help' lists them\n" },
  { "'\x1b[2J'", 64, "fleetwire: there is no command '\\x1b[2J'; 'fleetwire help' lists them\n" },
  { "--wrong", 64, "fleetwire: there is no command '--wrong'; 'fleetwire help' lists them\n" },
};

static void
test_refuses_what_it_does_not_know (Fixture *fx, gconstpointer data)
{
  (void) data;
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_assert_cmpint (run (fx, refusals[i].line), ==, refusals[i].status);
      g_assert_cmpstr (fx->err, ==, refusals[i].error);
      g_assert_cmpstr (fx->out, ==, "");
    }
}

static void
test_says_what_is_not_installed (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "demo"), ==, 69);
  g_assert_true (g_str_has_prefix (
      fx->err, "fleetwire: 'demo' is not installed: there is no program 'fleetwire-demo'"));
}

static void
test_version (Fixture *fx, gconstpointer data)
{
  (void) data;
  g_assert_cmpint (run (fx, "--version"), ==, 0);
  g_assert_cmpstr (fx->out, ==, "fleetwire " FW_VERSION "\n");
}

#define ADD(path, function) \
  g_test_add ("/fleetwire/" path, Fixture, NULL, setup, function, teardown)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("becomes-the-program", test_becomes_the_program);
  ADD ("lists-its-commands", test_lists_its_commands);
  ADD ("refuses-what-it-does-not-know", test_refuses_what_it_does_not_know);
  ADD ("says-what-is-not-installed", test_says_what_is_not_installed);
  ADD ("version", test_version);
  return g_test_run ();
}
