/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub.h"

#include <string.h>
#include "fw-log.h"
#include "fw-tail.h"
#include "fw-thread.h"
#include "fw-time.h"
#include "relay-fleet.h"
#include "relay-groups.h"
#include "relay-log.h"
#include "relay-metrics.h"
#include "relay-notice.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-hub");

#define EVENTS_TOPIC "iot-events"
#define RECORDS_PER_POLL 2000
#define ASKS_PER_TURN 8
#define IDLE_MS 250
#define HEADERS_MAX 64
#define FIREHOSE 0

typedef struct
{
  const char *name;   /* bare */
  RelayLog *log;
  GArray *caught_up;  /* gboolean by partition */
} Topic;

typedef struct
{
  RelayLink *link;
  guint *wanted;      /* serial by stream; 0: not read there */
  void (*wake) (gpointer user);
  gpointer user;
} Thread;

struct RelayHub
{
  const RelayOptions *options;
  FwMetrics *metrics;
  FwTail *tail;
  FwEventReader *reader;
  FwEventCounts counted;    /* of the reader, that the metrics have */
  FwEvent ev;
  RelayFleet *fleet;
  RelayGroups *groups;
  RelayGroupsCounts groups_counted;
  RelayLog *firehose;
  Topic *topics;            /* iot-events first */
  guint n_topics;
  RelayStreamName *streams; /* firehose, then topics */
  RelayLink **links;
  Thread *threads;
  guint n_threads;
  char *epoch;
  gint64 started_ms;        /* older records are look-back: state, not news */
  gint64 now_ms, now_us;    /* of this turn */
  gint64 time_due_us;
  gboolean warming_changed;
  FwThread *thread;
  FwThreadRole role;
  gint is_stopping, is_up, n_warming, n_missing; /* atomic */
};

static const FwClock *
clock_of (void)
{
  return fw_clock_system ();
}

/* Records. */

static gboolean
is_caught_up (const Topic *topic, gint32 partition)
{
  return (guint) partition < topic->caught_up->len && g_array_index (topic->caught_up, gboolean, partition);
}

static gboolean
is_protobuf (const FwRecord *record)
{
  static const char type[] = "application/x-protobuf";

  for (guint i = 0; i < record->n_headers; i++)
    if (g_ascii_strcasecmp (record->headers[i].name, "content-type") == 0 && record->headers[i].value
        && record->headers[i].len >= sizeof type - 1 && memcmp (record->headers[i].value, type, sizeof type - 1) == 0)
      return TRUE;
  return FALSE;
}

static void
note_reject (RelayHub *hub, const FwRecord *record, FwReject reject)
{
  if (reject == FW_REJECT_UNSUPPORTED_ENCODING)
    fw_metrics_add (hub->metrics, RELAY_METRIC_REJECTED, reject, 1);
  fw_warn_limited (_ ("%s, partition %d, offset %" G_GINT64_FORMAT ": the record is no event (%s), ignoring it"), EVENTS_TOPIC,
                   record->partition, record->offset, fw_reject_names[reject]);
}

static void
note_applied (RelayHub *hub, RelayApplied applied)
{
  static const int rows[] = { [RELAY_APPLIED] = -1, [RELAY_APPLIED_LATE] = RELAY_METRIC_LATE,
                              [RELAY_APPLIED_NOTHING] = RELAY_METRIC_COPIES, [RELAY_APPLIED_REFUSED] = RELAY_METRIC_DEVICES_REFUSED };

  if (rows[applied] >= 0)
    fw_metrics_add (hub->metrics, (guint) rows[applied], 0, 1);
  if (applied == RELAY_APPLIED_REFUSED)
    fw_warn_limited (_ ("as many devices as --max-devices allows are known; events of a further one are counted, ignoring it"));
}

static void
observe_hops (RelayHub *hub, const FwRecord *record)
{
  if (!record->is_log_append || record->timestamp_ms < 0)
    return;
  fw_metrics_observe (hub->metrics, RELAY_METRIC_HOPS, RELAY_HOP_KAFKA, (double) MAX (hub->now_ms - record->timestamp_ms, 0) / 1000);
  if (hub->ev.ts_ms != FW_TS_NONE)
    fw_metrics_observe (hub->metrics, RELAY_METRIC_HOPS, RELAY_HOP_DEVICE, (double) MAX (record->timestamp_ms - hub->ev.ts_ms, 0) / 1000);
}

static void
fold (RelayHub *hub, const FwRecord *record, gboolean is_news)
{
  FwArrival arrival = { record->timestamp_ms >= 0 ? record->timestamp_ms : hub->now_ms, record->partition, record->offset };
  FwReject reject;

  if (!record->value)
    {
      fw_metrics_add (hub->metrics, RELAY_METRIC_NULLS, 0, 1);
      return;
    }
  reject = is_protobuf (record) ? FW_REJECT_UNSUPPORTED_ENCODING : fw_event_read (hub->reader, record->value, record->value_len, &hub->ev);
  if (reject != FW_REJECT_NONE)
    {
      note_reject (hub, record, reject);
      return;
    }
  note_applied (hub, relay_fleet_apply (hub->fleet, &hub->ev, &arrival, hub->now_ms));
  if (is_news)
    observe_hops (hub, record);
}

static void
add_to_logs (RelayHub *hub, Topic *topic, const FwRecord *record)
{
  RelayHeader headers[HEADERS_MAX];
  gboolean is_events = topic == &hub->topics[0];
  RelayRecord out = { .partition = record->partition, .offset = record->offset, .t_ms = record->timestamp_ms, .key = record->key,
                      .key_len = record->key_len, .value = record->value, .value_len = record->value_len, .headers = headers,
                      .n_headers = MIN (record->n_headers, HEADERS_MAX) };

  for (guint i = 0; i < out.n_headers; i++)
    headers[i] = (RelayHeader){ record->headers[i].name, record->headers[i].value, record->headers[i].len };
  if (relay_log_is_read (topic->log) || (is_events && relay_log_is_read (hub->firehose)))
    out.value_is_utf8 = record->value && relay_log_is_utf8 (record->value, record->value_len);
  relay_log_add (topic->log, &out);
  if (is_events)
    relay_log_add (hub->firehose, &out);
}

static void
on_record (gpointer user, const FwRecord *record)
{
  RelayHub *hub = user;
  Topic *topic = &hub->topics[record->topic];
  gboolean is_news = is_caught_up (topic, record->partition) || record->timestamp_ms >= hub->started_ms;

  fw_metrics_add (hub->metrics, RELAY_METRIC_RECORDS, 0, 1);
  if (is_news)
    add_to_logs (hub, topic, record);
  else
    relay_log_seek (topic->log, record->partition, record->offset + 1);
  if (topic == &hub->topics[0])
    fold (hub, record, is_news);
}

/* What the tail says of itself. */

static void
set_caught_up (RelayHub *hub, Topic *topic, gint32 partition, gboolean is)
{
  const gboolean no = FALSE;

  while (topic->caught_up->len <= (guint) partition)
    g_array_append_val (topic->caught_up, no);
  g_array_index (topic->caught_up, gboolean, partition) = is;
  hub->warming_changed = TRUE;
}

static void
partition_added (RelayHub *hub, Topic *topic, const FwTailEvent *event)
{
  set_caught_up (hub, topic, event->partition, FALSE);
  relay_log_seek (topic->log, event->partition, event->from_offset);
  fw_debug ("%s: partition %d found, reading from offset %" G_GINT64_FORMAT, topic->name, event->partition, event->from_offset);
}

static void
gap_found (RelayHub *hub, Topic *topic, const FwTailEvent *event)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = (guint) event->partition + 1;
  g_autofree gint64 *from = g_new0 (gint64, n);
  g_autofree gint64 *to = g_new0 (gint64, n);

  from[event->partition] = event->from_offset;
  to[event->partition] = event->to_offset;
  relay_say_gap (text, relay_log_ch (topic->log), from, to, n);
  relay_log_add_message (topic->log, text);
  relay_log_seek (topic->log, event->partition, event->to_offset);
  if (topic == &hub->topics[0])
    relay_groups_say_gap (hub->groups, (guint) event->partition, event->from_offset, event->to_offset);
  fw_metrics_add (hub->metrics, RELAY_METRIC_KAFKA_GAPS, 0, 1);
  fw_warn (_ ("%s, partition %d: Kafka no longer has offsets %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "; clients are told, going on"),
           topic->name, event->partition, event->from_offset, event->to_offset - 1);
}

static void
topic_reset (RelayHub *hub, Topic *topic)
{
  g_autoptr (GString) text = g_string_new (NULL);

  relay_say_reset (text, relay_log_ch (topic->log), "topic_recreated");
  relay_log_add_message (topic->log, text);
  g_array_set_size (topic->caught_up, 0);
  hub->warming_changed = TRUE;
  if (topic == &hub->topics[0])
    relay_fleet_clear (hub->fleet, RELAY_LEFT_DELETED);
  fw_metrics_add (hub->metrics, RELAY_METRIC_TOPIC_RESETS, 0, 1);
  fw_warn (_ ("topic %s was deleted and made again; clients are told, reading it from its begin"), topic->name);
}

static void
on_tail_event (gpointer user, const FwTailEvent *event)
{
  RelayHub *hub = user;
  Topic *topic = event->type == FW_TAIL_UP || event->type == FW_TAIL_DOWN ? NULL : &hub->topics[event->topic];

  switch (event->type)
    {
    case FW_TAIL_UP:
      g_atomic_int_set (&hub->is_up, 1);
      fw_info (_ ("Kafka is reachable"));
      break;
    case FW_TAIL_DOWN:
      g_atomic_int_set (&hub->is_up, 0);
      fw_warn (_ ("Kafka is not reachable (%s); clients keep what they have, retrying"), event->why ? event->why : "?");
      break;
    case FW_TAIL_PARTITION_ADDED:
      partition_added (hub, topic, event);
      break;
    case FW_TAIL_CAUGHT_UP:
      set_caught_up (hub, topic, event->partition, TRUE);
      break;
    case FW_TAIL_GAP:
      gap_found (hub, topic, event);
      break;
    case FW_TAIL_TOPIC_RESET:
      topic_reset (hub, topic);
      break;
    case FW_TAIL_TOPIC_GONE:
      fw_warn (_ ("topic %s does not exist (any more), waiting for it"), topic->name);
      break;
    case FW_TAIL_ERROR:
      fw_warn_limited (_ ("%s, partition %d: %s, retrying"), topic->name, event->partition, event->why ? event->why : "?");
      break;
    }
}

static const FwTailHandler tail_handler = { on_record, on_tail_event };

/* Handing over. */

static RelayLog *
log_of (RelayHub *hub, guint stream)
{
  return stream == FIREHOSE ? hub->firehose : hub->topics[stream - 1].log;
}

static void
push_join (RelayHub *hub, Thread *thread, guint stream)
{
  RelayPush *push = relay_push_new (RELAY_PUSH_JOIN);
  RelayBlock *block = relay_log_newest (log_of (hub, stream));
  RelayExtent extent = relay_block_extent (block);

  push->stream = stream;
  push->serial = thread->wanted[stream];
  push->block = relay_block_ref (block);
  push->at = extent.len;
  push->n_frames = extent.n_frames;
  relay_link_push (thread->link, push);
}

static void
push_block (RelayHub *hub, guint stream, RelayBlock *block)
{
  for (guint i = 0; i < hub->n_threads; i++)
    if (hub->threads[i].wanted[stream])
      {
        RelayPush *push = relay_push_new (RELAY_PUSH_BLOCK);

        push->stream = stream;
        push->block = relay_block_ref (block);
        relay_link_push (hub->threads[i].link, push);
      }
}

static void
commit_stream (RelayHub *hub, guint stream)
{
  RelayLog *log = log_of (hub, stream);
  RelayBlock *block;

  if (!relay_log_commit (log))
    return;
  while ((block = relay_log_pop_new_block (log)))
    {
      push_block (hub, stream, block);
      relay_block_unref (block);
    }
  for (guint i = 0; i < hub->n_threads; i++)
    if (hub->threads[i].wanted[stream])
      relay_link_mark_pending (hub->threads[i].link, hub->now_us);
}

static void
set_wanted (RelayHub *hub, Thread *thread, guint stream, guint serial)
{
  RelayLog *log = log_of (hub, stream);
  gboolean is_read = FALSE;

  thread->wanted[stream] = serial;
  for (guint i = 0; i < hub->n_threads; i++)
    is_read |= hub->threads[i].wanted[stream] != 0;
  if (is_read != relay_log_is_read (log))
    relay_log_set_read (log, is_read);
  if (serial)
    push_join (hub, thread, stream);
}

static void
take_ask (RelayHub *hub, guint i, RelayAsk *ask)
{
  if (ask->type == RELAY_ASK_WANT || ask->type == RELAY_ASK_UNWANT)
    {
      set_wanted (hub, &hub->threads[i], ask->stream, ask->type == RELAY_ASK_WANT ? ask->serial : 0);
      relay_ask_free (ask);
      return;
    }
  relay_groups_ask (hub->groups, i, ask, hub->now_us, hub->now_ms);
}

/* TRUE when there may be more. */
static gboolean
take_asks (RelayHub *hub)
{
  gboolean may_be_more = FALSE;

  for (guint i = 0; i < hub->n_threads; i++)
    {
      guint n = 0;
      RelayAsk *ask;

      while (n < ASKS_PER_TURN && (ask = relay_link_take_ask (hub->threads[i].link)))
        {
          take_ask (hub, i, ask);
          n++;
        }
      may_be_more |= n == ASKS_PER_TURN;
    }
  return may_be_more;
}

static void
settle_and_wake (RelayHub *hub)
{
  for (guint i = 0; i < hub->n_threads; i++)
    {
      Thread *thread = &hub->threads[i];

      if (relay_link_settle (thread->link))
        for (guint stream = 0; stream <= hub->n_topics; stream++)
          if (thread->wanted[stream])
            push_join (hub, thread, stream);
      if (relay_link_should_wake (thread->link))
        thread->wake (thread->user);
    }
}

/* Notices: to every client. */

static void
push_notice (RelayHub *hub, RelayNotice notice, FwBytes *frames, gboolean for_newcomers)
{
  for (guint i = 0; i < hub->n_threads; i++)
    {
      RelayPush *push = relay_push_new (RELAY_PUSH_NOTICE);

      push->notice = notice;
      push->frames = fw_bytes_ref (frames);
      push->for_newcomers = for_newcomers;
      relay_link_push (hub->threads[i].link, push);
    }
}

static void
say_time (RelayHub *hub)
{
  g_autoptr (GString) resume = g_string_new (NULL);
  g_autoptr (FwBytes) frames = NULL;

  relay_resume_begin (resume, hub->now_ms);
  for (guint t = 0; t < hub->n_topics; t++)
    {
      relay_resume_topic (resume, hub->topics[t].name, fw_tail_generation (hub->tail, t));
      for (guint p = 0; p < fw_tail_n_partitions (hub->tail, t); p++)
        relay_resume_offset (resume, p, fw_tail_position (hub->tail, t, (gint32) p));
    }
  frames = relay_notice_time (hub->now_ms, relay_fleet_rev (hub->fleet), resume->str);
  push_notice (hub, RELAY_NOTICE_TIME, frames, FALSE);
  hub->time_due_us = hub->now_us + RELAY_TIME_INTERVAL_US;
}

static void
say_warming (RelayHub *hub)
{
  RelayWarming *warming = relay_warming_new ();
  g_autoptr (FwBytes) frames = NULL;
  guint n_missing = 0, n_warming;

  for (guint t = 0; t < hub->n_topics; t++)
    {
      n_missing += t == 0 && hub->topics[t].caught_up->len == 0;
      for (guint p = 0; p < hub->topics[t].caught_up->len; p++)
        if (!is_caught_up (&hub->topics[t], (gint32) p))
          relay_warming_add (warming, hub->topics[t].name, p);
    }
  n_warming = relay_warming_n (warming);
  frames = relay_warming_finish (warming);
  push_notice (hub, RELAY_NOTICE_WARMING, frames, n_warming > 0);
  if (n_warming == 0 && n_missing == 0 && g_atomic_int_get (&hub->n_warming) > 0)
    fw_info (_ ("all partitions are read up to their ends; %u devices known"), relay_fleet_n (hub->fleet));
  g_atomic_int_set (&hub->n_warming, (gint) n_warming);
  g_atomic_int_set (&hub->n_missing, (gint) n_missing);
  hub->warming_changed = FALSE;
}

/* Metrics. */

static void
add_since (RelayHub *hub, guint row, guint64 now, guint64 *counted)
{
  if (now > *counted)
    fw_metrics_add (hub->metrics, row, 0, now - *counted);
  *counted = now;
}

static void
publish_reader (RelayHub *hub)
{
  const FwEventCounts *counts = fw_event_reader_counts (hub->reader);

  for (guint i = FW_REJECT_NONE + 1; i < FW_N_REJECTS; i++)
    if (counts->rejects[i] != hub->counted.rejects[i])
      fw_metrics_add (hub->metrics, RELAY_METRIC_REJECTED, i, counts->rejects[i] - hub->counted.rejects[i]);
  for (guint i = 0; i < FW_N_DROPS; i++)
    if (counts->drops[i] != hub->counted.drops[i])
      fw_metrics_add (hub->metrics, RELAY_METRIC_DROPPED_FIELDS, i, counts->drops[i] - hub->counted.drops[i]);
  hub->counted = *counts;
}

static void
publish_groups (RelayHub *hub)
{
  RelayGroupsCounts counts = relay_groups_counts (hub->groups);
  guint64 patches = hub->groups_counted.n_patches + hub->groups_counted.n_windows;

  add_since (hub, RELAY_METRIC_PATCHES, counts.n_patches + counts.n_windows, &patches);
  add_since (hub, RELAY_METRIC_SNAPSHOTS, counts.n_snapshots, &hub->groups_counted.n_snapshots);
  add_since (hub, RELAY_METRIC_RESETS, counts.n_resets, &hub->groups_counted.n_resets);
  add_since (hub, RELAY_METRIC_REFUSED_SUBSCRIPTIONS, counts.n_refused, &hub->groups_counted.n_refused);
  hub->groups_counted = counts;
  fw_metrics_set (hub->metrics, RELAY_METRIC_GROUPS, 0, relay_groups_n (hub->groups));
  fw_metrics_set (hub->metrics, RELAY_METRIC_WINDOWS, 0, relay_groups_n_windows (hub->groups));
}

static void
publish_slowly (RelayHub *hub)
{
  gint64 lag = fw_tail_lag (hub->tail);

  publish_groups (hub);
  fw_metrics_set (hub->metrics, RELAY_METRIC_DEVICES, 0, relay_fleet_n (hub->fleet));
  fw_metrics_set (hub->metrics, RELAY_METRIC_KAFKA_UP, 0, fw_tail_is_up (hub->tail));
  fw_metrics_set (hub->metrics, RELAY_METRIC_KAFKA_LAG, 0, (double) MAX (lag, 0));
}

/* The loop. */

static gint
wait_ms (const RelayHub *hub)
{
  gint64 due_us = MIN (relay_groups_next_us (hub->groups), hub->time_due_us) - hub->now_us;
  gint64 due_ms = relay_fleet_next_advance_ms (hub->fleet) - hub->now_ms;

  due_ms = MIN (due_ms, (due_us + 999) / 1000);
  return (gint) CLAMP (due_ms, 0, IDLE_MS);
}

static void
set_now (RelayHub *hub)
{
  hub->now_ms = fw_clock_wall_ms (clock_of ());
  hub->now_us = fw_clock_mono_us (clock_of ());
}

static gboolean
turn (RelayHub *hub, gint timeout_ms) FW_RUNS_ON (hub->role)
{
  gboolean may_be_more;

  set_now (hub);
  fw_tail_poll (hub->tail, RECORDS_PER_POLL, timeout_ms);
  set_now (hub);
  for (guint stream = 0; stream <= hub->n_topics; stream++)
    commit_stream (hub, stream);
  may_be_more = take_asks (hub);
  relay_fleet_advance (hub->fleet, hub->now_ms);
  relay_groups_tick (hub->groups, hub->now_us, hub->now_ms);
  if (hub->warming_changed)
    say_warming (hub);
  if (hub->now_us >= hub->time_due_us)
    say_time (hub);
  publish_reader (hub);
  settle_and_wake (hub);
  return may_be_more;
}

static void
run (gpointer data)
{
  RelayHub *hub = data;
  gboolean may_be_more = FALSE;
  gint64 published_us = 0;

  fw_thread_role_enter (&hub->role);
  while (!g_atomic_int_get (&hub->is_stopping))
    {
      may_be_more = turn (hub, may_be_more ? 0 : wait_ms (hub));
      if (hub->now_us - published_us > G_USEC_PER_SEC / 4)
        {
          publish_slowly (hub);
          published_us = hub->now_us;
        }
    }
  fw_thread_role_leave (&hub->role);
}

/* Life. */

static void
on_removed (gpointer user, const RelayDevice *dev, RelayLeft why, guint64 rev)
{
  RelayHub *hub = user;

  relay_groups_forget (hub->groups, dev, why, rev);
  fw_metrics_add (hub->metrics, RELAY_METRIC_DEVICES_FORGOTTEN, 0, 1);
}

static void
make_fleet (RelayHub *hub)
{
  const RelayOptions *options = hub->options;
  RelayFleetLimits limits = { .devices_max = (guint) options->devices_max, .forget_after_ms = options->forget_after_ms };
  RelayGroupsLimits groups = { .groups_max = (guint) options->groups_max, .windows_max = (guint) options->windows_max,
                               .leaves_max = (guint) options->leaves_max };

  fw_thresholds_default (&limits.thresholds);
  limits.thresholds.status = (FwStatusLimits){ options->stale_ms, options->offline_ms };
  hub->fleet = relay_fleet_new (&limits, on_removed, hub);
  hub->groups = relay_groups_new (&groups, hub->fleet, hub->links, hub->n_threads, hub->n_topics + 1);
}

static void
add_topic (RelayHub *hub, const FwKafkaConf *conf, guint i, const char *name)
{
  g_autofree char *whole = fw_kafka_topic (conf, name);
  gboolean is_events = i == 0;

  hub->topics[i].name = name;
  hub->topics[i].log = relay_log_new (i + 1);
  hub->topics[i].caught_up = g_array_new (FALSE, TRUE, sizeof (gboolean));
  hub->streams[i + 1] = (RelayStreamName){ name, i + 1 };
  fw_tail_add (hub->tail, whole, is_events ? FW_START_TIME : FW_START_END, hub->started_ms - hub->options->look_back_ms);
}

static void
make_topics (RelayHub *hub, const FwKafkaConf *conf)
{
  guint n_more = hub->options->topics ? g_strv_length (hub->options->topics) : 0;

  hub->topics = g_new0 (Topic, n_more + 1);
  hub->streams = g_new0 (RelayStreamName, n_more + 2);
  hub->firehose = relay_log_new (0);
  add_topic (hub, conf, hub->n_topics++, EVENTS_TOPIC);
  for (guint i = 0; i < n_more; i++)
    {
      const char *name = hub->options->topics[i];
      gboolean is_known = FALSE;

      for (guint t = 0; t < hub->n_topics; t++)
        is_known |= strcmp (hub->topics[t].name, name) == 0;
      if (!is_known)
        add_topic (hub, conf, hub->n_topics++, name);
    }
}

static void
make_threads (RelayHub *hub)
{
  hub->n_threads = (guint) hub->options->threads;
  hub->threads = g_new0 (Thread, hub->n_threads);
  hub->links = g_new0 (RelayLink *, hub->n_threads);
  for (guint i = 0; i < hub->n_threads; i++)
    {
      hub->links[i] = hub->threads[i].link = relay_link_new ((guint) hub->options->ring_slots);
      hub->threads[i].wanted = g_new0 (guint, hub->n_topics + 1);
    }
}

RelayHub *
relay_hub_new (const RelayOptions *options, const FwKafkaConf *conf, const FwMapping *mapping, FwMetrics *metrics, GError **error)
{
  g_autoptr (RelayHub) hub = g_new0 (RelayHub, 1);

  hub->options = options;
  hub->metrics = metrics;
  hub->started_ms = fw_clock_wall_ms (clock_of ());
  hub->epoch = g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
  hub->warming_changed = TRUE;
  hub->n_missing = 1;
  hub->reader = fw_event_reader_new (mapping);
  hub->tail = fw_tail_new (conf, &tail_handler, hub, error);
  if (!hub->tail)
    return NULL;
  make_topics (hub, conf);
  make_threads (hub);
  make_fleet (hub);
  return g_steal_pointer (&hub);
}

static void
free_topics (RelayHub *hub)
{
  for (guint i = 0; i < hub->n_topics; i++)
    {
      relay_log_free (hub->topics[i].log);
      g_array_unref (hub->topics[i].caught_up);
    }
  relay_log_free (hub->firehose);
  g_free (hub->topics);
  g_free (hub->streams);
}

void
relay_hub_free (RelayHub *hub)
{
  if (!hub)
    return;
  fw_tail_free (hub->tail);
  relay_groups_free (hub->groups);
  relay_fleet_free (hub->fleet);
  fw_event_reader_free (hub->reader);
  free_topics (hub);
  for (guint i = 0; i < hub->n_threads; i++)
    {
      relay_link_free (hub->links[i]);
      g_free (hub->threads[i].wanted);
    }
  g_free (hub->links);
  g_free (hub->threads);
  g_free (hub->epoch);
  g_free (hub);
}

gboolean
relay_hub_start (RelayHub *hub, GError **error)
{
  hub->thread = fw_thread_start ("hub", run, hub, error);
  return hub->thread != NULL;
}

void
relay_hub_stop (RelayHub *hub)
{
  g_atomic_int_set (&hub->is_stopping, 1);
  relay_hub_wake (hub);
  fw_thread_join (g_steal_pointer (&hub->thread));
}

RelayLink *
relay_hub_link (RelayHub *hub, guint i)
{
  return hub->links[i];
}

void
relay_hub_on_wake (RelayHub *hub, guint i, void (*wake) (gpointer user), gpointer user)
{
  hub->threads[i].wake = wake;
  hub->threads[i].user = user;
}

const RelayStreamName *
relay_hub_streams (const RelayHub *hub, guint *ret_n)
{
  *ret_n = hub->n_topics + 1;
  return hub->streams;
}

const char *
relay_hub_epoch (const RelayHub *hub)
{
  return hub->epoch;
}

void
relay_hub_wake (RelayHub *hub)
{
  fw_tail_wake (hub->tail);
}

gboolean
relay_hub_is_ready (RelayHub *hub, char **ret_why_not)
{
  if (!g_atomic_int_get (&hub->is_up))
    *ret_why_not = g_strdup (_ ("Kafka is not reachable"));
  else if (g_atomic_int_get (&hub->n_missing) > 0)
    *ret_why_not = g_strdup_printf (_ ("topic %s does not exist yet"), EVENTS_TOPIC);
  else if (g_atomic_int_get (&hub->n_warming) > 0)
    *ret_why_not = g_strdup_printf (_ ("%d partitions are not read up to their ends yet"), g_atomic_int_get (&hub->n_warming));
  else
    return TRUE;
  return FALSE;
}
