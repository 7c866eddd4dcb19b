/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-known.h"

#include <string.h>

typedef struct
{
  IngestDigest digest;
  FwPass *pass;
  GList link; /* in by_age, the oldest first */
} Known;

struct IngestKnown
{
  guint8 key[INGEST_KNOWN_KEY_BYTES];
  guint n_max;
  GHashTable *by_digest; /* &Known.digest -> Known, which it owns */
  GQueue by_age;
  guint64 n_forgotten;
};

/* It is random in every bit. */
static guint
digest_hash (gconstpointer digest)
{
  guint bits;

  memcpy (&bits, digest, sizeof bits);
  return bits;
}

static gboolean
digest_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, INGEST_DIGEST_BYTES) == 0;
}

static void
one_free (gpointer data)
{
  Known *one = data;

  fw_pass_unref (one->pass);
  g_free (one);
}

IngestKnown *
ingest_known_new (guint n_max, const guint8 *key)
{
  IngestKnown *known = g_new0 (IngestKnown, 1);

  known->n_max = n_max;
  known->by_digest = g_hash_table_new_full (digest_hash, digest_equal, NULL, one_free);
  memcpy (known->key, key, sizeof known->key);
  return known;
}

void
ingest_known_free (IngestKnown *known)
{
  if (!known)
    return;
  g_hash_table_unref (known->by_digest);
  explicit_bzero (known->key, sizeof known->key);
  g_free (known);
}

IngestDigest
ingest_known_digest (const IngestKnown *known, const char *name, gsize name_len, const char *secret,
                     gsize secret_len)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, known->key, sizeof known->key);
  const guint64 lens[2] = { name ? name_len : G_MAXUINT64, secret_len };
  IngestDigest digest;
  gsize len = sizeof digest.bytes;

  g_hmac_update (hmac, (const guint8 *) lens, sizeof lens);
  if (name && name_len > 0)
    g_hmac_update (hmac, (const guint8 *) name, (gssize) name_len);
  if (secret_len > 0)
    g_hmac_update (hmac, (const guint8 *) secret, (gssize) secret_len);
  g_hmac_get_digest (hmac, digest.bytes, &len);
  return digest;
}

static void
forget (IngestKnown *known, Known *one)
{
  g_queue_unlink (&known->by_age, &one->link);
  g_hash_table_remove (known->by_digest, &one->digest);
}

FwPass *
ingest_known_find (IngestKnown *known, const IngestDigest *digest, gint64 wall_ms)
{
  Known *one = g_hash_table_lookup (known->by_digest, digest);

  if (!one)
    return NULL;
  if (!fw_pass_is_good (one->pass, wall_ms))
    {
      forget (known, one);
      return NULL;
    }
  g_queue_unlink (&known->by_age, &one->link);
  g_queue_push_tail_link (&known->by_age, &one->link);
  return fw_pass_ref (one->pass);
}

void
ingest_known_add (IngestKnown *known, const IngestDigest *digest, FwPass *pass)
{
  Known *one = g_hash_table_lookup (known->by_digest, digest);

  if (one)
    forget (known, one);
  if (known->by_age.length >= known->n_max)
    {
      forget (known, known->by_age.head->data);
      known->n_forgotten++;
    }
  one = g_new0 (Known, 1);
  one->digest = *digest;
  one->pass = fw_pass_ref (pass);
  one->link.data = one;
  g_queue_push_tail_link (&known->by_age, &one->link);
  g_hash_table_insert (known->by_digest, &one->digest, one);
}

guint64
ingest_known_n_forgotten (const IngestKnown *known)
{
  return known->n_forgotten;
}
