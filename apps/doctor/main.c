/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-fields.h"
#include "doctor-kafka.h"
#include "doctor-machine.h"
#include "doctor-options.h"
#include "fw-error.h"
#include "fw-kafka-admin.h"
#include "fw-net.h"
#include "fw-i18n.h"

static void
sniff_one (gpointer user, const char *key, gsize key_len, const char *value, gsize value_len)
{
  (void) key;
  (void) key_len;
  sniff_record (user, value, value_len);
}

static FwExit
examine_topic (const DoctorOptions *options, const FwKafkaConf *conf, GError **error)
{
  g_autoptr (Sniff) sniff = sniff_new ();
  g_autofree char *topic = fw_kafka_topic (conf, options->topic);

  if (!fw_kafka_peek (conf, topic, (guint) options->n_records, (gint) options->timeout_ms,
                      sniff_one, sniff, error))
    return FW_EXIT_UNAVAILABLE;
  if (sniff->n_objects + sniff->n_empty + sniff->n_other == 0)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("Topic '%s' holds no records yet"),
                   topic);
      return FW_EXIT_UNAVAILABLE;
    }
  g_autofree char *report = fields_report (sniff, topic);
  g_print ("%s", report);
  return sniff->n_objects > 0 ? FW_EXIT_OK : FW_EXIT_DATA;
}

static FwExit
examine_machine (const DoctorOptions *options, const FwKafkaConf *conf)
{
  Report report;

  report_init (&report);
  doctor_check_machine (&report);
  doctor_check_ports (&report, options);
  doctor_check_kafka (&report, conf, options->timeout_ms);
  return report.n_wrong == 0 ? FW_EXIT_OK : FW_EXIT_FAILURE;
}

int
main (int argc, char **argv)
{
  DoctorOptions options = { 0 };
  FwProgram program = doctor_program;
  g_autofree char *versions = g_strdup_printf ("%s\n%s", fw_kafka_versions (), fw_net_versions ());
  g_autoptr (FwConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  program.versions = versions;
  if (!fw_program_start (&program, &options, &argc, &argv, &config, &status))
    return status;
  g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options.kafka, config, &error);
  if (conf != NULL)
    status = (int) (options.topic != NULL ? examine_topic (&options, conf, &error)
                                          : examine_machine (&options, conf));
  if (error != NULL)
    status = fw_program_fail (&program, error);
  fw_program_clear (&program, &options);
  return status;
}
