/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-row-json.h"

#include <string.h>

#include "fw-field-json.h"
#include "fw-json.h"

static void
put_identity (GString *out, const FwDevice *dev)
{
  g_string_append (out, "{\"fleet\":");
  fw_json_put_string (out, fw_device_fleet (dev), strlen (fw_device_fleet (dev)));
  g_string_append (out, ",\"device_id\":");
  fw_json_put_string (out, fw_device_id (dev), strlen (fw_device_id (dev)));
}

static void
put_field (GString *out, const FwDevice *dev, guint field)
{
  double value;
  gboolean is_string = fw_field (field)->type == FW_FIELD_STRING;
  const char *text = is_string ? fw_device_string (dev, field) : NULL;
  fw_field_put_key (out, field);
  if (text)
    fw_json_put_string (out, text, strlen (text));
  else if (!is_string && fw_device_number (dev, field, &value))
    fw_field_put_number (out, field, value);
  else
    g_string_append (out, "null");
}

static void
put_fields (GString *out, const FwDevice *dev, guint64 fields, gboolean is_patch)
{
  guint64 known = fw_field_n () == 64 ? G_MAXUINT64 : FW_FIELD_BIT (fw_field_n ()) - 1;
  for (guint64 left = fields & (is_patch ? known : fw_device_has (dev)); left; left &= left - 1)
    put_field (out, dev, (guint) __builtin_ctzll (left));
}

static void
put_reasons (GString *out, const FwAttention *attention)
{
  gboolean is_first = TRUE;
  g_string_append (out, ",\"reasons\":[");
  for (guint reason = 0; reason < FW_N_REASONS; reason++)
    if (attention->active & (1 << reason))
      {
        g_string_append (out, is_first ? "{\"reason\":\"" : ",{\"reason\":\"");
        g_string_append (out, fw_reason_name ((FwReason) reason));
        g_string_append (out, "\",\"since_ms\":");
        fw_json_put_int (out, attention->since_ms[reason]);
        g_string_append_c (out, '}');
        is_first = FALSE;
      }
  g_string_append_c (out, ']');
}

/* severity as of the last update, so that it never says more than the reasons beside it. */
static void
put_attention (GString *out, const FwAttention *attention)
{
  FwSeverity severity = attention->critical ? FW_SEVERITY_CRITICAL
                        : attention->active ? FW_SEVERITY_WARNING
                                            : FW_SEVERITY_NONE;
  g_string_append (out, ",\"severity\":\"");
  g_string_append (out, fw_severity_name (severity));
  g_string_append_c (out, '"');
  put_reasons (out, attention);
}

void
fw_row_write (GString *out, const FwDevice *dev, const FwAttention *attention,
              const FwThresholds *thresholds G_GNUC_UNUSED, FwStatus status, guint64 fields,
              guint meta, gboolean is_patch)
{
  put_identity (out, dev);
  put_fields (out, dev, fields, is_patch);
  if (meta & FW_ROW_LAST_SEEN)
    fw_json_put_int (g_string_append (out, ",\"last_seen_ms\":"), fw_device_last_seen_ms (dev));
  if ((meta & FW_ROW_TS) && fw_device_ts_ms (dev) != FW_TS_NONE)
    fw_json_put_int (g_string_append (out, ",\"ts_ms\":"), fw_device_ts_ms (dev));
  if (meta & FW_ROW_STATUS)
    g_string_append_printf (out, ",\"status\":\"%s\"", fw_status_name (status));
  if ((meta & FW_ROW_ATTENTION) && attention)
    put_attention (out, attention);
  if ((meta & FW_ROW_CLOCK_BAD) && (is_patch || fw_device_clock_bad (dev)))
    g_string_append (out,
                     fw_device_clock_bad (dev) ? ",\"clock_bad\":true" : ",\"clock_bad\":false");
  g_string_append_c (out, '}');
}
