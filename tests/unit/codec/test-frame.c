/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-frame.h"

static void
test_headers (void)
{
  static const struct
  {
    gsize len;
    gsize size;
    const char *bytes;
  } rows[] = {
    { 0, 2, "\x81\x00" },
    { 125, 2, "\x81\x7d" },
    { 126, 4, "\x81\x7e\x00\x7e" },
    { 65535, 4, "\x81\x7e\xff\xff" },
    { 65536, 10, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 out[FW_FRAME_HEADER_MAX + 1];
      memset (out, 0xaa, sizeof out);
      g_assert_cmpuint (fw_frame_header_size (rows[i].len), ==, rows[i].size);
      gsize size = fw_frame_put_header (out, FW_FRAME_TEXT, rows[i].len);
      g_assert_cmpmem (out, size, rows[i].bytes, rows[i].size);
      g_assert_cmphex (out[size], ==, 0xaa); /* where the payload may stand already */
      g_assert_cmpuint (fw_frame_len (out, size), ==, rows[i].size + rows[i].len);
    }
}

/* Frames laid one behind the other are found again, also when the last is cut off. */
static void
test_walk (void)
{
  for (gint round = 0; round < 200; round++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      gsize begins[8], n = 0, at = 0;
      for (; n < G_N_ELEMENTS (begins); n++)
        {
          guint8 header[FW_FRAME_HEADER_MAX];
          gsize payload_len = (gsize) g_test_rand_int_range (0, n % 4 == 3 ? 70000 : 300);
          begins[n] = bytes->len;
          g_byte_array_append (bytes, header,
                               (guint) fw_frame_put_header (header, FW_FRAME_BINARY, payload_len));
          g_byte_array_set_size (bytes, bytes->len + (guint) payload_len);
        }
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpuint (at, ==, begins[i]);
          at += fw_frame_len (bytes->data + at, bytes->len - at);
        }
      g_assert_cmpuint (at, ==, bytes->len);
      g_assert_cmpuint (fw_frame_len (bytes->data + at, 0), ==, 0);
    }
}

static void
test_short_and_absurd (void)
{
  g_assert_cmpuint (fw_frame_len ((const guint8 *) "\x81", 1), ==, 0);
  g_assert_cmpuint (fw_frame_len ((const guint8 *) "\x81\x7e\x00", 3), ==, 0);
  g_assert_cmpuint (fw_frame_len ((const guint8 *) "\x81\x7f\x00\x00\x00\x00\x00\x01\x00", 9), ==,
                    0);
  g_assert_cmpuint (fw_frame_len ((const guint8 *) "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 10),
                    ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/frame/headers-are-those-of-rfc-6455", test_headers);
  g_test_add_func ("/codec/frame/frames-are-found-again", test_walk);
  g_test_add_func ("/codec/frame/a-header-cut-short-has-no-length", test_short_and_absurd);
  return g_test_run ();
}
