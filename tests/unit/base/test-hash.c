/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-hash.h"

/* Made by the reference's own words with one round and three. */
static void
test_it_is_siphash (void)
{
  static const struct
  {
    gsize len;
    guint64 hash;
  } rows[] = {
    { 0, G_GUINT64_CONSTANT (0xabac0158050fc4dc) },
    { 1, G_GUINT64_CONSTANT (0xc9f49bf37d57ca93) },
    { 7, G_GUINT64_CONSTANT (0xd3927d989bb11140) },
    { 8, G_GUINT64_CONSTANT (0x369095118d299a8e) },
    { 15, G_GUINT64_CONSTANT (0xd320d86d2a519956) },
    { 63, G_GUINT64_CONSTANT (0x9d199062b7bbb3a8) },
  };
  const FwHashKey key
      = { G_GUINT64_CONSTANT (0x0706050403020100), G_GUINT64_CONSTANT (0x0f0e0d0c0b0a0908) };
  guint8 bytes[64];

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) i;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmphex (fw_hash_bytes (&key, bytes, rows[i].len), ==, rows[i].hash);
}

static void
test_what_collides_elsewhere_does_not_here (void)
{
  g_assert_cmpuint (g_str_hash ("EzEz"), ==, g_str_hash ("FYFY"));
  g_assert_cmpuint (fw_hash_text ("EzEz"), !=, fw_hash_text ("FYFY"));
  g_assert_cmpuint (fw_hash_text ("EzEz"), ==, fw_hash_text ("EzEz"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/hash/it_is_siphash", test_it_is_siphash);
  g_test_add_func ("/base/hash/what_collides_elsewhere_does_not_here",
                   test_what_collides_elsewhere_does_not_here);
  return g_test_run ();
}
