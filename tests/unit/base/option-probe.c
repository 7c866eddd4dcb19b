/* SPDX-License-Identifier: Apache-2.0 */
#include "option-rows.h"

/* A whole program: prints what it was told, so that a test can see it as a user would. */
int
main (int argc, char **argv)
{
  Options options = { 0 };
  g_autoptr (FwConfig) config = NULL;
  int status;

  if (!fw_program_start (&program, &options, &argc, &argv, &config, &status))
    return status;
  g_autofree char *topics = g_strjoinv ("+", options.topics);
  g_auto (GStrv) passed_on = fw_config_keys (config, "kafka");
  g_autofree char *kafka = g_strjoinv ("+", passed_on);
  g_print ("quiet=%d color=%d clients=%d lag=%d memory=%d ratio=%g listen=%s topics=%s token=%s "
           "prefix=%s kafka=%s arg=%s\n",
           options.quiet, options.color, (int) options.n_clients, (int) options.lag_max_ms,
           (int) options.memory_bytes, options.ratio, options.listen, topics,
           options.token != NULL ? options.token : "-", options.prefix, kafka,
           argc > 1 ? argv[1] : "-");
  fw_program_clear (&program, &options);
  return 0;
}
