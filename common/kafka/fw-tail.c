/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail.h"

#include "fw-kafka-probe.h"
#include "fw-log.h"
#include "fw-tail-handle.h"
#include "fw-tail-record.h"
#include "fw-tail-scout.h"
#include "fw-time.h"

FW_LOG_TOPIC ("kafka-tail");

#define PUBLISH_INTERVAL_US 250000

/* A partition:   (found) -> reading -> stopped (its offset was out of range) -> reading, from where
 * the scout says Single records are taken off librdkafka's queue: its batch calls can lose some
 * around a reposition. */
typedef struct
{
  gint64 position;     /* next offset to be handed on */
  gint64 end_at_start; /* caught up when position is here */
  gint64 end;          /* as the scout last saw it */
  rd_kafka_message_t
      *last; /* handed on since the last publish; its fingerprint is made only then */
  FwMark mark;
  gboolean is_reading, is_caught_up;
} Partition;

typedef struct
{
  FwTail *tail;
  guint index, generation;
  rd_kafka_topic_t *rkt;
  GPtrArray *partitions; /* Partition */
  gboolean is_changed;   /* since the last publish */
  gboolean has_records;  /* of this generation */
} Topic;

struct FwTail
{
  const FwTailHandler *handler;
  gpointer user;
  rd_kafka_t *rk;
  rd_kafka_queue_t *queue;
  FwScout *scout;
  GPtrArray *topics; /* Topic */
  GArray *headers;   /* FwHeader, of the record being handed on */
  gint64 published_us;
  gboolean is_up, is_known; /* whether brokers are reachable, and whether anybody has told */
};

static void
tell (FwTail *self, FwTailEvent event)
{
  fw_debug ("event %d of topic %u, partition %d: %" G_GINT64_FORMAT " .. %" G_GINT64_FORMAT " %s",
            event.type, event.topic, event.partition, event.from_offset, event.to_offset,
            event.why ? event.why : "");
  if (self->handler->event)
    self->handler->event (self->user, &event);
}

static void
partition_free (gpointer data)
{
  Partition *partition = data;
  if (partition->last)
    rd_kafka_message_destroy (partition->last);
  g_free (partition);
}

static void
partition_stop (const Topic *topic, Partition *partition, gint32 index)
{
  if (partition->is_reading)
    rd_kafka_consume_stop (topic->rkt, index);
  partition->is_reading = FALSE;
}

static void
topic_stop (Topic *topic)
{
  for (guint p = 0; p < topic->partitions->len; p++)
    partition_stop (topic, g_ptr_array_index (topic->partitions, p), (gint32) p);
}

static void
topic_free (gpointer data)
{
  Topic *topic = data;
  topic_stop (topic);
  g_ptr_array_unref (topic->partitions);
  rd_kafka_topic_destroy (topic->rkt);
  g_free (topic);
}

static Partition *
topic_partition (const Topic *topic, gint32 index)
{
  return index >= 0 && (guint) index < topic->partitions->len
             ? g_ptr_array_index (topic->partitions, index)
             : NULL;
}

static void
catch_up_if_there (Topic *topic, Partition *partition, gint32 index)
{
  if (partition->is_caught_up || partition->position < partition->end_at_start)
    return;
  partition->is_caught_up = TRUE;
  tell (topic->tail,
        (FwTailEvent){ FW_TAIL_CAUGHT_UP, topic->index, index, .to_offset = partition->position,
                       .generation = topic->generation });
}

static void
partition_read_from (Topic *topic, Partition *partition, gint32 index, gint64 offset)
{
  partition_stop (topic, partition, index);
  partition->position = offset;
  partition->is_reading
      = rd_kafka_consume_start_queue (topic->rkt, index, offset, topic->tail->queue) == 0;
  if (!partition->is_reading)
    tell (topic->tail, (FwTailEvent){ FW_TAIL_ERROR, topic->index, index,
                                      .why = rd_kafka_err2str (rd_kafka_last_error ()) });
  topic->is_changed = TRUE;
}

static void
stop_and_ask (Topic *topic, Partition *partition, gint32 index)
{
  if (partition->mark.is_stopped)
    return;
  partition_stop (topic, partition, index);
  partition->mark.is_stopped = TRUE;
  topic->is_changed = TRUE;
  topic->tail->published_us = 0;
}

/* It may be gone, and the next one of that name be another: nothing more of it is handed on until
 * the scout has looked. */
static void
topic_doubt (Topic *topic)
{
  for (guint p = 0; p < topic->partitions->len; p++)
    stop_and_ask (topic, g_ptr_array_index (topic->partitions, p), (gint32) p);
}

/* Findings of the scout. */

static void
partition_found (Topic *topic, const FwFinding *finding)
{
  if (finding->partition != (gint32) topic->partitions->len)
    return;
  Partition *partition = g_new0 (Partition, 1);
  partition->mark.last_offset = -1;
  partition->end_at_start = partition->end = finding->end;
  g_ptr_array_add (topic->partitions, partition);
  partition_read_from (topic, partition, finding->partition, finding->offset);
  tell (topic->tail, (FwTailEvent){ FW_TAIL_PARTITION_ADDED, topic->index, finding->partition,
                                    .from_offset = finding->offset, .to_offset = finding->end,
                                    .generation = topic->generation });
  catch_up_if_there (topic, partition, finding->partition);
}

static void
partition_moved (Topic *topic, const FwFinding *finding)
{
  Partition *partition = topic_partition (topic, finding->partition);
  if (!partition || !partition->mark.is_stopped)
    return;
  partition->mark.is_stopped = FALSE;
  partition_read_from (topic, partition, finding->partition, finding->offset);
  if (finding->offset > finding->from)
    tell (topic->tail, (FwTailEvent){ FW_TAIL_GAP, topic->index, finding->partition, finding->from,
                                      finding->offset, topic->generation, NULL });
  catch_up_if_there (topic, partition, finding->partition);
}

static void
topic_remade (Topic *topic, const FwFinding *finding)
{
  topic_stop (topic);
  g_ptr_array_set_size (topic->partitions, 0);
  topic->generation = finding->generation;
  topic->is_changed = TRUE;
  topic->has_records = FALSE;
  tell (topic->tail,
        (FwTailEvent){ FW_TAIL_TOPIC_RESET, topic->index, -1, .generation = topic->generation });
}

static void
apply_to_topic (Topic *topic, const FwFinding *finding)
{
  Partition *partition = topic_partition (topic, finding->partition);
  FwTailEvent event
      = { FW_TAIL_ERROR, topic->index, -1, .generation = topic->generation, .why = finding->why };
  switch (finding->type)
    {
    case FW_FOUND_PARTITION:
      partition_found (topic, finding);
      break;
    case FW_FOUND_MOVED:
      partition_moved (topic, finding);
      break;
    case FW_FOUND_END:
      if (partition)
        partition->end = finding->end;
      break;
    case FW_FOUND_REMADE:
      topic_remade (topic, finding);
      break;
    case FW_FOUND_GONE:
      event.type = FW_TAIL_TOPIC_GONE;
      topic_doubt (topic);
      tell (topic->tail, event);
      break;
    default:
      tell (topic->tail, event);
    }
}

static void
tell_up_or_down (FwTail *self, gboolean is_up, const char *why)
{
  if (self->is_known && self->is_up == is_up)
    return;
  self->is_known = TRUE;
  self->is_up = is_up;
  tell (self, (FwTailEvent){ is_up ? FW_TAIL_UP : FW_TAIL_DOWN, .partition = -1, .why = why });
}

static void
apply_finding (FwTail *self, const FwFinding *finding)
{
  if (finding->type == FW_FOUND_UP || finding->type == FW_FOUND_DOWN)
    tell_up_or_down (self, finding->type == FW_FOUND_UP, finding->why);
  else
    apply_to_topic (g_ptr_array_index (self->topics, finding->topic), finding);
}

static void
apply_findings (FwTail *self)
{
  FwFinding *finding;
  while ((finding = fw_scout_take (self->scout)))
    {
      apply_finding (self, finding);
      fw_finding_free (finding);
    }
}

/* Messages of librdkafka. */

static void
hand_on (const Topic *topic, rd_kafka_message_t *message)
{
  FwRecord record;
  fw_record_read (&record, topic->tail->headers, topic->index, message);
  topic->tail->handler->record (topic->tail->user, &record);
}

/* Takes message. */
static void
take_record (Topic *topic, Partition *partition, rd_kafka_message_t *message)
{
  hand_on (topic, message);
  partition->position = message->offset + 1;
  if (partition->last)
    rd_kafka_message_destroy (partition->last);
  partition->last = message;
  topic->is_changed = TRUE;
  if (!topic
           ->has_records) /* the scout must know one soon, to tell this topic from one made again */
    topic->tail->published_us = 0;
  topic->has_records = TRUE;
  catch_up_if_there (topic, partition, message->partition);
}

static void
take_error (Topic *topic, Partition *partition, const rd_kafka_message_t *message)
{
  switch (message->err)
    {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: /* also past what is no record: transaction marks,
                                              compacted away */
      partition->position = MAX (partition->position, message->offset);
      topic->is_changed = TRUE;
      catch_up_if_there (topic, partition, message->partition);
      break;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      stop_and_ask (topic, partition, message->partition);
      break;
    default:
      if (!fw_record_error_is_the_scouts (message->err))
        tell (topic->tail, (FwTailEvent){ FW_TAIL_ERROR, topic->index, message->partition,
                                          .generation = topic->generation,
                                          .why = rd_kafka_message_errstr (message) });
    }
}

/* Takes message; TRUE when it was a record. What comes after a doubt may be of another topic. */
static gboolean
take (rd_kafka_message_t *message)
{
  Topic *topic = message->rkt ? rd_kafka_topic_opaque (message->rkt) : NULL;
  Partition *partition = topic ? topic_partition (topic, message->partition) : NULL;
  if (partition && partition->mark.is_stopped)
    partition = NULL;
  if (partition && !message->err)
    {
      take_record (topic, partition, message);
      return TRUE;
    }
  if (partition)
    take_error (topic, partition, message);
  rd_kafka_message_destroy (message);
  return FALSE;
}

static void
publish_topic (FwTail *self, Topic *topic)
{
  guint n = topic->partitions->len;
  g_autofree FwMark *marks = g_new (FwMark, n);
  gboolean must_hurry = FALSE;
  for (guint p = 0; p < n; p++)
    {
      Partition *partition = g_ptr_array_index (topic->partitions, p);
      if (partition->last)
        {
          partition->mark.last_offset = partition->last->offset;
          partition->mark.last_fingerprint = fw_probe_fingerprint (partition->last);
          g_clear_pointer (&partition->last, rd_kafka_message_destroy);
        }
      partition->mark.position = partition->position;
      must_hurry |= partition->mark.is_stopped;
      marks[p] = partition->mark;
    }
  fw_scout_publish (self->scout, topic->index, topic->generation, marks, n);
  topic->is_changed = FALSE;
  if (must_hurry)
    fw_scout_hurry (self->scout);
}

static void
publish_if_due (FwTail *self)
{
  gint64 now_us = fw_clock_mono_us (fw_clock_system ());
  if (now_us - self->published_us < PUBLISH_INTERVAL_US)
    return;
  self->published_us = now_us;
  for (guint i = 0; i < self->topics->len; i++)
    {
      Topic *topic = g_ptr_array_index (self->topics, i);
      if (topic->is_changed)
        publish_topic (self, topic);
    }
}

/* That a topic is unknown comes this way too, and does not say which; one broker of several may go.
 */
static void
on_error (rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
  (void) rk;
  FwTail *self = opaque;
  fw_debug ("%s", reason);
  if (!fw_record_error_is_the_scouts (code) || code == RD_KAFKA_RESP_ERR__TRANSPORT)
    return;
  if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
    tell_up_or_down (self, FALSE, reason);
  for (guint i = 0; i < self->topics->len; i++)
    topic_doubt (g_ptr_array_index (self->topics, i));
  fw_scout_hurry (self->scout);
}

FwTail *
fw_tail_new (const FwKafkaConf *conf, const FwTailHandler *handler, gpointer user, GError **error)
{
  g_autoptr (FwTail) self = g_new0 (FwTail, 1);
  self->handler = handler;
  self->user = user;
  self->topics = g_ptr_array_new_with_free_func (topic_free);
  self->headers = g_array_new (FALSE, FALSE, sizeof (FwHeader));
  self->rk = fw_tail_handle_new (conf, on_error, self, error);
  if (!self->rk)
    return NULL;
  self->queue = rd_kafka_queue_new (self->rk);
  self->scout = fw_scout_new (conf, self->rk, (void (*) (gpointer)) fw_tail_wake, self, error);
  return self->scout ? g_steal_pointer (&self) : NULL;
}

void
fw_tail_free (FwTail *self)
{
  if (!self)
    return;
  fw_scout_free (self->scout);
  g_ptr_array_unref (self->topics);
  g_array_unref (self->headers);
  g_clear_pointer (&self->queue, rd_kafka_queue_destroy);
  g_clear_pointer (&self->rk, fw_rd_end);
  g_free (self);
}

guint
fw_tail_add (FwTail *self, const char *name, FwStart start, gint64 at_ms)
{
  rd_kafka_topic_conf_t *topic_conf = rd_kafka_default_topic_conf_dup (self->rk);
  Topic *topic = g_new0 (Topic, 1);
  topic->tail = self;
  topic->index = self->topics->len;
  topic->partitions = g_ptr_array_new_with_free_func (partition_free);
  rd_kafka_topic_conf_set_opaque (topic_conf, topic);
  topic->rkt = rd_kafka_topic_new (self->rk, name, topic_conf);
  g_assert (topic->rkt);
  g_ptr_array_add (self->topics, topic);
  fw_scout_add (self->scout, topic->rkt, start, at_ms);
  return topic->index;
}

guint
fw_tail_poll (FwTail *self, guint max_records, gint timeout_ms)
{
  guint n = 0;
  apply_findings (self);
  rd_kafka_poll (self->rk, 0);
  rd_kafka_message_t *message = rd_kafka_consume_queue (self->queue, timeout_ms);
  while (message)
    {
      n += take (message);
      message = n < max_records ? rd_kafka_consume_queue (self->queue, 0) : NULL;
    }
  apply_findings (self);
  publish_if_due (self);
  return n;
}

void
fw_tail_wake (FwTail *self)
{
  rd_kafka_queue_yield (self->queue);
}

guint
fw_tail_n_partitions (const FwTail *self, guint topic)
{
  return ((Topic *) g_ptr_array_index (self->topics, topic))->partitions->len;
}

gint64
fw_tail_position (const FwTail *self, guint topic, gint32 index)
{
  const Partition *partition = topic_partition (g_ptr_array_index (self->topics, topic), index);
  return partition ? partition->position : -1;
}

guint
fw_tail_generation (const FwTail *self, guint topic)
{
  return ((Topic *) g_ptr_array_index (self->topics, topic))->generation;
}

gboolean
fw_tail_is_up (const FwTail *self)
{
  return self->is_up;
}

/* The end as the last fetch told it (no question asked), or as the scout saw it. */
static gint64
known_end (const FwTail *self, const Topic *topic, const Partition *partition, gint32 index)
{
  gint64 low, high;
  if (rd_kafka_get_watermark_offsets (self->rk, rd_kafka_topic_name (topic->rkt), index, &low,
                                      &high)
      || high < 0)
    return partition->end;
  return MAX (high, partition->end);
}

gint64
fw_tail_lag (const FwTail *self)
{
  gint64 lag = -1;
  for (guint t = 0; t < self->topics->len; t++)
    {
      const Topic *topic = g_ptr_array_index (self->topics, t);
      for (guint p = 0; p < topic->partitions->len; p++)
        {
          const Partition *partition = g_ptr_array_index (topic->partitions, p);
          lag = MAX (lag, 0)
                + MAX (known_end (self, topic, partition, (gint32) p) - partition->position, 0);
        }
    }
  return lag;
}
