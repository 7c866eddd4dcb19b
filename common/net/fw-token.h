/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-pass.h"
#include "fw-token-parts.h"
/* fw-token: verifies and makes JSON web tokens: JWS compact, one algorithm, which the key decides and never the token:
 *   a file with at least 32 bytes of a secret  HS256
 *   PEM, "PUBLIC KEY" (to verify) or "PRIVATE KEY" (to make): RSA of 2048 bits or more RS256, P-256 ES256, Ed25519 EdDSA
 * Claims: exp is needed; nbf; both with 60 s of leeway. fleet ("default" when absent); device_id, else sub: who it is, "*" for
 *   any device of the fleet. aud and iss must be the rules' where those name one; a token for an audience is refused where the
 *   rules name none.
 * Threads: a key may be used by many at once. Some 5 us (HS256) to 150 us (ES256) a token. */
typedef struct FwTokenKey FwTokenKey;
typedef struct { const char *audience, *issuer; } FwTokenRules; /* NULL = none is asked for */

/* What others may read is refused unless it is a public key. */
FwTokenKey *fw_token_key_load (const char *path, gboolean is_to_sign, GError **error);
/* The same from memory; name: for errors. */
FwTokenKey *fw_token_key_new (const char *text, gsize len, const char *name, gboolean is_to_sign, GError **error);
void        fw_token_key_free (FwTokenKey *key);
const char *fw_token_key_algorithm (const FwTokenKey *key); /* "HS256" */

/* On OK *ret_pass is whom it entitles, until it expires (leeway included). */
FwTokenFault fw_token_verify (const FwTokenKey *key, const FwTokenRules *rules, const char *token, gsize len, gint64 now_s, FwPass **ret_pass);
/* claims: one JSON object. Transfer full. */
char        *fw_token_sign (const FwTokenKey *key, const char *claims, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwTokenKey, fw_token_key_free)
