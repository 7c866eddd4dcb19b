/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-acks: the publishes of one connection that wait for their PUBACK, in the order in which they came ([MQTT-4.6.0-2]).
 *   push -> ticket ... answer (ticket), in any order ... pop, in order
 * Promises: constant time but for `has`; no allocation up to INGEST_ACKS_FEW at once. Does not: know packets or limits.
 * Threads: one owner. Does not move: it may point into itself. */
#define INGEST_ACKS_FEW 4

typedef struct
{
  const char *why; /* static; NULL when there is nothing to say */
  guint16 packet_id;
  guint8 reason;
  guint8 is_answered;
} IngestAck;

typedef struct
{
  IngestAck *ring;   /* ticket t stands at t modulo capacity */
  guint32 first;     /* the oldest ticket */
  guint32 n, capacity;
  IngestAck few[INGEST_ACKS_FEW];
} IngestAcks;

void     ingest_acks_init (IngestAcks *acks);
void     ingest_acks_clear (IngestAcks *acks);
guint32  ingest_acks_push (IngestAcks *acks, guint16 packet_id);
/* Takes back the last push. */
void     ingest_acks_unpush (IngestAcks *acks);
/* FALSE: no such ticket waits, or it is answered already. */
gboolean ingest_acks_answer (IngestAcks *acks, guint32 ticket, guint8 reason, const char *why);
/* FALSE: the oldest is not answered yet, or there is none. */
gboolean ingest_acks_pop (IngestAcks *acks, IngestAck *ret);
gboolean ingest_acks_has (const IngestAcks *acks, guint16 packet_id);
/* Gives memory back when nothing waits. */
void     ingest_acks_shrink (IngestAcks *acks);
gsize    ingest_acks_heap_bytes (const IngestAcks *acks);
