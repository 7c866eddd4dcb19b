/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-guard.h"

#include <string.h>

#include "fw-error.h"
#include "fw-event-json.h"
#include "fw-kafka-admin.h"
#include "fw-producer.h"

#include "fw-i18n.h"

typedef struct
{
  FwEventReader *reader;
  guint n_seen, n_real;
  char *example;
} Look;

static void
look_at (gpointer user, const char *key G_GNUC_UNUSED, gsize key_len G_GNUC_UNUSED,
         const char *value, gsize value_len)
{
  Look *look = user;
  FwEvent ev;
  if (value == NULL)
    return;
  look->n_seen++;
  gboolean is_ours = fw_event_read (look->reader, value, value_len, &ev) == FW_REJECT_NONE
                     && fw_event_has (&ev, FW_FIELD_ORIGIN);
  if (is_ours)
    return;
  if (look->n_real++ == 0)
    look->example = g_strndup (value, MIN (value_len, 80));
}

static gboolean
has_topic (const GPtrArray *topics, const char *name)
{
  for (guint i = 0; i < topics->len; i++)
    if (strcmp (((const FwTopicInfo *) topics->pdata[i])->name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
refuse_real (const Look *look, const char *topic, GError **error)
{
  g_autofree char *example = g_utf8_make_valid (look->example, -1);
  g_set_error (
      error, FW_ERROR, FW_ERROR_USAGE,
      _ ("%u of the last %u records of topic '%s' do not say that they are simulated, such as %s; "
         "name another --topic, or give --mix-with-real if ghosts among them are what you want"),
      look->n_real, look->n_seen, topic, example);
  return FALSE;
}

gboolean
sim_guard_check (const SimOptions *options, const FwKafkaConf *conf, const char *topic,
                 GError **error)
{
  if (!fw_kafka_is_loopback (conf) && options->topic == NULL)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("%s is not on this machine: name the topic to write with --topic, so that "
                      "nobody's real fleet gets ghosts"),
                   fw_kafka_conf_bootstrap (conf));
      return FALSE;
    }
  g_autoptr (GPtrArray) topics = fw_kafka_list_topics (conf, SIM_GUARD_TIMEOUT_MS, error);
  if (topics == NULL)
    return FALSE;
  if (options->mix_with_real || !has_topic (topics, topic))
    return TRUE;
  g_autoptr (FwEventReader) reader = fw_event_reader_new (NULL);
  Look look = { .reader = reader };
  gboolean is_read = fw_kafka_peek (conf, topic, SIM_GUARD_N_RECORDS, SIM_GUARD_TIMEOUT_MS, look_at,
                                    &look, error);
  if (is_read && look.n_real > 0)
    is_read = refuse_real (&look, topic, error);
  g_free (look.example);
  return is_read;
}

typedef struct
{
  FwProducer *producer;
  const char *topic;
  const char *kind;
  guint n;
} Forget;

static void
forget_one (gpointer user, const char *fleet, const char *device_id)
{
  Forget *fg = user;
  g_autofree char *key = fg->kind != NULL ? g_strdup_printf ("%s/%s/%s", fleet, fg->kind, device_id)
                                          : g_strdup_printf ("%s/%s", fleet, device_id);
  while (!fw_producer_send (fg->producer, fg->topic, key, strlen (key), NULL, 0, NULL, 0, 0, 0))
    fw_producer_poll (fg->producer, 10);
  fg->n++;
}

gboolean
sim_guard_forget (const FwKafkaConf *conf, SimSource *const *sources, guint n_sources, guint *ret_n,
                  GError **error)
{
  static const struct
  {
    const char *topic, *kind;
  } compacted[] = { { "fleet.state", NULL }, { "fleet.assets", "vehicle" } };
  g_autoptr (GPtrArray) topics = fw_kafka_list_topics (conf, SIM_GUARD_TIMEOUT_MS, error);
  g_autoptr (FwProducer) producer
      = topics != NULL ? fw_producer_new (conf, 5, NULL, NULL, error) : NULL;
  if (producer == NULL)
    return FALSE;
  *ret_n = 0;
  for (guint i = 0; i < G_N_ELEMENTS (compacted); i++)
    {
      g_autofree char *topic = fw_kafka_topic (conf, compacted[i].topic);
      if (!has_topic (topics, topic))
        continue;
      Forget forget = { producer, topic, compacted[i].kind, 0 };
      for (guint k = 0; k < n_sources; k++)
        if (sources[k] != NULL)
          sources[k]->each_device (sources[k], forget_one, &forget);
      *ret_n += forget.n;
    }
  gboolean is_all_out = fw_producer_flush (producer, SIM_GUARD_TIMEOUT_MS)
                        && fw_producer_counts (producer).n_failed == 0;
  if (!is_all_out)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("%s did not take all tombstones; run this again"),
                 fw_kafka_conf_bootstrap (conf));
  return is_all_out;
}
