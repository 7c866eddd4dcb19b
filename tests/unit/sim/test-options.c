/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-session.h"

#include <glib/gstdio.h>

#include "fw-error.h"

static char *folder; /* of this test's own */

static gint stop;

/* Runs a session that must be refused; returns the message. */
static char *
refusal (const char *const *assignments, FwErrorCode code)
{
  SimOptions options = { .n_devices = SIM_DEVICES_UNSET };
  g_autoptr (GError) error = NULL;
  gboolean is_set = fw_program_defaults (&sim_program, &options, assignments, &error);
  g_assert_no_error (error);
  g_assert_true (is_set);
  g_assert_false (sim_session_run (&options, NULL, &stop, &error));
  g_assert_error (error, FW_ERROR, (gint) code);
  fw_program_clear (&sim_program, &options);
  return g_strdup (error->message);
}

static void
test_wrong_options_are_told_what_to_do (void)
{
  static const struct
  {
    const char *a, *b, *says;
  } cases[] = {
    { "place=Austin", "stdout=true", "LAT,LON" },
    { "place=89.5,0", "stdout=true", "LAT,LON" },
    { "start=yesterday", "stdout=true", "RFC 3339" },
    { "fleet=a/b", "stdout=true", "letters, digits" },
    { "run=\"x\"", "stdout=true", "letters, digits" },
    { "repeat=true", "stdout=true", "--replay" },
    { "forget=true", "stdout=true", "leave out --stdout" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *assignments[] = { cases[i].a, cases[i].b, "devices=0", NULL };
      if (g_str_has_prefix (cases[i].a, "place"))
        assignments[2] = "devices=1";
      g_autofree char *message = refusal (assignments, FW_ERROR_USAGE);
      g_test_message ("%s: %s", cases[i].a, message);
      g_assert_nonnull (strstr (message, cases[i].says));
    }
}

static void
test_default_topic_elsewhere_is_refused (void)
{
  const char *assignments[] = { "kafka=kafka.example.com:9092", "devices=0", NULL };
  g_autofree char *message = refusal (assignments, FW_ERROR_USAGE);
  g_assert_nonnull (strstr (message, "--topic"));
}

static void
test_roads_alone_end_without_a_broker (void)
{
  g_autofree char *path = g_build_filename (folder, "roads.geojson", NULL);
  g_autofree char *assignment = g_strconcat ("roads=", path, NULL);
  const char *assignments[] = { assignment, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  SimOptions options = { .n_devices = SIM_DEVICES_UNSET };
  g_assert_true (fw_program_defaults (&sim_program, &options, assignments, &error));
  g_assert_true (sim_session_run (&options, NULL, &stop, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_true (g_str_has_prefix (text, "{\"type\":\"FeatureCollection\""));
  g_assert_nonnull (strstr (text, "\"road\":\"motorway\",\"limit_kmh\":96"));
  fw_program_clear (&sim_program, &options);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("fw-sim-XXXXXX", NULL);
  g_test_add_func ("/sim/options/wrong-options-are-told-what-to-do",
                   test_wrong_options_are_told_what_to_do);
  g_test_add_func ("/sim/options/default-topic-elsewhere-is-refused",
                   test_default_topic_elsewhere_is_refused);
  g_test_add_func ("/sim/options/roads-alone-end-without-a-broker",
                   test_roads_alone_end_without_a_broker);
  int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
