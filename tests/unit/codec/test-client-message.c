/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-client-message.h"
#include "fw-query.h"

/* The message written again, or "code at id". */
static char *
describe (const char *text)
{
  FwClientMessage msg;
  FwWireCode code;
  char *message = NULL, *at = NULL;
  GString *out = g_string_new (NULL);
  g_autofree char *copy = g_memdup2 (text, strlen (text));
  if (fw_client_message_read (&msg, copy, strlen (text), &code, &message, &at))
    fw_client_message_write (&msg, out);
  else
    {
      g_assert_nonnull (message);
      g_assert_true (g_utf8_validate (message, -1, NULL));
      g_string_printf (out, "%s %s %s", fw_wire_code_names[code], at ? at : "-",
                       msg.id ? msg.id : "-");
    }
  fw_client_message_clear (&msg);
  g_free (message);
  g_free (at);
  return g_string_free (out, FALSE);
}

typedef struct
{
  const char *text, *expected;
} Row;

static void
assert_rows (const Row *rows, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *got = describe (rows[i].text);
      g_assert_cmpstr (got, ==, rows[i].expected);
    }
}

/* What has one form comes back in it. */
static void
test_round_trip (void)
{
  /* clang-format off */
  static const char *const texts[] = {
    "{\"op\":\"hello\",\"v\":1}",
    "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"fleet\"}",
    "{\"op\":\"subscribe\",\"id\":\"a\\\"b\",\"channel\":\"log/iot-events\"}",
    "{\"op\":\"subscribe\",\"id\":2,\"channel\":\"latest/fleet.alerts\"}",
    "{\"op\":\"subscribe\",\"id\":3,\"channel\":\"fleet\",\"where\":\"speed > 90\",\"bbox\":[-98,30,-97,31]}",
    "{\"op\":\"subscribe\",\"id\":3,\"channel\":\"fleet\",\"fields\":[\"lat\",\"lon\",\"temp_c\"],\"interval_ms\":1000,\"since\":\"x\"}",
    "{\"op\":\"subscribe\",\"id\":3,\"channel\":\"fleet\",\"order\":\"-speed_kmh\",\"first\":50,\"totals\":[\"status\",\"temp_c\"]}",
    "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[]}",
    "{\"op\":\"update\",\"id\":4,\"ch\":7,\"channel\":\"fleet\",\"bbox\":[170,-10,-170,10.5]}",
    "{\"op\":\"unsubscribe\",\"id\":5,\"ch\":7}",
    "{\"op\":\"history\",\"id\":6}",
    "{\"op\":\"seek\"}",
  };
  /* clang-format on */
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_rows (&(Row){ texts[i], texts[i] }, 1);
}

static void
test_kindness (void)
{
  static const Row rows[] = {
    { " {\"x\":{\"op\":[1]},\"op\":\"seek\",\"y\":null} ", "{\"op\":\"seek\"}" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"where\":null,\"bbox\":null,\"id\":null}",
      "{\"op\":\"subscribe\",\"channel\":\"fleet\"}" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[\"temp\",\"status\"]}",
      "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[\"temp_c\"]}" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[\"status\",\"device_id\"]}",
      "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[]}" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[\"lat\"]}",
      "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[\"lat\",\"lon\"]}" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"order\":\"temp\",\"first\":1}",
      "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"order\":\"temp_c\",\"first\":1}" },
    { "{\"op\":\"hello\",\"v\":1,\"token\":\"abc\"}", "{\"op\":\"hello\",\"v\":1}" },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
test_faults (void)
{
  static const Row rows[] = {
    { "", "bad_json - -" },
    { "x", "bad_json - -" },
    { "[]", "bad_json - -" },
    { "{\"op\":\"seek\"}{", "bad_json - -" },
    { "{\"id\":7,\"op\":\"seek\",}", "bad_json - 7" },
    { "{\"id\":7,\"op\":[}", "bad_json - 7" },
    { "{\"op\":\"\\ud800\"}", "bad_json - -" },
    { "{\"id\":7}", "bad_request op 7" },
    { "{\"op\":\"subscrib\",\"id\":7}", "unknown_op op 7" },
    { "{\"op\":7}", "bad_request op -" },
    { "{\"op\":\"se\\u0000ek\"}", "bad_request op -" },
    { "{\"op\":\"seek\",\"op\":\"seek\"}", "bad_request op -" },
    { "{\"op\":\"seek\",\"id\":{}}", "bad_request id -" },
    { "{\"op\":\"hello\"}", "bad_request v -" },
    { "{\"op\":\"hello\",\"v\":\"1\"}", "bad_request v -" },
    { "{\"op\":\"subscribe\",\"id\":1}", "bad_request channel 1" },
    { "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"fleets\"}", "unknown_channel channel 1" },
    { "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"log/\"}", "unknown_topic channel 1" },
    { "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"log/a b\"}", "unknown_topic channel 1" },
    { "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"log/..\"}", "unknown_topic channel 1" },
    { "{\"op\":\"unsubscribe\",\"id\":1}", "bad_request ch 1" },
    { "{\"op\":\"unsubscribe\",\"id\":1,\"ch\":0}", "bad_request ch 1" },
    { "{\"op\":\"unsubscribe\",\"id\":1,\"ch\":1e300}", "bad_request ch 1" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"bbox\":[1,2,3]}", "bad_request bbox -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"bbox\":[1,2,3,4,5]}", "bad_request bbox -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"bbox\":[1,2,3,[4]]}", "bad_request bbox -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"bbox\":[1,2,3,91]}", "bad_request bbox -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"bbox\":[1,2,1e999,3]}", "bad_request bbox -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[\"tmp\"]}", "bad_request fields -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":[[\"lat\"]]}",
      "bad_request fields -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"fields\":\"lat\"}", "bad_request fields -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"interval_ms\":99}",
      "bad_request interval_ms -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"interval_ms\":60001}",
      "bad_request interval_ms -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"first\":1001}", "bad_request first -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"order\":\"-\"}", "bad_request order -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"totals\":{}}", "bad_request totals -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"totals\":[\"lat\",\"x\"]}",
      "bad_request totals -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"where\":7}", "bad_request where -" },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

/* What would change the answer, and cannot, is refused: an answer to another question helps nobody.
 */
static void
test_keys_of_other_channels (void)
{
  static const Row rows[] = {
    { "{\"op\":\"subscribe\",\"channel\":\"log/t\",\"where\":\"a\"}", "bad_request where -" },
    { "{\"op\":\"subscribe\",\"channel\":\"log/t\",\"bbox\":[1,2,3,4]}", "bad_request bbox -" },
    { "{\"op\":\"subscribe\",\"channel\":\"log/t\",\"fields\":[\"lat\"]}", "bad_request fields -" },
    { "{\"op\":\"subscribe\",\"channel\":\"log/t\",\"first\":5}", "bad_request first -" },
    { "{\"op\":\"update\",\"ch\":1,\"channel\":\"log/t\"}", "bad_request channel -" },
    { "{\"op\":\"update\",\"ch\":1,\"channel\":\"latest/t\"}", "bad_request channel -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"order\":\"lat\"}", "bad_request order -" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"totals\":[\"lat\"]}", "bad_request totals -" },
    { "{\"op\":\"update\",\"ch\":1,\"totals\":[\"lat\"]}", "bad_request totals -" },
    { "{\"op\":\"subscribe\",\"channel\":\"log/t\",\"interval_ms\":500}",
      "{\"op\":\"subscribe\",\"channel\":\"log/t\"}" },
  };
  assert_rows (rows, G_N_ELEMENTS (rows));
}

static void
assert_code (char *text, const char *expected)
{
  g_autofree char *got = describe (text);
  g_assert_cmpstr (got, ==, expected);
  g_free (text);
}

static void
test_limits (void)
{
  g_autofree char *long_query = g_strnfill (FW_QUERY_MAX_BYTES + 1, 'a');
  g_autofree char *filler = g_strnfill (FW_CLIENT_MESSAGE_MAX_BYTES, ' ');
  g_autofree char *long_id = g_strnfill (FW_CLIENT_ID_MAX_BYTES + 1, '1');
  g_autofree char *long_topic = g_strnfill (FW_TOPIC_NAME_MAX_BYTES + 1, 't');
  g_autoptr (GString) totals = g_string_new ("\"lat\"");
  for (guint i = 0; i < FW_CLIENT_TOTALS_MAX; i++)
    g_string_append (totals, ",\"lat\"");
  assert_code (
      g_strdup_printf ("{\"op\":\"subscribe\",\"channel\":\"fleet\",\"where\":\"%s\"}", long_query),
      "bad_query where -");
  assert_code (g_strdup_printf ("{\"op\":\"seek\"}%s", filler), "too_large - -");
  assert_code (g_strdup_printf ("{\"op\":\"seek\",\"id\":%s}", long_id), "bad_request id -");
  assert_code (g_strdup_printf ("{\"op\":\"subscribe\",\"channel\":\"log/%s\"}", long_topic),
               "unknown_topic channel -");
  assert_code (
      g_strdup_printf ("{\"op\":\"subscribe\",\"channel\":\"fleet\",\"totals\":[%s]}", totals->str),
      "bad_request totals -");
}

static void
test_nearest (void)
{
  FwClientMessage msg;
  FwWireCode code;
  g_autofree char *message = NULL, *at = NULL;
  const char *text = "{\"op\":\"subscrib\"}";
  g_assert_false (fw_client_message_read (&msg, text, strlen (text), &code, &message, &at));
  g_assert_nonnull (strstr (message, "did you mean 'subscribe'"));
  fw_client_message_clear (&msg);
  for (guint i = 0; i < FW_N_CODES; i++)
    g_assert_nonnull (fw_wire_code_names[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/client-message/what-is-written-reads-back", test_round_trip);
  g_test_add_func ("/codec/client-message/null-aliases-and-unknown-keys-are-fine", test_kindness);
  g_test_add_func ("/codec/client-message/a-fault-has-a-code-a-key-and-the-id", test_faults);
  g_test_add_func ("/codec/client-message/a-key-without-effect-is-refused",
                   test_keys_of_other_channels);
  g_test_add_func ("/codec/client-message/limits", test_limits);
  g_test_add_func ("/codec/client-message/the-nearest-op-is-named", test_nearest);
  return g_test_run ();
}
