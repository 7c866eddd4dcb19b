/* SPDX-License-Identifier: Apache-2.0 */
#include "pack.h"

#include <zlib.h>

GByteArray *
pack (PackKind kind, const char *bytes, gsize len)
{
  static const int window_bits[] = { [PACK_GZIP] = 31, [PACK_ZLIB] = 15, [PACK_RAW] = -15 };
  z_stream stream = { 0 };
  GByteArray *out = g_byte_array_new ();

  g_assert_cmpint (deflateInit2 (&stream, 6, Z_DEFLATED, window_bits[kind], 8, Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  g_byte_array_set_size (out, (guint) deflateBound (&stream, len));
  stream.next_in = (z_const Bytef *) bytes;
  stream.avail_in = (uInt) len;
  stream.next_out = out->data;
  stream.avail_out = out->len;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size (out, (guint) stream.total_out);
  deflateEnd (&stream);
  return out;
}
