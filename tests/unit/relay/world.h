/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json-tree.h"
#include "relay-fanout.h"
#include "relay-fleet.h"
#include "relay-groups.h"
#include "relay-hand.h"
/* world: the relay without Kafka, sockets and clock: hub cores, one link, one fan-out, and clients that read as fast as
 * the test lets them and keep what they are told. Time stands still until world_advance. */
typedef struct
{
  GHashTable *rows;   /* "fleet/id" -> GHashTable of key -> canonical text */
  guint64 rev;
  gboolean is_whole;  /* the snapshot has come to its end */
  RelaySpec *spec;
  guint n_patches, n_snapshots, n_windows;
  JsonTree *window;   /* the last one */
} View;

typedef struct World World;
typedef struct
{
  World *world;
  RelayClient *client;
  gsize budget;       /* bytes that it takes per world_turn */
  GByteArray *unread; /* taken, not parsed yet */
  GHashTable *views;  /* ch -> View */
  GPtrArray *said;    /* every other message, as text */
  GArray *offsets;    /* gint64 of the log, as seen */
  GHashTable *asked;  /* id -> RelaySpec, of what is not answered yet */
  GHashTable *lost;   /* offsets told in a gap */
  guint64 n_frames, n_turns;
} Peer;

struct World
{
  RelayFleet *fleet;
  RelayGroups *groups;
  RelayHand *hand;
  RelayLink *link;
  RelayLog *logs[2]; /* firehose, log of topic "t", ch 1 */
  RelayFanout *fanout;
  GPtrArray *peers;
  gint64 now_us, now_ms;
  gint64 next_offset;
  guint next_id;
};

typedef struct
{
  RelayFanoutLimits fanout;
  RelayFleetLimits fleet;
  RelayGroupsLimits groups;
  guint ring_slots;
} WorldLimits;

WorldLimits world_limits (void); /* generous ones, to change */
World *world_new (const WorldLimits *limits);
void   world_free (World *world);
Peer  *world_peer (World *world, gboolean is_plain);
void   world_remove_peer (World *world, Peer *peer);
/* A fleet event of device `id`; fields as for fw_event_read. Also a record of the log. */
void   world_event (World *world, const char *json);
void   world_advance (World *world, gint64 ms);
/* One turn of the hub, then one of the socket thread. */
void   world_turn (World *world);
/* Turns, with every peer reading all it can, until nothing moves. */
void   world_settle (World *world);

void   peer_say (Peer *peer, const char *json);
/* Subscribes (or updates ch) with these members, `"where":"...",` and so on; remembers what was asked. */
void   peer_ask (Peer *peer, const char *op, guint64 ch, const char *members);
View  *peer_view (Peer *peer, guint64 ch);
/* The only view of a peer that has one. */
View  *peer_the_view (Peer *peer, guint64 *ret_ch);
/* The last message said with this op, NULL when none was. */
const char *peer_heard (const Peer *peer, const char *op);
guint  peer_n_heard (const Peer *peer, const char *op);
/* Asserts that view holds exactly the devices that match, with their values. */
void   view_assert_converged (const World *world, const View *view);
