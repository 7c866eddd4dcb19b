/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-patch-shelf.h"

RelayPatchShelf *
relay_patch_shelf_new (guint64 ch, gboolean is_window, guint64 rev, guint parcels_max)
{
  RelayPatchShelf *shelf = g_new0 (RelayPatchShelf, 1);

  shelf->ch = ch;
  shelf->is_window = is_window;
  shelf->rev = rev;
  shelf->parcels_max = is_window ? 1 : parcels_max;
  g_queue_init (&shelf->parcels);
  shelf->subs = g_ptr_array_new ();
  return shelf;
}

void
relay_patch_shelf_free (RelayPatchShelf *shelf)
{
  g_queue_clear_full (&shelf->parcels, (GDestroyNotify) relay_parcel_unref);
  g_ptr_array_unref (shelf->subs);
  g_free (shelf);
}

void
relay_patch_shelf_put (RelayPatchShelf *shelf, RelayParcel *parcel)
{
  g_queue_push_tail (&shelf->parcels, parcel);
  shelf->rev = parcel->rev;
  while (g_queue_get_length (&shelf->parcels) > shelf->parcels_max)
    relay_parcel_unref (g_queue_pop_head (&shelf->parcels));
}

void
relay_patch_shelf_join (RelayPatchShelf *shelf, RelaySub *sub)
{
  sub->shelf = shelf;
  sub->index = shelf->subs->len;
  g_ptr_array_add (shelf->subs, sub);
}

void
relay_patch_shelf_leave (RelayPatchShelf *shelf, RelaySub *sub)
{
  RelaySub *last = g_ptr_array_index (shelf->subs, shelf->subs->len - 1);

  last->index = sub->index;
  g_ptr_array_remove_index_fast (shelf->subs, sub->index);
  sub->shelf = NULL;
}

void
relay_patch_shelf_doubt (RelayPatchShelf *shelf)
{
  g_queue_clear_full (&shelf->parcels, (GDestroyNotify) relay_parcel_unref);
  shelf->rev = G_MAXUINT64;
}

static RelayParcel *
find_parcel (RelayPatchShelf *shelf, guint64 held)
{
  for (GList *link = shelf->parcels.head; link; link = link->next)
    {
      RelayParcel *parcel = link->data;

      if (parcel->rev > held)
        return shelf->is_window || parcel->from_rev <= held ? parcel : NULL;
    }
  return NULL;
}

RelayPatchShelfNext
relay_patch_shelf_next (RelayPatchShelf *shelf, RelaySub *sub, gsize max, RelayFrames *ret)
{
  RelayParcel *parcel;

  if (!sub->parcel)
    {
      if (sub->waits_for_hub || sub->rev >= shelf->rev)
        return RELAY_SHELF_LEVEL;
      if (!(parcel = find_parcel (shelf, sub->rev)))
        return RELAY_SHELF_MISSED;
      sub->parcel = relay_parcel_ref (parcel);
      sub->parcel_at = 0;
    }
  ret->data = sub->parcel->bytes->data + sub->parcel_at;
  ret->len
      = relay_frames_cut (ret->data, sub->parcel->bytes->len - sub->parcel_at, max, &ret->n_frames);
  return RELAY_SHELF_FRAMES;
}

void
relay_patch_shelf_took (RelaySub *sub, gsize len)
{
  sub->parcel_at += len;
  if (sub->parcel_at < sub->parcel->bytes->len)
    return;
  sub->rev = sub->parcel->rev;
  g_clear_pointer (&sub->parcel, relay_parcel_unref);
}

gboolean
relay_patch_shelf_is_level (const RelaySub *sub)
{
  return !sub->parcel && !sub->waits_for_hub && sub->rev >= sub->shelf->rev;
}
