/* SPDX-License-Identifier: Apache-2.0 */
#include "option-rows.h"

#include "fw-error.h"

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

static void
test_assignments (void)
{
  static const char *const assignments[] = {
    "quiet",     "no-color",  "clients-max=5000", "lag-max=1.5s", "memory=1MiB",
    "ratio=1e0", "topic=a,b", "topic=c",          "listen=",      NULL,
  };
  Options options = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (fw_program_defaults (&program, &options, assignments, &error));
  g_assert_no_error (error);
  g_assert_true (options.quiet);
  g_assert_false (options.color);
  g_assert_cmpint (options.n_clients, ==, 5000);
  g_assert_cmpint (options.lag_max_ms, ==, 1500);
  g_assert_cmpint (options.memory_bytes, ==, 1 << 20);
  g_assert_cmpfloat (options.ratio, ==, 1);
  g_assert_cmpstr (options.topics[0], ==, "a,b"); /* an argument is one item */
  g_assert_cmpstr (options.topics[1], ==, "c");
  g_assert_null (options.topics[2]);
  g_assert_cmpstr (options.listen, ==, "");
  fw_program_clear (&program, &options);
}

typedef struct
{
  const char *assignment, *message;
} Refusal;

static const Refusal refusals[] = {
  { "clients-max=x", "Option 'clients-max' from the command line is 'x', but must be a whole "
                     "number, from 1 to 5000 clients" },
  { "clients-max=0", "Option 'clients-max' from the command line is '0', but must be a whole "
                     "number, from 1 to 5000 clients" },
  { "clients-max=99999999999999999999",
    "Option 'clients-max' from the command line is '99999999999999999999', but must be a whole "
    "number, from 1 to 5000 "
    "clients" },
  { "lag-max=99ms", "Option 'lag-max' from the command line is '99ms', but must be a duration such "
                    "as 500ms, 3s or 15m, "
                    "from 100ms to 1m" },
  { "memory=4kk", "Option 'memory' from the command line is '4kk', but must be a size such as "
                  "4096, 16k or 64M, from 4k to 1G" },
  { "memory=1e9", "Option 'memory' from the command line is '1e9', but must be a size such as "
                  "4096, 16k or 64M, from 4k to 1G" },
  { "ratio=nan",
    "Option 'ratio' from the command line is 'nan', but must be a number, from 0 to 1" },
  { "ratio=0x1",
    "Option 'ratio' from the command line is '0x1', but must be a number, from 0 to 1" },
  { "quiet=maybe", "Option 'quiet' from the command line is 'maybe', but must be yes or no" },
  { "listen=\xff", "Option 'listen' from the command line is '\\xff', but must be UTF-8 text" },
  { "lag-max=\x1b]0;hi\a",
    "Option 'lag-max' from the command line is '\\x1b]0;hi\\x07', but must be a duration such as "
    "500ms, 3s or 15m, from 100ms to 1m" },
  { "lag-mxa=1s", "Unknown option '--lag-mxa'; did you mean '--lag-max'?" },
  { "wherever=1", "Unknown option '--wherever'; 'fleetwire test --help' lists them" },
};

static void
test_refusals_say_all (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const char *assignments[] = { refusals[i].assignment, NULL };
      Options options = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (fw_program_defaults (&program, &options, assignments, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_USAGE);
      g_assert_cmpstr (error->message, ==, refusals[i].message);
      fw_program_clear (&program, &options);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/option/defaults", test_defaults);
  g_test_add_func ("/base/option/assignments", test_assignments);
  g_test_add_func ("/base/option/refusals-say-all", test_refusals_say_all);
  return g_test_run ();
}
