/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "demo-options.h"
#include "demo-play.h"
#include "demo-port.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-net.h"
#include "fw-rng.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("demo");

/* --config as it stands on the command line: the children must read the same file. Transfer full;
 * NULL: none. */
static char *
find_config (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      if (g_str_has_prefix (argv[i], "--config="))
        return g_strdup (argv[i] + strlen ("--config="));
      if (strcmp (argv[i], "--config") == 0 && i + 1 < argc)
        return g_strdup (argv[i + 1]);
    }
  return NULL;
}

static void
go_headless_without_terminal (DemoOptions *options)
{
  if (options->is_headless || (isatty (STDIN_FILENO) && isatty (STDOUT_FILENO)))
    return;
  fw_info (_ ("there is no terminal here: going on headless"));
  options->is_headless = TRUE;
}

/* Port 0 takes the next free one: the page's address must be known before the relay is. */
static gboolean
choose_web_port (DemoCast *cast, GError **error)
{
  if (!fw_address_parse (cast->options->listen, &cast->listen_host, &cast->web_port, error))
    {
      g_prefix_error (error, "--listen: ");
      return FALSE;
    }
  if (cast->web_port == 0)
    cast->web_port = demo_port_next_free (8080);
  else if (!demo_port_is_free (cast->web_port))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                   _ ("port %u is in use: stop what listens there, or choose another with --listen "
                      "localhost:PORT"),
                   cast->web_port);
      return FALSE;
    }
  return TRUE;
}

static int
report (const DemoCast *cast, DemoOutcome *outcome)
{
  if (!outcome->produced.run)
    outcome->produced.run = g_strdup (cast->run);
  g_autofree char *json = demo_report_json (&outcome->produced, &outcome->totals,
                                            cast->is_embedded ? "embedded" : "kafka");
  g_autofree char *sentence = demo_report_sentence (&outcome->produced, &outcome->totals);
  guint64 n_lost = demo_report_n_lost (&outcome->produced, &outcome->totals);
  fprintf (stderr, "%s\n", sentence);
  if (cast->options->is_headless)
    printf ("%s\n", json);
  fflush (stdout);
  demo_produced_clear (&outcome->produced);
  return n_lost > 0 || outcome->totals.n_duplicated > 0 ? FW_EXIT_FAILURE : FW_EXIT_OK;
}

static gboolean
prepare (DemoCast *cast, const FwConfig *config, GError **error)
{
  cast->kafka_conf = fw_kafka_conf_new (&cast->options->kafka, config, error);
  if (!cast->kafka_conf)
    return FALSE;
  cast->is_embedded = cast->options->kafka.bootstrap == NULL;
  if (!cast->is_embedded)
    cast->kafka = g_strdup (fw_kafka_conf_bootstrap (cast->kafka_conf));
  return choose_web_port (cast, error);
}

int
main (int argc, char **argv)
{
  DemoOptions options = { 0 };
  g_autofree DemoOutcome *outcome = g_new0 (DemoOutcome, 1); /* two histograms: not for the stack */
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *config_path = find_config (argc, argv);
  char run[17];
  int status;

  if (!fw_program_start (&demo_program, &options, &argc, &argv, &config, &status))
    return status;
  g_snprintf (run, sizeof run, "%08x%08x", g_random_int (), g_random_int ());
  DemoCast cast = { .options = &options, .run = run, .config_path = config_path };
  go_headless_without_terminal (&options);
  if (prepare (&cast, config, &error) && demo_play (&cast, outcome, &error))
    status = report (&cast, outcome);
  else
    status = fw_program_fail (&demo_program, error);
  demo_cast_clear (&cast);
  fw_program_clear (&demo_program, &options);
  return status;
}
