/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-kafka-admin.h"

#include <string.h>

#include "fw-error.h"
#include "fw-kafka-probe.h"
#include "fw-i18n.h"

#define ERROR_TEXT_MAX 512
#define CLUSTER_ID_TIMEOUT_MS 1000

/* Partition counts of DESIGN: what is joined by device shares one. Retention is 7 days where it is
 * not compacted. */
#define WEEK "retention.ms=604800000"
static const char *const delete_after_a_week[]
    = { "cleanup.policy=delete", WEEK, "message.timestamp.type=LogAppendTime", NULL };
static const char *const compacted[]
    = { "cleanup.policy=compact", "message.timestamp.type=LogAppendTime", NULL };

const FwTopicSpec fw_topics[] = {
  { "iot-events", 8, -1, delete_after_a_week },
  { "fleet.assets", 1, -1, compacted },
  { "fleet.state", 8, -1, compacted },
  { "fleet.alerts", 1, -1, compacted },
  { "fleet.stats", 1, -1, delete_after_a_week },
  { "fleet.commands", 1, -1, delete_after_a_week },
  { "fleet.rejects", 1, -1, delete_after_a_week },
  { "fleet.rekey", 8, -1, delete_after_a_week },
  { "fleet.processor", 8, -1, compacted },
  { NULL, 0, 0, NULL },
};

void
fw_topic_info_free (FwTopicInfo *info)
{
  if (!info)
    return;
  g_free (info->name);
  g_free (info);
}

static FwTopicInfo *
topic_info_new (const rd_kafka_metadata_topic_t *topic)
{
  FwTopicInfo *info = g_new0 (FwTopicInfo, 1);
  info->name = g_strdup (topic->topic);
  info->n_partitions = (guint) topic->partition_cnt;
  info->n_replicas = topic->partition_cnt > 0 ? (guint) topic->partitions[0].replica_cnt : 0;
  return info;
}

static gboolean
no_broker (const FwKafkaConf *conf, rd_kafka_resp_err_t code, GError **error)
{
  g_set_error (
      error, FW_ERROR, FW_ERROR_UNAVAILABLE,
      _ ("no Kafka broker answers at '%s' (%s): start one, for example `fleetwire broker`, "
         "or name yours with --kafka HOST:PORT"),
      fw_kafka_conf_bootstrap (conf), rd_kafka_err2str (code));
  return FALSE;
}

static GPtrArray *
list_topics (const FwKafkaConf *conf, rd_kafka_t *rk, gint timeout_ms, GError **error)
{
  const rd_kafka_metadata_t *metadata = NULL;
  rd_kafka_resp_err_t code = rd_kafka_metadata (rk, 1, NULL, &metadata, timeout_ms);
  if (code)
    {
      no_broker (conf, code, error);
      return NULL;
    }
  GPtrArray *topics = g_ptr_array_new_with_free_func ((GDestroyNotify) fw_topic_info_free);
  for (int i = 0; i < metadata->topic_cnt; i++)
    g_ptr_array_add (topics, topic_info_new (&metadata->topics[i]));
  rd_kafka_metadata_destroy (metadata);
  return topics;
}

GPtrArray *
fw_kafka_list_topics (const FwKafkaConf *conf, gint timeout_ms, GError **error)
{
  g_autoptr (FwProbe) probe = fw_probe_new (conf, error);
  return probe ? list_topics (conf, fw_probe_handle (probe), timeout_ms, error) : NULL;
}

static gboolean
has_topic (const GPtrArray *topics, const char *name)
{
  for (guint i = 0; i < topics->len; i++)
    if (strcmp (((FwTopicInfo *) g_ptr_array_index (topics, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Transfer full. */
static rd_kafka_NewTopic_t *
new_topic (const FwTopicSpec *spec, GError **error)
{
  char why[ERROR_TEXT_MAX];
  rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new (spec->name, (int) spec->n_partitions,
                                                      spec->n_replicas, why, sizeof why);
  if (!topic)
    g_set_error (error, FW_ERROR, FW_ERROR_DATA, _ ("topic '%s': %s"), spec->name, why);
  for (const char *const *config = spec->configs; topic && config && *config; config++)
    {
      const char *equals = strchr (*config, '=');
      g_autofree char *key = g_strndup (*config, (gsize) (equals - *config));
      rd_kafka_NewTopic_set_config (topic, key, equals + 1);
    }
  return topic;
}

static rd_kafka_AdminOptions_t *
admin_options (rd_kafka_t *rk, rd_kafka_admin_op_t op, gint timeout_ms)
{
  char why[ERROR_TEXT_MAX];
  rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new (rk, op);
  rd_kafka_AdminOptions_set_request_timeout (options, timeout_ms, why, sizeof why);
  return options;
}

/* Waits for the one answer; NULL with error when it is a refusal. Transfer full. */
static rd_kafka_event_t *
wait_for_answer (rd_kafka_queue_t *queue, const char *what, gint timeout_ms, GError **error)
{
  rd_kafka_event_t *event = rd_kafka_queue_poll (queue, timeout_ms + CLUSTER_ID_TIMEOUT_MS);
  rd_kafka_resp_err_t code = event ? rd_kafka_event_error (event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (!code)
    return event;
  fw_rd_set_error (error, code, what);
  if (event)
    rd_kafka_event_destroy (event);
  return NULL;
}

static gboolean
check_created (rd_kafka_event_t *event, GError **error)
{
  gsize n;
  const rd_kafka_topic_result_t **results
      = rd_kafka_CreateTopics_result_topics (rd_kafka_event_CreateTopics_result (event), &n);
  for (gsize i = 0; i < n; i++)
    {
      rd_kafka_resp_err_t code = rd_kafka_topic_result_error (results[i]);
      if (!code || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        continue;
      const char *why = rd_kafka_topic_result_error_string (results[i]);
      g_set_error (error, FW_ERROR,
                   code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ? FW_ERROR_PERMISSION
                                                                        : FW_ERROR_UNAVAILABLE,
                   _ ("topic '%s' was not made: %s"), rd_kafka_topic_result_name (results[i]),
                   why ? why : rd_kafka_err2str (code));
      return FALSE;
    }
  return TRUE;
}

static gboolean
create (rd_kafka_t *rk, rd_kafka_NewTopic_t **topics, gsize n, gint timeout_ms, GError **error)
{
  g_autoptr (rd_kafka_queue_t) queue = rd_kafka_queue_new (rk);
  rd_kafka_AdminOptions_t *options = admin_options (rk, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout_ms);
  rd_kafka_CreateTopics (rk, topics, n, options, queue);
  rd_kafka_AdminOptions_destroy (options);
  rd_kafka_event_t *event = wait_for_answer (queue, _ ("making topics"), timeout_ms, error);
  gboolean ok = event && check_created (event, error);
  if (event)
    rd_kafka_event_destroy (event);
  return ok;
}

static gboolean
refuse_on_mock (rd_kafka_t *rk, const char *what, GError **error)
{
  if (!fw_rd_is_mock (rk, CLUSTER_ID_TIMEOUT_MS))
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_NOT_SUPPORTED,
               _ ("%s: the embedded broker cannot do that; it has the topics it was started with: "
                  "fleetwire broker --topic NAME:PARTITIONS"),
               what);
  return FALSE;
}

static void
new_topic_free (gpointer topic)
{
  rd_kafka_NewTopic_destroy (topic);
}

gboolean
fw_kafka_create_topics (const FwKafkaConf *conf, const FwTopicSpec *specs, guint n, gint timeout_ms,
                        GError **error)
{
  g_autoptr (FwProbe) probe = fw_probe_new (conf, error);
  if (!probe)
    return FALSE;
  rd_kafka_t *rk = fw_probe_handle (probe);
  g_autoptr (GPtrArray) present = list_topics (conf, rk, timeout_ms, error);
  if (!present)
    return FALSE;
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (new_topic_free);
  for (guint i = 0; i < n; i++)
    if (!has_topic (present, specs[i].name))
      {
        rd_kafka_NewTopic_t *topic = new_topic (&specs[i], error);
        if (!topic)
          return FALSE;
        g_ptr_array_add (missing, topic);
      }
  return missing->len == 0
         || (refuse_on_mock (rk, _ ("making topics"), error)
             && create (rk, (rd_kafka_NewTopic_t **) missing->pdata, missing->len, timeout_ms,
                        error));
}

static char **
config_entries (rd_kafka_event_t *event, const char *topic, GError **error)
{
  gsize n_resources, n_entries;
  const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources (
      rd_kafka_event_DescribeConfigs_result (event), &n_resources);
  rd_kafka_resp_err_t code = n_resources == 1 ? rd_kafka_ConfigResource_error (resources[0])
                                              : RD_KAFKA_RESP_ERR__BAD_MSG;
  if (code)
    {
      fw_rd_set_error (error, code, topic);
      return NULL;
    }
  const rd_kafka_ConfigEntry_t **entries
      = rd_kafka_ConfigResource_configs (resources[0], &n_entries);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (gsize i = 0; i < n_entries; i++)
    {
      const char *value = rd_kafka_ConfigEntry_value (entries[i]);
      g_autofree char *text
          = g_strconcat (rd_kafka_ConfigEntry_name (entries[i]), "=", value ? value : "", NULL);
      g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

char **
fw_kafka_topic_config (const FwKafkaConf *conf, const char *topic, gint timeout_ms, GError **error)
{
  g_autoptr (FwProbe) probe = fw_probe_new (conf, error);
  if (!probe || !refuse_on_mock (fw_probe_handle (probe), _ ("reading a topic's settings"), error))
    return NULL;
  rd_kafka_t *rk = fw_probe_handle (probe);
  g_autoptr (rd_kafka_queue_t) queue = rd_kafka_queue_new (rk);
  rd_kafka_AdminOptions_t *options
      = admin_options (rk, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout_ms);
  rd_kafka_ConfigResource_t *resource
      = rd_kafka_ConfigResource_new (RD_KAFKA_RESOURCE_TOPIC, topic);
  rd_kafka_DescribeConfigs (rk, &resource, 1, options, queue);
  rd_kafka_AdminOptions_destroy (options);
  rd_kafka_ConfigResource_destroy (resource);
  rd_kafka_event_t *event = wait_for_answer (queue, topic, timeout_ms, error);
  char **entries = event ? config_entries (event, topic, error) : NULL;
  if (event)
    rd_kafka_event_destroy (event);
  return entries;
}

typedef void (*PeekFunc) (gpointer user, const char *key, gsize key_len, const char *value,
                          gsize value_len);

typedef struct
{
  PeekFunc each;
  gpointer user;
} Peek;

static void
peek_message (gpointer user, const rd_kafka_message_t *message)
{
  const Peek *peek = user;
  peek->each (peek->user, message->key, message->key_len, message->payload, message->len);
}

gboolean
fw_kafka_peek (const FwKafkaConf *conf, const char *topic, guint n, gint timeout_ms, PeekFunc each,
               gpointer user, GError **error)
{
  g_autoptr (FwProbe) probe = fw_probe_new (conf, error);
  g_autoptr (GPtrArray) topics
      = probe ? list_topics (conf, fw_probe_handle (probe), timeout_ms, error) : NULL;
  guint n_partitions = 0;
  for (guint i = 0; topics && i < topics->len; i++)
    {
      const FwTopicInfo *info = g_ptr_array_index (topics, i);
      if (strcmp (info->name, topic) == 0)
        n_partitions = info->n_partitions;
    }
  if (topics && n_partitions == 0)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("there is no topic '%s' on this broker"),
                 topic);
  if (n_partitions == 0)
    return FALSE;

  g_autofree gint64 *low = g_new (gint64, n_partitions);
  g_autofree gint64 *high = g_new (gint64, n_partitions);
  gint64 share = (n + n_partitions - 1) / n_partitions;
  if (!fw_probe_ends (probe, topic, n_partitions, low, high, timeout_ms, error))
    return FALSE;
  Peek peek = { each, user };
  for (guint p = 0; p < n_partitions; p++)
    if (!fw_probe_each (probe, topic, (gint32) p, MAX (low[p], high[p] - share), high[p],
                        timeout_ms, peek_message, &peek, error))
      return FALSE;
  return TRUE;
}
