/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-remade.h"

#define DOUBTS_TO_BELIEVE 2 /* a new leader may lag for a moment */

static gboolean
ends_went_back (const FwScoutTopic *topic, const FwMarks *marks, guint n, const gint64 *low,
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
look_at_anchor (FwProbe *probe, const FwScoutTopic *topic, const FwMarks *marks, const gint64 *low)
{
  const FwMark *anchor = &marks->anchor;
  if (marks->anchor_partition < 0 || anchor->last_offset < low[marks->anchor_partition])
    return ANCHOR_HOLDS;
  g_autoptr (GError) error = NULL;
  g_autoptr (rd_kafka_message_t) message
      = fw_probe_read (probe, rd_kafka_topic_name (topic->rkt), marks->anchor_partition,
                       anchor->last_offset, FW_SCOUT_ASK_TIMEOUT_MS, &error);
  if (error)
    return ANCHOR_UNSEEN;
  gboolean is_there = message && message->offset == anchor->last_offset;
  return is_there && fw_probe_fingerprint (message) != anchor->last_fingerprint ? ANCHOR_CHANGED
                                                                                : ANCHOR_HOLDS;
}

FwTopicVerdict
fw_scout_judge (FwProbe *probe, FwScoutTopic *topic, const FwMarks *marks, guint n,
                const gint64 *low, const gint64 *high)
{
  if (n < topic->n_partitions)
    return FW_TOPIC_REMADE;
  if (ends_went_back (topic, marks, n, low, high))
    return ++topic->n_doubts >= DOUBTS_TO_BELIEVE ? FW_TOPIC_REMADE : FW_TOPIC_IN_DOUBT;
  topic->n_doubts = 0;
  switch (look_at_anchor (probe, topic, marks, low))
    {
    case ANCHOR_CHANGED:
      return FW_TOPIC_REMADE;
    case ANCHOR_UNSEEN:
      return FW_TOPIC_IN_DOUBT;
    default:
      return FW_TOPIC_SAME;
    }
}
