/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-room.h"

gboolean
ingest_room_hold (IngestRoom *room, gsize *charged, gsize bytes)
{
  gsize wanted = bytes > INGEST_ROOM_OWN_BYTES ? bytes - INGEST_ROOM_OWN_BYTES : 0;
  gsize used;

  if (!room || wanted == *charged)
    return TRUE;
  used = room->used - *charged + wanted;
  if (wanted > *charged && room->max > 0 && used > room->max)
    return FALSE;
  __atomic_store_n (&room->used, used, __ATOMIC_RELAXED);
  *charged = wanted;
  return TRUE;
}

void
ingest_room_leave (IngestRoom *room, gsize *charged)
{
  if (!room)
    return;
  __atomic_store_n (&room->used, room->used - *charged, __ATOMIC_RELAXED);
  *charged = 0;
}

gsize
ingest_room_used (const IngestRoom *room)
{
  return __atomic_load_n (&room->used, __ATOMIC_RELAXED);
}
