/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-header.h"
#include "fw-kafka-conf.h"
/* fw-tail: reads every partition of some topics, in one queue, with no consumer group (the simple consumer).
 * Promises: each record once, in order within its partition; new partitions from offset 0 within 10 s; a topic that does
 *   not exist yet is waited for; a topic deleted and made again is noticed (generation + 1); an offset that retention took
 *   is reported as a gap; a broker that is away is waited for, and said; back-pressure is not polling.
 * Does not: commit, join a group, block longer than asked.
 * Threads: one owner (the poller); fw_tail_wake from any thread. */
typedef struct FwTail FwTail;

typedef struct
{
  guint         topic;          /* index in the order of fw_tail_add */
  gint32        partition;
  gint64        offset;
  gint64        timestamp_ms;   /* -1 when the broker gave none */
  gboolean      is_log_append;  /* LogAppendTime, else CreateTime */
  const char   *key;   gsize key_len;    /* NULL = null key */
  const char   *value; gsize value_len;  /* NULL = tombstone */
  const FwHeader *headers; guint n_headers; /* all that it has */
} FwRecord; /* all borrowed until the callback returns */

typedef enum
{
  FW_TAIL_UP, FW_TAIL_DOWN,          /* brokers reachable or not; why says which */
  FW_TAIL_PARTITION_ADDED,
  FW_TAIL_CAUGHT_UP,                 /* this partition has been read to the end it had at start */
  FW_TAIL_GAP,                       /* offsets from_offset .. to_offset-1 were lost to retention */
  FW_TAIL_TOPIC_RESET,               /* deleted and made again: generation counts up, offsets begin anew */
  FW_TAIL_TOPIC_GONE, FW_TAIL_ERROR, /* why */
} FwTailEventType;
typedef struct { FwTailEventType type; guint topic; gint32 partition; gint64 from_offset, to_offset; guint generation; const char *why; } FwTailEvent;

typedef struct
{
  void (*record) (gpointer user, const FwRecord *record);
  void (*event) (gpointer user, const FwTailEvent *event);
} FwTailHandler;

typedef enum { FW_START_END, FW_START_BEGIN, FW_START_TIME /* from at_ms by arrival; bisected where the broker has no time index */ } FwStart;

FwTail  *fw_tail_new (const FwKafkaConf *conf, const FwTailHandler *handler, gpointer user, GError **error);
void     fw_tail_free (FwTail *tail);
/* topic: whole name. Returns its index. Before the first poll, or later. */
guint    fw_tail_add (FwTail *tail, const char *topic, FwStart start, gint64 at_ms);
/* Hands on at most max_records that are ready; waits at most timeout_ms for the first (or for a wake). Returns how many. */
guint    fw_tail_poll (FwTail *tail, guint max_records, gint timeout_ms);
void     fw_tail_wake (FwTail *tail); /* any thread: makes a waiting poll return */
guint    fw_tail_n_partitions (const FwTail *tail, guint topic); /* 0 = not known yet */
/* Next offset to be handed on; -1 when not known. */
gint64   fw_tail_position (const FwTail *tail, guint topic, gint32 partition);
guint    fw_tail_generation (const FwTail *tail, guint topic);
gboolean fw_tail_is_up (const FwTail *tail);
gint64   fw_tail_lag (const FwTail *tail); /* records behind the ends, all partitions; -1 when not known */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwTail, fw_tail_free)
