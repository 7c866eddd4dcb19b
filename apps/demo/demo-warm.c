/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-warm.h"

#include <string.h>

#include "fw-producer.h"
#include "fw-tail.h"
#include "fw-time.h"

#define TOPIC "fleet.processor"
#define KEYS 16 /* they fall on every partition, or nearly */
#define ROUND_MAX_MS 100
#define QUICK_US 15000
#define QUICK_ROUNDS 12
#define PREPARE_TIMEOUT_MS 2000

struct DemoWarm
{
  FwProducer *producer;
  FwTail *tail;
  char *topic;
  guint n_caught_up, n_back, n_quick;
};

static void
on_record (gpointer user, const FwRecord *record)
{
  DemoWarm *self = user;
  (void) record;
  self->n_back++;
}

static void
on_event (gpointer user, const FwTailEvent *event)
{
  DemoWarm *self = user;
  self->n_caught_up += event->type == FW_TAIL_CAUGHT_UP;
}

DemoWarm *
demo_warm_new (const FwKafkaConf *conf, GError **error)
{
  static const FwTailHandler handler = { on_record, on_event };
  g_autoptr (DemoWarm) self = g_new0 (DemoWarm, 1);
  self->topic = fw_kafka_topic (conf, TOPIC);
  self->producer = fw_producer_new (conf, 0, NULL, NULL, error);
  if (!self->producer
      || !fw_producer_prepare (self->producer, self->topic, PREPARE_TIMEOUT_MS, error)
      || !(self->tail = fw_tail_new (conf, &handler, self, error)))
    return NULL;
  fw_tail_add (self->tail, self->topic, FW_START_END, 0);
  return g_steal_pointer (&self);
}

void
demo_warm_free (DemoWarm *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->tail, fw_tail_free);
  g_clear_pointer (&self->producer, fw_producer_free);
  g_free (self->topic);
  g_free (self);
}

static gboolean
is_listening (const DemoWarm *self)
{
  guint n = fw_tail_n_partitions (self->tail, 0);
  return n > 0 && self->n_caught_up >= n;
}

static guint
send_round (DemoWarm *self)
{
  guint n_sent = 0;
  for (guint i = 0; i < KEYS; i++)
    {
      g_autofree char *key = g_strdup_printf ("demo/warm-up/%u", i);
      n_sent += fw_producer_send (self->producer, self->topic, key, strlen (key), NULL, 0, NULL, 0,
                                  0, 0);
    }
  return n_sent;
}

gboolean
demo_warm_round (DemoWarm *self)
{
  const FwClock *clock = fw_clock_system ();
  gint64 began_us = fw_clock_mono_us (clock), took_us = 0;
  guint wanted = is_listening (self) ? send_round (self) : G_MAXUINT;
  self->n_back = 0;
  while (self->n_back < wanted && took_us < ROUND_MAX_MS * 1000)
    {
      fw_tail_poll (self->tail, 100, 5);
      fw_producer_poll (self->producer, 0);
      took_us = fw_clock_mono_us (clock) - began_us;
      if (wanted == G_MAXUINT && is_listening (self))
        return FALSE;
    }
  self->n_quick = took_us < QUICK_US ? self->n_quick + 1 : 0;
  return self->n_quick >= QUICK_ROUNDS;
}
