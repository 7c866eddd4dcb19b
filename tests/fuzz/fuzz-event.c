/* SPDX-License-Identifier: Apache-2.0 */
/* One Kafka value: read, written, read again, folded and shown as a row. */
#include <string.h>

#include "fuzz.h"
#include "fw-event-json.h"
#include "fw-row-json.h"

static void
require_clean (FwText text)
{
  FUZZ_REQUIRE (g_utf8_validate_len (text.data, text.len, NULL));
  FUZZ_REQUIRE (!fw_text_has_control (text.data, text.len));
}

static void
require_sound (const FwEvent *ev)
{
  FUZZ_REQUIRE (fw_device_id_is_valid (ev->device_id.data, ev->device_id.len));
  FUZZ_REQUIRE (fw_name_is_valid (ev->fleet.data, ev->fleet.len));
  FUZZ_REQUIRE ((ev->has & ev->null) == 0);
  for (guint field = 0; field < fw_field_n (); field++)
    if (fw_event_has (ev, field) && fw_field (field)->type == FW_FIELD_STRING)
      require_clean (ev->string[field]);
    else if (fw_event_has (ev, field))
      FUZZ_REQUIRE (ev->number[field] >= fw_field (field)->min
                    && ev->number[field] <= fw_field (field)->max);
}

static void
fold_and_show (const FwEvent *ev)
{
  g_autoptr (FwDevice) dev = fw_device_new (ev->fleet, ev->device_id);
  g_autoptr (GString) row = g_string_new (NULL);
  FwAttention attention = { 0 };
  FwThresholds limits;
  FwArrival arrival = { G_GINT64_CONSTANT (1700000000000), 0, 1 };
  fw_thresholds_default (&limits);
  FUZZ_REQUIRE (fw_device_fold (dev, ev, &arrival).changed == ev->has);
  FUZZ_REQUIRE (fw_device_fold (dev, ev, &arrival).changed == 0);
  fw_attention_update (&attention, dev, &limits, arrival.arrival_ms);
  fw_row_write (row, dev, &attention, &limits, fw_status (dev, arrival.arrival_ms, &limits.status),
                G_MAXUINT64, FW_ROW_META_ALL, FALSE);
  FUZZ_REQUIRE (g_utf8_validate_len (row->str, row->len, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static FwEventReader *reader;
  FwEvent ev, again;
  if (!reader)
    reader = fw_event_reader_new (NULL);
  FwReject reject = fw_event_read (reader, (const char *) data, len, &ev);
  FUZZ_REQUIRE (fw_event_reader_at (reader) <= len);
  if (reject != FW_REJECT_NONE)
    return 0;
  require_sound (&ev);
  fold_and_show (&ev);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) text_again = g_string_new (NULL);
  fw_event_write (&ev, text);
  FUZZ_REQUIRE (fw_event_read (reader, text->str, text->len, &again) == FW_REJECT_NONE);
  fw_event_write (&again, text_again);
  FUZZ_REQUIRE (strcmp (text->str, text_again->str) == 0);
  return 0;
}
