/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-kafka.h"

#include <string.h>

#include "fw-kafka-admin.h"
#include "fw-i18n.h"

static const FwTopicInfo *
find_topic (const GPtrArray *topics, const char *name)
{
  for (guint i = 0; i < topics->len; i++)
    if (g_str_equal (((const FwTopicInfo *) topics->pdata[i])->name, name))
      return topics->pdata[i];
  return NULL;
}

/* On a broker that stamps records itself, all readers agree on when an event arrived. */
static void
check_stamps (Report *report, const FwKafkaConf *conf, const char *topic, gint64 timeout_ms)
{
  g_auto (GStrv) config = fw_kafka_topic_config (conf, topic, (gint) timeout_ms, NULL);

  for (guint i = 0; config != NULL && config[i] != NULL; i++)
    if (g_str_equal (config[i], "message.timestamp.type=CreateTime"))
      report_add (
          report, FINDING_NOTE, _ ("topics"),
          g_strdup_printf (
              _ ("'%s' carries the producers' clocks: the broker's part of the latency is unknown"),
              topic),
          g_strdup (_ ("'fleetwire topics check' says how to change it")));
}

static void
check_events_topic (Report *report, const FwKafkaConf *conf, const FwTopicInfo *info,
                    const char *name, gint64 timeout_ms)
{
  if (info == NULL)
    {
      report_add (report, FINDING_NOTE, _ ("topics"),
                  g_strdup_printf (_ ("'%s' does not exist yet"), name),
                  g_strdup (_ ("make it with 'fleetwire topics apply', or name yours: fleetwire "
                               "relay --topic NAME")));
      return;
    }
  report_add (report, FINDING_OK, _ ("topics"),
              g_strdup_printf (ngettext ("'%s' with %u partition", "'%s' with %u partitions",
                                         info->n_partitions),
                               name, info->n_partitions),
              NULL);
  check_stamps (report, conf, name, timeout_ms);
}

static void
check_other_topics (Report *report, const FwKafkaConf *conf, const GPtrArray *topics)
{
  g_autoptr (GString) missing = g_string_new (NULL);

  for (const FwTopicSpec *spec = fw_topics + 1; spec->name != NULL; spec++)
    {
      g_autofree char *name = fw_kafka_topic (conf, spec->name);
      if (find_topic (topics, name) == NULL)
        g_string_append_printf (missing, "%s%s", missing->len > 0 ? ", " : "", name);
    }
  if (missing->len > 0)
    report_add (
        report, FINDING_NOTE, _ ("topics"), g_strdup_printf (_ ("not there: %s"), missing->str),
        g_strdup (_ ("nothing needs them to watch a fleet; 'fleetwire topics apply' makes them")));
}

void
doctor_check_kafka (Report *report, const FwKafkaConf *conf, gint64 timeout_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) topics = fw_kafka_list_topics (conf, (gint) timeout_ms, &error);
  g_autofree char *events = fw_kafka_topic (conf, fw_topics[0].name);

  if (topics == NULL)
    {
      report_add (report, FINDING_WRONG, "Kafka", g_strdup (error->message), NULL);
      return;
    }
  report_add (report, FINDING_OK, "Kafka",
              g_strdup_printf (
                  ngettext ("%s answers, with %u topic", "%s answers, with %u topics", topics->len),
                  fw_kafka_conf_bootstrap (conf), topics->len),
              NULL);
  check_events_topic (report, conf, find_topic (topics, events), events, timeout_ms);
  check_other_topics (report, conf, topics);
}
