/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-http-auth.h"

#include <string.h>

#include "ingest-phone.h"

#define BASIC "WWW-Authenticate: Basic realm=\"fleetwire\", charset=\"UTF-8\"\r\n"
#define BEARER "WWW-Authenticate: Bearer realm=\"fleetwire\"\r\n"

/* What stands behind the scheme and its spaces, or NULL. */
static const char *
behind (const char *value, const char *scheme)
{
  gsize len = strlen (scheme);

  if (g_ascii_strncasecmp (value, scheme, len) != 0 || value[len] != ' ')
    return NULL;
  return value + len + strspn (value + len, " ");
}

/* Strict: GLib's own decoder passes over what is not base64. */
static gboolean
is_base64 (const char *text)
{
  gsize n = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize n_padding = strspn (text + n, "=");

  return n > 0 && n_padding <= 2 && (n + n_padding) % 4 == 0 && text[n + n_padding] == '\0';
}

/* "NAME:SECRET" in ret->bytes. */
static void
read_pair (IngestHttpProof *ret)
{
  const char *colon = memchr (ret->bytes, ':', ret->len);

  if (!colon)
    return;
  ret->proof.name = (FwText){ ret->bytes, (guint) (colon - ret->bytes) };
  ret->proof.secret = (FwText){ colon + 1, (guint) (ret->len - (gsize) (colon + 1 - ret->bytes)) };
}

static void
read_basic (const char *text, IngestHttpProof *ret)
{
  if (!is_base64 (text))
    return;
  ret->bytes = (char *) g_base64_decode (text, &ret->len);
  read_pair (ret);
}

static void
read_token (const char *text, IngestHttpProof *ret)
{
  ret->proof.secret = (FwText){ text, (guint) strlen (text) };
  ret->proof.is_token = TRUE;
}

/* Traccar Client can say it only there. */
static void
read_url (const char *query, IngestHttpProof *ret)
{
  ret->bytes = ingest_phone_token (query);
  ret->len = ret->bytes ? strlen (ret->bytes) : 0;
  if (ret->bytes && strchr (ret->bytes, ':'))
    read_pair (ret);
  else if (ret->bytes)
    read_token (ret->bytes, ret);
}

void
ingest_http_proof_read (const FwHttpHead *head, IngestHttpProof *ret)
{
  const char *value = fw_http_header (head, "authorization");
  const char *basic = value ? behind (value, "Basic") : NULL;
  const char *bearer = value ? behind (value, "Bearer") : NULL;

  *ret = (IngestHttpProof){ 0 };
  if (basic)
    read_basic (basic, ret);
  if (bearer)
    read_token (bearer, ret);
  if (!value && g_str_equal (head->path, "/v1/traccar"))
    read_url (head->query, ret);
}

void
ingest_http_proof_clear (IngestHttpProof *proof)
{
  if (proof->bytes)
    explicit_bzero (proof->bytes, proof->len);
  g_free (proof->bytes);
  *proof = (IngestHttpProof){ 0 };
}

IngestHttpDenial
ingest_http_denial (IngestAdmission admission)
{
  switch (admission)
    {
    case INGEST_ADMIT_MISSING:
      return (IngestHttpDenial){ 401, "credential",
                                 "Say who you are: a name and its password, or a token." };
    case INGEST_ADMIT_TRIES:
      return (IngestHttpDenial){ 429, "tries",
                                 "Too many wrong credentials came from this address; try later." };
    case INGEST_ADMIT_BUSY:
      return (IngestHttpDenial){ 503, "busy", "Too many devices come at once; try later." };
    default:
      return (IngestHttpDenial){ 401, "credential", "This credential is not good here." };
    }
}

const char *
ingest_http_challenge (const IngestDesk *desk)
{
  if (!ingest_desk_takes_tokens (desk))
    return BASIC;
  return ingest_desk_takes_passwords (desk) ? BASIC BEARER : BEARER;
}
