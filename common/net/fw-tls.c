/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "fw-error.h"
#include "fw-log.h"
#include "fw-thread.h"
#include "fw-tls-private.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("tls");

struct FwTls
{
  gatomicrefcount n_refs;
  gboolean is_server, wants_client_certificate;
  char *certificate_file, *key_file, *ca_file;
  FwMutex mutex;
  SSL_CTX *context; /* guarded by mutex */
};

const char *
fw_tls_last_fault (void)
{
  unsigned long code = ERR_peek_last_error ();
  const char *reason = ERR_reason_error_string (code);
  char text[120];

  if (ERR_SYSTEM_ERROR (code))
    reason = g_strerror (ERR_GET_REASON (code));
  ERR_clear_error ();
  if (!reason)
    return _ ("TLS failed");
  g_snprintf (text, sizeof text, "TLS: %s", reason);
  return g_intern_string (text); /* OpenSSL has some hundred reasons */
}

/* Nobody is there to be asked. */
static int
no_passphrase (char *buffer, int size, int rwflag, void *user)
{
  (void) buffer, (void) size, (void) rwflag, (void) user;
  return 0;
}

static gboolean
fail (GError **error, const char *file, const char *what, const char *advice)
{
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, "%s '%s': %s; %s", what, file,
               fw_tls_last_fault (), advice);
  return FALSE;
}

static gboolean
key_is_private (const char *file, GError **error)
{
  struct stat info;

  if (stat (file, &info) != 0 || (info.st_mode & S_IROTH) == 0)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
               _ ("everybody can read the private key '%s'; chmod 600 it, or 640 for a group"),
               file);
  return FALSE;
}

static void
warn_if_expired (SSL_CTX *context, const char *file)
{
  const X509 *certificate = SSL_CTX_get0_certificate (context);

  if (certificate && X509_cmp_current_time (X509_get0_notAfter (certificate)) < 0)
    fw_warn (_ ("the certificate '%s' has expired: who checks it will turn away"), file);
}

static gboolean
load_certificate (const FwTls *tls, SSL_CTX *context, GError **error)
{
  if (!tls->certificate_file)
    return TRUE;
  if (SSL_CTX_use_certificate_chain_file (context, tls->certificate_file) != 1)
    return fail (error, tls->certificate_file, _ ("cannot use the certificate"),
                 _ ("it must be PEM, the own certificate first"));
  if (!key_is_private (tls->key_file, error))
    return FALSE;
  if (SSL_CTX_use_PrivateKey_file (context, tls->key_file, SSL_FILETYPE_PEM) != 1)
    return fail (error, tls->key_file, _ ("cannot use the private key"),
                 _ ("it must be PEM, without a passphrase, and belong to the certificate"));
  warn_if_expired (context, tls->certificate_file);
  return TRUE;
}

static gboolean
load_trust (const FwTls *tls, SSL_CTX *context, GError **error)
{
  int mode = SSL_VERIFY_PEER;

  if (tls->is_server && !tls->ca_file)
    return TRUE;
  if (!tls->ca_file)
    SSL_CTX_set_default_verify_paths (context);
  else if (SSL_CTX_load_verify_file (context, tls->ca_file) != 1)
    return fail (error, tls->ca_file, _ ("cannot use the authority's certificate"),
                 _ ("it must be PEM"));
  if (tls->is_server)
    SSL_CTX_set_client_CA_list (context, SSL_load_client_CA_file (tls->ca_file));
  if (tls->wants_client_certificate)
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify (context, mode, NULL);
  return TRUE;
}

static SSL_CTX *
context_new (const FwTls *tls, GError **error)
{
  static const guchar session_context[] = "fleetwire";
  SSL_CTX *context = SSL_CTX_new (tls->is_server ? TLS_server_method () : TLS_client_method ());

  ERR_clear_error ();
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
                                    | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                 | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF); /* tickets need no memory of ours */
  SSL_CTX_set_session_id_context (context, session_context, sizeof session_context - 1);
  SSL_CTX_set_num_tickets (context, 1);
  SSL_CTX_set_default_passwd_cb (context, no_passphrase);
  if (load_certificate (tls, context, error) && load_trust (tls, context, error))
    return context;
  SSL_CTX_free (context);
  return NULL;
}

gboolean
fw_tls_reload (FwTls *tls, GError **error)
{
  SSL_CTX *fresh = context_new (tls, error), *old;

  if (!fresh)
    return FALSE;
  fw_mutex_lock (&tls->mutex);
  old = tls->context;
  tls->context = fresh;
  fw_mutex_unlock (&tls->mutex);
  SSL_CTX_free (old); /* connections hold it for as long as they need it */
  return TRUE;
}

static FwTls *
open_context (FwTls *tls, GError **error)
{
  g_atomic_ref_count_init (&tls->n_refs);
  fw_mutex_init (&tls->mutex);
  if (fw_tls_reload (tls, error))
    return tls;
  fw_tls_unref (tls);
  return NULL;
}

static FwTls *
tls_new (const char *certificate_file, const char *key_file, const char *ca_file, GError **error)
{
  FwTls *tls;

  if (!certificate_file != !key_file)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("a certificate and its private key are given together"));
      return NULL;
    }
  tls = g_new0 (FwTls, 1);
  tls->certificate_file = g_strdup (certificate_file);
  tls->key_file = g_strdup (key_file);
  tls->ca_file = g_strdup (ca_file);
  return tls;
}

FwTls *
fw_tls_new_server (const FwTlsServer *server, GError **error)
{
  FwTls *tls = tls_new (server->certificate_file, server->key_file, server->client_ca_file, error);

  if (!tls)
    return NULL;
  tls->is_server = TRUE;
  tls->wants_client_certificate = server->wants_client_certificate;
  return open_context (tls, error);
}

FwTls *
fw_tls_new_client (const FwTlsClient *client, GError **error)
{
  FwTls *tls = tls_new (client->certificate_file, client->key_file, client->ca_file, error);

  return tls ? open_context (tls, error) : NULL;
}

FwTls *
fw_tls_ref (FwTls *tls)
{
  g_atomic_ref_count_inc (&tls->n_refs);
  return tls;
}

void
fw_tls_unref (FwTls *tls)
{
  if (!tls || !g_atomic_ref_count_dec (&tls->n_refs))
    return;
  fw_mutex_lock (&tls->mutex);
  SSL_CTX_free (tls->context);
  fw_mutex_unlock (&tls->mutex);
  fw_mutex_clear (&tls->mutex);
  g_free (tls->certificate_file);
  g_free (tls->key_file);
  g_free (tls->ca_file);
  g_free (tls);
}

static void
expect_name (SSL *ssl, const char *name)
{
  guint8 bytes[16];

  if (inet_pton (AF_INET, name, bytes) == 1 || inet_pton (AF_INET6, name, bytes) == 1)
    {
      X509_VERIFY_PARAM_set1_ip_asc (SSL_get0_param (ssl), name);
      return;
    }
  SSL_set_hostflags (ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host (ssl, name);
  SSL_set_tlsext_host_name (ssl, name);
}

SSL *
fw_tls_connection (FwTls *tls, const char *server_name)
{
  SSL *ssl;

  fw_mutex_lock (&tls->mutex);
  ssl = SSL_new (tls->context);
  fw_mutex_unlock (&tls->mutex);
  if (ssl && server_name)
    expect_name (ssl, server_name);
  return ssl;
}
