/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-client.h"

#include "relay-feed.h"
#include "relay-patch-shelf.h"

const char *const relay_close_names[RELAY_N_CLOSES + 1]
    = { "none", "left", "lost", "stalled", "control_backlog", "too_large", "shutdown", NULL };

static void
sub_free (RelaySub *sub)
{
  relay_parcel_unref (sub->parcel);
  g_free (sub->lost_from);
  g_free (sub->id);
  g_free (sub);
}

RelayClient *
relay_client_new (guint64 key, gpointer conn, gboolean is_plain, gint64 now_us)
{
  RelayClient *client = g_new0 (RelayClient, 1);

  client->key = key;
  client->conn = conn;
  client->is_plain = is_plain;
  client->progress_us = now_us;
  return client;
}

void
relay_client_free (RelayClient *client)
{
  if (client->out)
    g_byte_array_unref (client->out);
  if (client->subs)
    g_ptr_array_unref (client->subs);
  g_free (client);
}

void
relay_client_say (RelayClient *client, const GString *text, gsize max)
{
  gsize waiting = client->out ? client->out->len - client->out_at : 0;

  if (client->is_plain || client->closing)
    return;
  if (waiting + text->len > max)
    {
      client->closing = RELAY_CLOSE_CONTROL_BACKLOG;
      return;
    }
  if (!client->out)
    client->out = g_byte_array_new ();
  if (client->out_at > 0)
    g_byte_array_remove_range (client->out, 0, client->out_at);
  client->out_at = 0;
  relay_frame_text (client->out, text);
}

RelaySub *
relay_client_add_sub (RelayClient *client)
{
  RelaySub *sub = g_new0 (RelaySub, 1);

  sub->client = client;
  if (!client->subs)
    client->subs = g_ptr_array_new_full (1, (GDestroyNotify) sub_free);
  g_ptr_array_add (client->subs, sub);
  return sub;
}

void
relay_client_drop_sub (RelayClient *client, RelaySub *sub)
{
  if (client->subs->len > 1)
    {
      g_ptr_array_remove (client->subs, sub);
      return;
    }
  g_ptr_array_unref (client->subs);
  client->subs = NULL;
}

gboolean
relay_client_is_conflated (const RelayClient *client)
{
  for (guint i = 0; i < relay_client_n_subs (client); i++)
    if (relay_client_sub (client, i)->lane == RELAY_LANE_CONFLATED)
      return TRUE;
  return FALSE;
}

RelaySub *
relay_client_sub (const RelayClient *client, guint i)
{
  return g_ptr_array_index (client->subs, i);
}

RelaySub *
relay_client_find_shelf (const RelayClient *client, guint64 ch)
{
  for (guint i = 0; i < relay_client_n_subs (client); i++)
    {
      RelaySub *sub = relay_client_sub (client, i);

      if (sub->shelf && sub->shelf->ch == ch)
        return sub;
    }
  return NULL;
}

RelaySub *
relay_client_find_feed (const RelayClient *client, const RelayFeed *feed)
{
  for (guint i = 0; i < relay_client_n_subs (client); i++)
    if (relay_client_sub (client, i)->feed == feed)
      return relay_client_sub (client, i);
  return NULL;
}

RelayParcel *
relay_parcel_new (FwBytes *bytes, guint64 from_rev, guint64 rev)
{
  RelayParcel *parcel = g_new0 (RelayParcel, 1);

  parcel->n_refs = 1;
  parcel->bytes = fw_bytes_ref (bytes);
  parcel->from_rev = from_rev;
  parcel->rev = rev;
  return parcel;
}

RelayParcel *
relay_parcel_ref (RelayParcel *parcel)
{
  parcel->n_refs++;
  return parcel;
}

void
relay_parcel_unref (RelayParcel *parcel)
{
  if (!parcel || --parcel->n_refs > 0)
    return;
  fw_bytes_unref (parcel->bytes);
  g_free (parcel);
}
