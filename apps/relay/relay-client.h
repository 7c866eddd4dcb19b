/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-link.h"
/* relay-client: one connection as the fan-out sees it: what it has subscribed to, how far it got in each, and the
 * control messages that wait for it.
 *   client --subs--> sub --> feed (a log: position in a block)  or  shelf (a group: last rev, parcel being sent)
 * Promises: small when idle (queues exist only while they hold something); control messages have a limit.
 * Does not: know sockets or clocks. Threads: its socket thread. */
typedef struct RelayClient RelayClient;
typedef struct RelaySub RelaySub;
typedef struct RelayFeed RelayFeed;
typedef struct RelayPatchShelf RelayPatchShelf;
typedef struct RelayFeedNode RelayFeedNode;

/* Frames of one group on their way to some clients of this thread. */
typedef struct
{
  guint n_refs; /* this thread only */
  FwBytes *bytes;
  guint64 from_rev, rev;
} RelayParcel;

struct RelaySub
{
  RelayClient *client;
  RelayFeed *feed;   /* one of these two */
  RelayPatchShelf *shelf;
  guint index;       /* in the list of feed or shelf */
  RelayLane lane;
  gint64 behind_since_us;   /* 0: level */
  guint64 goal;             /* in a feed: where its head was ... */
  gint64 goal_set_us;       /* ... at this time */
  gint64 conflated_us;      /* when it was last told so */
  /* in a feed */
  RelayFeedNode *node;      /* NULL: waits for the stream to begin */
  guint32 at, n_frames;
  gint64 *lost_from;        /* offsets at which it was moved ahead, until `gap` is said */
  guint n_lost;
  char *id;                 /* of the subscribe to be answered when the stream begins */
  gboolean has_since;
  /* on a shelf */
  RelayParcel *parcel;      /* being sent */
  gsize parcel_at;
  guint64 rev;              /* what the client holds */
  gboolean waits_for_hub;
};

typedef enum
{
  RELAY_CLOSE_NONE,
  RELAY_CLOSE_LEFT,            /* the client went */
  RELAY_CLOSE_LOST,            /* the connection broke, or a ping was not answered */
  RELAY_CLOSE_STALLED,         /* took nothing for --client-timeout */
  RELAY_CLOSE_CONTROL_BACKLOG, /* asks without reading the answers */
  RELAY_CLOSE_TOO_LARGE,       /* sent a message over the limit */
  RELAY_CLOSE_SHUTDOWN,
  RELAY_N_CLOSES,
} RelayClose;
extern const char *const relay_close_names[RELAY_N_CLOSES + 1];

struct RelayClient
{
  guint64 key;       /* names it to the hub; never used again */
  gpointer conn;
  gboolean is_plain; /* firehose: no control messages */
  gboolean is_choked;
  gboolean is_ready; /* stands in the ready list */
  gboolean has_small_buffer; /* the kernel holds less for it */
  RelayClose closing;
  RelayClient *next_ready;
  GByteArray *out;   /* framed control messages; NULL when none */
  guint out_at;
  guint n_unanswered;
  guint turn;        /* which subscription is served first */
  guint notices[RELAY_N_NOTICES]; /* last seen */
  gint64 progress_us; /* when it last took anything, or was owed nothing */
  GPtrArray *subs;   /* owned; NULL when none */
};

RelayClient *relay_client_new (guint64 key, gpointer conn, gboolean is_plain, gint64 now_us);
/* Subscriptions must have left their feeds and shelves. */
void         relay_client_free (RelayClient *client);
/* When more than max bytes would wait, closing is set instead. Ignored for a plain client. */
void         relay_client_say (RelayClient *client, const GString *text, gsize max);
RelaySub    *relay_client_add_sub (RelayClient *client);
void         relay_client_drop_sub (RelayClient *client, RelaySub *sub);
RelaySub    *relay_client_find_shelf (const RelayClient *client, guint64 ch);
RelaySub    *relay_client_find_feed (const RelayClient *client, const RelayFeed *feed);
static inline guint relay_client_n_subs (const RelayClient *client) { return client->subs ? client->subs->len : 0; }
RelaySub    *relay_client_sub (const RelayClient *client, guint i);
/* Any of its subscriptions is behind. */
gboolean     relay_client_is_conflated (const RelayClient *client);

RelayParcel *relay_parcel_new (FwBytes *bytes /* refs */, guint64 from_rev, guint64 rev);
RelayParcel *relay_parcel_ref (RelayParcel *parcel);
void         relay_parcel_unref (RelayParcel *parcel); /* NULL is fine */
