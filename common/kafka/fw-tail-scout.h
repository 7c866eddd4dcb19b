/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-rd.h"
#include "fw-tail-marks.h"
#include "fw-tail.h"
/* fw-tail-scout: the half of a tail that may block: a thread that asks brokers what topics, partitions and ends there
 * are, and hands what it finds to the half that reads.
 *
 *      reader (fw_tail_poll)                                   scout (its own thread)
 *        fw_scout_add, fw_scout_publish  --- marks -->         looks every 5 s, each second while something is amiss
 *        fw_scout_take                   <-- findings --       on_finding wakes the reader
 *
 * Whether a topic is still the same one: fw-tail-remade. Private to this layer. */
typedef struct FwScout FwScout;

typedef enum
{
  FW_FOUND_UP,        /* said at every look */
  FW_FOUND_DOWN,      /* why; said at every look */
  FW_FOUND_PARTITION, /* read from offset on; end: the one after the last at this time */
  FW_FOUND_MOVED,     /* a partition that had stopped goes on at offset (from: where it had stopped) */
  FW_FOUND_END,       /* end */
  FW_FOUND_GONE,      /* the topic is no more */
  FW_FOUND_REMADE,    /* generation; FW_FOUND_PARTITION of all its partitions follow */
  FW_FOUND_TROUBLE,   /* why */
} FwFindingType;

typedef struct
{
  FwFindingType type;
  guint topic;
  gint32 partition;
  guint generation;
  gint64 from, offset, end;
  char *why; /* owned */
} FwFinding;

/* rk: the reader's handle, whose metadata is refreshed too. on_finding: called on the scout's thread. */
FwScout *fw_scout_new (const FwKafkaConf *conf, rd_kafka_t *rk, void (*on_finding) (gpointer user), gpointer user,
                       GError **error);
void     fw_scout_free (FwScout *scout);
/* Reader's thread. */
void     fw_scout_add (FwScout *scout, rd_kafka_topic_t *rkt, FwStart start, gint64 at_ms);
void     fw_scout_publish (FwScout *scout, guint topic, guint generation, const FwMark *marks, guint n);
void     fw_scout_hurry (FwScout *scout); /* look now */
FwFinding *fw_scout_take (FwScout *scout); /* oldest; NULL when there is none; transfer full */
void     fw_finding_free (FwFinding *finding);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwFinding, fw_finding_free)
