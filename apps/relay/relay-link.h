/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-bytes.h"
#include "fw-ring.h"
#include "relay-block.h"
#include "relay-protocol.h"
#include "relay-spec.h"
/* relay-link: what the hub and one socket thread say to each other, and the two rings between them.
 *     hub --push--> [ring] --> socket thread          socket thread --ask--> [ring] --> hub
 * Promises: order kept each way; no side ever waits; a full push ring marks the thread as behind, drops what can be
 *   caught up later, keeps answers, and says `resync` as soon as there is room.
 * Threads: relay_link_push_* on the hub; relay_link_ask_* on the socket thread; see each. */

typedef enum
{
  RELAY_PUSH_JOIN,   /* a stream's newest block, and where to begin in it */
  RELAY_PUSH_BLOCK,  /* a stream goes on in this block */
  RELAY_PUSH_PARCEL, /* a group's patch or window, for all its subscribers */
  RELAY_PUSH_ANSWER, /* to one client's subscribe, update or catch-up */
  RELAY_PUSH_NOTICE, /* time or warming, for every client */
  RELAY_PUSH_RESYNC, /* something before this was dropped */
} RelayPushType;

typedef enum
{
  RELAY_NOTICE_TIME,
  RELAY_NOTICE_WARMING,
  RELAY_N_NOTICES,
} RelayNotice;

typedef struct
{
  RelayPushType type;
  guint stream, serial; /* JOIN, BLOCK */
  RelayBlock *block;
  guint32 at;         /* JOIN */
  guint32 n_frames;   /* JOIN: frames before `at` */
  guint64 ch;         /* PARCEL, ANSWER */
  FwBytes *frames;    /* PARCEL, ANSWER, NOTICE; NULL: none */
  guint64 from_rev, rev;
  gboolean is_window;
  guint64 client;     /* ANSWER: whose */
  char *id;           /* ANSWER to subscribe and update */
  guint64 old_ch;     /* ANSWER to update; 0 otherwise */
  gboolean is_catch_up, is_refused;
  FwWireCode code;    /* when refused, with `text` */
  const char *reset_why; /* static; say `reset` before the frames */
  char *text;
  RelayNotice notice;
  gboolean for_newcomers; /* NOTICE: also to clients that come later */
} RelayPush;

typedef enum
{
  RELAY_ASK_WANT,      /* somebody here reads this stream */
  RELAY_ASK_UNWANT,    /* nobody does any more */
  RELAY_ASK_SUBSCRIBE, /* and update: old_ch is set */
  RELAY_ASK_CATCH_UP,
  RELAY_ASK_LEAVE,     /* one membership of a group ended */
} RelayAskType;

typedef struct
{
  RelayAskType type;
  guint stream, serial;
  guint64 client;
  char *id;
  RelaySpec *spec;
  guint64 ch;     /* CATCH_UP, LEAVE; SUBSCRIBE as update: the one it replaces */
  guint64 rev;    /* what the client holds of ch; 0: nothing whole */
  gboolean has_since;
} RelayAsk;

RelayPush *relay_push_new (RelayPushType type);
void       relay_push_free (RelayPush *push);
RelayAsk  *relay_ask_new (RelayAskType type);
void       relay_ask_free (RelayAsk *ask);

typedef struct RelayLink RelayLink;

RelayLink *relay_link_new (guint n_slots);
void       relay_link_free (RelayLink *link); /* NULL is fine; when neither thread uses it any more */

/* Hub. Takes push. Answers are kept until there is room; all else is dropped while the thread is behind. */
void       relay_link_push (RelayLink *link, RelayPush *push);
/* Hub. Moves what was kept; TRUE once after the thread was behind and has been told to resync. */
gboolean   relay_link_settle (RelayLink *link);
/* Hub. No more asks are taken while answers are waiting for room. */
RelayAsk  *relay_link_take_ask (RelayLink *link);
/* Hub. TRUE when the thread sleeps without a timer and something was pushed or committed for it. */
gboolean   relay_link_should_wake (RelayLink *link);
/* Hub. Something was committed or pushed at now_us. */
void       relay_link_mark_pending (RelayLink *link, gint64 now_us);

/* Socket thread. Takes ask. */
void       relay_link_ask (RelayLink *link, RelayAsk *ask);
/* Socket thread. Sends asks that found the ring full. */
void       relay_link_flush_asks (RelayLink *link);
RelayPush *relay_link_take_push (RelayLink *link);
/* Socket thread. Since when something has been pending, 0 for nothing; clears it. */
gint64     relay_link_take_pending (RelayLink *link);
/* Socket thread, before it sleeps without a timer. TRUE: there is work already, do not sleep. */
gboolean   relay_link_want_wake (RelayLink *link);

guint64    relay_link_n_behind (const RelayLink *link); /* any thread: times the push ring was found full */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayLink, relay_link_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayPush, relay_push_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayAsk, relay_ask_free)
