/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-field.h"
#include "fw-json.h"
/* fw-field-json: one member of an event or a row, as its field's type says. Threads: any. */

/* ,"name": and returns out, so that the value can be put behind it. */
static inline GString *
fw_field_put_key (GString *out, guint field)
{
  g_string_append (out, ",\"");
  g_string_append (out, fw_field (field)->name);
  return g_string_append (out, "\":");
}

/* Numbers, integers and bools. */
static inline void
fw_field_put_number (GString *out, guint field, double value)
{
  if (fw_field (field)->type == FW_FIELD_BOOL)
    g_string_append (out, value != 0 ? "true" : "false");
  else
    fw_json_put_number (out, value);
}
