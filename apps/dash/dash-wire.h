/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-json.h"
#include "fw-text.h"
/* dash-wire: what a relay's token may say. Threads: any. */
#define DASH_WIRE_INTEGER_MAX ((G_GINT64_CONSTANT (1) << 53) - 1) /* the protocol's own bound */

static inline gboolean
dash_wire_is (const FwJsonReader *reader, const char *word)
{
  return fw_text_is (reader->text, reader->text_len, word);
}

/* FALSE, and nothing changed, for a number that no relay sends; so sums and differences are safe. */
static inline gboolean
dash_wire_integer (const FwJsonReader *reader, gint64 *ret_value)
{
  gint64 value;

  if (!fw_json_integer (reader, &value) || value > DASH_WIRE_INTEGER_MAX
      || value < -DASH_WIRE_INTEGER_MAX)
    return FALSE;
  *ret_value = value;
  return TRUE;
}
