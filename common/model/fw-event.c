/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-event.h"

#include <string.h>

const char *const fw_reject_names[FW_N_REJECTS + 1] = {
  [FW_REJECT_NONE] = "none",
  [FW_REJECT_NOT_JSON] = "not_json",
  [FW_REJECT_NOT_OBJECT] = "not_object",
  [FW_REJECT_TOO_LARGE] = "too_large",
  [FW_REJECT_TOO_DEEP] = "too_deep",
  [FW_REJECT_BAD_UTF8] = "bad_utf8",
  [FW_REJECT_KEY_TWICE] = "key_twice",
  [FW_REJECT_NO_DEVICE_ID] = "no_device_id",
  [FW_REJECT_BAD_DEVICE_ID] = "bad_device_id",
  [FW_REJECT_BAD_FLEET] = "bad_fleet",
  [FW_REJECT_UNSUPPORTED_ENCODING] = "unsupported_encoding",
};

const char *const fw_drop_names[FW_N_DROPS + 1] = {
  [FW_DROP_WRONG_TYPE] = "wrong_type",
  [FW_DROP_OUT_OF_RANGE] = "out_of_range",
  [FW_DROP_LOOKS_LIKE_SECONDS] = "looks_like_seconds",
  [FW_DROP_HALF_POSITION] = "half_position",
  [FW_DROP_TOO_LONG] = "too_long",
  [FW_DROP_CONTROL_CHARACTER] = "control_character",
};

void
fw_event_clear (FwEvent *ev)
{
  ev->fleet = (FwText){ FW_FLEET_DEFAULT, sizeof FW_FLEET_DEFAULT - 1 };
  ev->device_id = (FwText){ "", 0 };
  ev->ts_ms = FW_TS_NONE;
  ev->seq = FW_SEQ_NONE;
  ev->has = ev->null = 0;
}

gboolean
fw_name_is_valid (const char *text, gsize len)
{
  if (len == 0 || len > FW_NAME_MAX_BYTES)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '.' && text[i] != '_' && text[i] != '-')
      return FALSE;
  return TRUE;
}

gboolean
fw_text_has_control (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      guchar c = (guchar) text[i];
      if (c < 0x20 || c == 0x7f)
        return TRUE;
      if (c == 0xc2 && i + 1 < len && (guchar) text[i + 1] < 0xa0)
        return TRUE;
    }
  return FALSE;
}

gboolean
fw_device_id_is_valid (const char *text, gsize len)
{
  if (len == 0 || len > FW_DEVICE_ID_MAX_BYTES || fw_text_has_control (text, len))
    return FALSE;
  return g_utf8_validate_len (text, len, NULL);
}

void
fw_event_set_number (FwEvent *ev, guint id, double value)
{
  ev->number[id] = value;
  ev->has |= FW_FIELD_BIT (id);
  ev->null &= ~FW_FIELD_BIT (id);
}

void
fw_event_set_string (FwEvent *ev, guint id, const char *text, gsize len)
{
  ev->string[id] = (FwText){ text, (guint) len };
  ev->has |= FW_FIELD_BIT (id);
  ev->null &= ~FW_FIELD_BIT (id);
}

gboolean
fw_event_drop_half_position (FwEvent *ev)
{
  guint64 has = ev->has & FW_FIELD_MASK_POSITION;
  guint64 null = ev->null & FW_FIELD_MASK_POSITION;
  gboolean is_whole = (has == FW_FIELD_MASK_POSITION || has == 0)
                      && (null == FW_FIELD_MASK_POSITION || null == 0);
  if (is_whole)
    return FALSE;
  ev->has &= ~FW_FIELD_MASK_POSITION;
  ev->null &= ~FW_FIELD_MASK_POSITION;
  return TRUE;
}
