/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* bench-reader: one WebSocket of the load client: handshake, frames, stamps. It unmasks nothing and judges nothing but
 * what it counts. Threads: one. */
#define LATENCY_STEP_US 50
#define N_LATENCIES 100000 /* up to 5 s */

typedef struct
{
  gint64 from_us, to_us; /* messages due in here are measured; others only counted */
  guint64 latencies[N_LATENCIES]; /* of what the healthy ones got; the last is all that took longer */
  guint64 n_arrived;     /* messages that came to healthy ones between from and to, whenever they were due */
  guint64 n_frames, n_bytes, n_reads;
} Window;

typedef enum { PACE_HEALTHY, PACE_SLOW, PACE_NEVER } Pace;

typedef struct
{
  int     fd;
  Pace    pace;
  guint8 *carry; /* of a frame that is not whole yet */
  gsize   carry_len, carry_size;
  gsize   stamp_at; /* where the stamp was in the message before */
  guint64 n_all, n_window, sum_window;
  gint64  last_due_us;
  guint   close_code; /* 0 = none came */
  char    close_reason[124];
  gboolean is_closed, is_broken;
} Reader;

/* Blocking: connects to loopback, shakes hands, says what there is to say (NULL = nothing). FALSE with a message. */
gboolean reader_open (Reader *reader, guint16 port, const char *path, const char *subprotocol, const char *say, GError **error);
void     reader_clear (Reader *reader);
/* Reads at most max bytes; FALSE when the stream has ended. */
gboolean reader_read (Reader *reader, Window *window, gsize max);
