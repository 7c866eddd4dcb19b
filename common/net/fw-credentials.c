/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-credentials.h"

#include <string.h>

#include "fw-config.h"
#include "fw-error.h"
#include "fw-event.h"
#include "fw-password.h"
#include "fw-i18n.h"

#define NAME_MAX_BYTES 256
/* Of a secret that nobody has: for a file without a line. */
#define NOBODYS_HASH "$y$j75$E2KsdI3tajKLGE9bpmx5T/$qGza5byNLjJETOm7ELSeoAeGkOTox6hq37C2jGWDtT/"

struct FwCredentials
{
  GPtrArray *all;      /* owns them */
  GHashTable *by_name; /* borrowed */
};

gboolean
fw_credentials_name_is_good (const char *name, gsize len)
{
  return len > 0 && len <= NAME_MAX_BYTES && name[0] != '#' && !memchr (name, ':', len)
         && g_utf8_validate (name, (gssize) len, NULL) && !fw_text_has_control (name, len);
}

static void
credential_free (gpointer data)
{
  FwCredential *credential = data;

  g_free (credential->name);
  g_free (credential->hash);
  fw_pass_unref (credential->pass);
  g_free (credential);
}

static gboolean
fail (GError **error, const char *path, guint line, const char *why)
{
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, "%s:%u: %s", path, line, why);
  return FALSE;
}

static gboolean
add (FwCredentials *credentials, FwCredential *credential, const char *path, GError **error)
{
  const FwCredential *other = g_hash_table_lookup (credentials->by_name, credential->name);

  g_ptr_array_add (credentials->all, credential);
  if (other)
    {
      g_autofree char *why = g_strdup_printf (_ ("the name '%s' stands in line %u already"),
                                              other->name, other->line);
      return fail (error, path, credential->line, why);
    }
  g_hash_table_insert (credentials->by_name, credential->name, credential);
  return TRUE;
}

/* text: one line, without its end. */
static gboolean
read_line (FwCredentials *credentials, const char *text, gsize len, const char *path, guint line,
           GError **error)
{
  const char *hash = memchr (text, ':', len), *end = text + len;
  gsize name_len = hash ? (gsize) (hash++ - text) : len;
  const char *identity = hash ? memchr (hash, ':', (gsize) (end - hash)) : NULL;
  g_autofree char *hash_text
      = hash ? g_strndup (hash, (gsize) ((identity ? identity : end) - hash)) : NULL;
  g_autoptr (FwPass) pass = NULL;
  FwCredential *credential;

  if (!hash)
    return fail (error, path, line, _ ("a line is NAME:HASH or NAME:HASH:FLEET/DEVICE_ID"));
  if (!fw_credentials_name_is_good (text, name_len))
    return fail (error, path, line,
                 _ ("the name must be 1 to 256 bytes of text without control characters"));
  if (!fw_password_hash_is_known (hash_text))
    return fail (error, path, line,
                 _ ("the hash must be of yescrypt ($y$), bcrypt ($2b$, as 'htpasswd -B' makes it) "
                    "or SHA-512 ($6$); 'fleetwire enroll' makes such lines"));
  pass = identity ? fw_pass_parse (identity + 1, (gsize) (end - identity - 1))
                  : fw_pass_parse (text, name_len);
  if (!pass)
    return fail (error, path, line,
                 _ ("the identity must be FLEET/DEVICE_ID, or FLEET/* for a gateway"));
  credential = g_new0 (FwCredential, 1);
  *credential = (FwCredential){ g_strndup (text, name_len), g_steal_pointer (&hash_text),
                                g_steal_pointer (&pass), line };
  return add (credentials, credential, path, error);
}

FwCredentials *
fw_credentials_parse (const char *text, gsize len, const char *path, GError **error)
{
  g_autoptr (FwCredentials) credentials = g_new0 (FwCredentials, 1);
  guint line = 1;

  credentials->all = g_ptr_array_new_with_free_func (credential_free);
  credentials->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize at = 0, n; at < len; at += n + 1, line++)
    {
      const char *end = memchr (text + at, '\n', len - at);

      n = end ? (gsize) (end - text) - at : len - at;
      if (n > 0 && text[at] != '#' && !read_line (credentials, text + at, n, path, line, error))
        return NULL;
    }
  return g_steal_pointer (&credentials);
}

FwCredentials *
fw_credentials_load (const char *path, GError **error)
{
  gboolean is_private;
  gsize len;
  g_autofree char *text = fw_config_load (path, FW_CREDENTIALS_MAX_BYTES, &len, &is_private, error);

  return text ? fw_credentials_parse (text, len, path, error) : NULL;
}

void
fw_credentials_free (FwCredentials *credentials)
{
  if (!credentials)
    return;
  g_hash_table_unref (credentials->by_name);
  g_ptr_array_unref (credentials->all);
  g_free (credentials);
}

guint
fw_credentials_count (const FwCredentials *credentials)
{
  return credentials->all->len;
}

const FwCredential *
fw_credentials_find (const FwCredentials *credentials, const char *name, gsize len)
{
  char text[NAME_MAX_BYTES + 1];

  if (len == 0 || len > NAME_MAX_BYTES || memchr (name, '\0', len))
    return NULL;
  memcpy (text, name, len);
  text[len] = '\0';
  return g_hash_table_lookup (credentials->by_name, text);
}

const char *
fw_credentials_decoy (const FwCredentials *credentials, guint pick)
{
  guint n = credentials->all->len;

  return n > 0 ? ((const FwCredential *) g_ptr_array_index (credentials->all, pick % n))->hash
               : NOBODYS_HASH;
}

void
fw_credentials_succeed (FwCredentials *now, const FwCredentials *before)
{
  for (guint i = 0; i < before->all->len; i++)
    {
      const FwCredential *old = g_ptr_array_index (before->all, i);
      FwCredential *new = g_hash_table_lookup (now->by_name, old->name);

      if (new &&strcmp (new->hash, old->hash) == 0 && fw_pass_equal (new->pass, old->pass))
        {
          fw_pass_unref (new->pass);
          new->pass = fw_pass_ref (old->pass);
        }
      else
        fw_pass_revoke (old->pass);
    }
}
