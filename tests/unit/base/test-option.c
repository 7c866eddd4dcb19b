/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-option.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fw-error.h"
#include "fw-i18n.h"

typedef struct
{
  gboolean quiet, color;
  gint64 n_clients, lag_max_ms, memory_bytes;
  double ratio;
  char *listen;
  char **topics;
  char *token;
} Options;

static const FwOption rows[] = {
  { "quiet", 'q', FW_OPTION_FLAG, G_STRUCT_OFFSET (Options, quiet), 0, 0, NULL, NULL, NULL, "Looks", NULL,
    N_("Say less") },
  { "color", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (Options, color), 0, 0, "true", NULL, "FW_T_COLOR", "Looks", NULL,
    N_("Use color") },
  { "clients-max", 'c', FW_OPTION_INT, G_STRUCT_OFFSET (Options, n_clients), 1, 5000, "100", "clients", "FW_T_CLIENTS",
    "Limits", NULL, N_("How many clients may be connected") },
  { "lag-max", 'l', FW_OPTION_DURATION, G_STRUCT_OFFSET (Options, lag_max_ms), 100, 60000, "2s", "ms", "FW_T_LAG",
    "Limits", NULL, N_("How old a client's oldest unsent frame may be before it is conflated") },
  { "memory", 0, FW_OPTION_SIZE, G_STRUCT_OFFSET (Options, memory_bytes), 4096, 1 << 30, "64M", "bytes", NULL, "Limits",
    NULL, N_("Memory for tracks") },
  { "ratio", 0, FW_OPTION_NUMBER, G_STRUCT_OFFSET (Options, ratio), 0, 1, "0.5", NULL, NULL, "Limits", NULL,
    N_("A ratio") },
  { "listen", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Options, listen), 0, 0, "localhost:8080", NULL, "FW_T_LISTEN",
    "Network", "HOST:PORT", N_("Where to listen") },
  { "topic", 0, FW_OPTION_STRINGS, G_STRUCT_OFFSET (Options, topics), 0, 0, "iot-events", NULL, "FW_T_TOPIC", "Network",
    "NAME", N_("A topic to follow; may be given again") },
  { "token", 0, FW_OPTION_SECRET, G_STRUCT_OFFSET (Options, token), 0, 0, NULL, NULL, "FW_T_TOKEN", "Network", NULL,
    N_("What to show at the door") },
  { 0 },
};

static const FwProgram program = {
  .name = "test", .synopsis = "[OPTION...] [URL]", .summary = N_("Tests options"), .options = rows, .max_args = 1
};

static void
test_defaults (void)
{
  Options options = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (fw_program_defaults (&program, &options, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (options.quiet);
  g_assert_true (options.color);
  g_assert_cmpint (options.n_clients, ==, 100);
  g_assert_cmpint (options.lag_max_ms, ==, 2000);
  g_assert_cmpint (options.memory_bytes, ==, 64 << 20);
  g_assert_cmpfloat (options.ratio, ==, 0.5);
  g_assert_cmpstr (options.listen, ==, "localhost:8080");
  g_assert_cmpstr (options.topics[0], ==, "iot-events");
  g_assert_null (options.topics[1]);
  g_assert_null (options.token);
  fw_program_clear (&program, &options);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/base/option/defaults", test_defaults);
  return g_test_run ();
}
