/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-token-parts.h"

#include <math.h>
#include <string.h>

#include "fw-json.h"

#define SECONDS_MAX 1e13 /* some 300,000 years: in ms it still fits */
#define AUDIENCES_MAX 16

const char *const fw_token_fault_names[FW_TOKEN_N_FAULTS + 1] = {
  [FW_TOKEN_OK] = "none",
  [FW_TOKEN_MALFORMED] = "malformed",
  [FW_TOKEN_ALGORITHM] = "algorithm",
  [FW_TOKEN_CRITICAL] = "critical",
  [FW_TOKEN_SIGNATURE] = "signature",
  [FW_TOKEN_EXPIRED] = "expired",
  [FW_TOKEN_TOO_EARLY] = "too_early",
  [FW_TOKEN_NO_EXPIRY] = "no_expiry",
  [FW_TOKEN_AUDIENCE] = "audience",
  [FW_TOKEN_ISSUER] = "issuer",
  [FW_TOKEN_NO_SUBJECT] = "no_subject",
};

/* base64url. */

static gint
value_of (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* The dot behind part, or NULL when something else ends it, or it is empty. */
static const char *
next_part (const char *at, const char *end, FwTokenPart *ret)
{
  const char *begin = at;

  while (at < end && value_of (*at) >= 0)
    at++;
  *ret = (FwTokenPart){ begin, (gsize) (at - begin) };
  return ret->len > 0 && (at == end || *at == '.') ? at : NULL;
}

gboolean
fw_token_split (const char *token, gsize len, FwTokenParts *ret)
{
  const char *end = token + len, *at;

  at = next_part (token, end, &ret->header);
  if (len > FW_TOKEN_MAX_BYTES || !at || at == end)
    return FALSE;
  at = next_part (at + 1, end, &ret->claims);
  if (!at || at == end)
    return FALSE;
  ret->signed_part = (FwTokenPart){ token, (gsize) (at - token) };
  return next_part (at + 1, end, &ret->signature) == end;
}

char *
fw_token_decode (FwTokenPart part, gsize *ret_len)
{
  gsize n_spare = part.len % 4, n = 0;
  g_autofree char *out = g_malloc (part.len / 4 * 3 + 3);
  guint32 bits = 0;
  guint n_bits = 0;

  for (gsize i = 0; i < part.len; i++)
    {
      gint value = value_of (part.text[i]);

      if (value < 0)
        return NULL;
      bits = bits << 6 | (guint32) value;
      n_bits += 6;
      if (n_bits >= 8)
        out[n++] = (char) (bits >> (n_bits -= 8) & 0xff);
    }
  if (n_spare == 1 || (bits & ((1u << n_bits) - 1)) != 0)
    return NULL;
  out[n] = '\0';
  *ret_len = n;
  return g_steal_pointer (&out);
}

char *
fw_token_encode (gconstpointer bytes, gsize len)
{
  char *text = g_base64_encode (bytes, len);

  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

/* JSON. */

static gboolean
is_key (const FwJsonReader *json, const char *key)
{
  return json->text_len == strlen (key) && memcmp (json->text, key, json->text_len) == 0;
}

/* A string without NUL, into *slot, which must be empty. */
static gboolean
take_text (FwJsonReader *json, FwJsonToken token, gboolean or_integer, char **slot)
{
  gint64 unused;

  if (*slot)
    return FALSE;
  if (token != FW_JSON_STRING
      && !(or_integer && token == FW_JSON_NUMBER && fw_json_integer (json, &unused)))
    return FALSE;
  if (memchr (json->text, '\0', json->text_len))
    return FALSE;
  *slot = g_strndup (json->text, json->text_len);
  return TRUE;
}

static gboolean
take_time (FwJsonReader *json, FwJsonToken token, gint64 absent, gint64 *slot)
{
  double seconds;

  if (token != FW_JSON_NUMBER || *slot != absent)
    return FALSE;
  seconds = fw_json_number (json);
  if (!(fabs (seconds) < SECONDS_MAX))
    return FALSE;
  *slot = (gint64) floor (seconds);
  return TRUE;
}

static gboolean
take_audience (FwJsonReader *json, FwJsonToken token, char ***slot)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);
  gboolean is_array = token == FW_JSON_ARRAY_BEGIN;

  if (*slot)
    return FALSE;
  for (FwJsonToken at = is_array ? fw_json_next (json) : token; at != FW_JSON_ARRAY_END;
       at = fw_json_next (json))
    {
      char *text = NULL;

      if (all->len >= AUDIENCES_MAX || !take_text (json, at, FALSE, &text))
        return FALSE;
      g_ptr_array_add (all, text);
      if (!is_array)
        break;
    }
  g_ptr_array_add (all, NULL);
  *slot = (char **) g_ptr_array_free (g_steal_pointer (&all), FALSE);
  return TRUE;
}

typedef gboolean (*TakeMember) (FwJsonReader *json, gpointer user);

/* Calls take at each key of the one object. */
static gboolean
read_object (const char *text, gsize len, TakeMember take, gpointer user)
{
  FwJsonReader json;
  FwJsonToken token;
  gboolean is_good;

  fw_json_reader_init (&json);
  fw_json_reader_start (&json, text, len);
  is_good = fw_json_next (&json) == FW_JSON_OBJECT_BEGIN;
  while (is_good && (token = fw_json_next (&json)) == FW_JSON_KEY)
    is_good = take (&json, user);
  is_good = is_good && token == FW_JSON_OBJECT_END && fw_json_next (&json) == FW_JSON_END;
  fw_json_reader_clear (&json);
  return is_good;
}

typedef struct
{
  char *algorithm;
  gboolean is_critical;
} Header;

static gboolean
take_header_member (FwJsonReader *json, gpointer user)
{
  Header *header = user;
  gboolean is_algorithm = is_key (json, "alg");

  header->is_critical |= is_key (json, "crit");
  if (is_algorithm)
    return take_text (json, fw_json_next (json), FALSE, &header->algorithm);
  return fw_json_skip (json, fw_json_next (json));
}

FwTokenFault
fw_token_read_header (const char *json, gsize len, const char *algorithm)
{
  Header header = { NULL, FALSE };
  FwTokenFault fault = FW_TOKEN_OK;

  if (!read_object (json, len, take_header_member, &header))
    fault = FW_TOKEN_MALFORMED;
  else if (g_strcmp0 (header.algorithm, algorithm) != 0)
    fault = FW_TOKEN_ALGORITHM;
  else if (header.is_critical)
    fault = FW_TOKEN_CRITICAL;
  g_free (header.algorithm);
  return fault;
}

static gboolean
take_claim (FwJsonReader *json, gpointer user)
{
  FwTokenClaims *claims = user;

  if (is_key (json, "fleet"))
    return take_text (json, fw_json_next (json), FALSE, &claims->fleet);
  if (is_key (json, "device_id"))
    return take_text (json, fw_json_next (json), TRUE, &claims->device_id);
  if (is_key (json, "sub"))
    return take_text (json, fw_json_next (json), FALSE, &claims->subject);
  if (is_key (json, "iss"))
    return take_text (json, fw_json_next (json), FALSE, &claims->issuer);
  if (is_key (json, "aud"))
    return take_audience (json, fw_json_next (json), &claims->audience);
  if (is_key (json, "exp"))
    return take_time (json, fw_json_next (json), G_MAXINT64, &claims->expires_s);
  if (is_key (json, "nbf"))
    return take_time (json, fw_json_next (json), G_MININT64, &claims->not_before_s);
  return fw_json_skip (json, fw_json_next (json));
}

FwTokenFault
fw_token_read_claims (const char *json, gsize len, FwTokenClaims *ret)
{
  *ret = (FwTokenClaims){ .expires_s = G_MAXINT64, .not_before_s = G_MININT64 };
  return read_object (json, len, take_claim, ret) ? FW_TOKEN_OK : FW_TOKEN_MALFORMED;
}

void
fw_token_claims_clear (FwTokenClaims *claims)
{
  g_free (claims->fleet);
  g_free (claims->device_id);
  g_free (claims->subject);
  g_free (claims->issuer);
  g_strfreev (claims->audience);
}
