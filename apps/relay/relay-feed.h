/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-client.h"
/* relay-feed: one stream of blocks as one socket thread holds it, and where its subscribers stand.
 *     oldest node -> node -> newest node (still growing)
 *         ^ sub         ^ sub, sub, sub
 * Promises: blocks are kept as long as a subscriber stands in them, up to a limit of bytes; over it the laggards are
 *   moved ahead to the newest, and what they lose is remembered until it can be said.
 * Threads: its socket thread. */

/* Why a subscriber was moved ahead over records. */
typedef enum
{
  RELAY_JUMP_LAG,          /* --max-lag */
  RELAY_JUMP_BLOCK_MEMORY, /* --max-block-memory */
  RELAY_JUMP_RING_SLOTS,   /* --ring-slots: the whole thread was behind */
  RELAY_N_JUMPS,
} RelayJump;
extern const char *const relay_jump_names[RELAY_N_JUMPS + 1];

struct RelayFeedNode
{
  RelayBlock *block; /* one reference for the whole thread */
  RelayFeedNode *next;
  guint64 begin; /* bytes of the stream before this block */
  guint n_subs;
};

struct RelayFeed
{
  guint stream;
  guint64 ch;        /* 0: the firehose, whose clients cannot be told anything */
  guint serial;      /* of the newest `want` */
  gboolean is_wanted, is_begun;
  RelayFeedNode *oldest, *newest;
  gsize bytes, bytes_max;
  RelayExtent head;  /* of the newest block, at the last round */
  GPtrArray *subs;   /* borrowed */
  guint64 n_jumps[RELAY_N_JUMPS];
};

typedef struct
{
  const guint8 *data;
  gsize len;
  guint n_frames;
} RelayFrames;

RelayFeed *relay_feed_new (guint stream, guint64 ch, gsize bytes_max);
void       relay_feed_free (RelayFeed *feed);
/* The stream begins, or begins anew after something was missed: everybody stands at (block, at) now. Refs block. */
void       relay_feed_begin (RelayFeed *feed, RelayBlock *block, guint32 at, guint32 n_frames);
void       relay_feed_extend (RelayFeed *feed, RelayBlock *block);
/* A new subscriber stands at the head, or waits when the stream has not begun. */
void       relay_feed_join (RelayFeed *feed, RelaySub *sub);
void       relay_feed_leave (RelayFeed *feed, RelaySub *sub);
/* Moves sub to the head and remembers what it loses. */
void       relay_feed_jump (RelayFeed *feed, RelaySub *sub);
/* The next whole frames for sub, at most max bytes unless one frame is larger; FALSE when it is level. */
gboolean   relay_feed_next (RelayFeed *feed, RelaySub *sub, gsize max, RelayFrames *ret);
void       relay_feed_took (RelayFeed *feed, RelaySub *sub, guint32 len, guint n_frames);
gboolean   relay_feed_is_level (const RelaySub *sub);
/* Has all that relay_feed_has_moved saw; what came since, its next call will see. */
gboolean   relay_feed_has_seen_all (const RelayFeed *feed, const RelaySub *sub);
/* Sets behind_since_us to a time by which sub has not yet got what was there, 0 when it is level. Steady progress, however
 * late, moves it on; it is at most twice as far back as the oldest record that waits. */
void       relay_feed_judge (RelayFeed *feed, RelaySub *sub, gint64 now_us);
/* TRUE when something was committed since the last call. */
gboolean   relay_feed_has_moved (RelayFeed *feed);
/* Appends the `gap` of what sub lost, and forgets it. */
void       relay_feed_say_gap (RelayFeed *feed, RelaySub *sub, GString *out);
