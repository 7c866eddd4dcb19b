/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-room: what the connections of one door may hold together of events and packets that are not whole yet, or wait.
 * Promises: a connection's first INGEST_ROOM_OWN_BYTES are its own, so that who sends little is never refused for those who
 *   hold much; who would go over the bound is told, and gives back what he had. Pure. Threads: the door's; `used` from any. */
#define INGEST_ROOM_OWN_BYTES 4096

typedef struct { gsize used, max; /* bytes; max 0 = no bound */ } IngestRoom;

/* A connection that was charged *charged now holds that many bytes. FALSE: there is no room, nothing has changed. room NULL:
 * there always is. */
gboolean ingest_room_hold (IngestRoom *room, gsize *charged, gsize bytes) G_GNUC_WARN_UNUSED_RESULT;
/* It holds nothing any more. */
void     ingest_room_leave (IngestRoom *room, gsize *charged);
gsize    ingest_room_used (const IngestRoom *room);
