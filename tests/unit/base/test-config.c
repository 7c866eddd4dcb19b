/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fw-error.h"
#include "fw-rng.h"

static char *
file_with (const char *text)
{
  char *path;
  int fd = g_file_open_tmp ("fleetwire-XXXXXX.conf", &path, NULL);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
test_a_later_file_wins_and_order_stays (void)
{
  g_autofree char *first = file_with (
      "[fields]\r\n  lat = position.latitude \r\nlon=position.longitude\n[kafka]\na = 1\n");
  g_autofree char *second
      = file_with ("; remark\n[fields]\nlat = y\nspeed_kmh = Speed (knots) * 1.852\n");
  g_autoptr (FwConfig) config = fw_config_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (fw_config_read (config, first, &error));
  g_assert_true (fw_config_read (config, second, &error));
  g_assert_no_error (error);
  g_auto (GStrv) keys = fw_config_keys (config, "fields");
  g_autofree char *joined = g_strjoinv (" ", keys);
  g_assert_cmpstr (joined, ==, "lat lon speed_kmh");
  g_assert_cmpstr (fw_config_get (config, "fields", "lat"), ==, "y");
  g_assert_cmpstr (fw_config_get (config, "fields", "lon"), ==, "position.longitude");
  g_assert_cmpstr (fw_config_get (config, "fields", "speed_kmh"), ==, "Speed (knots) * 1.852");
  g_assert_cmpstr (fw_config_get (config, "kafka", "a"), ==, "1");
  g_assert_null (fw_config_get (config, "kafka", "b"));
  g_assert_null (fw_config_get (config, "nowhere", "a"));
  g_auto (GStrv) none = fw_config_keys (config, "nowhere");
  g_assert_null (none[0]);
  g_unlink (first);
  g_unlink (second);
}

/* kcat.conf has no sections. */
static void
test_a_file_without_sections (void)
{
  g_autofree char *path = file_with ("bootstrap.servers=h:1\nlast.line=has no end");
  g_autoptr (FwConfig) config = fw_config_new ();

  g_assert_true (fw_config_read (config, path, NULL));
  g_assert_cmpstr (fw_config_get (config, "", "bootstrap.servers"), ==, "h:1");
  g_assert_cmpstr (fw_config_get (config, "", "last.line"), ==, "has no end");
  g_unlink (path);
}

static void
test_a_nul_is_not_text (void)
{
  g_autoptr (FwConfig) config = fw_config_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = file_with ("");

  g_assert_true (g_file_set_contents (path, "[a]\nb = c\0d\n", 12, NULL));
  g_assert_false (fw_config_read (config, path, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_CONFIG);
  g_assert_true (g_str_has_suffix (error->message, ":2: not UTF-8 text"));
  g_unlink (path);
}

static void
test_too_many_keys (void)
{
  g_autoptr (GString) text = g_string_new ("[fields]\n");
  g_autoptr (FwConfig) config = fw_config_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "k%u = x\n", i);
  g_assert_false (fw_config_read_text (config, "f", text->str, text->len, TRUE, &error));
  g_assert_cmpstr (error->message, ==, "f:4098: more than 4096 keys");
}

static const char seed_file[]
    = "# remark\n[fields]\nlat = position.latitude\n\n[kafka]\nsasl.password = x\n"
      "bootstrap.servers = a:1,b:2\r\n[relay]\ntopic = \xc3\xa4, b\n";

/* Any bytes are read or refused in words that a terminal may see; what was read can be asked for.
 */
static void
test_any_bytes (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      char text[sizeof seed_file];
      g_autoptr (FwConfig) config = fw_config_new ();
      g_autoptr (GError) error = NULL;

      memcpy (text, seed_file, sizeof text);
      for (guint k = 0; k <= i % 4; k++)
        text[fw_rng_u64 (17, k, i) % (sizeof text - 1)] = (char) fw_rng_u64 (17, 8 + k, i);
      if (!fw_config_read_text (config, "f", text, sizeof text - 1, i % 2 == 0, &error))
        for (const char *at = error->message; *at != '\0'; at++)
          g_assert_false (g_ascii_iscntrl (*at));
      g_auto (GStrv) keys = fw_config_keys (config, "kafka");
      for (guint k = 0; keys[k] != NULL; k++)
        g_assert_nonnull (fw_config_get (config, "kafka", keys[k]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/config/a-later-file-wins-and-order-stays",
                   test_a_later_file_wins_and_order_stays);
  g_test_add_func ("/base/config/a-file-without-sections", test_a_file_without_sections);
  g_test_add_func ("/base/config/a-nul-is-not-text", test_a_nul_is_not_text);
  g_test_add_func ("/base/config/too-many-keys", test_too_many_keys);
  g_test_add_func ("/base/config/any-bytes", test_any_bytes);
  return g_test_run ();
}
