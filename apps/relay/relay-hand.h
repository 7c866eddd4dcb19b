/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-link.h"
#include "relay-log.h"
/* relay-hand: hands the blocks of the logs to the socket threads that read them.
 *   a thread wants a stream -> JOIN: the newest block, and where to begin;  then BLOCK for each new one
 * Promises: a thread that fell behind is joined anew at the head, so that it knows that it missed something.
 * Threads: the hub. */
typedef struct RelayHand RelayHand;

/* logs: by stream, the firehose first. links: by socket thread. Both borrowed for life. */
RelayHand *relay_hand_new (RelayLog *const *logs, guint n_logs, RelayLink *const *links, guint n_links);
void       relay_hand_free (RelayHand *hand); /* NULL is fine */
/* Makes readable what was added to the logs. */
void       relay_hand_commit (RelayHand *hand, gint64 now_us);
/* Takes ask: WANT or UNWANT of socket thread `thread`. */
void       relay_hand_ask (RelayHand *hand, guint thread, RelayAsk *ask);
/* After everything else of a turn: kept answers, resyncs. */
void       relay_hand_settle (RelayHand *hand);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayHand, relay_hand_free)
