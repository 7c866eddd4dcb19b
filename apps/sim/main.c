/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "fw-error.h"
#include "fw-log.h"
#include "sim-session.h"

FW_LOG_TOPIC ("sim");

static gint stop_asked;

static void
on_signal (int number G_GNUC_UNUSED)
{
  g_atomic_int_set (&stop_asked, 1);
}

static void
heed_signals (void)
{
  struct sigaction act = { .sa_handler = on_signal };
  sigaction (SIGINT, &act, NULL);
  sigaction (SIGTERM, &act, NULL);
  signal (SIGPIPE, SIG_IGN);
}

int
main (int argc, char **argv)
{
  SimOptions options = { .n_devices = SIM_DEVICES_UNSET };
  FwProgram program = sim_program;
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  heed_signals ();
  program.versions = fw_kafka_versions ();
  if (!fw_program_start (&program, &options, &argc, &argv, &config, &status))
    return status;
  if (!sim_session_run (&options, config, &stop_asked, &error))
    fw_error ("%s", error->message);
  fw_program_clear (&program, &options);
  return (int) fw_error_exit (error);
}
