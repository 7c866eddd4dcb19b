/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-health.h"

#include "fw-producer.h"
#include "fw-thread.h"
#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-health");

#define ASK_EVERY_MS 5000
#define ASK_AGAIN_MS 500 /* while it is not ready */
#define ANSWER_TIMEOUT_MS 2000

struct IngestHealth
{
  FwProducer *producer;
  char *topic;
  FwThread *thread;
  FwWake *stop;
  gint is_stopping; /* atomic */
  FwMutex mutex;
  char *why_not; /* NULL = ready; guarded by mutex */
};

static void
set_why_not (IngestHealth *self, const GError *error)
{
  gboolean was_ready, is_ready = error == NULL;

  fw_mutex_lock (&self->mutex);
  was_ready = self->why_not == NULL;
  g_free (self->why_not);
  self->why_not = error ? g_strdup (error->message) : NULL;
  fw_mutex_unlock (&self->mutex);
  if (is_ready && !was_ready)
    fw_info (_ ("Kafka is there; events of %s are taken"), self->topic);
  else if (!is_ready && was_ready)
    fw_warn (_ ("not ready: %s"), error->message);
}

static void
run (gpointer data)
{
  IngestHealth *self = data;

  while (!g_atomic_int_get (&self->is_stopping))
    {
      g_autoptr (GError) error = NULL;
      GPollFD stop = { fw_wake_fd (self->stop), G_IO_IN, 0 };

      fw_producer_prepare (self->producer, self->topic, ANSWER_TIMEOUT_MS, &error);
      fw_producer_poll (self->producer, 0);
      set_why_not (self, error);
      g_poll (&stop, 1, error ? ASK_AGAIN_MS : ASK_EVERY_MS);
    }
}

IngestHealth *
ingest_health_new (const FwKafkaConf *conf, const char *topic, GError **error)
{
  g_autoptr (IngestHealth) self = g_new0 (IngestHealth, 1);

  fw_mutex_init (&self->mutex);
  self->stop = fw_wake_new ();
  self->topic = fw_kafka_topic (conf, topic);
  self->why_not = g_strdup (_ ("Kafka has not answered yet"));
  self->producer = fw_producer_new (conf, 0, NULL, NULL, error);
  if (self->producer)
    self->thread = fw_thread_start ("health", run, self, error);
  return self->thread ? g_steal_pointer (&self) : NULL;
}

void
ingest_health_free (IngestHealth *self)
{
  if (!self)
    return;
  g_atomic_int_set (&self->is_stopping, 1);
  fw_wake_signal (self->stop);
  fw_thread_join (self->thread);
  fw_producer_free (self->producer);
  fw_wake_free (self->stop);
  fw_mutex_clear (&self->mutex);
  g_free (self->topic);
  g_free (self->why_not);
  g_free (self);
}

gboolean
ingest_health_is_ready (IngestHealth *self, char **ret_why_not)
{
  gboolean is_ready;

  fw_mutex_lock (&self->mutex);
  is_ready = self->why_not == NULL;
  if (!is_ready)
    *ret_why_not = g_strdup (self->why_not);
  fw_mutex_unlock (&self->mutex);
  return is_ready;
}
