/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON web token: its parts, and each part as if it were a header and a body of claims. The
 * signature is not looked at, which no fuzzer would find. */
#include <string.h>

#include "fuzz.h"
#include "fw-token-parts.h"

static void
read_json (const char *json, gsize len)
{
  FwTokenClaims claims;

  if (fw_token_read_claims (json, len, &claims) == FW_TOKEN_OK)
    {
      FUZZ_REQUIRE (!claims.audience || g_strv_length (claims.audience) <= 16);
      FUZZ_REQUIRE (claims.expires_s == G_MAXINT64 || ABS (claims.expires_s) < 10000000000001);
    }
  fw_token_claims_clear (&claims);
  fw_token_read_header (json, len, "HS256");
}

static void
read_part (FwTokenPart part)
{
  gsize len;
  g_autofree char *bytes = fw_token_decode (part, &len);

  if (!bytes)
    return;
  g_autofree char *again = fw_token_encode (bytes, len);
  FUZZ_REQUIRE (strlen (again) == part.len && memcmp (again, part.text, part.len) == 0);
  read_json (bytes, len);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_memdup2 (data, len); /* of the very size */
  FwTokenParts parts;

  if (len == 0)
    return 0;
  read_json (text, len);
  if (!fw_token_split (text, len, &parts))
    return 0;
  FUZZ_REQUIRE (len <= FW_TOKEN_MAX_BYTES);
  FUZZ_REQUIRE (parts.signed_part.len + 1 + parts.signature.len == len);
  read_part (parts.header);
  read_part (parts.claims);
  read_part (parts.signature);
  return 0;
}
