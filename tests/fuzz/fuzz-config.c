/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a fleetwire.conf. */
#include <string.h>

#include "fuzz.h"
#include "fw-config.h"

static void
require_askable (const FwConfig *config)
{
  const GPtrArray *entries = fw_config_entries (config);

  for (guint i = 0; i < entries->len; i++)
    {
      const FwConfigEntry *entry = entries->pdata[i];
      FUZZ_REQUIRE (fw_config_get (config, entry->section, entry->key) == entry->value);
      FUZZ_REQUIRE (g_utf8_validate (entry->value, -1, NULL));
      FUZZ_REQUIRE (strchr (entry->value, '\n') == NULL && *entry->key != '\0');
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  g_autoptr (FwConfig) config = fw_config_new ();
  g_autoptr (GError) error = NULL;

  /* g_strndup fills up behind a NUL, so that len bytes are there as they would be in a file */
  memcpy (text, data, len);
  gboolean is_read = fw_config_read_text (config, "f", text, len, len % 2 == 0, &error);
  FUZZ_REQUIRE (is_read == (error == NULL));
  for (const char *at = error != NULL ? error->message : ""; *at != '\0'; at++)
    FUZZ_REQUIRE (!g_ascii_iscntrl (*at));
  require_askable (config);
  return 0;
}
