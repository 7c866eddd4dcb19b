/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-kafka-rd.h"

#include <stdlib.h>
#include <string.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("kafka-client");

#define RECONNECT_MAX "reconnect.backoff.max.ms"
#define RECONNECT_MAX_DEFAULT "1000"

static void
on_log (const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
  (void) rk;
  (void) level;
  fw_debug ("%s: %s", facility, text);
}

static gboolean
apply (rd_kafka_conf_t *rd, const char *key, const char *value, GError **error)
{
  char why[256];
  if (rd_kafka_conf_set (rd, key, value, why, sizeof why) == RD_KAFKA_CONF_OK)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("Kafka property '%s': %s"), key, why);
  return FALSE;
}

static gboolean
apply_all (rd_kafka_conf_t *rd, const FwRdProperty *properties, GError **error)
{
  for (; properties && properties->key; properties++)
    if (!apply (rd, properties->key, properties->value, error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  rd_kafka_conf_t *rd;
  GError *error; /* the first */
} UserProperties;

static void
apply_user_property (gpointer user, const char *key, const char *value)
{
  UserProperties *properties = user;
  if (!properties->error)
    apply (properties->rd, key, value, &properties->error);
}

static gboolean
apply_user (rd_kafka_conf_t *rd, const FwKafkaConf *conf, GError **error)
{
  UserProperties properties = { rd, NULL };
  fw_kafka_conf_foreach (conf, apply_user_property, &properties);
  if (properties.error)
    {
      g_propagate_error (error, properties.error);
      return FALSE;
    }
  return apply (rd, "bootstrap.servers", fw_kafka_conf_bootstrap (conf), error);
}

rd_kafka_t *
fw_rd_new (const FwKafkaConf *conf, const FwRdOptions *options, GError **error)
{
  static const FwRdProperty ours[] = {
    { "client.id", "fleetwire" },
    { "socket.nagle.disable", "true" },
    { "socket.keepalive.enable", "true" },
    { RECONNECT_MAX, RECONNECT_MAX_DEFAULT }, /* a broker that is back is found within a second */
    { "log.connection.close", "false" },
    { NULL, NULL },
  };
  rd_kafka_conf_t *rd = rd_kafka_conf_new ();
  rd_kafka_conf_set_log_cb (rd, on_log);
  rd_kafka_conf_set_opaque (rd, options->opaque);
  if (options->on_error)
    rd_kafka_conf_set_error_cb (rd, options->on_error);
  if (options->on_delivery)
    rd_kafka_conf_set_dr_msg_cb (rd, options->on_delivery);
  if (options->on_stats)
    rd_kafka_conf_set_stats_cb (rd, options->on_stats);

  char why[256];
  rd_kafka_t *rk = NULL;
  if (apply_all (rd, ours, error) && apply_all (rd, options->defaults, error)
      && apply_user (rd, conf, error) && apply_all (rd, options->musts, error))
    {
      rk = rd_kafka_new (options->type, rd, why, sizeof why);
      if (!rk)
        g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("Kafka client: %s"), why);
    }
  if (!rk)
    rd_kafka_conf_destroy (rd);
  return rk;
}

const char *
fw_rd_fetch_wait_ms (const FwKafkaConf *conf)
{
  return fw_kafka_is_loopback (conf) ? "10" : "100";
}

static void
take_reconnect_max (gpointer user, const char *key, const char *value)
{
  if (strcmp (key, RECONNECT_MAX) == 0)
    *(const char **) user = value;
}

gint
fw_rd_reconnect_max_ms (const FwKafkaConf *conf)
{
  const char *value = RECONNECT_MAX_DEFAULT;
  fw_kafka_conf_foreach (conf, take_reconnect_max, &value);
  return atoi (value);
}

gboolean
fw_rd_is_mock (rd_kafka_t *rk, gint timeout_ms)
{
  char *id = rd_kafka_clusterid (rk, timeout_ms);
  gboolean is_mock = id && g_str_has_prefix (id, "mockCluster");
  if (id)
    rd_kafka_mem_free (rk, id);
  return is_mock;
}

void
fw_rd_set_error (GError **error, rd_kafka_resp_err_t code, const char *what)
{
  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, "%s: %s", what, rd_kafka_err2str (code));
}
