/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-acks.h"

G_STATIC_ASSERT ((INGEST_ACKS_FEW & (INGEST_ACKS_FEW - 1)) == 0);

void
ingest_acks_init (IngestAcks *acks)
{
  acks->ring = acks->few;
  acks->first = 0;
  acks->n = 0;
  acks->capacity = INGEST_ACKS_FEW;
}

void
ingest_acks_clear (IngestAcks *acks)
{
  acks->n = 0;
  ingest_acks_shrink (acks);
}

static IngestAck *
at (const IngestAcks *acks, guint32 ticket)
{
  return &acks->ring[ticket & (acks->capacity - 1)];
}

static void
grow (IngestAcks *acks)
{
  IngestAcks old = *acks;
  acks->capacity *= 2;
  acks->ring = g_new (IngestAck, acks->capacity);
  if (old.ring == acks->few)
    old.ring = old.few;
  for (guint32 i = 0; i < acks->n; i++)
    *at (acks, acks->first + i) = *at (&old, acks->first + i);
  if (old.ring != old.few)
    g_free (old.ring);
}

guint32
ingest_acks_push (IngestAcks *acks, guint16 packet_id)
{
  if (acks->n == acks->capacity)
    grow (acks);
  guint32 ticket = acks->first + acks->n++;
  *at (acks, ticket) = (IngestAck){ NULL, packet_id, 0, FALSE };
  return ticket;
}

void
ingest_acks_unpush (IngestAcks *acks)
{
  g_assert (acks->n > 0);
  acks->n--;
}

gboolean
ingest_acks_answer (IngestAcks *acks, guint32 ticket, guint8 reason, const char *why)
{
  IngestAck *ack = at (acks, ticket);
  if (ticket - acks->first >= acks->n || ack->is_answered)
    return FALSE;
  ack->is_answered = TRUE;
  ack->reason = reason;
  ack->why = why;
  return TRUE;
}

gboolean
ingest_acks_pop (IngestAcks *acks, IngestAck *ret)
{
  if (acks->n == 0 || !at (acks, acks->first)->is_answered)
    return FALSE;
  *ret = *at (acks, acks->first++);
  acks->n--;
  return TRUE;
}

gboolean
ingest_acks_has (const IngestAcks *acks, guint16 packet_id)
{
  for (guint32 i = 0; i < acks->n; i++)
    if (at (acks, acks->first + i)->packet_id == packet_id)
      return TRUE;
  return FALSE;
}

void
ingest_acks_shrink (IngestAcks *acks)
{
  if (acks->n > 0 || acks->ring == acks->few)
    return;
  g_free (acks->ring);
  acks->ring = acks->few;
  acks->capacity = INGEST_ACKS_FEW;
}

gsize
ingest_acks_heap_bytes (const IngestAcks *acks)
{
  return acks->ring == acks->few ? 0 : acks->capacity * sizeof *acks->ring;
}
