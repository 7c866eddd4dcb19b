/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-fanout.h"
#include "relay-roster.h"
/* relay-fanout-private: what the files of the fan-out share.
 *   relay-fanout.c       its life, clients, subscriptions, what it asks the hub
 *   relay-fanout-push.c  what the hub pushed
 *   relay-fanout-turn.c  who is sent what next, lanes, who is stuck */
struct RelayFanout
{
  RelayFanoutLimits limits;
  const RelayStreamName *streams;
  guint n_streams;
  RelayFeed **feeds;
  GHashTable *shelves;     /* ch -> RelayPatchShelf */
  RelayRoster *roster;
  GQueue asks;
  FwBytes *notices[RELAY_N_NOTICES];
  guint notice_serials[RELAY_N_NOTICES];
  gboolean notice_is_for_newcomers[RELAY_N_NOTICES];
  guint n_conflated;       /* subscriptions */
  RelayFanoutCounts counts;
};

/* One question at a time: a feed that is wanted is not asked for again, nor given up, before it has begun. */
void relay_fanout_ask_for_feed (RelayFanout *fanout, RelayFeed *feed, gboolean is_wanted);
void relay_fanout_ask_to_leave (RelayFanout *fanout, guint64 ch);
void relay_fanout_ask_to_catch_up (RelayFanout *fanout, RelaySub *sub);
void relay_fanout_set_lane (RelayFanout *fanout, RelaySub *sub, RelayLane lane);
/* A log subscription is answered when the stream has begun: from then on nothing is missed unsaid. */
void relay_fanout_answer_begun (RelayFanout *fanout, RelaySub *sub);
