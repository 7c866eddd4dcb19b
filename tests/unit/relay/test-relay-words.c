/* SPDX-License-Identifier: Apache-2.0 */
/* The closed sets of words that clients rely on stand in the schema and in the protocol's page. */
#include "fw-attention.h"
#include "relay-fleet.h"
#include "relay-protocol.h"

static char *
read_source (const char *path)
{
  g_autofree char *whole = g_build_filename (g_getenv ("FLEETWIRE_SOURCE"), path, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (whole, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_told (const char *word)
{
  static const char *const pages[][3] = {
    { "apps/relay/protocol.schema.json", "\"", "\"" },
    { "docs/protocol.md", "`", "`" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *page = read_source (pages[i][0]);
      g_autofree char *quoted = g_strconcat (pages[i][1], word, pages[i][2], NULL);
      if (!g_strstr_len (page, -1, quoted))
        g_error ("%s does not tell of %s", pages[i][0], quoted);
    }
}

static void
test_sets_of_words (void)
{
  const char *const *const sets[]
      = { fw_wire_code_names, fw_client_row_names, relay_lane_names, relay_left_names };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    for (const char *const *word = sets[i]; *word; word++)
      assert_told (*word);
}

static void
test_how_a_device_is (void)
{
  for (guint i = 0; i < FW_N_STATUS; i++)
    assert_told (fw_status_name ((FwStatus) i));
  for (guint i = FW_SEVERITY_NONE; i <= FW_SEVERITY_CRITICAL; i++)
    assert_told (fw_severity_name ((FwSeverity) i));
  for (guint i = 0; i < FW_N_REASONS; i++)
    assert_told (fw_reason_name ((FwReason) i));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/words/closed-sets-are-told", test_sets_of_words);
  g_test_add_func ("/relay/words/how-a-device-is-is-told", test_how_a_device_is);
  return g_test_run ();
}
