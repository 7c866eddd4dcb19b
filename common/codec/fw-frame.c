/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-frame.h"

#define FIN 0x80
#define LEN_16 126 /* the length follows in 2 bytes */
#define LEN_64 127 /* the length follows in 8 bytes */

gsize
fw_frame_header_size (gsize payload_len)
{
  return payload_len < LEN_16 ? 2 : payload_len <= G_MAXUINT16 ? 4 : 10;
}

static void
put_big_endian (guint8 *out, guint64 value, guint n)
{
  for (guint i = 0; i < n; i++)
    out[i] = (guint8) (value >> (8 * (n - 1 - i)));
}

static guint64
get_big_endian (const guint8 *data, guint n)
{
  guint64 value = 0;
  for (guint i = 0; i < n; i++)
    value = value << 8 | data[i];
  return value;
}

gsize
fw_frame_put_header (guint8 *out, FwFrameOpcode opcode, gsize payload_len)
{
  gsize size = fw_frame_header_size (payload_len);
  out[0] = (guint8) (FIN | opcode);
  out[1] = (guint8) (size == 2 ? payload_len : size == 4 ? LEN_16 : LEN_64);
  if (size > 2)
    put_big_endian (out + 2, payload_len, (guint) size - 2);
  return size;
}

gsize
fw_frame_len (const guint8 *data, gsize len)
{
  if (len < 2)
    return 0;
  guint8 short_len = data[1] & 0x7f;
  gsize size = short_len == LEN_16 ? 4 : short_len == LEN_64 ? 10 : 2;
  if (len < size)
    return 0;
  guint64 payload_len = size == 2 ? short_len : get_big_endian (data + 2, (guint) size - 2);
  /* RFC 6455 keeps the highest bit 0; a length above would also overflow the sum. */
  return payload_len > G_MAXINT64 ? 0 : size + payload_len;
}
