/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-feed.h"

const char *const relay_jump_names[RELAY_N_JUMPS + 1]
    = { "lag", "block_memory", "ring_slots", NULL };

RelayFeed *
relay_feed_new (guint stream, guint64 ch, gsize bytes_max)
{
  RelayFeed *feed = g_new0 (RelayFeed, 1);

  feed->stream = stream;
  feed->ch = ch;
  feed->bytes_max = bytes_max;
  feed->subs = g_ptr_array_new ();
  return feed;
}

static void
drop_oldest (RelayFeed *feed)
{
  RelayFeedNode *node = feed->oldest;

  feed->oldest = node->next;
  if (!feed->oldest)
    feed->newest = NULL;
  feed->bytes -= relay_block_capacity (node->block);
  relay_block_unref (node->block);
  g_free (node);
}

static void
drop_unread (RelayFeed *feed)
{
  while (feed->oldest && feed->oldest != feed->newest && feed->oldest->n_subs == 0)
    drop_oldest (feed);
}

void
relay_feed_free (RelayFeed *feed)
{
  while (feed->oldest)
    drop_oldest (feed);
  g_ptr_array_unref (feed->subs);
  g_free (feed);
}

static void
append_node (RelayFeed *feed, RelayBlock *block)
{
  RelayFeedNode *node = g_new0 (RelayFeedNode, 1);

  node->block = relay_block_ref (block);
  feed->bytes += relay_block_capacity (block);
  if (feed->newest)
    {
      node->begin = feed->newest->begin + relay_block_extent (feed->newest->block).len;
      feed->newest->next = node;
    }
  else
    feed->oldest = node;
  feed->newest = node;
}

static void
place (RelaySub *sub, RelayFeedNode *node, guint32 at, guint32 n_frames)
{
  if (sub->node)
    sub->node->n_subs--;
  node->n_subs++;
  sub->node = node;
  sub->at = at;
  sub->n_frames = n_frames;
}

/* A partition that came up after the block was begun: what it loses begins with the first of it
 * that is kept. */
static gint64
find_first (const RelayFeedNode *node, guint partition)
{
  gint64 offset = -1;

  for (; node && offset < 0; node = node->next)
    offset = relay_block_first_offset (node->block, partition);
  return offset;
}

static void
remember_loss (RelayFeed *feed, RelaySub *sub, RelayJump why)
{
  feed->n_jumps[why]++;
  if (feed->ch == 0 || sub->lost_from)
    return;
  sub->n_lost = relay_block_n_partitions (feed->newest->block);
  sub->lost_from = g_new (gint64, sub->n_lost);
  relay_block_offsets_at (sub->node->block, sub->at, sub->lost_from, sub->n_lost);
  for (guint p = 0; p < sub->n_lost; p++)
    if (sub->lost_from[p] < 0)
      sub->lost_from[p] = find_first (sub->node, p);
}

void
relay_feed_jump (RelayFeed *feed, RelaySub *sub)
{
  RelayExtent head = relay_block_extent (feed->newest->block);

  remember_loss (feed, sub, RELAY_JUMP_LAG);
  place (sub, feed->newest, head.len, head.n_frames);
  sub->behind_since_us = 0;
  drop_unread (feed);
}

void
relay_feed_begin (RelayFeed *feed, RelayBlock *block, guint32 at, guint32 n_frames)
{
  append_node (feed, block);
  feed->is_begun = TRUE;
  feed->head = (RelayExtent){ .len = at, .n_frames = n_frames };
  for (guint i = 0; i < feed->subs->len; i++)
    {
      RelaySub *sub = g_ptr_array_index (feed->subs, i);

      if (sub->node)
        remember_loss (feed, sub, RELAY_JUMP_RING_SLOTS);
      place (sub, feed->newest, at, n_frames);
    }
  drop_unread (feed);
}

/* Over the limit: whoever stands in the oldest block is moved ahead, and the block goes. */
static void
make_room (RelayFeed *feed)
{
  while (feed->bytes > feed->bytes_max && feed->oldest != feed->newest)
    {
      RelayFeedNode *node = feed->oldest;

      for (guint i = 0; i < feed->subs->len && node->n_subs > 0; i++)
        {
          RelaySub *sub = g_ptr_array_index (feed->subs, i);

          if (sub->node != node)
            continue;
          remember_loss (feed, sub, RELAY_JUMP_BLOCK_MEMORY);
          place (sub, feed->newest, relay_block_extent (feed->newest->block).len,
                 relay_block_extent (feed->newest->block).n_frames);
          sub->behind_since_us = 0;
        }
      drop_oldest (feed);
    }
}

void
relay_feed_extend (RelayFeed *feed, RelayBlock *block)
{
  append_node (feed, block);
  feed->head = (RelayExtent){ 0 };
  drop_unread (feed);
  make_room (feed);
}

void
relay_feed_join (RelayFeed *feed, RelaySub *sub)
{
  sub->feed = feed;
  sub->index = feed->subs->len;
  g_ptr_array_add (feed->subs, sub);
  if (feed->is_begun)
    {
      RelayExtent head = relay_block_extent (feed->newest->block);

      place (sub, feed->newest, head.len, head.n_frames);
    }
}

void
relay_feed_leave (RelayFeed *feed, RelaySub *sub)
{
  RelaySub *last = g_ptr_array_index (feed->subs, feed->subs->len - 1);

  last->index = sub->index;
  g_ptr_array_remove_index_fast (feed->subs, sub->index);
  if (sub->node)
    sub->node->n_subs--;
  sub->node = NULL;
  sub->feed = NULL;
  drop_unread (feed);
  if (feed->subs->len > 0)
    return;
  while (feed->oldest)
    drop_oldest (feed);
  feed->is_begun = FALSE;
}

gboolean
relay_feed_is_level (const RelaySub *sub)
{
  return !sub->node || (!sub->node->next && sub->at == relay_block_extent (sub->node->block).len);
}

void
relay_feed_judge (RelayFeed *feed, RelaySub *sub, gint64 now_us)
{
  if (relay_feed_is_level (sub))
    {
      sub->behind_since_us = 0;
      return;
    }
  if (sub->behind_since_us == 0)
    sub->behind_since_us = now_us;
  else if (sub->node->begin + sub->at >= sub->goal)
    sub->behind_since_us = sub->goal_set_us;
  else
    return;
  sub->goal = feed->newest->begin + relay_block_extent (feed->newest->block).len;
  sub->goal_set_us = now_us;
}

gboolean
relay_feed_has_seen_all (const RelayFeed *feed, const RelaySub *sub)
{
  return sub->node == feed->newest && sub->at >= feed->head.len;
}

gboolean
relay_feed_next (RelayFeed *feed, RelaySub *sub, gsize max, RelayFrames *ret)
{
  RelayExtent extent;

  if (!sub->node)
    return FALSE;
  extent = relay_block_extent (sub->node->block);
  while (sub->at == extent.len && sub->node->next)
    {
      place (sub, sub->node->next, 0, 0);
      drop_unread (feed);
      extent = relay_block_extent (sub->node->block);
    }
  if (sub->at == extent.len)
    return FALSE;
  ret->data = relay_block_data (sub->node->block) + sub->at;
  ret->len = extent.len - sub->at;
  ret->n_frames = extent.n_frames - sub->n_frames;
  if (ret->len > max)
    ret->len = relay_frames_cut (ret->data, ret->len, max, &ret->n_frames);
  return TRUE;
}

void
relay_feed_took (RelayFeed *feed, RelaySub *sub, guint32 len, guint n_frames)
{
  g_assert (feed == sub->feed);
  sub->at += len;
  sub->n_frames += n_frames;
}

gboolean
relay_feed_has_moved (RelayFeed *feed)
{
  RelayExtent head;

  if (!feed->is_begun)
    return FALSE;
  head = relay_block_extent (feed->newest->block);
  if (head.len == feed->head.len)
    return FALSE;
  feed->head = head;
  return TRUE;
}

void
relay_feed_say_gap (RelayFeed *feed, RelaySub *sub, GString *out)
{
  g_autofree gint64 *to = g_new (gint64, sub->n_lost);

  relay_block_offsets_at (sub->node->block, sub->at, to, sub->n_lost);
  relay_say_gap (out, feed->ch, sub->lost_from, to, sub->n_lost);
  g_clear_pointer (&sub->lost_from, g_free);
}
