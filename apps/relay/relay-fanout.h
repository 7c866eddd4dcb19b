/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-client.h"
#include "relay-feed.h"
#include "relay-patch-shelf.h"
/* relay-fanout: who gets what next, for the clients of one socket thread.
 *   what the hub pushed -> feeds and shelves -> per client: control messages, notices, then its subscriptions in turn
 * Promises: whole frames only; a log subscriber sees every record once and in order, or a gap; a fleet subscriber that
 *   falls behind is asked for what it missed and converges; no allocation per delivery.
 * Does not: send, read a clock, know libwebsockets. Threads: its socket thread. */
#define RELAY_TURN_BYTES (64 * 1024) /* one send; what a healthy client's kernel buffer takes at once */

typedef struct
{
  gint64 lag_max_us;      /* behind for longer: conflated */
  gint64 client_timeout_us; /* takes nothing for longer: closed */
  gsize  block_memory_max; /* per stream and thread */
  gsize  control_backlog_max;
  guint  patch_backlog;   /* patches kept per group and thread */
  guint  subscriptions_max;
  guint  unanswered_max;  /* asks of one client at the hub */
} RelayFanoutLimits;

typedef struct
{
  const char *topic; /* NULL: the firehose */
  guint64 ch;        /* 0: the firehose */
} RelayStreamName;

typedef struct
{
  guint64 n_deliveries, n_turns, n_catch_ups, n_resyncs;
  guint64 n_gaps[RELAY_N_JUMPS];
  guint64 n_errors[FW_N_CODES];
  guint64 n_refused[RELAY_N_LIMITS];
} RelayFanoutCounts;

/* What to send to a client next. */
typedef struct
{
  RelayFrames frames;
  RelaySub *sub;      /* NULL: control or notice */
  gint notice;        /* RelayNotice, or -1 */
} RelayTurn;

typedef struct RelayFanout RelayFanout;

/* streams: borrowed for life; the firehose first. */
RelayFanout *relay_fanout_new (const RelayFanoutLimits *limits, const RelayStreamName *streams, guint n_streams);
void         relay_fanout_free (RelayFanout *fanout); /* NULL is fine; frees the clients that are left */

RelayClient *relay_fanout_add (RelayFanout *fanout, gpointer conn, gboolean is_plain, gint64 now_us);
void         relay_fanout_remove (RelayFanout *fanout, RelayClient *client);
/* Clients by slot; NULL where a slot is free. */
guint        relay_fanout_n_slots (const RelayFanout *fanout);
RelayClient *relay_fanout_client (const RelayFanout *fanout, guint slot);

/* Takes push. */
void         relay_fanout_apply (RelayFanout *fanout, RelayPush *push);
/* Looks which streams have moved; their readers become ready. */
void         relay_fanout_round (RelayFanout *fanout, gint64 now_us);
/* Clients that have something to send and can take it; NULL when none is left. */
RelayClient *relay_fanout_pop_ready (RelayFanout *fanout);
gboolean     relay_fanout_next (RelayFanout *fanout, RelayClient *client, gint64 now_us, RelayTurn *ret);
/* taken: whole frames of the turn, from its begin. */
void         relay_fanout_took (RelayFanout *fanout, RelayClient *client, const RelayTurn *turn, gsize taken, gboolean is_choked,
                                gint64 now_us);
void         relay_fanout_unchoke (RelayFanout *fanout, RelayClient *client);
/* Once a second: lanes that recovered, clients that take nothing (closing becomes STALLED). */
void         relay_fanout_sweep (RelayFanout *fanout, gint64 now_us);
/* Transfer full; NULL when none is left. */
RelayAsk    *relay_fanout_pop_ask (RelayFanout *fanout);

/* For relay-request. */
const RelayFanoutLimits *relay_fanout_limits (const RelayFanout *fanout);
void       relay_fanout_say (RelayFanout *fanout, RelayClient *client, const GString *text);
void       relay_fanout_say_error (RelayFanout *fanout, RelayClient *client, const char *id, FwWireCode code, const char *message,
                                   const char *at);
void       relay_fanout_refuse (RelayFanout *fanout, RelayClient *client, const char *id, RelayLimit limit);
RelayFeed *relay_fanout_find_feed (RelayFanout *fanout, const char *topic); /* NULL when there is no such topic */
void       relay_fanout_read_feed (RelayFanout *fanout, RelayClient *client, RelayFeed *feed, const char *id, gboolean has_since);
void       relay_fanout_end_sub (RelayFanout *fanout, RelaySub *sub);
void       relay_fanout_ask (RelayFanout *fanout, RelayClient *client, RelayAsk *ask);
RelaySub  *relay_fanout_find_sub (RelayFanout *fanout, RelayClient *client, guint64 ch);

RelayFanoutCounts relay_fanout_counts (const RelayFanout *fanout);
guint             relay_fanout_n_conflated (const RelayFanout *fanout);
gsize             relay_fanout_block_bytes (const RelayFanout *fanout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayFanout, relay_fanout_free)
