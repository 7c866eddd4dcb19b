/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-fanout-private.h"

#include "fw-i18n.h"

static void
apply_join (RelayFanout *fanout, RelayPush *push)
{
  RelayFeed *feed = fanout->feeds[push->stream];

  if (!feed->is_wanted || feed->serial != push->serial)
    return;
  if (feed->is_begun && feed->newest->block == push->block)
    return;
  if (feed->subs->len == 0)
    {
      relay_fanout_ask_for_feed (fanout, feed, FALSE);
      return;
    }
  relay_feed_begin (feed, push->block, push->at, push->n_frames);
  for (guint i = 0; i < feed->subs->len; i++)
    {
      RelaySub *sub = g_ptr_array_index (feed->subs, i);

      relay_fanout_answer_begun (fanout, sub);
      relay_roster_make_ready (fanout->roster, sub->client);
    }
}

static void
apply_block (RelayFanout *fanout, RelayPush *push)
{
  RelayFeed *feed = fanout->feeds[push->stream];

  if (feed->is_begun)
    relay_feed_extend (feed, push->block);
}

static void
ready_all (RelayFanout *fanout, RelayPatchShelf *shelf)
{
  for (guint i = 0; i < shelf->subs->len; i++)
    relay_roster_make_ready (fanout->roster,
                             ((RelaySub *) g_ptr_array_index (shelf->subs, i))->client);
}

static void
apply_parcel (RelayFanout *fanout, RelayPush *push)
{
  RelayPatchShelf *shelf = g_hash_table_lookup (fanout->shelves, &push->ch);

  if (!shelf)
    return;
  relay_patch_shelf_put (shelf, relay_parcel_new (push->frames, push->from_rev, push->rev));
  ready_all (fanout, shelf);
}

static RelayPatchShelf *
need_shelf (RelayFanout *fanout, const RelayPush *push)
{
  RelayPatchShelf *shelf = g_hash_table_lookup (fanout->shelves, &push->ch);

  if (!shelf)
    {
      shelf = relay_patch_shelf_new (push->ch, push->is_window, push->rev,
                                     fanout->limits.patch_backlog);
      g_hash_table_insert (fanout->shelves, &shelf->ch, shelf);
    }
  if (shelf->rev == G_MAXUINT64 || shelf->rev < push->rev)
    shelf->rev = push->rev;
  return shelf;
}

static void
give_frames (RelayFanout *fanout, RelaySub *sub, const RelayPush *push)
{
  if (push->reset_why)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      relay_say_reset (text, push->ch, push->reset_why);
      relay_fanout_say (fanout, sub->client, text);
    }
  if (push->frames)
    {
      sub->parcel = relay_parcel_new (push->frames, push->from_rev, push->rev);
      sub->parcel_at = 0;
    }
  else
    sub->rev = push->rev;
  relay_roster_make_ready (fanout->roster, sub->client);
}

static void
apply_caught_up (RelayFanout *fanout, RelayClient *client, const RelayPush *push)
{
  RelaySub *sub = relay_client_find_shelf (client, push->ch);

  if (!sub || !sub->waits_for_hub)
    return;
  sub->waits_for_hub = FALSE;
  need_shelf (fanout, push);
  give_frames (fanout, sub, push);
}

static void
apply_subscribed (RelayFanout *fanout, RelayClient *client, const RelayPush *push)
{
  RelaySub *old = push->old_ch ? relay_client_find_shelf (client, push->old_ch) : NULL;
  RelaySub *equal = relay_client_find_shelf (client, push->ch);
  RelaySub *sub;
  g_autoptr (GString) text = NULL;

  if (equal && equal != old)
    {
      relay_fanout_ask_to_leave (fanout, push->ch);
      relay_fanout_say_error (fanout, client, push->id, FW_CODE_ALREADY_SUBSCRIBED,
                              _ ("This client has an equal subscription already"), NULL);
      return;
    }
  text = g_string_new (NULL);
  relay_say_subscribed (text, push->id, push->ch);
  relay_fanout_say (fanout, client, text);
  sub = relay_client_add_sub (client);
  relay_patch_shelf_join (need_shelf (fanout, push), sub);
  if (old)
    relay_fanout_end_sub (fanout, old);
  give_frames (fanout, sub, push);
}

static void
apply_answer (RelayFanout *fanout, RelayPush *push)
{
  RelayClient *client = relay_roster_find (fanout->roster, push->client);

  if (!client)
    {
      if (!push->is_refused && !push->is_catch_up)
        relay_fanout_ask_to_leave (fanout, push->ch);
      return;
    }
  if (push->is_catch_up)
    {
      apply_caught_up (fanout, client, push);
      return;
    }
  client->n_unanswered--;
  if (push->is_refused)
    relay_fanout_say_error (fanout, client, push->id, push->code, push->text, NULL);
  else
    apply_subscribed (fanout, client, push);
}

static void
apply_notice (RelayFanout *fanout, RelayPush *push)
{
  fw_bytes_unref (fanout->notices[push->notice]);
  fanout->notices[push->notice] = g_steal_pointer (&push->frames);
  fanout->notice_serials[push->notice]++;
  fanout->notice_is_for_newcomers[push->notice] = push->for_newcomers;
  for (guint i = 0; i < relay_roster_n_slots (fanout->roster); i++)
    {
      RelayClient *client = relay_roster_at (fanout->roster, i);

      if (client && !client->is_plain)
        relay_roster_make_ready (fanout->roster, client);
    }
}

/* Feeds are joined anew by the pushes that follow; shelves must ask. */
static void
apply_resync (RelayFanout *fanout)
{
  GHashTableIter iter;
  gpointer shelf;

  fanout->counts.n_resyncs++;
  g_hash_table_iter_init (&iter, fanout->shelves);
  while (g_hash_table_iter_next (&iter, NULL, &shelf))
    {
      relay_patch_shelf_doubt (shelf);
      ready_all (fanout, shelf);
    }
}

void
relay_fanout_apply (RelayFanout *fanout, RelayPush *push)
{
  switch (push->type)
    {
    case RELAY_PUSH_JOIN:
      apply_join (fanout, push);
      break;
    case RELAY_PUSH_BLOCK:
      apply_block (fanout, push);
      break;
    case RELAY_PUSH_PARCEL:
      apply_parcel (fanout, push);
      break;
    case RELAY_PUSH_ANSWER:
      apply_answer (fanout, push);
      break;
    case RELAY_PUSH_NOTICE:
      apply_notice (fanout, push);
      break;
    case RELAY_PUSH_RESYNC:
      apply_resync (fanout);
      break;
    }
  relay_push_free (push);
}
