/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-log.h"

#include <string.h>

FW_LOG_TOPIC ("test-log");

static void
test_escapes_what_a_terminal_would_obey (void)
{
  static const struct
  {
    const char *text, *safe;
  } cases[] = {
    { "plain", "plain" },
    { "Zoë 漢字 🚚", "Zoë 漢字 🚚" },
    { "a\x1b[31mred\x1b[0m", "a\\x1b[31mred\\x1b[0m" },
    { "two\nlines\r\n\ttab", "two\\nlines\\r\\n\\ttab" },
    { "bell\a del\x7f", "bell\\x07 del\\x7f" },
    { "c1 \xc2\x9b"
      "31m",
      "c1 \\x9b31m" },
    { "broken \xff\xc3", "broken \\xff\\xc3" },
    { "turned \xe2\x80\xae around", "turned \\u202e around" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = fw_log_escape (cases[i].text, -1);
      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
  g_autofree char *with_nul = fw_log_escape ("a\0b", 3);
  g_assert_cmpstr (with_nul, ==, "a\\x00b");
}

static void
write_lines (void)
{
  fw_log_init ("fleetwire-test", "test-*:debug,*:error", FALSE);
  fw_warn ("device '%s' is odd", "x\x1b]0;title\a");
  fw_debug ("small talk");
  fw_trace ("smaller talk");
  g_message ("GLib's own word");
  g_log (NULL, G_LOG_LEVEL_INFO, "GLib's aside");
}

static void
test_one_line_each_and_only_what_was_asked (void)
{
  if (g_test_subprocess ())
    {
      write_lines ();
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr (
      "*Z warn  fleetwire-test test-log: device 'x\\x1b]0;title\\x07' is odd\n"
      "*Z debug fleetwire-test test-log: small talk\n");
}

static void
test_json_lines (void)
{
  if (g_test_subprocess ())
    {
      fw_log_init ("fleetwire-test", NULL, TRUE);
      fw_info ("say \"%s\"", "a\\b\n");
      fw_debug ("not by default");
      g_warning_once ("from GLib"); /* fatal under G_DEBUG, and still written first */
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_stderr ("{\"time\":\"*Z\",\"level\":\"info\",\"program\":\"fleetwire-test\","
                             "\"topic\":\"test-log\",\"message\":\"say \\\"a\\\\b\\\\n\\\"\"}\n"
                             "*\"level\":\"warn\"*from GLib*\n");
}

static void
test_a_flood_is_one_line (void)
{
  if (g_test_subprocess ())
    {
      fw_log_init ("fleetwire-test", "warn", FALSE);
      for (guint i = 0; i < 1000; i++)
        fw_warn_limited ("flood %u", i);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_stderr ("*Z warn  fleetwire-test test-log: flood 0\n");
}

static void
test_what_was_left_out_is_counted (void)
{
  if (g_test_subprocess ())
    {
      FwLogLimit limit = { 0 };
      fw_log_init ("fleetwire-test", "warn", FALSE);
      g_assert_true (fw_log_limit_pass (&limit));
      g_assert_false (fw_log_limit_pass (&limit));
      g_assert_false (fw_log_limit_pass (&limit));
      limit.next_us = 0; /* a second goes by */
      g_assert_true (fw_log_limit_pass (&limit));
      fw_log_write_limited (&fw_log_topic_, FW_LOG_WARN, &limit, "flood");
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*test-log: flood (2 more like this left out)\n");
}

static void
test_an_endless_message_is_cut (void)
{
  if (g_test_subprocess ())
    {
      g_autofree char *endless = g_strnfill (1 << 20, 'a');
      fw_log_init ("fleetwire-test", "warn", FALSE);
      fw_warn ("%s", endless);
      return;
    }
  g_autofree char *too_long = g_strnfill (8193, 'a');
  g_autofree char *pattern = g_strdup_printf ("*%s*", too_long);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*aaaa*\n");
  g_test_trap_assert_stderr_unmatched (pattern);
}

static void
test_specs (void)
{
  g_assert_true (fw_log_spec_is_valid ("debug"));
  g_assert_true (fw_log_spec_is_valid ("relay-*:trace, *:warn"));
  g_assert_false (fw_log_spec_is_valid ("relay-*:loud"));
  g_assert_false (fw_log_spec_is_valid ("relay-*"));
  g_assert_false (fw_log_spec_is_valid ("debug,"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/log/escapes-what-a-terminal-would-obey",
                   test_escapes_what_a_terminal_would_obey);
  g_test_add_func ("/base/log/one-line-each-and-only-what-was-asked",
                   test_one_line_each_and_only_what_was_asked);
  g_test_add_func ("/base/log/json-lines", test_json_lines);
  g_test_add_func ("/base/log/a-flood-is-one-line", test_a_flood_is_one_line);
  g_test_add_func ("/base/log/what-was-left-out-is-counted", test_what_was_left_out_is_counted);
  g_test_add_func ("/base/log/an-endless-message-is-cut", test_an_endless_message_is_cut);
  g_test_add_func ("/base/log/specs", test_specs);
  return g_test_run ();
}
