/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mock-broker.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fw-error.h"
#include "fw-kafka-rd.h"
#include "fw-log.h"
#include "fw-port-forward.h"
#include "fw-thread.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("mock-broker");

/* client -> listen port (ours, both loopback families) -> the mock's random port -> metadata names
 * that random port, where the client's later connections go straight. The mock itself would abort
 * the process if it could not bind. */

#define PARTITIONS_MAX 1000
#define DEFAULT_PARTITIONS 8
#define TOPIC_NAME_MAX_BYTES 249
#define POKE_INTERVAL_US 2000
#define INIT_PRODUCER_ID 22 /* a request of Kafka's protocol */

typedef struct
{
  char *name;
  int n_partitions;
} Topic;

struct FwMockBroker
{
  GPtrArray *topics; /* Topic */
  rd_kafka_t *rk;
  rd_kafka_mock_cluster_t *cluster;
  FwPortForward *forward;
  char *address;
};

static void
on_log (const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
  (void) rk;
  (void) level;
  fw_debug ("%s: %s", facility, text);
}

static guint16
mock_port (const FwMockBroker *self)
{
  const char *bootstraps = rd_kafka_mock_cluster_bootstraps (self->cluster);
  const char *colon = strrchr (bootstraps, ':');
  return (guint16) atoi (colon + 1);
}

static void
topic_free (gpointer data)
{
  Topic *topic = data;
  g_free (topic->name);
  g_free (topic);
}

static gboolean
parse_topic (FwMockBroker *self, const char *text, GError **error)
{
  const char *colon = strrchr (text, ':');
  gsize name_len = colon ? (gsize) (colon - text) : strlen (text);
  guint64 n = DEFAULT_PARTITIONS;
  g_autofree char *name = g_strndup (text, name_len);
  gboolean name_ok = name_len > 0 && name_len <= TOPIC_NAME_MAX_BYTES
                     && name[strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-")] == '\0';
  if (name_ok
      && (!colon || g_ascii_string_to_unsigned (colon + 1, 10, 1, PARTITIONS_MAX, &n, NULL)))
    {
      Topic *topic = g_new (Topic, 1);
      topic->name = g_steal_pointer (&name);
      topic->n_partitions = (int) n;
      g_ptr_array_add (self->topics, topic);
      return TRUE;
    }
  g_autofree char *shown = g_strescape (text, NULL);
  g_set_error (
      error, FW_ERROR, FW_ERROR_USAGE,
      _ ("--topic '%.300s': write NAME:PARTITIONS, a name of letters, digits, '.', '_' and '-', "
         "and 1 to %d partitions"),
      shown, PARTITIONS_MAX);
  return FALSE;
}

static gboolean
parse_topics (FwMockBroker *self, const char *const *topics, GError **error)
{
  for (; topics && *topics; topics++)
    if (!parse_topic (self, *topics, error))
      return FALSE;
  return TRUE;
}

static gboolean
make_topic (FwMockBroker *self, const Topic *topic, GError **error)
{
  rd_kafka_resp_err_t code
      = rd_kafka_mock_topic_create (self->cluster, topic->name, topic->n_partitions, 1);
  if (!code || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return TRUE;
  fw_rd_set_error (error, code, topic->name);
  return FALSE;
}

typedef struct
{
  guint16 port;
  atomic_bool is_done;
} Poke;

static void
poke (gpointer data)
{
  Poke *self = data;
  while (!atomic_load (&self->is_done))
    {
      int fd = fw_port_forward_dial (self->port);
      if (fd >= 0)
        close (fd);
      g_usleep (POKE_INTERVAL_US);
    }
}

/* The mock's thread can miss its wake-up and look at a request only when a connection comes in or a
 * second has passed. From here to poke_end connections come in. */
static FwThread *
poke_begin (const FwMockBroker *self, Poke *data, GError **error)
{
  *data = (Poke){ .port = mock_port (self) };
  return fw_thread_start ("poke", poke, data, error);
}

static void
poke_end (FwThread *thread, Poke *data)
{
  atomic_store (&data->is_done, TRUE);
  fw_thread_join (thread);
}

static gboolean
make_topics (FwMockBroker *self, GError **error)
{
  Poke data;
  FwThread *thread = poke_begin (self, &data, error);
  gboolean ok = thread != NULL;
  for (guint i = 0; ok && i < self->topics->len; i++)
    ok = make_topic (self, g_ptr_array_index (self->topics, i), error);
  poke_end (thread, &data);
  return ok;
}

static void
free_cluster (FwMockBroker *self)
{
  Poke data;
  FwThread *thread = poke_begin (self, &data, NULL);
  rd_kafka_mock_cluster_destroy (self->cluster);
  poke_end (thread, &data);
}

static gboolean
make_cluster (FwMockBroker *self, GError **error)
{
  char why[256];
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  rd_kafka_conf_set_log_cb (conf, on_log);
  self->rk = rd_kafka_new (RD_KAFKA_PRODUCER, conf, why, sizeof why);
  if (!self->rk)
    rd_kafka_conf_destroy (conf);
  self->cluster = self->rk ? rd_kafka_mock_cluster_new (self->rk, 1) : NULL;
  if (!self->cluster)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("the embedded broker does not start: %s"),
                 self->rk ? _ ("no loopback port is free") : why);
  return self->cluster != NULL;
}

/* What can be refused is refused before there is a cluster: freeing one takes librdkafka a second.
 */
FwMockBroker *
fw_mock_broker_new (const char *listen, const char *const *topics, GError **error)
{
  g_autoptr (FwMockBroker) self = g_new0 (FwMockBroker, 1);
  self->topics = g_ptr_array_new_with_free_func (topic_free);
  if (!parse_topics (self, topics, error) || !(self->forward = fw_port_forward_new (listen, error))
      || !make_cluster (self, error) || !make_topics (self, error)
      || !fw_port_forward_start (self->forward, mock_port (self), error))
    return NULL;
  self->address = g_strdup_printf ("localhost:%u", fw_port_forward_port (self->forward));
  fw_debug ("%s stands before 127.0.0.1:%u", self->address, mock_port (self));
  return g_steal_pointer (&self);
}

void
fw_mock_broker_free (FwMockBroker *self)
{
  if (!self)
    return;
  fw_port_forward_free (self->forward);
  if (self->cluster)
    free_cluster (self);
  if (self->rk)
    rd_kafka_destroy (self->rk);
  g_ptr_array_unref (self->topics);
  g_free (self->address);
  g_free (self);
}

const char *
fw_mock_broker_address (const FwMockBroker *self)
{
  return self->address;
}

void
fw_mock_broker_withhold_id (const FwMockBroker *self)
{
  rd_kafka_mock_push_request_errors (self->cluster, INIT_PRODUCER_ID, 1,
                                     RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
}

guint64
fw_mock_broker_n_refused (const FwMockBroker *self)
{
  return fw_port_forward_n_refused (self->forward);
}
