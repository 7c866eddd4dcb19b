/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-password.h"

#include <crypt.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "fw-error.h"
#include "fw-i18n.h"

#define PREFIX "$y$"
#define COST_MADE 1
#define COST_CHOSEN 5 /* Debian's own */
#define MADE_BYTES 24

gboolean
fw_password_hash_is_known (const char *hash)
{
  static const char *const prefixes[] = { PREFIX, "$2a$", "$2b$", "$2y$", "$6$" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (hash, prefixes[i]))
      return strlen (hash) < CRYPT_OUTPUT_SIZE && crypt_checksalt (hash) == CRYPT_SALT_OK;
  return FALSE;
}

/* What crypt_r works in holds traces of the secret, and is too large for a stack. */
static struct crypt_data *
bench_new (void)
{
  return g_new0 (struct crypt_data, 1);
}

static void
bench_free (struct crypt_data *bench)
{
  explicit_bzero (bench, sizeof *bench);
  g_free (bench);
}

char *
fw_password_hash (const char *secret, FwPasswordKind kind, GError **error)
{
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  struct crypt_data *bench = bench_new ();
  char *hash = NULL;

  if (crypt_gensalt_rn (PREFIX, kind == FW_PASSWORD_MADE ? COST_MADE : COST_CHOSEN, NULL, 0,
                        setting, sizeof setting))
    {
      const char *made = crypt_r (secret, setting, bench);

      if (made && made[0] == '$')
        hash = g_strdup (made);
    }
  if (!hash)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("cannot hash the secret: %s"),
                 g_strerror (errno));
  bench_free (bench);
  return hash;
}

gboolean
fw_equal_in_constant_time (gconstpointer a, gconstpointer b, gsize len)
{
  const volatile guint8 *x = a, *y = b;
  guint8 differs = 0;

  for (gsize i = 0; i < len; i++)
    differs |= x[i] ^ y[i];
  return differs == 0;
}

gboolean
fw_password_matches (const char *secret, gsize len, const char *hash)
{
  char text[FW_PASSWORD_MAX_BYTES + 1] = "";
  struct crypt_data *bench = bench_new ();
  gboolean is_text = len <= FW_PASSWORD_MAX_BYTES && !memchr (secret, '\0', len);
  const char *made;
  gboolean matches;

  if (is_text)
    memcpy (text, secret, len);
  made = crypt_r (text, hash, bench); /* for what can never match too, so that it takes as long */
  matches = is_text && made && strlen (made) == strlen (hash)
            && fw_equal_in_constant_time (made, hash, strlen (hash));
  explicit_bzero (text, sizeof text);
  bench_free (bench);
  return matches;
}

gboolean
fw_random_fill (gpointer bytes, gsize len, GError **error)
{
  if (getrandom (bytes, len, 0) == (gssize) len)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("no random numbers: %s"),
               g_strerror (errno));
  return FALSE;
}

char *
fw_password_make (GError **error)
{
  guint8 bytes[MADE_BYTES];
  char *secret;

  if (!fw_random_fill (bytes, sizeof bytes, error))
    return NULL;
  secret = g_base64_encode (bytes, sizeof bytes); /* a multiple of 3: no padding */
  g_strdelimit (g_strdelimit (secret, "+", '-'), "/", '_');
  explicit_bzero (bytes, sizeof bytes);
  return secret;
}
