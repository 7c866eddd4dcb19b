/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event-json.h"
#include "json-tree.h"
#include "relay-fanout.h"
#include "relay-fleet.h"
#include "relay-groups.h"
#include "relay-hand.h"
/* world: the relay without Kafka, sockets and clock: hub cores, one link, one fan-out, and clients that read as fast as
 * the test lets them and keep what they are told. Time stands still until world_advance.
 *   world.c  the relay and its turns      peer.c  a client, what it asks and hears      view.c  the rows it holds of a ch */
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
  FwEventReader *reader;
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
World *world_new (const WorldLimits *limits /* NULL: those */);
void   world_free (World *world);
Peer  *world_peer (World *world, gboolean is_plain);
void   world_remove_peer (World *world, Peer *peer);
/* A fleet event of device `id`; fields as for fw_event_read. Also a record of the log. */
void   world_event (World *world, const char *json);
void   world_advance (World *world, gint64 ms);
/* One turn of the hub, then one of the socket thread. */
void   world_turn (World *world);
void   world_pass (World *world, gint64 ms); /* advance, then a turn */
/* Turns, with every peer reading all it can, until nothing moves. */
void   world_settle (World *world);

typedef struct
{
  guint n_steps;
  gboolean has_firehose; /* beside three clients of the protocol; else four of those */
  void (*step) (World *world, Peer *peer, GRand *rand); /* then time passes and a turn is taken */
  void (*check) (const World *world, const Peer *peer); /* of each, once all is settled */
} WorldTrial;
/* One world per seed, from first_seed on; twenty times as many with -m slow. */
void   world_try (const WorldTrial *trial, const WorldLimits *limits, guint32 first_seed, guint n_seeds);

void   peer_say (Peer *peer, const char *json);
/* Subscribes (or updates ch) with these members, `"where":"...",` and so on; remembers what was asked. */
void   peer_ask (Peer *peer, const char *op, guint64 ch, const char *members);
View  *peer_view (const Peer *peer, guint64 ch);
/* The only view of a peer that has one. */
View  *peer_the_view (Peer *peer, guint64 *ret_ch);
/* Whole frames of what it has taken are told to it. */
void   peer_take_frames (Peer *peer);
/* The last message said with this op, NULL when none was. */
const char *peer_heard (const Peer *peer, const char *op);
guint  peer_n_heard (const Peer *peer, const char *op);

View  *view_new (RelaySpec *spec);
void   view_free (View *view);
void   view_take_snapshot (View *view, const JsonTree *message);
void   view_take_patch (View *view, const JsonTree *message);
/* Asserts that view holds exactly the devices that match, with their values. */
void   view_assert_converged (const World *world, const View *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)
