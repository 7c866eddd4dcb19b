/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-scout-private.h"

#include <poll.h>

#include "fw-kafka-rd.h"

/* With the answer's own time a new partition is read within 10 s; in a hurry while a broker or
 * topic is missing, or a doubt stands. */
#define LOOK_INTERVAL_MS 4000
#define HURRY_INTERVAL_MAX_MS 500
/* A connection that is being made goes on being made beyond it. */
#define METADATA_TIMEOUT_MAX_MS 1000

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
  FwScoutTopic *topic = data;
  g_array_unref (topic->lows);
  g_free (topic->trouble);
  g_free (topic);
}

/* What a look needs. */

void
fw_scout_find (FwScout *self, FwFinding finding)
{
  FwFinding *kept = g_memdup2 (&finding, sizeof finding);
  fw_mutex_lock (&self->lock);
  g_queue_push_tail (&self->findings, kept);
  fw_mutex_unlock (&self->lock);
  self->on_finding (self->user);
}

GPtrArray *
fw_scout_copy_topics (FwScout *self)
{
  fw_mutex_lock (&self->lock);
  GPtrArray *copy = g_ptr_array_new ();
  for (guint i = 0; i < self->topics->len; i++)
    g_ptr_array_add (copy, g_ptr_array_index (self->topics, i));
  fw_mutex_unlock (&self->lock);
  return copy;
}

FwMarks *
fw_scout_copy_marks (FwScout *self, guint index, guint generation)
{
  fw_mutex_lock (&self->lock);
  const FwMarks *marks = g_ptr_array_index (self->marks, index);
  FwMarks *copy = marks->generation == generation ? fw_marks_copy (marks) : NULL;
  fw_mutex_unlock (&self->lock);
  return copy;
}

void
fw_scout_prove_marks (FwScout *self, guint index, FwMarks *proved)
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

void
fw_scout_mark_going_on (FwScout *self, guint index, guint generation, guint partition)
{
  fw_mutex_lock (&self->lock);
  FwMarks *marks = g_ptr_array_index (self->marks, index);
  if (marks->generation == generation && partition < marks->marks->len)
    g_array_index (marks->marks, FwMark, partition).is_stopped = FALSE;
  fw_mutex_unlock (&self->lock);
}

/* The thread. */

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
      fw_scout_look (self);
      struct pollfd wake = { fw_wake_fd (self->wake), POLLIN, 0 };
      poll (&wake, 1, self->is_amiss ? self->hurry_interval_ms : LOOK_INTERVAL_MS);
      fw_wake_clear (self->wake);
    }
}

/* The reader's side. */

static void
set_pace (FwScout *self, gint reconnect_max_ms)
{
  self->hurry_interval_ms = CLAMP (reconnect_max_ms / 2, 10, HURRY_INTERVAL_MAX_MS);
  self->metadata_timeout_ms = CLAMP (4 * reconnect_max_ms, 100, METADATA_TIMEOUT_MAX_MS);
}

FwScout *
fw_scout_new (const FwKafkaConf *conf, rd_kafka_t *rk, void (*on_finding) (gpointer user),
              gpointer user, GError **error)
{
  FwScout *self = g_new0 (FwScout, 1);
  self->rk = rk;
  self->on_finding = on_finding;
  self->user = user;
  set_pace (self, fw_rd_reconnect_max_ms (conf));
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
  FwScoutTopic *topic = g_new0 (FwScoutTopic, 1);
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
