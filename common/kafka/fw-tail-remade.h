/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-probe.h"
#include "fw-tail-scout-private.h"
/* fw-tail-remade: whether a topic is still the one that was read, or another one of that name. It is another when it has
 * fewer partitions, an end before what was read (seen twice), or another record where its anchor stood.
 * Private to this layer. Threads: the scout's; may wait for a broker's answer. */
typedef enum
{
  FW_TOPIC_SAME,
  FW_TOPIC_REMADE,
  FW_TOPIC_IN_DOUBT /* look again soon */
} FwTopicVerdict;

/* marks: of this generation. low, high: of its n partitions now. Counts doubts in topic. */
FwTopicVerdict fw_scout_judge (FwProbe *probe, FwScoutTopic *topic, const FwMarks *marks, guint n, const gint64 *low,
                                const gint64 *high);
