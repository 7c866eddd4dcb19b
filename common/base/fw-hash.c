/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash of Aumasson and Bernstein, one round a word and three at the end. */
#include "fw-hash.h"

#include <string.h>
#include <sys/random.h>

#define WORD_BYTES 8
#define END_ROUNDS 3

typedef struct
{
  guint64 a, b, c, d;
} State;

static inline guint64
rotated (guint64 word, guint by)
{
  return word << by | word >> (64 - by);
}

static inline void
mix (State *state)
{
  state->a += state->b;
  state->b = rotated (state->b, 13) ^ state->a;
  state->a = rotated (state->a, 32);
  state->c += state->d;
  state->d = rotated (state->d, 16) ^ state->c;
  state->a += state->d;
  state->d = rotated (state->d, 21) ^ state->a;
  state->c += state->b;
  state->b = rotated (state->b, 17) ^ state->c;
  state->c = rotated (state->c, 32);
}

static inline void
take (State *state, guint64 word)
{
  state->d ^= word;
  mix (state);
  state->a ^= word;
}

guint64
fw_hash_bytes (const FwHashKey *key, const void *bytes, gsize len)
{
  State state = {
    key->k0 ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
    key->k1 ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
    key->k0 ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
    key->k1 ^ G_GUINT64_CONSTANT (0x7465646279746573),
  };
  const guint8 *at = bytes, *end = at + len / WORD_BYTES * WORD_BYTES;
  guint64 word;

  for (; at < end; at += WORD_BYTES)
    {
      memcpy (&word, at, WORD_BYTES);
      take (&state, GUINT64_FROM_LE (word));
    }
  word = 0;
  if (len % WORD_BYTES > 0)
    memcpy (&word, at, len % WORD_BYTES);
  take (&state, GUINT64_FROM_LE (word) | (guint64) len << 56);
  state.c ^= 0xff;
  for (guint i = 0; i < END_ROUNDS; i++)
    mix (&state);
  return state.a ^ state.b ^ state.c ^ state.d;
}

static const FwHashKey *
own_key (void)
{
  static FwHashKey key;
  static gsize is_drawn;

  if (g_once_init_enter (&is_drawn))
    {
      if (getrandom (&key, sizeof key, 0) != sizeof key)
        key = (FwHashKey){ (guint64) g_get_real_time (), GPOINTER_TO_SIZE (&key) };
      g_once_init_leave (&is_drawn, 1);
    }
  return &key;
}

guint
fw_hash_text (gconstpointer text)
{
  return (guint) fw_hash_bytes (own_key (), text, strlen (text));
}
