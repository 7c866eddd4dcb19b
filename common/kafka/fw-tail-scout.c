/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-scout.h"

#include <poll.h>
#include <string.h>

#include "fw-kafka-probe.h"
#include "fw-log.h"
#include "fw-tail-marks.h"
#include "fw-thread.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("kafka-scout");

/* With the answer's own time a new partition is read within 10 s; in a hurry while a broker or
 * topic is missing, or a doubt stands. A connection that is being made goes on being made beyond
 * the metadata timeout. */
#define LOOK_INTERVAL_MS 4000
#define HURRY_INTERVAL_MS 500
#define ASK_TIMEOUT_MS 2000
#define METADATA_TIMEOUT_MS 1000
#define DOUBTS_TO_BELIEVE 2 /* a new leader may lag for a moment */

typedef struct
{
  rd_kafka_topic_t *rkt; /* the reader's */
  FwStart start;
  gint64 at_ms;
  /* Scout's thread alone: */
  guint n_partitions; /* 0: never seen */
  guint generation;
  guint n_doubts;
  gboolean is_gone;
  gboolean is_watched;
  gboolean was_missing; /* when first looked for: then all of it is new */
  GArray *lows;         /* gint64 by partition */
  char *trouble;        /* of the last look; NULL: none */
  gboolean is_trouble_told;
} Topic;

struct FwScout
{
  rd_kafka_t *rk;
  FwProbe *probe;
  void (*on_finding) (gpointer user);
  gpointer user;
  FwThread *thread;
  FwWake *wake;

  FwMutex lock;      /* of these four; in C, clang cannot be told of a lock beside what it guards */
  GPtrArray *topics; /* Topic; grows only */
  GPtrArray *marks;  /* FwMarks, same index */
  GQueue findings;   /* FwFinding */
  gboolean is_stopping;

  gboolean is_amiss; /* scout's thread alone: look again soon */
};

void
fw_finding_free (FwFinding *finding)
{
  if (!finding)
    return;
  g_free (finding->why);
  g_free (finding);
}

static void
topic_free (gpointer data)
{
  Topic *topic = data;
  g_array_unref (topic->lows);
  g_free (topic->trouble);
  g_free (topic);
}

static void
find (FwScout *self, FwFinding finding)
{
  FwFinding *kept = g_memdup2 (&finding, sizeof finding);
  fw_mutex_lock (&self->lock);
  g_queue_push_tail (&self->findings, kept);
  fw_mutex_unlock (&self->lock);
  self->on_finding (self->user);
}

/* Told once, and only when the next look meets it again: a topic just made has no leader for a
 * moment. */
static void
find_trouble (FwScout *self, Topic *topic, guint index, const char *why)
{
  self->is_amiss = TRUE;
  if (g_strcmp0 (topic->trouble, why) != 0)
    {
      g_free (topic->trouble);
      topic->trouble = g_strdup (why);
      topic->is_trouble_told = FALSE;
      return;
    }
  if (!topic->is_trouble_told)
    find (self,
          (FwFinding){ FW_FOUND_TROUBLE, .topic = index, .partition = -1, .why = g_strdup (why) });
  topic->is_trouble_told = TRUE;
}

/* A copy of what the reader has read, if it speaks of this generation; NULL otherwise. */
static FwMarks *
copy_marks (FwScout *self, guint index, guint generation)
{
  fw_mutex_lock (&self->lock);
  const FwMarks *marks = g_ptr_array_index (self->marks, index);
  FwMarks *copy = marks->generation == generation ? fw_marks_copy (marks) : NULL;
  fw_mutex_unlock (&self->lock);
  return copy;
}

/* What had been read before this look is proved now. */
static void
move_anchor (FwScout *self, guint index, FwMarks *proved)
{
  fw_marks_drop_anchor (proved);
  fw_mutex_lock (&self->lock);
  FwMarks *marks = g_ptr_array_index (self->marks, index);
  if (marks->generation == proved->generation && proved->anchor_partition >= 0)
    {
      marks->anchor_partition = proved->anchor_partition;
      marks->anchor = proved->anchor;
    }
  fw_mutex_unlock (&self->lock);
}

static gboolean
ends_went_back (const Topic *topic, const FwMarks *marks, guint n, const gint64 *low,
                const gint64 *high)
{
  for (guint p = 0; p < MIN (n, topic->lows->len); p++)
    if (low[p] < g_array_index (topic->lows, gint64, p))
      return TRUE;
  for (guint p = 0; p < MIN (n, marks->marks->len); p++)
    if (high[p] < g_array_index (marks->marks, FwMark, p).position)
      return TRUE;
  return marks->anchor_partition >= 0 && marks->anchor.last_offset >= high[marks->anchor_partition];
}

typedef enum
{
  ANCHOR_HOLDS, /* or compaction or retention took it, which proves nothing */
  ANCHOR_CHANGED,
  ANCHOR_UNSEEN, /* the broker did not answer: ask again before believing anything newer */
} Anchor;

/* One partition tells of the whole topic. */
static Anchor
look_at_anchor (FwScout *self, const Topic *topic, const FwMarks *marks, const gint64 *low)
{
  const FwMark *anchor = &marks->anchor;
  if (marks->anchor_partition < 0 || anchor->last_offset < low[marks->anchor_partition])
    return ANCHOR_HOLDS;
  g_autoptr (GError) error = NULL;
  g_autoptr (rd_kafka_message_t) message
      = fw_probe_read (self->probe, rd_kafka_topic_name (topic->rkt), marks->anchor_partition,
                       anchor->last_offset, ASK_TIMEOUT_MS, &error);
  if (error)
    return ANCHOR_UNSEEN;
  gboolean is_there = message && message->offset == anchor->last_offset;
  return is_there && fw_probe_fingerprint (message) != anchor->last_fingerprint ? ANCHOR_CHANGED
                                                                                : ANCHOR_HOLDS;
}

typedef enum
{
  TOPIC_SAME,
  TOPIC_REMADE,
  TOPIC_IN_DOUBT /* look again soon */
} Verdict;

static Verdict
judge (FwScout *self, Topic *topic, const FwMarks *marks, guint n, const gint64 *low,
       const gint64 *high)
{
  if (n < topic->n_partitions)
    return TOPIC_REMADE;
  if (ends_went_back (topic, marks, n, low, high))
    return ++topic->n_doubts >= DOUBTS_TO_BELIEVE ? TOPIC_REMADE : TOPIC_IN_DOUBT;
  topic->n_doubts = 0;
  switch (look_at_anchor (self, topic, marks, low))
    {
    case ANCHOR_CHANGED:
      return TOPIC_REMADE;
    case ANCHOR_UNSEEN:
      return TOPIC_IN_DOUBT;
    default:
      return TOPIC_SAME;
    }
}

static gint64
first_offset (FwScout *self, Topic *topic, guint index, gint32 partition, gint64 low, gint64 high)
{
  g_autoptr (GError) error = NULL;
  gboolean came_later = topic->n_partitions > 0 || topic->generation > 0 || topic->was_missing;
  if (came_later || topic->start == FW_START_BEGIN)
    return low;
  if (topic->start == FW_START_END)
    return high;
  gint64 offset = fw_probe_offset_at (self->probe, rd_kafka_topic_name (topic->rkt), partition, low,
                                      high, topic->at_ms, ASK_TIMEOUT_MS, &error);
  if (offset < 0)
    find_trouble (self, topic, index, error->message);
  return offset;
}

/* The reader's handle learns of new partitions now, not at its own next refresh. */
static void
tell_reader_handle (FwScout *self, const Topic *topic)
{
  const rd_kafka_metadata_t *metadata;
  if (!rd_kafka_metadata (self->rk, 0, topic->rkt, &metadata, ASK_TIMEOUT_MS))
    rd_kafka_metadata_destroy (metadata);
}

static gboolean
find_partitions (FwScout *self, Topic *topic, guint index, guint n, const gint64 *low,
                 const gint64 *high)
{
  g_autofree gint64 *offsets = g_new (gint64, n);
  for (guint p = topic->n_partitions; p < n; p++)
    if ((offsets[p] = first_offset (self, topic, index, (gint32) p, low[p], high[p])) < 0)
      return FALSE;
  for (guint p = topic->n_partitions; p < n; p++)
    find (self,
          (FwFinding){ FW_FOUND_PARTITION, .topic = index, .partition = (gint32) p,
                       .generation = topic->generation, .offset = offsets[p], .end = high[p] });
  if (n > topic->n_partitions)
    tell_reader_handle (self, topic);
  topic->n_partitions = n;
  return TRUE;
}

static void
find_remade (FwScout *self, Topic *topic, guint index)
{
  topic->generation++;
  topic->n_partitions = 0;
  topic->n_doubts = 0;
  g_array_set_size (topic->lows, 0);
  find (self, (FwFinding){ FW_FOUND_REMADE, .topic = index, .partition = -1,
                           .generation = topic->generation });
}

static void
mark_going_on (FwScout *self, guint index, guint generation, guint partition)
{
  fw_mutex_lock (&self->lock);
  FwMarks *marks = g_ptr_array_index (self->marks, index);
  if (marks->generation == generation && partition < marks->marks->len)
    g_array_index (marks->marks, FwMark, partition).is_stopped = FALSE;
  fw_mutex_unlock (&self->lock);
}

static void
move_stopped (FwScout *self, const Topic *topic, guint index, const GArray *marks, guint n,
              const gint64 *low, const gint64 *high)
{
  for (guint p = 0; p < MIN (n, marks->len); p++)
    {
      const FwMark *mark = &g_array_index (marks, FwMark, p);
      if (!mark->is_stopped || mark->position > high[p])
        continue;
      mark_going_on (self, index, topic->generation, p);
      find (self, (FwFinding){ FW_FOUND_MOVED, .topic = index, .partition = (gint32) p,
                               .generation = topic->generation, .from = mark->position,
                               .offset = MAX (mark->position, low[p]) });
    }
}

static void
find_ends (FwScout *self, Topic *topic, guint index, guint n, const gint64 *low, const gint64 *high)
{
  g_array_set_size (topic->lows, n);
  memcpy (topic->lows->data, low, n * sizeof *low);
  for (guint p = 0; p < n; p++)
    find (self, (FwFinding){ FW_FOUND_END, .topic = index, .partition = (gint32) p,
                             .generation = topic->generation, .end = high[p] });
}

static void
look_at_partitions (FwScout *self, Topic *topic, guint index, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *low = g_new (gint64, n);
  g_autofree gint64 *high = g_new (gint64, n);
  g_autoptr (FwMarks) marks = copy_marks (self, index, topic->generation);
  if (!fw_probe_ends (self->probe, rd_kafka_topic_name (topic->rkt), n, low, high, ASK_TIMEOUT_MS,
                      &error))
    {
      find_trouble (self, topic, index, error->message);
      return;
    }
  if (marks && topic->n_partitions > 0)
    switch (judge (self, topic, marks, n, low, high))
      {
      case TOPIC_REMADE:
        find_remade (self, topic, index);
        break;
      case TOPIC_IN_DOUBT:
        self->is_amiss = TRUE;
        return;
      default:
        move_anchor (self, index, marks);
        move_stopped (self, topic, index, marks->marks, n, low, high);
      }
  if (!find_partitions (self, topic, index, n, low, high))
    return;
  find_ends (self, topic, index, n, low, high);
  g_clear_pointer (&topic->trouble, g_free);
}

static const rd_kafka_metadata_topic_t *
metadata_of (const rd_kafka_metadata_t *metadata, const char *name)
{
  for (int i = 0; i < metadata->topic_cnt; i++)
    if (strcmp (metadata->topics[i].topic, name) == 0)
      return &metadata->topics[i];
  return NULL;
}

static gboolean
means_missing (rd_kafka_resp_err_t code)
{
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC
         || code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

static void
topic_is_missing (FwScout *self, Topic *topic, guint index)
{
  self->is_amiss = TRUE;
  topic->was_missing |= topic->n_partitions == 0;
  if (topic->n_partitions == 0 || topic->is_gone)
    return;
  topic->is_gone = TRUE;
  find (self, (FwFinding){ FW_FOUND_GONE, .topic = index, .partition = -1 });
}

static void
look_at_topic (FwScout *self, Topic *topic, guint index, const rd_kafka_metadata_t *metadata)
{
  const rd_kafka_metadata_topic_t *found = metadata_of (metadata, rd_kafka_topic_name (topic->rkt));
  if (!found || means_missing (found->err) || (!found->err && found->partition_cnt == 0))
    topic_is_missing (self, topic, index);
  else if (found->err)
    find_trouble (self, topic, index, rd_kafka_err2str (found->err));
  else
    {
      topic->is_gone = FALSE;
      look_at_partitions (self, topic, index, (guint) found->partition_cnt);
    }
}

static void
find_up_or_down (FwScout *self, rd_kafka_resp_err_t code)
{
  self->is_amiss |= code != 0;
  find (self, (FwFinding){ code ? FW_FOUND_DOWN : FW_FOUND_UP, .partition = -1,
                           .why = code ? g_strdup (rd_kafka_err2str (code)) : NULL });
}

static GPtrArray *
copy_topics (FwScout *self)
{
  fw_mutex_lock (&self->lock);
  GPtrArray *copy = g_ptr_array_new ();
  for (guint i = 0; i < self->topics->len; i++)
    g_ptr_array_add (copy, g_ptr_array_index (self->topics, i));
  fw_mutex_unlock (&self->lock);
  return copy;
}

static void
watch_new (FwScout *self, const GPtrArray *topics)
{
  for (guint i = 0; i < topics->len; i++)
    {
      g_autoptr (GError) error = NULL;
      Topic *topic = g_ptr_array_index (topics, i);
      if (topic->is_watched)
        continue;
      topic->is_watched = fw_probe_watch (self->probe, rd_kafka_topic_name (topic->rkt), &error);
      if (error)
        find_trouble (self, topic, i, error->message);
    }
}

static void
look (FwScout *self)
{
  rd_kafka_resp_err_t code;
  g_autoptr (GPtrArray) topics = copy_topics (self);
  self->is_amiss = FALSE;
  watch_new (self, topics);
  if (topics->len == 0)
    return;
  const rd_kafka_metadata_t *metadata = fw_probe_metadata (self->probe, METADATA_TIMEOUT_MS, &code);
  find_up_or_down (self, code);
  for (guint i = 0; metadata && i < topics->len; i++)
    look_at_topic (self, g_ptr_array_index (topics, i), i, metadata);
  if (metadata)
    rd_kafka_metadata_destroy (metadata);
}

static gboolean
is_stopping (FwScout *self)
{
  fw_mutex_lock (&self->lock);
  gboolean stopping = self->is_stopping;
  fw_mutex_unlock (&self->lock);
  return stopping;
}

static void
run (gpointer data)
{
  FwScout *self = data;
  while (!is_stopping (self))
    {
      look (self);
      struct pollfd wake = { fw_wake_fd (self->wake), POLLIN, 0 };
      poll (&wake, 1, self->is_amiss ? HURRY_INTERVAL_MS : LOOK_INTERVAL_MS);
      fw_wake_clear (self->wake);
    }
}

FwScout *
fw_scout_new (const FwKafkaConf *conf, rd_kafka_t *rk, void (*on_finding) (gpointer user),
              gpointer user, GError **error)
{
  FwScout *self = g_new0 (FwScout, 1);
  self->rk = rk;
  self->on_finding = on_finding;
  self->user = user;
  self->wake = fw_wake_new ();
  fw_mutex_init (&self->lock);
  fw_mutex_lock (&self->lock);
  self->topics = g_ptr_array_new_with_free_func (topic_free);
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) fw_marks_free);
  g_queue_init (&self->findings);
  fw_mutex_unlock (&self->lock);
  self->probe = fw_probe_new (conf, error);
  if (self->probe)
    self->thread = fw_thread_start ("kafka-scout", run, self, error);
  if (!self->thread)
    g_clear_pointer (&self, fw_scout_free);
  return self;
}

void
fw_scout_free (FwScout *self)
{
  if (!self)
    return;
  fw_mutex_lock (&self->lock);
  self->is_stopping = TRUE;
  fw_mutex_unlock (&self->lock);
  fw_wake_signal (self->wake);
  fw_thread_join (self->thread);
  fw_probe_free (self->probe);
  fw_mutex_lock (&self->lock);
  g_queue_clear_full (&self->findings, (GDestroyNotify) fw_finding_free);
  g_ptr_array_unref (self->topics);
  g_ptr_array_unref (self->marks);
  fw_mutex_unlock (&self->lock);
  fw_mutex_clear (&self->lock);
  fw_wake_free (self->wake);
  g_free (self);
}

void
fw_scout_add (FwScout *self, rd_kafka_topic_t *rkt, FwStart start, gint64 at_ms)
{
  Topic *topic = g_new0 (Topic, 1);
  topic->rkt = rkt;
  topic->start = start;
  topic->at_ms = at_ms;
  topic->lows = g_array_new (FALSE, TRUE, sizeof (gint64));
  fw_mutex_lock (&self->lock);
  g_ptr_array_add (self->topics, topic);
  g_ptr_array_add (self->marks, fw_marks_new ());
  fw_mutex_unlock (&self->lock);
  fw_wake_signal (self->wake);
}

void
fw_scout_publish (FwScout *self, guint index, guint generation, const FwMark *read, guint n)
{
  fw_mutex_lock (&self->lock);
  fw_marks_replace (g_ptr_array_index (self->marks, index), generation, read, n);
  fw_mutex_unlock (&self->lock);
}

void
fw_scout_hurry (FwScout *self)
{
  fw_wake_signal (self->wake);
}

FwFinding *
fw_scout_take (FwScout *self)
{
  fw_mutex_lock (&self->lock);
  FwFinding *finding = g_queue_pop_head (&self->findings);
  fw_mutex_unlock (&self->lock);
  return finding;
}
