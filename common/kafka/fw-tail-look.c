/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-scout-private.h"

#include <string.h>

#include "fw-tail-remade.h"

/* Told once, and only when the next look meets it again: a topic just made has no leader for a
 * moment. */
static void
find_trouble (FwScout *self, FwScoutTopic *topic, guint index, const char *why)
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
    fw_scout_find (self, (FwFinding){ FW_FOUND_TROUBLE, .topic = index, .partition = -1,
                                      .why = g_strdup (why) });
  topic->is_trouble_told = TRUE;
}

static gint64
first_offset (FwScout *self, FwScoutTopic *topic, guint index, gint32 partition, gint64 low,
              gint64 high)
{
  g_autoptr (GError) error = NULL;
  gboolean came_later = topic->n_partitions > 0 || topic->generation > 0 || topic->was_missing;
  if (came_later || topic->start == FW_START_BEGIN)
    return low;
  if (topic->start == FW_START_END)
    return high;
  gint64 offset = fw_probe_offset_at (self->probe, rd_kafka_topic_name (topic->rkt), partition, low,
                                      high, topic->at_ms, FW_SCOUT_ASK_TIMEOUT_MS, &error);
  if (offset < 0)
    find_trouble (self, topic, index, error->message);
  return offset;
}

/* The reader's handle learns what there is now, not at its own next refresh. */
static void
tell_reader_handle (FwScout *self, const FwScoutTopic *topic)
{
  const rd_kafka_metadata_t *metadata;
  if (!rd_kafka_metadata (self->rk, 0, topic->rkt, &metadata, FW_SCOUT_ASK_TIMEOUT_MS))
    rd_kafka_metadata_destroy (metadata);
}

static gboolean
find_partitions (FwScout *self, FwScoutTopic *topic, guint index, guint n, const gint64 *low,
                 const gint64 *high)
{
  g_autofree gint64 *offsets = g_new (gint64, n);
  for (guint p = topic->n_partitions; p < n; p++)
    if ((offsets[p] = first_offset (self, topic, index, (gint32) p, low[p], high[p])) < 0)
      return FALSE;
  for (guint p = topic->n_partitions; p < n; p++)
    fw_scout_find (self, (FwFinding){ FW_FOUND_PARTITION, .topic = index, .partition = (gint32) p,
                                      .generation = topic->generation, .offset = offsets[p],
                                      .end = high[p] });
  if (n > topic->n_partitions)
    tell_reader_handle (self, topic);
  topic->n_partitions = n;
  return TRUE;
}

static void
find_remade (FwScout *self, FwScoutTopic *topic, guint index)
{
  topic->generation++;
  topic->n_partitions = 0;
  topic->n_doubts = 0;
  g_array_set_size (topic->lows, 0);
  fw_scout_find (self, (FwFinding){ FW_FOUND_REMADE, .topic = index, .partition = -1,
                                    .generation = topic->generation });
}

static void
move_stopped (FwScout *self, const FwScoutTopic *topic, guint index, const GArray *marks, guint n,
              const gint64 *low, const gint64 *high)
{
  gboolean any = FALSE;
  for (guint p = 0; p < MIN (n, marks->len); p++)
    {
      const FwMark *mark = &g_array_index (marks, FwMark, p);
      if (!mark->is_stopped || mark->position > high[p])
        continue;
      any = TRUE;
      fw_scout_mark_going_on (self, index, topic->generation, p);
      fw_scout_find (self, (FwFinding){ FW_FOUND_MOVED, .topic = index, .partition = (gint32) p,
                                        .generation = topic->generation, .from = mark->position,
                                        .offset = MAX (mark->position, low[p]) });
    }
  if (any)
    tell_reader_handle (self, topic);
}

static void
find_ends (FwScout *self, FwScoutTopic *topic, guint index, guint n, const gint64 *low,
           const gint64 *high)
{
  g_array_set_size (topic->lows, n);
  memcpy (topic->lows->data, low, n * sizeof *low);
  for (guint p = 0; p < n; p++)
    fw_scout_find (self, (FwFinding){ FW_FOUND_END, .topic = index, .partition = (gint32) p,
                                      .generation = topic->generation, .end = high[p] });
}

static void
look_at_partitions (FwScout *self, FwScoutTopic *topic, guint index, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree gint64 *low = g_new (gint64, n);
  g_autofree gint64 *high = g_new (gint64, n);
  g_autoptr (FwMarks) marks = fw_scout_copy_marks (self, index, topic->generation);
  if (!fw_probe_ends (self->probe, rd_kafka_topic_name (topic->rkt), n, low, high,
                      FW_SCOUT_ASK_TIMEOUT_MS, &error))
    {
      find_trouble (self, topic, index, error->message);
      return;
    }
  if (marks && topic->n_partitions > 0)
    switch (fw_scout_judge (self->probe, topic, marks, n, low, high))
      {
      case FW_TOPIC_REMADE:
        find_remade (self, topic, index);
        break;
      case FW_TOPIC_IN_DOUBT:
        self->is_amiss = TRUE;
        return;
      default:
        fw_scout_prove_marks (self, index, marks);
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
topic_is_missing (FwScout *self, FwScoutTopic *topic, guint index)
{
  self->is_amiss = TRUE;
  topic->was_missing |= topic->n_partitions == 0;
  if (topic->n_partitions == 0 || topic->is_gone)
    return;
  topic->is_gone = TRUE;
  fw_scout_find (self, (FwFinding){ FW_FOUND_GONE, .topic = index, .partition = -1 });
}

static void
look_at_topic (FwScout *self, FwScoutTopic *topic, guint index, const rd_kafka_metadata_t *metadata)
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
  fw_scout_find (self, (FwFinding){ code ? FW_FOUND_DOWN : FW_FOUND_UP, .partition = -1,
                                    .why = code ? g_strdup (rd_kafka_err2str (code)) : NULL });
}

static void
watch_new (FwScout *self, const GPtrArray *topics)
{
  for (guint i = 0; i < topics->len; i++)
    {
      g_autoptr (GError) error = NULL;
      FwScoutTopic *topic = g_ptr_array_index (topics, i);
      if (topic->is_watched)
        continue;
      topic->is_watched = fw_probe_watch (self->probe, rd_kafka_topic_name (topic->rkt), &error);
      if (error)
        find_trouble (self, topic, i, error->message);
    }
}

void
fw_scout_look (FwScout *self)
{
  rd_kafka_resp_err_t code;
  g_autoptr (GPtrArray) topics = fw_scout_copy_topics (self);
  self->is_amiss = FALSE;
  watch_new (self, topics);
  if (topics->len == 0)
    return;
  const rd_kafka_metadata_t *metadata
      = fw_probe_metadata (self->probe, self->metadata_timeout_ms, &code);
  find_up_or_down (self, code);
  for (guint i = 0; metadata && i < topics->len; i++)
    look_at_topic (self, g_ptr_array_index (topics, i), i, metadata);
  if (metadata)
    rd_kafka_metadata_destroy (metadata);
}
