/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-command.h"

#define TAIL ",\"who\":\"anna\",\"ts_ms\":1700000000000,\"expires_ts_ms\":1700003600000}"
#define GOOD "{\"command_id\":\"c1\",\"command\":\"set_point\",\"setpoint_c\":-18.5" TAIL

static FwCommandFate
read_text (const char *key, const char *value, FwCommand *ret)
{
  FwJsonReader json;
  fw_json_reader_init (&json);
  FwCommandFate fate = fw_command_read (&json, key, key ? strlen (key) : 0, value,
                                        value ? strlen (value) : 0, ret);
  fw_json_reader_clear (&json);
  return fate;
}

#define ASSERT_FATE(key, value, fate)                                                \
  G_STMT_START                                                                       \
  {                                                                                  \
    FwCommand any;                                                                   \
    g_assert_cmpstr (fw_command_fate_names[read_text (key, value, &any)], ==, fate); \
  }                                                                                  \
  G_STMT_END

static void
test_read (void)
{
  FwCommand command;
  g_assert_cmpint (read_text ("north/truck/7", GOOD, &command), ==, FW_COMMAND_FOR_DEVICE);
  g_assert_cmpmem (command.fleet.data, command.fleet.len, "north", 5);
  g_assert_cmpmem (command.device_id.data, command.device_id.len, "truck/7", 7);
  g_assert_cmpmem (command.id, command.id_len, "c1", 2);
  g_assert_cmpint (command.kind, ==, FW_COMMAND_SET_POINT);
  g_assert_cmpint (command.ts_ms, ==, G_GINT64_CONSTANT (1700000000000));
  g_assert_cmpint (command.expires_ts_ms, ==, G_GINT64_CONSTANT (1700003600000));
  g_assert_cmpfloat (command.setpoint_c, ==, -18.5);
}

static void
test_ping (void)
{
  FwCommand command;
  const char *text = "{\"x\":[{}],\"command\":\"ping\",\"command_id\":\"\\u00e9\"" TAIL;
  g_assert_cmpint (read_text ("north/7", text, &command), ==, FW_COMMAND_FOR_DEVICE);
  g_assert_cmpmem (command.id, command.id_len, "é", 2);
  g_assert_cmpint (command.kind, ==, FW_COMMAND_PING);
  g_assert_true (isnan (command.setpoint_c));
}

static void
test_withdraw (void)
{
  FwCommand command;
  g_assert_cmpint (read_text ("north/7", NULL, &command), ==, FW_COMMAND_WITHDRAWS);
  g_assert_cmpmem (command.device_id.data, command.device_id.len, "7", 1);
  ASSERT_FATE ("north", NULL, "bad_key");
  ASSERT_FATE (NULL, NULL, "bad_key");
}

static void
test_of_others (void)
{
  static const char *const words[] = { "acknowledge", "assign", "shelve", "note" };
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"command\":\"%s\",\"ts_ms\":\"x\"}", words[i]);
      ASSERT_FATE (NULL, text, "for_operators");
    }
  ASSERT_FATE ("north/7", "{\"command\":\"dance\"}", "unknown");
}

static void
test_not_json (void)
{
  static const char *const texts[] = {
    "",
    "{",
    "[]",
    "\"ping\"",
    GOOD "x",
    "{\"command\":\"ping\",\"command\":\"ping\"" TAIL,
    "{\"command\":\"\xff\"" TAIL,
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ASSERT_FATE ("north/7", texts[i], "not_json");
}

static void
test_members (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"command\":7,\"command_id\":\"c\"" TAIL,
    "{\"command\":\"ping\"" TAIL,
    "{\"command\":\"ping\",\"command_id\":7" TAIL,
    "{\"command\":\"ping\",\"command_id\":\"\"" TAIL,
    "{\"command\":\"ping\",\"command_id\":\"a\\nb\"" TAIL,
    "{\"command\":\"ping\",\"command_id\":"
    "\"12345678901234567890123456789012345678901234567890123456789012345\"" TAIL,
    "{\"command\":\"set_point\",\"command_id\":\"c\"" TAIL,
    "{\"command\":\"set_point\",\"command_id\":\"c\",\"setpoint_c\":\"4\"" TAIL,
    "{\"command\":\"set_point\",\"command_id\":\"c\",\"setpoint_c\":-300" TAIL,
    "{\"command\":\"ping\",\"command_id\":\"c\",\"setpoint_c\":null" TAIL,
    "{\"command\":\"ping\",\"command_id\":\"c\",\"ts_ms\":1700000000,\"expires_ts_ms\":"
    "1700003600000,"
    "\"who\":\"a\"}",
    "{\"command\":\"ping\",\"command_id\":\"c\",\"ts_ms\":1700000000000,\"expires_ts_ms\":1e99,"
    "\"who\":\"a\"}",
    "{\"command\":\"ping\",\"command_id\":\"c\",\"ts_ms\":1700000000000,\"expires_ts_ms\":"
    "1700003600000}",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    ASSERT_FATE ("north/7", texts[i], "bad_member");
}

static void
test_identity (void)
{
#define SAYING(members) "{" members ",\"command\":\"ping\",\"command_id\":\"c\"" TAIL
  ASSERT_FATE ("north/7", SAYING ("\"fleet\":\"north\",\"device_id\":7"), "for_device");
  ASSERT_FATE ("north/7", SAYING ("\"device_id\":\"7\""), "for_device");
  ASSERT_FATE ("north/7", SAYING ("\"device_id\":\"8\""), "identity");
  ASSERT_FATE ("north/7", SAYING ("\"fleet\":\"south\""), "identity");
  ASSERT_FATE ("north/7", SAYING ("\"fleet\":null"), "identity");
  ASSERT_FATE ("no rth/7", GOOD, "bad_key");
  ASSERT_FATE ("north/", GOOD, "bad_key");
  ASSERT_FATE ("north", GOOD, "bad_key");
  ASSERT_FATE (NULL, GOOD, "bad_key");
}

static void
test_write (void)
{
  FwCommand command;
  g_autoptr (GString) text = g_string_new (NULL);
  g_assert_cmpint (read_text ("north/7", GOOD, &command), ==, FW_COMMAND_FOR_DEVICE);
  fw_command_write (&command, "an\"na", text);
  g_assert_cmpstr (text->str, ==,
                   "{\"command_id\":\"c1\",\"command\":\"set_point\",\"who\":\"an\\\"na\","
                   "\"ts_ms\":1700000000000,\"expires_ts_ms\":1700003600000,\"setpoint_c\":-18.5}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/command/a-set-point", test_read);
  g_test_add_func ("/codec/command/a-ping-with-members-of-others", test_ping);
  g_test_add_func ("/codec/command/null-withdraws", test_withdraw);
  g_test_add_func ("/codec/command/those-for-operators-are-passed-over", test_of_others);
  g_test_add_func ("/codec/command/strict-json", test_not_json);
  g_test_add_func ("/codec/command/every-member-is-checked", test_members);
  g_test_add_func ("/codec/command/the-value-claims-no-other-device", test_identity);
  g_test_add_func ("/codec/command/written-as-it-is-read", test_write);
  return g_test_run ();
}
