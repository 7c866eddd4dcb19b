/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-roster.h"

struct RelayRoster
{
  GPtrArray *clients;  /* by slot; NULL where free */
  GArray *generations; /* guint32 by slot */
  GArray *free_slots;  /* guint32 */
  RelayClient *ready_first, *ready_last;
};

RelayRoster *
relay_roster_new (void)
{
  RelayRoster *roster = g_new0 (RelayRoster, 1);

  roster->clients = g_ptr_array_new ();
  roster->generations = g_array_new (FALSE, TRUE, sizeof (guint32));
  roster->free_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  return roster;
}

void
relay_roster_free (RelayRoster *roster)
{
  g_ptr_array_unref (roster->clients);
  g_array_unref (roster->generations);
  g_array_unref (roster->free_slots);
  g_free (roster);
}

static guint32
take_slot (RelayRoster *roster)
{
  const guint32 first_generation = 0;
  guint32 slot;

  if (roster->free_slots->len > 0)
    {
      slot = g_array_index (roster->free_slots, guint32, roster->free_slots->len - 1);
      g_array_set_size (roster->free_slots, roster->free_slots->len - 1);
      return slot;
    }
  g_ptr_array_add (roster->clients, NULL);
  g_array_append_val (roster->generations, first_generation);
  return roster->clients->len - 1;
}

void
relay_roster_add (RelayRoster *roster, RelayClient *client)
{
  guint32 slot = take_slot (roster);
  guint32 generation = ++g_array_index (roster->generations, guint32, slot);

  g_ptr_array_index (roster->clients, slot) = client;
  client->key = ((guint64) generation << 32) | slot;
}

static void
leave_ready (RelayRoster *roster, RelayClient *client)
{
  RelayClient *before = NULL;

  if (!client->is_ready)
    return;
  for (RelayClient *at = roster->ready_first; at != client; at = at->next_ready)
    before = at;
  if (before)
    before->next_ready = client->next_ready;
  else
    roster->ready_first = client->next_ready;
  if (roster->ready_last == client)
    roster->ready_last = before;
  client->is_ready = FALSE;
}

void
relay_roster_remove (RelayRoster *roster, RelayClient *client)
{
  guint32 slot = (guint32) client->key;

  leave_ready (roster, client);
  g_ptr_array_index (roster->clients, slot) = NULL;
  g_array_append_val (roster->free_slots, slot);
}

RelayClient *
relay_roster_find (const RelayRoster *roster, guint64 key)
{
  guint32 slot = (guint32) key;
  RelayClient *client = slot < roster->clients->len ? relay_roster_at (roster, slot) : NULL;

  return client && client->key == key ? client : NULL;
}

guint
relay_roster_n_slots (const RelayRoster *roster)
{
  return roster->clients->len;
}

RelayClient *
relay_roster_at (const RelayRoster *roster, guint slot)
{
  return g_ptr_array_index (roster->clients, slot);
}

void
relay_roster_make_ready (RelayRoster *roster, RelayClient *client)
{
  if (client->is_ready || client->is_choked)
    return;
  client->is_ready = TRUE;
  client->next_ready = NULL;
  if (roster->ready_last)
    roster->ready_last->next_ready = client;
  else
    roster->ready_first = client;
  roster->ready_last = client;
}

RelayClient *
relay_roster_pop_ready (RelayRoster *roster)
{
  RelayClient *client = roster->ready_first;

  if (!client)
    return NULL;
  roster->ready_first = client->next_ready;
  if (!roster->ready_first)
    roster->ready_last = NULL;
  client->is_ready = FALSE;
  return client;
}
