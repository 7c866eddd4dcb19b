/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-token.h"

#include <string.h>

#include "token-keys.h"

#define NOW_S 1800000000
#define SECRET "0123456789abcdef0123456789abcdef"

static const FwTokenRules no_rules;

static FwTokenKey *
key_of (const char *text, gboolean is_to_sign)
{
  g_autoptr (GError) error = NULL;
  FwTokenKey *key = fw_token_key_new (text, strlen (text), "test", is_to_sign, &error);

  g_assert_no_error (error);
  return key;
}

static FwTokenFault
verify (const FwTokenKey *key, const FwTokenRules *rules, const char *token, FwPass **ret)
{
  g_autoptr (FwPass) unused = NULL;

  return fw_token_verify (key, rules, token, strlen (token), NOW_S, ret ? ret : &unused);
}

/* What becomes of these claims, signed well. */
static FwTokenFault
judged (const char *claims, const FwTokenRules *rules, FwPass **ret)
{
  g_autoptr (FwTokenKey) key = key_of (SECRET, TRUE);
  g_autofree char *token = fw_token_sign (key, claims, NULL);

  return verify (key, rules ? rules : &no_rules, token, ret);
}

static void
test_each_algorithm (void)
{
  static const struct
  {
    const char *algorithm, *private_key, *public_key;
  } pairs[] = {
    { "HS256", SECRET, SECRET "\n" },
    { "RS256", rsa_private, rsa_public },
    { "ES256", ec_private, ec_public },
    { "EdDSA", ed_private, ed_public },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (FwTokenKey) ours = key_of (pairs[i].private_key, TRUE);
      g_autoptr (FwTokenKey) theirs = key_of (pairs[i].public_key, FALSE);
      g_autofree char *token = fw_token_sign (
          ours, "{\"fleet\":\"north\",\"sub\":\"truck-7\",\"exp\":1800000100}", NULL);
      g_autoptr (FwPass) pass = NULL;

      g_assert_cmpstr (fw_token_key_algorithm (theirs), ==, pairs[i].algorithm);
      g_assert_cmpint (verify (theirs, &no_rules, token, &pass), ==, FW_TOKEN_OK);
      g_assert_cmpstr (pass->fleet, ==, "north");
      g_assert_cmpstr (pass->device_id, ==, "truck-7");
      g_assert_cmpint (pass->expires_ms, ==, (1800000100 + 60) * G_GINT64_CONSTANT (1000));
      for (guint k = 0; k < G_N_ELEMENTS (pairs); k++)
        {
          g_autoptr (FwTokenKey) other = key_of (pairs[k].public_key, FALSE);

          if (k != i)
            g_assert_cmpint (verify (other, &no_rules, token, NULL), ==, FW_TOKEN_ALGORITHM);
        }
    }
}

static void
test_no_byte_can_be_changed (void)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  static const char *const keys[][2] = { { SECRET, SECRET }, { ec_private, ec_public } };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (FwTokenKey) ours = key_of (keys[i][0], TRUE);
      g_autoptr (FwTokenKey) theirs = key_of (keys[i][1], FALSE);
      g_autofree char *token = fw_token_sign (ours, "{\"sub\":\"7\",\"exp\":1800000100}", NULL);

      for (gsize at = 0; at < strlen (token); at++)
        {
          char was = token[at];

          token[at] = letters[g_test_rand_int_range (0, sizeof letters - 1)];
          if (token[at] != was)
            g_assert_cmpint (verify (theirs, &no_rules, token, NULL), !=, FW_TOKEN_OK);
          token[at] = was;
        }
      for (gsize len = 0; len < strlen (token); len++)
        {
          g_autoptr (FwPass) pass = NULL;

          g_assert_cmpint (fw_token_verify (theirs, &no_rules, token, len, NOW_S, &pass), !=,
                           FW_TOKEN_OK);
          g_assert_null (pass);
        }
    }
}

static char *
join (const char *header, const char *claims, const char *signature)
{
  g_autofree char *first = fw_token_encode (header, strlen (header));
  g_autofree char *second = fw_token_encode (claims, strlen (claims));

  return g_strconcat (first, ".", second, ".", signature, NULL);
}

static void
test_the_token_never_chooses_the_algorithm (void)
{
  static const char claims[] = "{\"sub\":\"7\",\"exp\":1800000100}";
  static const char *const headers[] = {
    "{\"alg\":\"none\"}", "{\"alg\":\"None\"}", "{\"alg\":\"hs256\"}", "{\"alg\":\"HS512\"}",
    "{\"alg\":null}",     "{\"typ\":\"JWT\"}",  "{\"alg\":\"\"}",
  };
  g_autoptr (FwTokenKey) key = key_of (SECRET, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      g_autofree char *bare = join (headers[i], claims, "");
      g_autofree char *with_any = join (headers[i], claims, "AAAA");

      g_assert_cmpint (verify (key, &no_rules, bare, NULL), ==, FW_TOKEN_MALFORMED);
      g_assert_cmpint (verify (key, &no_rules, with_any, NULL), !=, FW_TOKEN_OK);
    }
  g_autofree char *twice = join ("{\"alg\":\"HS256\",\"alg\":\"none\"}", claims, "AAAA");
  g_autofree char *critical = join ("{\"alg\":\"HS256\",\"crit\":[\"x\"]}", claims, "AAAA");
  g_assert_cmpint (verify (key, &no_rules, twice, NULL), ==, FW_TOKEN_MALFORMED);
  g_assert_cmpint (verify (key, &no_rules, critical, NULL), ==, FW_TOKEN_CRITICAL);
}

/* The old trick: the public key, which everybody has, as the secret of an HMAC. */
static void
test_a_public_key_is_no_secret (void)
{
  g_autofree guint8 *mac = NULL;
  gsize mac_len = 32;
  g_autofree char *unsigned_part
      = join ("{\"alg\":\"HS256\"}", "{\"sub\":\"7\",\"exp\":1800000100}", "");
  g_autoptr (GHmac) hmac
      = g_hmac_new (G_CHECKSUM_SHA256, (const guint8 *) rsa_public, strlen (rsa_public));
  g_autoptr (FwTokenKey) key = key_of (rsa_public, FALSE);

  mac = g_malloc0 (mac_len);
  g_hmac_update (hmac, (const guint8 *) unsigned_part, (gssize) strlen (unsigned_part) - 1);
  g_hmac_get_digest (hmac, mac, &mac_len);
  g_autofree char *signature = fw_token_encode (mac, mac_len);
  g_autofree char *token = g_strconcat (unsigned_part, signature, NULL);
  g_assert_cmpint (verify (key, &no_rules, token, NULL), ==, FW_TOKEN_ALGORITHM);
}

static void
test_when_it_is_good (void)
{
  static const struct
  {
    const char *claims;
    FwTokenFault fault;
  } cases[] = {
    { "{\"sub\":\"7\",\"exp\":1800000001}", FW_TOKEN_OK },
    { "{\"sub\":\"7\",\"exp\":1800000001.5}", FW_TOKEN_OK },
    { "{\"sub\":\"7\",\"exp\":1799999941}", FW_TOKEN_OK }, /* 59 s of the leeway */
    { "{\"sub\":\"7\",\"exp\":1799999940}", FW_TOKEN_EXPIRED },
    { "{\"sub\":\"7\",\"exp\":0}", FW_TOKEN_EXPIRED },
    { "{\"sub\":\"7\",\"exp\":-1e12}", FW_TOKEN_EXPIRED },
    { "{\"sub\":\"7\"}", FW_TOKEN_NO_EXPIRY },
    { "{\"sub\":\"7\",\"exp\":\"1900000000\"}", FW_TOKEN_MALFORMED },
    { "{\"sub\":\"7\",\"exp\":1e300}", FW_TOKEN_MALFORMED },
    { "{\"sub\":\"7\",\"exp\":1,\"exp\":1900000000}", FW_TOKEN_MALFORMED },
    { "{\"sub\":\"7\",\"exp\":1800000100,\"nbf\":1800000060}", FW_TOKEN_OK },
    { "{\"sub\":\"7\",\"exp\":1800000100,\"nbf\":1800000061}", FW_TOKEN_TOO_EARLY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (judged (cases[i].claims, NULL, NULL), ==, cases[i].fault);
}

static void
test_whom_it_names (void)
{
  static const struct
  {
    const char *claims, *fleet, *device_id; /* fleet NULL: it is refused; device_id NULL: any */
  } cases[] = {
    { "{\"sub\":\"7\",\"exp\":1800000001}", "default", "7" },
    { "{\"device_id\":7,\"sub\":\"somebody\",\"exp\":1800000001}", "default", "7" },
    { "{\"fleet\":\"north\",\"device_id\":\"*\",\"exp\":1800000001}", "north", NULL },
    { "{\"fleet\":\"no rth\",\"sub\":\"7\",\"exp\":1800000001}", NULL, NULL },
    { "{\"fleet\":\"north\",\"sub\":\"\",\"exp\":1800000001}", NULL, NULL },
    { "{\"fleet\":\"north\",\"exp\":1800000001}", NULL, NULL },
    { "{\"sub\":\"a\\u0000b\",\"exp\":1800000001}", NULL, NULL },
    { "{\"sub\":\"a\\nb\",\"exp\":1800000001}", NULL, NULL },
    { "{\"device_id\":1.5,\"exp\":1800000001}", NULL, NULL },
    { "[]", NULL, NULL },
    { "{\"sub\":\"7\",\"exp\":1800000001} ,", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FwPass) pass = NULL;
      FwTokenFault fault = judged (cases[i].claims, NULL, &pass);

      g_assert_cmpint (fault == FW_TOKEN_OK, ==, cases[i].fleet != NULL);
      g_assert_cmpint (pass != NULL, ==, cases[i].fleet != NULL);
      if (!pass)
        continue;
      g_assert_cmpstr (pass->fleet, ==, cases[i].fleet);
      g_assert_cmpstr (pass->device_id, ==, cases[i].device_id);
    }
}

static void
test_for_whom_and_by_whom (void)
{
  static const FwTokenRules ours = { "ingest", NULL }, hers = { NULL, "her" };
  static const char one[] = "{\"sub\":\"7\",\"exp\":1800000001,\"aud\":\"ingest\"}";
  static const char many[] = "{\"sub\":\"7\",\"exp\":1800000001,\"aud\":[\"x\",\"ingest\"]}";
  static const char other[] = "{\"sub\":\"7\",\"exp\":1800000001,\"aud\":[\"x\"]}";
  static const char none[] = "{\"sub\":\"7\",\"exp\":1800000001}";
  static const char by_her[] = "{\"sub\":\"7\",\"exp\":1800000001,\"iss\":\"her\"}";

  g_assert_cmpint (judged (one, &ours, NULL), ==, FW_TOKEN_OK);
  g_assert_cmpint (judged (many, &ours, NULL), ==, FW_TOKEN_OK);
  g_assert_cmpint (judged (other, &ours, NULL), ==, FW_TOKEN_AUDIENCE);
  g_assert_cmpint (judged (none, &ours, NULL), ==, FW_TOKEN_AUDIENCE);
  g_assert_cmpint (judged (one, NULL, NULL), ==, FW_TOKEN_AUDIENCE);
  g_assert_cmpint (judged (by_her, &hers, NULL), ==, FW_TOKEN_OK);
  g_assert_cmpint (judged (none, &hers, NULL), ==, FW_TOKEN_ISSUER);
  g_assert_cmpint (judged (by_her, NULL, NULL), ==, FW_TOKEN_OK);
}

static void
test_keys_that_are_refused (void)
{
  static const struct
  {
    const char *text;
    gboolean is_to_sign;
    const char *why;
  } cases[] = {
    { "short", FALSE, "*at least 32 bytes*" },
    { "", FALSE, "*at least 32 bytes*" },
    { rsa_private, FALSE, "*private*pubout*" },
    { rsa_public, TRUE, "*public*" },
    { rsa_small_public, FALSE, "*2048*" },
    { p384_public, FALSE, "*P-256*" },
    { "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----\n", FALSE,
      "*cannot be read*" },
    { "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", FALSE, "*cannot be read*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fw_token_key_new (cases[i].text, strlen (cases[i].text), "k.pem",
                                       cases[i].is_to_sign, &error));
      g_assert_true (g_pattern_match_simple (cases[i].why, error->message));
      g_assert_nonnull (strstr (error->message, "k.pem"));
    }
}

static void
test_base64url_is_strict (void)
{
  static const char *const bad[] = { "A", "AB", "AAB", "AAAAA", "AA=", "AA+A", "AA/A", "A A A" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gsize len;

      g_assert_null (fw_token_decode ((FwTokenPart){ bad[i], strlen (bad[i]) }, &len));
    }
  for (guint n = 0; n < 200; n++)
    {
      guint8 bytes[64];
      gsize len = (gsize) g_test_rand_int_range (0, sizeof bytes), again;

      for (gsize i = 0; i < len; i++)
        bytes[i] = (guint8) g_test_rand_int ();
      g_autofree char *text = fw_token_encode (bytes, len);
      g_autofree char *back = fw_token_decode ((FwTokenPart){ text, strlen (text) }, &again);
      g_assert_cmpmem (back, again, bytes, len);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/token/each-algorithm-with-its-key-only", test_each_algorithm);
  g_test_add_func ("/net/token/no-byte-can-be-changed", test_no_byte_can_be_changed);
  g_test_add_func ("/net/token/it-never-chooses-the-algorithm",
                   test_the_token_never_chooses_the_algorithm);
  g_test_add_func ("/net/token/a-public-key-is-no-secret", test_a_public_key_is_no_secret);
  g_test_add_func ("/net/token/when-it-is-good", test_when_it_is_good);
  g_test_add_func ("/net/token/whom-it-names", test_whom_it_names);
  g_test_add_func ("/net/token/for-whom-and-by-whom", test_for_whom_and_by_whom);
  g_test_add_func ("/net/token/keys-that-are-refused", test_keys_that_are_refused);
  g_test_add_func ("/net/token/base64url-is-strict", test_base64url_is_strict);
  return g_test_run ();
}
