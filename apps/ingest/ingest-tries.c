/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-tries.h"

#include <arpa/inet.h>
#include <string.h>

#include "ingest-buckets.h"

#define N_KEYS 16384 /* half a megabyte each */
#define NAME_MAX_BYTES 256
#define PREFIX_BYTES 8 /* of IPv6: what one customer has */

struct IngestTries
{
  IngestBuckets *by_name, *by_address;
};

IngestTries *
ingest_tries_new (guint per_minute, const guint8 *seed)
{
  IngestTries *tries = g_new0 (IngestTries, 1);
  const IngestPace one = { per_minute / 60.0, per_minute };
  const IngestPace all = { INGEST_TRIES_NAMES * one.per_s, INGEST_TRIES_NAMES * one.burst };

  tries->by_name = ingest_buckets_new (N_KEYS, &one, seed);
  tries->by_address = ingest_buckets_new (N_KEYS, &all, seed);
  return tries;
}

void
ingest_tries_free (IngestTries *tries)
{
  if (!tries)
    return;
  ingest_buckets_free (tries->by_name);
  ingest_buckets_free (tries->by_address);
  g_free (tries);
}

gsize
ingest_tries_address (const char *peer, guint8 *ret)
{
  const char *port = strrchr (peer, ':');
  gsize len = port ? (gsize) (port - peer) : strlen (peer);
  char text[INGEST_ADDRESS_MAX_BYTES];
  struct in6_addr v6;

  len = MIN (len, sizeof text - 1);
  memcpy (text, peer, len);
  text[len] = '\0';
  if (len > 2 && text[0] == '[' && text[len - 1] == ']')
    {
      text[len - 1] = '\0';
      if (inet_pton (AF_INET6, text + 1, &v6) == 1 && !IN6_IS_ADDR_V4MAPPED (&v6))
        {
          memcpy (ret, &v6, PREFIX_BYTES);
          return PREFIX_BYTES;
        }
    }
  memcpy (ret, text, len);
  return len;
}

typedef struct
{
  guint8 bytes[INGEST_ADDRESS_MAX_BYTES + 1 + NAME_MAX_BYTES];
  gsize address_len, len;
} Key;

static Key
key_of (const char *peer, const char *name, gsize name_len)
{
  Key key;

  key.address_len = ingest_tries_address (peer, key.bytes);
  key.bytes[key.address_len] = '\0';
  name_len = MIN (name_len, NAME_MAX_BYTES);
  if (name_len > 0)
    memcpy (key.bytes + key.address_len + 1, name, name_len);
  key.len = key.address_len + 1 + name_len;
  return key;
}

gboolean
ingest_tries_may (IngestTries *tries, const char *peer, const char *name, gsize name_len,
                  gint64 now_ms)
{
  Key key = key_of (peer, name, name_len);

  return ingest_buckets_has (tries->by_name, key.bytes, key.len, now_ms)
         && ingest_buckets_has (tries->by_address, key.bytes, key.address_len, now_ms);
}

void
ingest_tries_failed (IngestTries *tries, const char *peer, const char *name, gsize name_len,
                     gint64 now_ms)
{
  Key key = key_of (peer, name, name_len);

  ingest_buckets_take (tries->by_name, key.bytes, key.len, now_ms);
  ingest_buckets_take (tries->by_address, key.bytes, key.address_len, now_ms);
}
