/* SPDX-License-Identifier: Apache-2.0 */
/* The first line is a list of fields, as --map has it; the rest is a value to read with it. */
#include <string.h>

#include "fuzz.h"
#include "fw-mapping.h"

static void
require_sound (const FwMapping *mapping)
{
  for (guint i = 0; i < fw_mapping_n (mapping); i++)
    {
      const FwMappingRow *row = fw_mapping_row (mapping, i);
      FUZZ_REQUIRE (row->field < fw_field_n ()
                    || (row->field >= FW_MAP_DEVICE_ID && row->field <= FW_MAP_SEQ));
      FUZZ_REQUIRE (row->path[0] && row->column && row->factor != 0);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const guint8 *end = len > 0 ? memchr (data, '\n', len) : NULL;
  gsize list_len = end ? (gsize) (end - data) : len;
  g_autofree char *list = g_strndup ((const char *) data, list_len);
  g_autoptr (GError) error = NULL;
  g_autoptr (FwMapping) mapping = fw_mapping_parse_list (list, &error);
  FUZZ_REQUIRE ((mapping == NULL) == (error != NULL));
  if (mapping)
    {
      FwEvent ev;
      g_autoptr (FwEventReader) reader = fw_event_reader_new (mapping);
      require_sound (mapping);
      if (end
          && fw_event_read (reader, (const char *) end + 1, len - list_len - 1, &ev)
                 == FW_REJECT_NONE)
        FUZZ_REQUIRE (fw_device_id_is_valid (ev.device_id.data, ev.device_id.len));
    }
  fw_field_forget_own ();
  return 0;
}
