/* SPDX-License-Identifier: Apache-2.0 */
/* A query: compiled, printed, compiled again, asked of two devices. */
#include <string.h>

#include "fuzz.h"
#include "fw-query.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)

static FwDevice *
new_full_device (void)
{
  FwDevice *dev = fw_device_new ((FwText){ "north", 5 }, (FwText){ "truck-M\xc3\xbcll-1", 13 });
  for (guint field = 0; field < FW_FIELD_DRIVER; field++)
    fw_device_put_number (dev, field, 1);
  fw_device_put_string (dev, FW_FIELD_DRIVER, "anna", 4);
  fw_device_put_last_seen_ms (dev, NOON_MS - 40000);
  return dev;
}

static void
ask (const FwQuery *query, const FwQuery *again, const FwDevice *dev)
{
  FwAttention attention = { 0 };
  FwThresholds limits;
  fw_thresholds_default (&limits);
  fw_attention_update (&attention, dev, &limits, NOON_MS);
  FwQuerySubject subject = { dev, &attention, &limits, NOON_MS };
  FUZZ_REQUIRE (fw_query_matches (query, &subject) == fw_query_matches (again, &subject));
  FUZZ_REQUIRE (fw_query_next_change_ms (query, &subject) > NOON_MS);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  g_autoptr (GError) error = NULL;
  guint at = 0;
  g_autoptr (FwQuery) query = fw_query_new (text, &at, &error);
  FUZZ_REQUIRE ((query == NULL) == (error != NULL));
  if (!query)
    {
      FUZZ_REQUIRE (at <= strlen (text));
      FUZZ_REQUIRE (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  /* Canonical text is longer where a unit or a quote was; beyond the limit it cannot be read again.
   */
  if (strlen (fw_query_text (query)) > FW_QUERY_MAX_BYTES)
    return 0;
  g_autoptr (FwQuery) again = fw_query_new (fw_query_text (query), NULL, &error);
  FUZZ_REQUIRE (again != NULL);
  FUZZ_REQUIRE (strcmp (fw_query_text (query), fw_query_text (again)) == 0);
  g_autoptr (FwDevice) full = new_full_device ();
  g_autoptr (FwDevice) empty = fw_device_new ((FwText){ "a", 1 }, (FwText){ "1", 1 });
  ask (query, again, full);
  ask (query, again, empty);
  return 0;
}
