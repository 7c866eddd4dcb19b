/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-event-json.h"

#include <string.h>

#include "fw-field-json.h"
#include "fw-json.h"

static void
put_text_member (GString *out, const char *key, FwText text)
{
  g_string_append_printf (out, "\"%s\":", key);
  fw_json_put_string (out, text.data, text.len);
}

static gboolean
is_default_fleet (FwText fleet)
{
  return fleet.len == strlen (FW_FLEET_DEFAULT)
         && memcmp (fleet.data, FW_FLEET_DEFAULT, fleet.len) == 0;
}

void
fw_event_write (const FwEvent *ev, GString *out)
{
  g_string_append_c (out, '{');
  put_text_member (out, "device_id", ev->device_id);
  if (!is_default_fleet (ev->fleet))
    put_text_member (g_string_append_c (out, ','), "fleet", ev->fleet);
  if (ev->ts_ms != FW_TS_NONE)
    fw_json_put_int (g_string_append (out, ",\"ts_ms\":"), ev->ts_ms);
  if (ev->seq != FW_SEQ_NONE)
    fw_json_put_int (g_string_append (out, ",\"seq\":"), ev->seq);
  for (guint field = 0; field < fw_field_n (); field++)
    {
      if (ev->null & FW_FIELD_BIT (field))
        g_string_append (fw_field_put_key (out, field), "null");
      else if (fw_event_has (ev, field) && fw_field (field)->type == FW_FIELD_STRING)
        fw_json_put_string (fw_field_put_key (out, field), ev->string[field].data,
                            ev->string[field].len);
      else if (fw_event_has (ev, field))
        fw_field_put_number (fw_field_put_key (out, field), field, ev->number[field]);
    }
  g_string_append_c (out, '}');
}
