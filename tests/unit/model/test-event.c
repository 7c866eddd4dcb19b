/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-event.h"

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (FW_NAME_MAX_BYTES, 'a');
  g_autofree char *too_long = g_strnfill (FW_NAME_MAX_BYTES + 1, 'a');
  g_assert_true (fw_name_is_valid ("North.fleet_7-b", 15));
  g_assert_true (fw_name_is_valid (longest, FW_NAME_MAX_BYTES));
  g_assert_false (fw_name_is_valid (too_long, FW_NAME_MAX_BYTES + 1));
  g_assert_false (fw_name_is_valid ("", 0));
  g_assert_false (fw_name_is_valid ("a b", 3));
  g_assert_false (fw_name_is_valid ("a/b", 3));
  g_assert_false (fw_name_is_valid ("\xc3\xa4", 2));
}

static void
test_ids (void)
{
  g_autofree char *longest = g_strnfill (FW_DEVICE_ID_MAX_BYTES, '7');
  g_autofree char *too_long = g_strnfill (FW_DEVICE_ID_MAX_BYTES + 1, '7');
  g_assert_true (fw_device_id_is_valid ("M\xc3\xbcll-1 / 2", 11));
  g_assert_true (fw_device_id_is_valid (longest, FW_DEVICE_ID_MAX_BYTES));
  g_assert_false (fw_device_id_is_valid (too_long, FW_DEVICE_ID_MAX_BYTES + 1));
  g_assert_false (fw_device_id_is_valid ("", 0));
  g_assert_false (fw_device_id_is_valid ("a\x1b[2J", 5));
  g_assert_false (fw_device_id_is_valid ("a\0b", 3));
  g_assert_false (fw_device_id_is_valid ("a\x7f", 2));
  g_assert_false (fw_device_id_is_valid ("a\xc2\x9b", 3)); /* CSI as one C1 character */
  g_assert_false (fw_device_id_is_valid ("\xc2\x9b"
                                         "a",
                                         3));
  g_assert_true (fw_device_id_is_valid ("a\xc2\xa9", 3)); /* of the same lead byte, and harmless */
  g_assert_false (fw_device_id_is_valid ("a\xff", 2));
}

static void
test_position (void)
{
  FwEvent ev;
  fw_event_clear (&ev);
  fw_event_set_number (&ev, FW_FIELD_LAT, 1);
  fw_event_set_number (&ev, FW_FIELD_SPEED_KMH, 1);
  g_assert_true (fw_event_drop_half_position (&ev));
  g_assert_cmphex (ev.has, ==, FW_FIELD_BIT (FW_FIELD_SPEED_KMH));
  ev.null = FW_FIELD_BIT (FW_FIELD_LON);
  fw_event_set_number (&ev, FW_FIELD_LAT, 1);
  g_assert_true (fw_event_drop_half_position (&ev));
  g_assert_cmphex (ev.null, ==, 0);
  ev.null = FW_FIELD_MASK_POSITION;
  g_assert_false (fw_event_drop_half_position (&ev));
}

static void
test_every_reason_has_a_name (void)
{
  for (guint i = 0; i < FW_N_REJECTS; i++)
    g_assert_nonnull (fw_reject_names[i]);
  for (guint i = 0; i < FW_N_DROPS; i++)
    g_assert_nonnull (fw_drop_names[i]);
  g_assert_null (fw_reject_names[FW_N_REJECTS]);
  g_assert_null (fw_drop_names[FW_N_DROPS]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/event/names-are-64-of-a-small-alphabet", test_names);
  g_test_add_func ("/model/event/ids-are-128-bytes-without-controls", test_ids);
  g_test_add_func ("/model/event/half-a-position-is-none", test_position);
  g_test_add_func ("/model/event/every-reason-has-a-name", test_every_reason_has_a_name);
  return g_test_run ();
}
