/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-token-parts: a JSON web token (RFC 7515, RFC 7519) taken apart, and put together; the signature is fw-token's. Pure.
 * Promises: strict: base64url without padding or spare bits, JSON by RFC 8259, each claim that is read at most once and of its
 *   own type; what is not read is passed over. Fuzzed. Threads: any. */
#define FW_TOKEN_MAX_BYTES 8192

typedef enum
{
  FW_TOKEN_OK,
  FW_TOKEN_MALFORMED,  /* no token, or a claim of the wrong type */
  FW_TOKEN_ALGORITHM,  /* another than the key's */
  FW_TOKEN_CRITICAL,   /* it must not be taken by who does not know an extension of it ("crit") */
  FW_TOKEN_SIGNATURE,
  FW_TOKEN_EXPIRED,
  FW_TOKEN_TOO_EARLY,  /* "nbf" */
  FW_TOKEN_NO_EXPIRY,  /* what never expires could never be taken back */
  FW_TOKEN_AUDIENCE,
  FW_TOKEN_ISSUER,
  FW_TOKEN_NO_SUBJECT, /* neither "device_id" nor "sub", or none that a device can have */
  FW_TOKEN_N_FAULTS,
} FwTokenFault;
extern const char *const fw_token_fault_names[FW_TOKEN_N_FAULTS + 1];

typedef struct { const char *text; gsize len; } FwTokenPart;
typedef struct { FwTokenPart header, claims, signature, signed_part; } FwTokenParts; /* in base64url, but the last: as it was signed */
typedef struct
{
  char *fleet, *device_id, *subject, *issuer; /* NULL = not there; an integer device_id is its digits */
  char **audience;
  gint64 expires_s, not_before_s;             /* G_MAXINT64, G_MININT64 = not there */
} FwTokenClaims;

/* Whether it has the form: three parts of base64url, none of them empty. */
gboolean     fw_token_split (const char *token, gsize len, FwTokenParts *ret);
/* NULL when it is not base64url; transfer full, with a NUL behind. */
char        *fw_token_decode (FwTokenPart part, gsize *ret_len);
char        *fw_token_encode (gconstpointer bytes, gsize len);
/* json: of the first part. OK when it names that algorithm and nothing critical. */
FwTokenFault fw_token_read_header (const char *json, gsize len, const char *algorithm);
/* ret: cleared by fw_token_claims_clear, whatever is returned. */
FwTokenFault fw_token_read_claims (const char *json, gsize len, FwTokenClaims *ret);
void         fw_token_claims_clear (FwTokenClaims *claims);
