/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-headless.h"
#include "dash-options.h"
#include "dash-session.h"
#include "fw-query.h"
#include <stdio.h>

#include "fw-i18n.h"

/* A filter that cannot be read is said before anything is drawn, with its caret. */
static FwExit
run (const DashOptions *options, const char *url, GError **error)
{
  g_autoptr (FwQuery) query = fw_query_new (options->filter, NULL, error);
  DashView view;

  if (query == NULL)
    {
      g_prefix_error (error, "--filter: ");
      return FW_EXIT_USAGE;
    }
  if (!dash_view_find (options->view, &view))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("--view is overview, table, map or chart, not '%s'"), options->view);
      return FW_EXIT_USAGE;
    }
  return options->is_headless ? dash_headless_run (options, url, error)
                              : dash_session_run (options, url, view, error);
}

int
main (int argc, char **argv)
{
  FwProgram program;
  DashOptions options = { 0 };
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  dash_program_init (&program);
  if (fw_program_start (&program, &options, &argc, &argv, &config, &status))
    {
      status = (int) run (&options, argc > 1 ? argv[1] : DASH_URL_DEFAULT, &error);
      if (error != NULL)
        fprintf (stderr, "fleetwire dash: %s\n", error->message);
      fw_program_clear (&program, &options);
    }
  dash_program_clear (&program);
  return status;
}
