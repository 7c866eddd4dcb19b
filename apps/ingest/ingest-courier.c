/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-courier.h"

#include "fw-ring.h"
#include "fw-tail.h"
#include "fw-thread.h"
#include "ingest-metrics.h"
#include "ingest-topic.h"
#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-courier");

#define TOPIC "fleet.commands"
#define RECORDS_PER_POLL 1000
#define COMMANDS_PER_TURN 256
#define IDLE_MS 500
#define MISSING_MS 3000 /* a topic that Kafka has is known by then */

struct IngestCourier
{
  IngestCourierSetup setup;
  IngestTopics *topics;
  FwRing *ring; /* IngestCommand */
  FwWake *room; /* wakes the reading thread */
  FwThread *thread;
  gint is_stopping; /* atomic */
  gint is_held;     /* atomic: the reading thread waits for room */

  /* The reading thread's. */
  FwTail *tail;
  FwJsonReader json;
  char *topic; /* with its prefix */
  gint64 up_since_ms;
  guint n_pushed;
  gboolean is_missed; /* and said so */

  /* The door thread's. */
  IngestCommands *commands;
  guint64 counted[INGEST_COMMANDS_N_COUNTS];
};

static gint64
now_ms (void)
{
  return fw_clock_wall_ms (fw_clock_system ());
}

/* Reading. */

static FwCommandFate
judge (IngestCourier *self, const FwRecord *record, FwCommand *ret)
{
  FwCommandFate fate;

  if (record->value_len > (gsize) self->setup.options->command_max)
    return FW_COMMAND_TOO_LARGE;
  fate = fw_command_read (&self->json, record->key, record->key_len, record->value,
                          record->value_len, ret);
  return fate == FW_COMMAND_FOR_DEVICE && ret->expires_ts_ms <= now_ms () ? FW_COMMAND_LATE : fate;
}

static void
on_record (gpointer user, const FwRecord *record)
{
  IngestCourier *self = user;
  FwCommand from;
  FwCommandFate fate = judge (self, record, &from);

  fw_metrics_add (self->setup.metrics, INGEST_METRIC_COMMANDS_READ, fate, 1);
  if (fate == FW_COMMAND_FOR_DEVICE || fate == FW_COMMAND_WITHDRAWS)
    {
      IngestCommand *command = ingest_command_new (&from, record->value, record->value_len);
      gboolean has_room = fw_ring_push (self->ring, command);

      g_assert (has_room); /* no more were asked for */
      self->n_pushed++;
    }
  else if (fate != FW_COMMAND_FOR_OPERATORS && fate != FW_COMMAND_LATE)
    fw_warn_limited (_ ("%s, partition %d, offset %lld: no command for a device (%s), ignoring"),
                     self->topic, record->partition, (long long) record->offset,
                     fw_command_fate_names[fate]);
}

static void
on_event (gpointer user, const FwTailEvent *event)
{
  IngestCourier *self = user;

  switch (event->type)
    {
    case FW_TAIL_UP:
      self->up_since_ms = now_ms ();
      break;
    case FW_TAIL_PARTITION_ADDED:
      self->is_missed = FALSE;
      fw_debug ("%s: partition %d found, reading from offset %" G_GINT64_FORMAT, self->topic,
                event->partition, event->from_offset);
      break;
    case FW_TAIL_GAP:
      fw_warn (_ ("%s, partition %d: Kafka no longer has offsets %lld to %lld; commands among "
                  "them are lost, going on"),
               self->topic, event->partition, (long long) event->from_offset,
               (long long) event->to_offset - 1);
      break;
    case FW_TAIL_ERROR:
      fw_warn_limited (_ ("%s, partition %d: %s, retrying"), self->topic, event->partition,
                       event->why ? event->why : "?");
      break;
    case FW_TAIL_DOWN: /* said by ingest-health */
    case FW_TAIL_CAUGHT_UP:
    case FW_TAIL_TOPIC_RESET:
    case FW_TAIL_TOPIC_GONE:
      fw_debug ("%s: event %u of the tail", self->topic, event->type);
      break;
    }
}

static void
say_if_missing (IngestCourier *self)
{
  if (self->is_missed || !fw_tail_is_up (self->tail) || fw_tail_n_partitions (self->tail, 0) > 0
      || now_ms () - self->up_since_ms < MISSING_MS)
    return;
  self->is_missed = TRUE;
  fw_info (_ ("Kafka has no topic %s (`fleetwire topics apply` makes it); devices may subscribe "
              "all the same, looking for it every second"),
           self->topic);
}

static void
wait_for_room (IngestCourier *self)
{
  GPollFD room = { fw_wake_fd (self->room), G_IO_IN, 0 };

  g_atomic_int_set (&self->is_held, 1);
  fw_metrics_add (self->setup.metrics, INGEST_METRIC_COMMANDS_WAITS, 0, 1);
  if (fw_ring_n_items (self->ring) >= (guint) self->setup.options->commands_waiting_max)
    g_poll (&room, 1, IDLE_MS);
  fw_wake_clear (self->room);
  g_atomic_int_set (&self->is_held, 0);
}

static void
run (gpointer data)
{
  IngestCourier *self = data;

  while (!g_atomic_int_get (&self->is_stopping))
    {
      guint n = fw_ring_n_items (self->ring);
      guint max = (guint) self->setup.options->commands_waiting_max;

      if (n >= max)
        {
          wait_for_room (self);
          continue;
        }
      fw_tail_poll (self->tail, MIN (max - n, RECORDS_PER_POLL), IDLE_MS);
      if (self->n_pushed > 0)
        self->setup.wake (self->setup.user);
      self->n_pushed = 0;
      say_if_missing (self);
    }
}

/* The door's thread. */

IngestCommands *
ingest_courier_commands (IngestCourier *self)
{
  return self->commands;
}

gboolean
ingest_courier_address (const IngestCourier *self, const char *topic, gsize len,
                        IngestIdentity *ret)
{
  if (!ingest_topics_match (self->topics, topic, len, ret))
    return FALSE;
  if (ret->fleet.len == 0)
    ret->fleet = (FwText){ FW_FLEET_DEFAULT, sizeof FW_FLEET_DEFAULT - 1 };
  return TRUE;
}

void
ingest_courier_turn (IngestCourier *self)
{
  IngestCommand *command;
  guint n = 0;

  while (n < COMMANDS_PER_TURN && (command = fw_ring_pop (self->ring)))
    {
      ingest_commands_add (self->commands, command);
      n++;
    }
  if (n == COMMANDS_PER_TURN) /* the others of this thread first */
    self->setup.wake (self->setup.user);
  if (n > 0 && g_atomic_int_get (&self->is_held))
    fw_wake_signal (self->room);
}

void
ingest_courier_tick (IngestCourier *self)
{
  FwMetrics *metrics = self->setup.metrics;

  ingest_commands_expire (self->commands);
  ingest_metrics_count_commands (metrics, ingest_commands_counts (self->commands), self->counted);
  fw_metrics_set (metrics, INGEST_METRIC_COMMANDS_OPEN, 0, ingest_commands_n_open (self->commands));
  fw_metrics_set (metrics, INGEST_METRIC_COMMANDS_BYTES, 0,
                  (double) ingest_commands_bytes (self->commands));
  fw_metrics_set (metrics, INGEST_METRIC_SUBSCRIPTIONS, 0,
                  ingest_commands_n_listeners (self->commands));
}

/* Its life. */

static gboolean
open_tail (IngestCourier *self, GError **error)
{
  static const FwTailHandler handler = { on_record, on_event };
  gint64 from_ms = now_ms () - self->setup.options->commands_look_back_ms;

  self->tail = fw_tail_new (self->setup.conf, &handler, self, error);
  if (!self->tail)
    return FALSE;
  fw_tail_add (self->tail, self->topic, FW_START_TIME, from_ms);
  return TRUE;
}

IngestCourier *
ingest_courier_new (const IngestCourierSetup *setup, GError **error)
{
  g_autoptr (IngestCourier) self = g_new0 (IngestCourier, 1);
  const IngestOptions *options = setup->options;
  const IngestCommandsLimits limits
      = { (guint) options->commands_per_device_max, (guint) options->commands_max,
          (gsize) options->commands_bytes_max };

  self->setup = *setup;
  fw_json_reader_init (&self->json);
  self->room = fw_wake_new ();
  self->ring
      = fw_ring_new ((guint) options->commands_waiting_max, (GDestroyNotify) ingest_command_unref);
  self->commands = ingest_commands_new (&limits, fw_clock_system (), setup->heard, setup->user);
  self->topic = fw_kafka_topic (setup->conf, TOPIC);
  self->topics = ingest_topics_new_exact (options->mqtt_command_topic, error);
  return self->topics && open_tail (self, error) ? g_steal_pointer (&self) : NULL;
}

gboolean
ingest_courier_start (IngestCourier *self, GError **error)
{
  self->thread = fw_thread_start ("commands", run, self, error);
  return self->thread != NULL;
}

void
ingest_courier_stop (IngestCourier *self)
{
  if (!self || !self->thread)
    return;
  g_atomic_int_set (&self->is_stopping, 1);
  fw_wake_signal (self->room);
  fw_tail_wake (self->tail);
  fw_thread_join (g_steal_pointer (&self->thread));
}

void
ingest_courier_free (IngestCourier *self)
{
  if (!self)
    return;
  ingest_courier_stop (self);
  fw_tail_free (self->tail);
  fw_ring_free (self->ring);
  ingest_commands_free (self->commands);
  ingest_topics_free (self->topics);
  fw_wake_free (self->room);
  fw_json_reader_clear (&self->json);
  g_free (self->topic);
  g_free (self);
}
