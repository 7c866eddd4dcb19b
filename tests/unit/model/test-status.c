/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-status.h"

static const FwStatusLimits limits = { FW_STALE_DEFAULT_MS, FW_OFFLINE_DEFAULT_MS };

static void
test_table (void)
{
  g_assert_cmpint (fw_status_of (3, FALSE, 0, &limits), ==, FW_STATUS_MOVING);
  g_assert_cmpint (fw_status_of (2.99, TRUE, 0, &limits), ==, FW_STATUS_IDLE);
  g_assert_cmpint (fw_status_of (0, FALSE, 0, &limits), ==, FW_STATUS_STOPPED);
  g_assert_cmpint (fw_status_of (NAN, TRUE, 0, &limits), ==, FW_STATUS_UNKNOWN);
  g_assert_cmpint (fw_status_of (90, TRUE, 120000, &limits), ==, FW_STATUS_MOVING);
  g_assert_cmpint (fw_status_of (90, TRUE, 120001, &limits), ==, FW_STATUS_OFFLINE);
  g_assert_false (fw_status_is_stale (30000, &limits));
  g_assert_true (fw_status_is_stale (30001, &limits));
}

static void
test_of_device (void)
{
  g_autoptr (FwDevice) dev = fw_device_new ((FwText){ "a", 1 }, (FwText){ "1", 1 });
  fw_device_put_last_seen_ms (dev, 1000);
  g_assert_cmpint (fw_status (dev, 1000, &limits), ==, FW_STATUS_UNKNOWN);
  fw_device_put_number (dev, FW_FIELD_SPEED_KMH, 0);
  g_assert_cmpint (fw_status (dev, 1000, &limits), ==, FW_STATUS_STOPPED);
  fw_device_put_number (dev, FW_FIELD_IGNITION, 1);
  g_assert_cmpint (fw_status (dev, 1000, &limits), ==, FW_STATUS_IDLE);
  g_assert_cmpint (fw_status (dev, 1000000, &limits), ==, FW_STATUS_OFFLINE);
}

/* Between now and the time told, nothing changes; at that time, something does. */
static void
test_next_change (void)
{
  for (gint64 now_ms = 0; now_ms < 140000; now_ms += 997)
    {
      gint64 next_ms = fw_status_next_change_ms (0, now_ms, &limits);
      if (next_ms == G_MAXINT64)
        {
          g_assert_cmpint (now_ms, >, FW_OFFLINE_DEFAULT_MS);
          continue;
        }
      g_assert_cmpint (fw_status_of (9, FALSE, now_ms, &limits), ==,
                       fw_status_of (9, FALSE, next_ms - 1, &limits));
      g_assert_cmpint (fw_status_is_stale (now_ms, &limits), ==,
                       fw_status_is_stale (next_ms - 1, &limits));
      g_assert_true (
          fw_status_of (9, FALSE, next_ms, &limits) != fw_status_of (9, FALSE, next_ms - 1, &limits)
          || fw_status_is_stale (next_ms, &limits) != fw_status_is_stale (next_ms - 1, &limits));
    }
}

static void
test_words (void)
{
  FwStatus found;
  for (guint status = 0; status < FW_N_STATUS; status++)
    {
      const char *name = fw_status_name ((FwStatus) status);
      g_assert_true (fw_status_find (name, strlen (name), &found));
      g_assert_cmpuint (found, ==, status);
      g_assert_nonnull (strchr ("?SIMO", fw_status_letter ((FwStatus) status)));
    }
  g_assert_false (fw_status_find ("movin", 5, &found));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/status/speed-ignition-and-age-decide", test_table);
  g_test_add_func ("/model/status/absent-speed-is-unknown", test_of_device);
  g_test_add_func ("/model/status/next-change-is-neither-early-nor-late", test_next_change);
  g_test_add_func ("/model/status/words-find-their-status", test_words);
  return g_test_run ();
}
