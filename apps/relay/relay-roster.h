/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-client.h"
/* relay-roster: the clients of one socket thread, by slot, and those of them that wait to be served.
 * Promises: a key is a slot and its generation, so that an answer for a client that went finds nobody; nothing is
 *   allocated to make a client ready. Threads: its socket thread. */
typedef struct RelayRoster RelayRoster;

RelayRoster *relay_roster_new (void);
void         relay_roster_free (RelayRoster *roster); /* clients must have been removed */
/* Sets the client's key. */
void         relay_roster_add (RelayRoster *roster, RelayClient *client);
void         relay_roster_remove (RelayRoster *roster, RelayClient *client);
RelayClient *relay_roster_find (const RelayRoster *roster, guint64 key);
guint        relay_roster_n_slots (const RelayRoster *roster);
RelayClient *relay_roster_at (const RelayRoster *roster, guint slot); /* NULL: free */
/* Not when it is ready already, or choked. */
void         relay_roster_make_ready (RelayRoster *roster, RelayClient *client);
RelayClient *relay_roster_pop_ready (RelayRoster *roster);
