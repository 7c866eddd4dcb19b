/* SPDX-License-Identifier: Apache-2.0 */
/* A file of credentials: read, and read again over itself, when every line keeps its pass. */
#include <string.h>

#include "fuzz.h"
#include "fw-credentials.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_memdup2 (data, len);
  g_autoptr (GError) error = NULL;
  g_autoptr (FwCredentials) first = fw_credentials_parse (text ? text : "", len, "devices", &error);
  g_autoptr (FwCredentials) second
      = first ? fw_credentials_parse (text ? text : "", len, "devices", NULL) : NULL;

  FUZZ_REQUIRE ((first == NULL) == (error != NULL));
  FUZZ_REQUIRE (!error || g_str_has_prefix (error->message, "devices:"));
  if (!first)
    return 0;
  fw_credentials_succeed (second, first);
  for (const guint8 *at = data, *end = data + len; at < end;)
    {
      const guint8 *stop = memchr (at, '\n', (gsize) (end - at));
      const guint8 *colon = memchr (at, ':', (gsize) ((stop ? stop : end) - at));

      if (colon && *at != '#')
        {
          const char *name = (const char *) at;
          const FwCredential *one = fw_credentials_find (first, name, (gsize) (colon - at));
          const FwCredential *two = fw_credentials_find (second, name, (gsize) (colon - at));

          FUZZ_REQUIRE (one && two && one->pass == two->pass);
          FUZZ_REQUIRE (fw_pass_is_good (one->pass, 0));
        }
      at = stop ? stop + 1 : end;
    }
  return 0;
}
