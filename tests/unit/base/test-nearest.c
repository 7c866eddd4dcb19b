/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-nearest.h"

static const char *const known[] = { "speed_kmh", "temp_c", "door", "device_id", "relay", NULL };

static void
test_finds_slips (void)
{
  static const struct
  {
    const char *word, *wanted;
  } pairs[] = {
    { "sped_kmh", "speed_kmh" },
    { "tmep_c", "temp_c" },
    { "Door", "door" },
    { "device", "device_id" },
    { "deviceid", "device_id" },
    { "realy", "relay" },
    { "door", "door" },
    { "dor", "door" },
    { "speed", "speed_kmh" },
    { "elevation", NULL },
    { "", NULL },
    { "sp", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      const char *found = fw_nearest_word (pairs[i].word, known);
      g_assert_cmpstr (found, ==, pairs[i].wanted);
    }
}

static void
test_endless_words_are_far_from_all (void)
{
  g_autofree char *word = g_strnfill (100000, 'a');

  g_assert_null (fw_nearest_word (word, known));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/nearest/finds-slips", test_finds_slips);
  g_test_add_func ("/base/nearest/endless-words-are-far-from-all",
                   test_endless_words_are_far_from_all);
  return g_test_run ();
}
