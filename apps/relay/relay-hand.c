/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hand.h"

struct RelayHand
{
  RelayLog *const *logs;
  guint n_logs;
  RelayLink *const *links;
  guint n_links;
  guint *wanted; /* serial by thread and stream; 0: not read there */
};

RelayHand *
relay_hand_new (RelayLog *const *logs, guint n_logs, RelayLink *const *links, guint n_links)
{
  RelayHand *hand = g_new0 (RelayHand, 1);

  *hand = (RelayHand){ logs, n_logs, links, n_links, g_new0 (guint, (gsize) n_links * n_logs) };
  return hand;
}

void
relay_hand_free (RelayHand *hand)
{
  if (!hand)
    return;
  g_free (hand->wanted);
  g_free (hand);
}

static guint *
wanted (RelayHand *hand, guint thread, guint stream)
{
  return &hand->wanted[thread * hand->n_logs + stream];
}

static void
push_join (RelayHand *hand, guint thread, guint stream)
{
  RelayPush *push = relay_push_new (RELAY_PUSH_JOIN);
  RelayBlock *block = relay_log_newest (hand->logs[stream]);
  RelayExtent extent = relay_block_extent (block);

  push->stream = stream;
  push->serial = *wanted (hand, thread, stream);
  push->block = relay_block_ref (block);
  push->at = extent.len;
  push->n_frames = extent.n_frames;
  relay_link_push (hand->links[thread], push);
}

static void
push_block (RelayHand *hand, guint thread, guint stream, RelayBlock *block)
{
  RelayPush *push = relay_push_new (RELAY_PUSH_BLOCK);

  push->stream = stream;
  push->block = relay_block_ref (block);
  relay_link_push (hand->links[thread], push);
}

static void
commit_stream (RelayHand *hand, guint stream, gint64 now_us)
{
  RelayBlock *block;

  if (!relay_log_commit (hand->logs[stream]))
    return;
  while ((block = relay_log_pop_new_block (hand->logs[stream])))
    {
      for (guint thread = 0; thread < hand->n_links; thread++)
        if (*wanted (hand, thread, stream))
          push_block (hand, thread, stream, block);
      relay_block_unref (block);
    }
  for (guint thread = 0; thread < hand->n_links; thread++)
    if (*wanted (hand, thread, stream))
      relay_link_mark_pending (hand->links[thread], now_us);
}

void
relay_hand_commit (RelayHand *hand, gint64 now_us)
{
  for (guint stream = 0; stream < hand->n_logs; stream++)
    commit_stream (hand, stream, now_us);
}

void
relay_hand_ask (RelayHand *hand, guint thread, RelayAsk *ask)
{
  RelayLog *log = hand->logs[ask->stream];
  gboolean is_wanted = ask->type == RELAY_ASK_WANT;
  gboolean is_read = FALSE;

  *wanted (hand, thread, ask->stream) = is_wanted ? ask->serial : 0;
  for (guint i = 0; i < hand->n_links; i++)
    is_read |= *wanted (hand, i, ask->stream) != 0;
  if (is_read != relay_log_is_read (log))
    relay_log_set_read (log, is_read);
  if (is_wanted)
    push_join (hand, thread, ask->stream);
  relay_ask_free (ask);
}

void
relay_hand_settle (RelayHand *hand)
{
  for (guint thread = 0; thread < hand->n_links; thread++)
    if (relay_link_settle (hand->links[thread]))
      for (guint stream = 0; stream < hand->n_logs; stream++)
        if (*wanted (hand, thread, stream))
          push_join (hand, thread, stream);
}
