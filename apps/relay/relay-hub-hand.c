/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub-private.h"

#define ASKS_PER_TURN 8

static RelayLog *
log_of (RelayHub *hub, guint stream)
{
  return stream == RELAY_FIREHOSE ? hub->firehose : hub->topics[stream - 1].log;
}

static void
push_join (RelayHub *hub, RelayHubThread *thread, guint stream)
{
  RelayPush *push = relay_push_new (RELAY_PUSH_JOIN);
  RelayBlock *block = relay_log_newest (log_of (hub, stream));
  RelayExtent extent = relay_block_extent (block);

  push->stream = stream;
  push->serial = thread->wanted[stream];
  push->block = relay_block_ref (block);
  push->at = extent.len;
  push->n_frames = extent.n_frames;
  relay_link_push (thread->link, push);
}

static void
push_block (RelayHub *hub, guint stream, RelayBlock *block)
{
  for (guint i = 0; i < hub->n_threads; i++)
    if (hub->threads[i].wanted[stream])
      {
        RelayPush *push = relay_push_new (RELAY_PUSH_BLOCK);

        push->stream = stream;
        push->block = relay_block_ref (block);
        relay_link_push (hub->threads[i].link, push);
      }
}

void
relay_hub_commit_stream (RelayHub *hub, guint stream)
{
  RelayLog *log = log_of (hub, stream);
  RelayBlock *block;

  if (!relay_log_commit (log))
    return;
  while ((block = relay_log_pop_new_block (log)))
    {
      push_block (hub, stream, block);
      relay_block_unref (block);
    }
  for (guint i = 0; i < hub->n_threads; i++)
    if (hub->threads[i].wanted[stream])
      relay_link_mark_pending (hub->threads[i].link, hub->now_us);
}

static void
set_wanted (RelayHub *hub, RelayHubThread *thread, guint stream, guint serial)
{
  RelayLog *log = log_of (hub, stream);
  gboolean is_read = FALSE;

  thread->wanted[stream] = serial;
  for (guint i = 0; i < hub->n_threads; i++)
    is_read |= hub->threads[i].wanted[stream] != 0;
  if (is_read != relay_log_is_read (log))
    relay_log_set_read (log, is_read);
  if (serial)
    push_join (hub, thread, stream);
}

static void
take_ask (RelayHub *hub, guint i, RelayAsk *ask)
{
  if (ask->type == RELAY_ASK_WANT || ask->type == RELAY_ASK_UNWANT)
    {
      set_wanted (hub, &hub->threads[i], ask->stream,
                  ask->type == RELAY_ASK_WANT ? ask->serial : 0);
      relay_ask_free (ask);
      return;
    }
  relay_groups_ask (hub->groups, i, ask, hub->now_us, hub->now_ms);
}

gboolean
relay_hub_take_asks (RelayHub *hub)
{
  gboolean may_be_more = FALSE;

  for (guint i = 0; i < hub->n_threads; i++)
    {
      guint n = 0;
      RelayAsk *ask;

      while (n < ASKS_PER_TURN && (ask = relay_link_take_ask (hub->threads[i].link)))
        {
          take_ask (hub, i, ask);
          n++;
        }
      may_be_more |= n == ASKS_PER_TURN;
    }
  return may_be_more;
}

void
relay_hub_settle_and_wake (RelayHub *hub)
{
  for (guint i = 0; i < hub->n_threads; i++)
    {
      RelayHubThread *thread = &hub->threads[i];

      if (relay_link_settle (thread->link))
        for (guint stream = 0; stream <= hub->n_topics; stream++)
          if (thread->wanted[stream])
            push_join (hub, thread, stream);
      if (relay_link_should_wake (thread->link))
        thread->wake (thread->user);
    }
}
