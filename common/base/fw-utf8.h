/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-utf8: one multi-byte sequence, checked as RFC 3629 says: no overlong form, no surrogate, nothing above U+10FFFF. */

/* The bytes of the sequence that begins at text (2..4), or 0 when it is not one. */
static inline guint
fw_utf8_sequence (const guchar *text, gsize len)
{
  guchar lead = text[0];
  guint n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || len < n)
    return 0;
  guchar low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  guchar high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (text[1] < low || text[1] > high)
    return 0;
  for (guint i = 2; i < n; i++)
    if ((text[i] & 0xc0) != 0x80)
      return 0;
  return n;
}
