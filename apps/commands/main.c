/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "commands-order.h"
#include "fw-error.h"
#include "fw-producer.h"
#include "fw-time.h"
#include "fw-i18n.h"

#define TOPIC "fleet.commands"

static void
on_report (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset,
           const char *why)
{
  char **ret_why = user;

  (void) tag;
  (void) partition;
  (void) offset;
  g_free (*ret_why);
  *ret_why = ok ? NULL : g_strdup (why);
}

static gboolean
put (const CommandsOptions *options, const FwKafkaConf *conf, const CommandsOrder *order,
     GError **error)
{
  g_autofree char *why = g_strdup (_ ("no answer in time (--timeout)"));
  g_autofree char *topic = fw_kafka_topic (conf, TOPIC);
  gint timeout_ms = (gint) options->timeout_ms;
  g_autoptr (FwProducer) producer = fw_producer_new (conf, 0, on_report, &why, error);

  if (!producer)
    return FALSE;
  if (!fw_producer_prepare (producer, topic, timeout_ms, error))
    {
      g_prefix_error (error, _ ("cannot write to Kafka at '%s': "), fw_kafka_conf_bootstrap (conf));
      return FALSE;
    }
  if (fw_producer_send (producer, topic, order->key, strlen (order->key), order->value,
                        order->value ? strlen (order->value) : 0, NULL, 0, 0, 0))
    fw_producer_flush (producer, timeout_ms);
  if (why)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("Kafka has not taken it: %s"), why);
  return why == NULL;
}

static FwExit
run (const CommandsOptions *options, const FwConfig *config, char **words, GError **error)
{
  g_auto (CommandsOrder) order = { 0 };
  gint64 now_ms = fw_clock_wall_ms (fw_clock_system ());
  g_autoptr (FwKafkaConf) conf = NULL;

  if (!commands_order_read (words, options, now_ms, &order, error)
      || !(conf = fw_kafka_conf_new (&options->kafka, config, error))
      || !put (options, conf, &order, error))
    return FW_EXIT_FAILURE;
  if (order.value)
    printf ("%s\n", order.value);
  return FW_EXIT_OK;
}

int
main (int argc, char **argv)
{
  CommandsOptions options = { 0 };
  FwProgram program = commands_program;
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  program.versions = fw_kafka_versions ();
  if (!fw_program_start (&program, &options, &argc, &argv, &config, &status))
    return status;
  status = (int) run (&options, config, argv + 1, &error);
  if (error)
    status = fw_program_fail (&program, error);
  fw_program_clear (&program, &options);
  return status;
}
