/* SPDX-License-Identifier: Apache-2.0 */
#include "commands-order.h"

#define NOW_MS G_GINT64_CONSTANT (1700000000000)

static const CommandsOptions usual
    = { .who = (char *) "anna", .command_id = (char *) "c-1", .expires_ms = 3600000 };

static gboolean
read_line (const char *line, const CommandsOptions *options, CommandsOrder *order, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  gboolean is_good = commands_order_read (words, options, NOW_MS, order, error);

  if (is_good)
    order->key = g_intern_string (order->key);
  return is_good;
}

static void
test_good (void)
{
  static const struct
  {
    const char *line, *key, *value;
  } cases[] = {
    { "send north/reefer/7 set-point -18.5", "north/reefer/7",
      "{\"command_id\":\"c-1\",\"command\":\"set_point\",\"who\":\"anna\",\"ts_ms\":1700000000000,"
      "\"expires_ts_ms\":1700003600000,\"setpoint_c\":-18.5}" },
    { "send default/7 ping", "default/7",
      "{\"command_id\":\"c-1\",\"command\":\"ping\",\"who\":\"anna\",\"ts_ms\":1700000000000,"
      "\"expires_ts_ms\":1700003600000}" },
    { "withdraw default/7", "default/7", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (CommandsOrder) order = { 0 };
      g_autoptr (GError) error = NULL;

      read_line (cases[i].line, &usual, &order, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (order.key, ==, cases[i].key);
      g_assert_cmpstr (order.value, ==, cases[i].value);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *line, *words;
  } cases[] = {
    { "", "say what to do" },
    { "give north/7 ping", "say what to do" },
    { "send", "'' is no device" },
    { "send 7 ping", "'7' is no device: FLEET/DEVICE, such as default/7" },
    { "send no$rth/7 ping", "'no$rth/7' is no device" },
    { "withdraw north/", "'north/' is no device" },
    { "withdraw north/7 ping", "Unexpected argument 'ping'" },
    { "send north/7", "'' is no command for a device" },
    { "send north/7 dance", "'dance' is no command for a device" },
    { "send north/7 ping -18", "Unexpected argument '-18'" },
    { "send north/7 set-point", "'' is no temperature" },
    { "send north/7 set-point cold", "'cold' is no temperature" },
    { "send north/7 set-point 4C", "'4C' is no temperature" },
    { "send north/7 set-point -300", "'-300' is no temperature" },
    { "send north/7 set-point nan", "'nan' is no temperature" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (CommandsOrder) order = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (read_line (cases[i].line, &usual, &order, &error));
      g_assert_true (g_str_has_prefix (error->message, cases[i].words));
    }
}

static void
test_own_words_are_checked (void)
{
  CommandsOptions loud = usual, long_id = usual, new_id = usual;
  g_auto (CommandsOrder) order = { 0 }, other = { 0 };
  g_autofree char *id = g_strnfill (65, 'x');

  loud.who = (char *) "a\nb";
  long_id.command_id = id;
  new_id.command_id = NULL;
  g_assert_false (read_line ("send north/7 ping", &loud, &order, NULL));
  g_assert_false (read_line ("send north/7 ping", &long_id, &order, NULL));
  g_assert_true (read_line ("send north/7 ping", &new_id, &order, NULL));
  g_assert_true (read_line ("send north/7 ping", &new_id, &other, NULL));
  g_assert_cmpstr (order.value, !=, other.value);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/commands/order/what-is-written", test_good);
  g_test_add_func ("/commands/order/what-is-refused", test_refused);
  g_test_add_func ("/commands/order/who-and-id-are-checked", test_own_words_are_checked);
  return g_test_run ();
}
