/* SPDX-License-Identifier: Apache-2.0 */
#include "certificates.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY_S 86400

typedef struct
{
  X509 *certificate;
  EVP_PKEY *key;
} Signed;

static void
extend (X509 *certificate, X509 *issuer, int what, const char *text)
{
  X509V3_CTX context;
  X509_EXTENSION *extension;

  X509V3_set_ctx (&context, issuer, certificate, NULL, NULL, 0);
  extension = X509V3_EXT_conf_nid (NULL, &context, what, text);
  g_assert_nonnull (extension);
  X509_add_ext (certificate, extension, -1);
  X509_EXTENSION_free (extension);
}

/* issuer NULL: by itself, as an authority. */
static Signed
sign (const char *name, const Signed *issuer, long until_s)
{
  static long serial;
  Signed fresh = { X509_new (), EVP_EC_gen ("P-256") };
  const Signed *by = issuer ? issuer : &fresh;
  X509_NAME *subject = X509_get_subject_name (fresh.certificate);

  X509_set_version (fresh.certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (fresh.certificate), ++serial);
  X509_gmtime_adj (X509_getm_notBefore (fresh.certificate), -10 * DAY_S);
  X509_gmtime_adj (X509_getm_notAfter (fresh.certificate), until_s);
  X509_NAME_add_entry_by_txt (subject, "CN", MBSTRING_UTF8, (const guchar *) name, -1, -1, 0);
  X509_set_issuer_name (fresh.certificate, X509_get_subject_name (by->certificate));
  X509_set_pubkey (fresh.certificate, fresh.key);
  if (!issuer)
    extend (fresh.certificate, by->certificate, NID_basic_constraints, "critical,CA:TRUE");
  else
    extend (fresh.certificate, by->certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  g_assert_cmpint (X509_sign (fresh.certificate, by->key, EVP_sha256 ()), >, 0);
  return fresh;
}

static void
signed_clear (Signed *it)
{
  X509_free (it->certificate);
  EVP_PKEY_free (it->key);
}

static FILE *
file_new (const char *folder, const char *name, char **ret_path)
{
  FILE *file;

  *ret_path = g_build_filename (folder, name, NULL);
  file = fopen (*ret_path, "w");
  g_assert_nonnull (file);
  g_assert_cmpint (g_chmod (*ret_path, 0600), ==, 0);
  return file;
}

static void
write_certificate (const Signed *it, const char *folder, const char *name, char **ret_path)
{
  FILE *file = file_new (folder, name, ret_path);

  g_assert_cmpint (PEM_write_X509 (file, it->certificate), ==, 1);
  fclose (file);
}

static void
write_key (const Signed *it, const char *folder, const char *name, char **ret_path)
{
  FILE *file = file_new (folder, name, ret_path);

  g_assert_cmpint (PEM_write_PrivateKey (file, it->key, NULL, NULL, 0, NULL, NULL), ==, 1);
  fclose (file);
}

Certificates *
certificates_new (void)
{
  Certificates *made = g_new0 (Certificates, 1);
  Signed ca = sign ("the test's authority", NULL, 10 * DAY_S);
  Signed other = sign ("another authority", NULL, 10 * DAY_S);
  Signed server = sign ("localhost", &ca, 10 * DAY_S), client = sign ("north/reefer-7", &ca, DAY_S);
  Signed expired = sign ("localhost", &ca, -DAY_S);
  const char *folder = made->folder = g_dir_make_tmp ("certificates-XXXXXX", NULL);

  write_certificate (&ca, folder, "ca.pem", &made->ca);
  write_certificate (&other, folder, "other-ca.pem", &made->other_ca);
  write_certificate (&server, folder, "server.pem", &made->server);
  write_key (&server, folder, "server.key", &made->server_key);
  write_certificate (&client, folder, "client.pem", &made->client);
  write_key (&client, folder, "client.key", &made->client_key);
  write_certificate (&expired, folder, "expired.pem", &made->expired);
  write_key (&expired, folder, "expired.key", &made->expired_key);
  signed_clear (&ca);
  signed_clear (&other);
  signed_clear (&server);
  signed_clear (&client);
  signed_clear (&expired);
  return made;
}

void
certificates_free (Certificates *made)
{
  char *files[] = { made->ca,         made->other_ca,    made->server,
                    made->server_key, made->client,      made->client_key,
                    made->expired,    made->expired_key, NULL };

  for (guint i = 0; files[i]; i++)
    {
      g_remove (files[i]);
      g_free (files[i]);
    }
  g_rmdir (made->folder);
  g_free (made->folder);
  g_free (made);
}
