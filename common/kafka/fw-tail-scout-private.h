/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-probe.h"
#include "fw-tail-scout.h"
#include "fw-thread.h"
/* fw-tail-scout-private: what the files of the scout share.
 *   fw-tail-scout.c   its life, and what crosses between it and the reader
 *   fw-tail-look.c    one look: which topics, partitions and ends there are
 *   fw-tail-remade.c  whether a topic is still the one that was read
 * Threads: the scout's, but for what stands under the lock. */
#define FW_SCOUT_ASK_TIMEOUT_MS 2000

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
} FwScoutTopic;

struct FwScout
{
  rd_kafka_t *rk;
  FwProbe *probe;
  void (*on_finding) (gpointer user);
  gpointer user;
  FwThread *thread;
  FwWake *wake;

  FwMutex lock;      /* of these four; in C, clang cannot be told of a lock beside what it guards */
  GPtrArray *topics; /* FwScoutTopic; grows only */
  GPtrArray *marks;  /* FwMarks, same index */
  GQueue findings;   /* FwFinding */
  gboolean is_stopping;

  gint hurry_interval_ms, metadata_timeout_ms; /* less where reconnecting is to go faster */
  gboolean is_amiss; /* scout's thread alone: look again soon */
};

/* fw-tail-scout.c */
void       fw_scout_find (FwScout *self, FwFinding finding); /* takes what it holds; wakes the reader */
GPtrArray *fw_scout_copy_topics (FwScout *self);             /* FwScoutTopic, borrowed; transfer full */
/* What the reader has read, if it speaks of this generation; NULL otherwise. transfer full */
FwMarks   *fw_scout_copy_marks (FwScout *self, guint index, guint generation);
/* What had been read before this look is proved now: the next is judged by it. */
void       fw_scout_prove_marks (FwScout *self, guint index, FwMarks *proved);
void       fw_scout_mark_going_on (FwScout *self, guint index, guint generation, guint partition);

/* fw-tail-look.c: sets is_amiss. */
void       fw_scout_look (FwScout *self);
