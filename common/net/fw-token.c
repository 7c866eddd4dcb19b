/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-token.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <string.h>

#include "fw-config.h"
#include "fw-error.h"
#include "fw-event.h"
#include "fw-password.h"
#include "fw-i18n.h"

#define KEY_FILE_MAX_BYTES 65536
#define SECRET_MIN_BYTES 32 /* RFC 7518, 3.2 */
#define RSA_MIN_BITS 2048   /* 3.3 */
#define LEEWAY_S 60
#define P256_BYTES 32
#define HS256_BYTES 32

struct FwTokenKey
{
  const char *algorithm;
  char *secret; /* NULL: pkey */
  gsize secret_len;
  EVP_PKEY *pkey;
};

/* Keys. */

static gboolean
refuse_key (GError **error, const char *name, const char *why)
{
  ERR_clear_error ();
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("the key in '%s': %s"), name, why);
  return FALSE;
}

/* Never asks a terminal. */
static int
no_passphrase (char *buffer, int size, int is_writing, void *user)
{
  (void) buffer, (void) size, (void) is_writing, (void) user;
  return -1;
}

/* NULL: a key that no algorithm of ours has. */
static const char *
algorithm_of (EVP_PKEY *pkey)
{
  char group[32] = "";

  switch (EVP_PKEY_get_base_id (pkey))
    {
    case EVP_PKEY_RSA:
      return EVP_PKEY_get_bits (pkey) >= RSA_MIN_BITS ? "RS256" : NULL;
    case EVP_PKEY_EC:
      EVP_PKEY_get_group_name (pkey, group, sizeof group, NULL);
      return strcmp (group, "prime256v1") == 0 ? "ES256" : NULL;
    case EVP_PKEY_ED25519:
      return "EdDSA";
    default:
      return NULL;
    }
}

static gboolean
read_pem (FwTokenKey *key, const char *text, gsize len, const char *name, gboolean is_to_sign,
          GError **error)
{
  gboolean is_private = g_strstr_len (text, (gssize) len, "PRIVATE KEY-----") != NULL;
  BIO *bio = BIO_new_mem_buf (text, (int) len);

  if (is_private == is_to_sign)
    key->pkey = is_private ? PEM_read_bio_PrivateKey (bio, NULL, no_passphrase, NULL)
                           : PEM_read_bio_PUBKEY (bio, NULL, no_passphrase, NULL);
  BIO_free (bio);
  if (is_private && !is_to_sign)
    return refuse_key (error, name,
                       _ ("it is a private one, which whoever verifies need not have; "
                          "'openssl pkey -pubout' makes the public one of it"));
  if (!is_private && is_to_sign)
    return refuse_key (error, name, _ ("it is a public one; tokens are made with the private"));
  if (!key->pkey)
    return refuse_key (error, name, _ ("the PEM cannot be read, or wants a passphrase"));
  key->algorithm = algorithm_of (key->pkey);
  return key->algorithm
         || refuse_key (error, name, _ ("it must be RSA of 2048 bits or more, P-256 or Ed25519"));
}

static gboolean
read_secret (FwTokenKey *key, const char *text, gsize len, const char *name, GError **error)
{
  while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
    len--;
  if (len < SECRET_MIN_BYTES)
    return refuse_key (error, name, _ ("a secret has at least 32 bytes"));
  key->algorithm = "HS256";
  key->secret = g_memdup2 (text, len);
  key->secret_len = len;
  return TRUE;
}

FwTokenKey *
fw_token_key_new (const char *text, gsize len, const char *name, gboolean is_to_sign,
                  GError **error)
{
  g_autoptr (FwTokenKey) key = g_new0 (FwTokenKey, 1);
  gboolean is_pem = g_strstr_len (text, (gssize) len, "-----BEGIN") != NULL;

  return (is_pem ? read_pem (key, text, len, name, is_to_sign, error)
                 : read_secret (key, text, len, name, error))
             ? g_steal_pointer (&key)
             : NULL;
}

FwTokenKey *
fw_token_key_load (const char *path, gboolean is_to_sign, GError **error)
{
  gboolean is_private;
  gsize len;
  g_autofree char *text = fw_config_load (path, KEY_FILE_MAX_BYTES, &len, &is_private, error);
  g_autoptr (FwTokenKey) key = text ? fw_token_key_new (text, len, path, is_to_sign, error) : NULL;

  if (text)
    explicit_bzero (text, len);
  if (key && !is_private && (key->secret || is_to_sign))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG,
                   _ ("the key in '%s' can be read by others: run 'chmod 600' on it"), path);
      return NULL;
    }
  return g_steal_pointer (&key);
}

void
fw_token_key_free (FwTokenKey *key)
{
  if (!key)
    return;
  if (key->secret)
    explicit_bzero (key->secret, key->secret_len);
  g_free (key->secret);
  EVP_PKEY_free (key->pkey);
  g_free (key);
}

const char *
fw_token_key_algorithm (const FwTokenKey *key)
{
  return key->algorithm;
}

/* Signatures. */

static gboolean
is_named (const FwTokenKey *key, const char *algorithm)
{
  return strcmp (key->algorithm, algorithm) == 0;
}

static void
sign_by_secret (const FwTokenKey *key, FwTokenPart part, guint8 *ret)
{
  HMAC (EVP_sha256 (), key->secret, (int) key->secret_len, (const guint8 *) part.text, part.len,
        ret, NULL);
}

/* JWS has r and s as they are (RFC 7518, 3.4), OpenSSL wants DER. NULL: not of that length; freed
 * by OPENSSL_free. */
static guint8 *
der_of (const guint8 *raw, gsize len, gsize *ret_len)
{
  ECDSA_SIG *pair = ECDSA_SIG_new ();
  guint8 *der = NULL;
  int n = 0;

  if (len == 2 * P256_BYTES)
    {
      ECDSA_SIG_set0 (pair, BN_bin2bn (raw, P256_BYTES, NULL),
                      BN_bin2bn (raw + P256_BYTES, P256_BYTES, NULL));
      n = i2d_ECDSA_SIG (pair, &der);
    }
  ECDSA_SIG_free (pair);
  *ret_len = (gsize) MAX (n, 0);
  return n > 0 ? der : NULL;
}

static gboolean
raw_of (const guint8 *der, gsize len, guint8 *ret)
{
  ECDSA_SIG *pair = d2i_ECDSA_SIG (NULL, &der, (long) len);
  gboolean is_good
      = pair && BN_bn2binpad (ECDSA_SIG_get0_r (pair), ret, P256_BYTES) == P256_BYTES
        && BN_bn2binpad (ECDSA_SIG_get0_s (pair), ret + P256_BYTES, P256_BYTES) == P256_BYTES;

  ECDSA_SIG_free (pair);
  return is_good;
}

static gboolean
verify_by_key (const FwTokenKey *key, FwTokenPart part, const guint8 *signature, gsize len)
{
  const EVP_MD *digest = is_named (key, "EdDSA") ? NULL : EVP_sha256 ();
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gboolean is_good
      = EVP_DigestVerifyInit (context, NULL, digest, NULL, key->pkey) == 1
        && EVP_DigestVerify (context, signature, len, (const guint8 *) part.text, part.len) == 1;

  EVP_MD_CTX_free (context);
  ERR_clear_error ();
  return is_good;
}

static gboolean
signature_is_good (const FwTokenKey *key, const FwTokenParts *parts)
{
  gsize len, der_len;
  g_autofree guint8 *signature = (guint8 *) fw_token_decode (parts->signature, &len);
  guint8 own[EVP_MAX_MD_SIZE];
  guint8 *der;
  gboolean is_good;

  if (!signature)
    return FALSE;
  if (key->secret)
    {
      sign_by_secret (key, parts->signed_part, own);
      return len == HS256_BYTES && fw_equal_in_constant_time (own, signature, len);
    }
  if (!is_named (key, "ES256"))
    return verify_by_key (key, parts->signed_part, signature, len);
  der = der_of (signature, len, &der_len);
  is_good = der && verify_by_key (key, parts->signed_part, der, der_len);
  OPENSSL_free (der);
  return is_good;
}

/* Claims. */

static FwTokenFault
judge (const FwTokenClaims *claims, const FwTokenRules *rules, gint64 now_s)
{
  if (claims->expires_s == G_MAXINT64)
    return FW_TOKEN_NO_EXPIRY;
  if (now_s >= claims->expires_s + LEEWAY_S)
    return FW_TOKEN_EXPIRED;
  if (claims->not_before_s > now_s + LEEWAY_S)
    return FW_TOKEN_TOO_EARLY;
  if (rules->issuer && g_strcmp0 (rules->issuer, claims->issuer) != 0)
    return FW_TOKEN_ISSUER;
  if (rules->audience
          ? !claims->audience
                || !g_strv_contains ((const char *const *) claims->audience, rules->audience)
          : claims->audience != NULL)
    return FW_TOKEN_AUDIENCE;
  return FW_TOKEN_OK;
}

static FwTokenFault
read_pass (const FwTokenRules *rules, const FwTokenParts *parts, gint64 now_s, FwPass **ret_pass)
{
  FwTokenClaims claims;
  gsize len;
  g_autofree char *json = fw_token_decode (parts->claims, &len);
  FwTokenFault fault = json ? fw_token_read_claims (json, len, &claims) : FW_TOKEN_MALFORMED;
  const char *who;

  if (!json)
    return fault;
  if (fault == FW_TOKEN_OK)
    fault = judge (&claims, rules, now_s);
  who = claims.device_id ? claims.device_id : claims.subject;
  if (fault == FW_TOKEN_OK && !who)
    fault = FW_TOKEN_NO_SUBJECT;
  if (fault == FW_TOKEN_OK)
    *ret_pass = fw_pass_new (claims.fleet ? claims.fleet : FW_FLEET_DEFAULT, -1, who, -1,
                             (claims.expires_s + LEEWAY_S) * 1000);
  if (fault == FW_TOKEN_OK && !*ret_pass)
    fault = FW_TOKEN_NO_SUBJECT;
  fw_token_claims_clear (&claims);
  return fault;
}

FwTokenFault
fw_token_verify (const FwTokenKey *key, const FwTokenRules *rules, const char *token, gsize len,
                 gint64 now_s, FwPass **ret_pass)
{
  FwTokenParts parts;
  gsize header_len;
  g_autofree char *header = NULL;
  FwTokenFault fault;

  *ret_pass = NULL;
  if (!fw_token_split (token, len, &parts))
    return FW_TOKEN_MALFORMED;
  header = fw_token_decode (parts.header, &header_len);
  fault = header ? fw_token_read_header (header, header_len, key->algorithm) : FW_TOKEN_MALFORMED;
  if (fault != FW_TOKEN_OK)
    return fault;
  if (!signature_is_good (key, &parts))
    return FW_TOKEN_SIGNATURE;
  return read_pass (rules, &parts, now_s, ret_pass);
}

/* Making. */

static char *
sign_by_key (const FwTokenKey *key, FwTokenPart part)
{
  const EVP_MD *digest = is_named (key, "EdDSA") ? NULL : EVP_sha256 ();
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  gsize len = (gsize) EVP_PKEY_get_size (key->pkey);
  g_autofree guint8 *signature = g_malloc0 (MAX (len, 2 * P256_BYTES));
  guint8 raw[2 * P256_BYTES];
  gboolean is_good
      = EVP_DigestSignInit (context, NULL, digest, NULL, key->pkey) == 1
        && EVP_DigestSign (context, signature, &len, (const guint8 *) part.text, part.len) == 1;

  EVP_MD_CTX_free (context);
  if (!is_named (key, "ES256"))
    return is_good ? fw_token_encode (signature, len) : NULL;
  return is_good && raw_of (signature, len, raw) ? fw_token_encode (raw, sizeof raw) : NULL;
}

char *
fw_token_sign (const FwTokenKey *key, const char *claims, GError **error)
{
  g_autofree char *header = g_strdup_printf ("{\"alg\":\"%s\",\"typ\":\"JWT\"}", key->algorithm);
  g_autofree char *first = fw_token_encode (header, strlen (header));
  g_autofree char *second = fw_token_encode (claims, strlen (claims));
  g_autofree char *both = g_strconcat (first, ".", second, NULL);
  FwTokenPart part = { both, strlen (both) };
  guint8 mac[EVP_MAX_MD_SIZE];
  g_autofree char *signature = NULL;

  if (key->secret)
    sign_by_secret (key, part, mac);
  signature = key->secret ? fw_token_encode (mac, HS256_BYTES) : sign_by_key (key, part);
  if (signature)
    return g_strconcat (both, ".", signature, NULL);
  refuse_key (error, key->algorithm, _ ("OpenSSL cannot sign with it"));
  return NULL;
}
