/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-crowd.h"

#include <string.h>

#include "fw-thread.h"

struct FwCrowd
{
  guint max, per_address_max;
  gint n_refs; /* atomic */
  FwMutex mutex;
  guint n;                /* these two under mutex */
  GHashTable *by_address; /* address -> how many of it */
};

static guint
address_hash (gconstpointer key)
{
  guint32 words[4];

  memcpy (words, key, sizeof words);
  return (words[0] ^ words[1]) * 2654435761u ^ words[2] ^ words[3] * 40503u;
}

static gboolean
address_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, FW_ADDRESS_BYTES) == 0;
}

FwCrowd *
fw_crowd_new (guint max, guint per_address_max)
{
  FwCrowd *crowd = g_new0 (FwCrowd, 1);

  crowd->max = max;
  crowd->per_address_max = per_address_max;
  crowd->n_refs = 1;
  fw_mutex_init (&crowd->mutex);
  crowd->by_address = g_hash_table_new_full (address_hash, address_equal, g_free, NULL);
  return crowd;
}

FwCrowd *
fw_crowd_ref (FwCrowd *crowd)
{
  g_atomic_int_inc (&crowd->n_refs);
  return crowd;
}

void
fw_crowd_unref (FwCrowd *crowd)
{
  if (crowd == NULL || !g_atomic_int_dec_and_test (&crowd->n_refs))
    return;
  g_hash_table_unref (crowd->by_address);
  fw_mutex_clear (&crowd->mutex);
  g_free (crowd);
}

static guint
count_of (FwCrowd *crowd, const guint8 *address)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (crowd->by_address, address));
}

static void
set_count_of (FwCrowd *crowd, const guint8 *address, guint n)
{
  if (n > 0)
    g_hash_table_insert (crowd->by_address, g_memdup2 (address, FW_ADDRESS_BYTES),
                         GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (crowd->by_address, address);
}

static gboolean
enter (FwCrowd *crowd, const guint8 *address, FwNetLimit *ret_limit)
{
  guint n = count_of (crowd, address);

  *ret_limit = crowd->max > 0 && crowd->n >= crowd->max ? FW_NET_LIMIT_CONNECTIONS
                                                        : FW_NET_LIMIT_PER_ADDRESS;
  if (*ret_limit == FW_NET_LIMIT_CONNECTIONS
      || (crowd->per_address_max > 0 && n >= crowd->per_address_max))
    return FALSE;
  crowd->n++;
  set_count_of (crowd, address, n + 1);
  return TRUE;
}

gboolean
fw_crowd_enter (FwCrowd *crowd, const guint8 address[FW_ADDRESS_BYTES], FwNetLimit *ret_limit)
{
  gboolean has_entered;

  fw_mutex_lock (&crowd->mutex);
  has_entered = enter (crowd, address, ret_limit);
  fw_mutex_unlock (&crowd->mutex);
  return has_entered;
}

void
fw_crowd_leave (FwCrowd *crowd, const guint8 address[FW_ADDRESS_BYTES])
{
  fw_mutex_lock (&crowd->mutex);
  crowd->n--;
  set_count_of (crowd, address, count_of (crowd, address) - 1);
  fw_mutex_unlock (&crowd->mutex);
}
