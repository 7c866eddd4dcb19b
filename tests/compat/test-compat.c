/* SPDX-License-Identifier: Apache-2.0 */
/* What version 1 wrote, later builds read, and read as the same: tests/compat/v1/KIND.in, a case a
 * line, and KIND.out, what each meant then. Lines are added, never changed. `test-compat --print
 * KIND` prints the meaning of today's KIND.in. */
#include <stdio.h>
#include <string.h>

#include "fw-client-message.h"
#include "fw-command.h"
#include "fw-event-json.h"
#include "fw-mapping.h"
#include "fw-query.h"
#include "fw-row-json.h"

#define ARRIVAL_MS G_GINT64_CONSTANT (1700000000500)

static void
put_drops (GString *out, const FwEventReader *reader)
{
  const FwEventCounts *counts = fw_event_reader_counts (reader);
  for (guint why = 0; why < FW_N_DROPS; why++)
    if (counts->drops[why] > 0)
      g_string_append_printf (out, " dropped %s %" G_GUINT64_FORMAT, fw_drop_names[why],
                              counts->drops[why]);
}

static void
put_event (GString *out, const char *line, const FwMapping *mapping)
{
  FwEvent ev;
  g_autoptr (FwEventReader) reader = fw_event_reader_new (mapping);
  FwReject reject = fw_event_read (reader, line, strlen (line), &ev);
  if (reject != FW_REJECT_NONE)
    {
      g_string_append_printf (out, "rejected %s", fw_reject_names[reject]);
      return;
    }
  fw_event_write (&ev, out);
  put_drops (out, reader);
}

static void
mean_event (GString *out, const char *line)
{
  put_event (out, line, NULL);
}

/* FIELDS <tab> VALUE */
static void
mean_mapped (GString *out, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "\t", 2);
  g_autoptr (GError) error = NULL;
  g_autoptr (FwMapping) mapping = fw_mapping_parse_list (parts[0], &error);
  g_assert_no_error (error);
  put_event (out, parts[1], mapping);
  fw_field_forget_own ();
}

/* Events of one device, divided by tabs, become its row. */
static void
mean_row (GString *out, const char *line)
{
  g_auto (GStrv) values = g_strsplit (line, "\t", -1);
  g_autoptr (FwEventReader) reader = fw_event_reader_new (NULL);
  g_autoptr (FwDevice) dev = NULL;
  FwAttention attention = { 0 };
  FwThresholds limits;
  fw_thresholds_default (&limits);
  for (guint i = 0; values[i]; i++)
    {
      FwEvent ev;
      g_assert_cmpint (fw_event_read (reader, values[i], strlen (values[i]), &ev), ==,
                       FW_REJECT_NONE);
      if (!dev)
        dev = fw_device_new (ev.fleet, ev.device_id);
      fw_device_fold (dev, &ev, &(FwArrival){ ARRIVAL_MS, 0, i });
    }
  fw_attention_update (&attention, dev, &limits, ARRIVAL_MS);
  fw_row_write (out, dev, &attention, &limits, fw_status (dev, ARRIVAL_MS, &limits.status),
                G_MAXUINT64, FW_ROW_META_ALL, FALSE);
}

static void
mean_client_message (GString *out, const char *line)
{
  FwClientMessage msg;
  FwWireCode code;
  g_autofree char *message = NULL, *at = NULL;
  if (fw_client_message_read (&msg, line, strlen (line), &code, &message, &at))
    fw_client_message_write (&msg, out);
  else
    g_string_append_printf (out, "error %s at %s", fw_wire_code_names[code], at ? at : "-");
  fw_client_message_clear (&msg);
}

static void
mean_query (GString *out, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FwQuery) query = fw_query_new (line, NULL, &error);
  g_assert_no_error (error);
  g_string_append (out, fw_query_text (query));
}

/* KEY <tab> VALUE, or "null" */
static void
mean_command (GString *out, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "\t", 2);
  gboolean is_null = strcmp (parts[1], "null") == 0;
  FwJsonReader json;
  FwCommand command;
  fw_json_reader_init (&json);
  FwCommandFate fate = fw_command_read (&json, parts[0], strlen (parts[0]),
                                        is_null ? NULL : parts[1], strlen (parts[1]), &command);
  fw_json_reader_clear (&json);
  g_string_append (out, fw_command_fate_names[fate]);
  if (fate == FW_COMMAND_FOR_DEVICE || fate == FW_COMMAND_WITHDRAWS)
    g_string_append_printf (out, " %.*s | %.*s ", (int) command.fleet.len, command.fleet.data,
                            (int) command.device_id.len, command.device_id.data);
  if (fate == FW_COMMAND_FOR_DEVICE)
    fw_command_write (&command, "-", out);
}

static const struct
{
  const char *name;
  void (*mean) (GString *out, const char *line);
} kinds[] = {
  { "events", mean_event },  { "mapped", mean_mapped },
  { "rows", mean_row },      { "client-messages", mean_client_message },
  { "queries", mean_query }, { "commands", mean_command },
};

static char **
read_lines (const char *kind, const char *suffix)
{
  g_autofree char *name = g_strconcat (kind, suffix, NULL);
  g_autofree char *path
      = g_build_filename (g_getenv ("FLEETWIRE_SOURCE"), "tests", "compat", "v1", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (text, "\n"));
  text[strlen (text) - 1] = '\0';
  return g_strsplit (text, "\n", -1);
}

static void
test_kind (gconstpointer data)
{
  guint kind = GPOINTER_TO_UINT (data);
  g_auto (GStrv) cases = read_lines (kinds[kind].name, ".in");
  g_auto (GStrv) meanings = read_lines (kinds[kind].name, ".out");
  g_assert_cmpuint (g_strv_length (cases), ==, g_strv_length (meanings));
  for (guint i = 0; cases[i]; i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      kinds[kind].mean (out, cases[i]);
      g_assert_cmpstr (out->str, ==, meanings[i]);
    }
}

static int
print_kind (const char *name)
{
  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    if (strcmp (kinds[kind].name, name) == 0)
      {
        g_auto (GStrv) cases = read_lines (name, ".in");
        for (guint i = 0; cases[i]; i++)
          {
            g_autoptr (GString) out = g_string_new (NULL);
            kinds[kind].mean (out, cases[i]);
            puts (out->str);
          }
        return 0;
      }
  return 64;
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--print") == 0)
    return print_kind (argv[2]);
  g_test_init (&argc, &argv, NULL);
  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      g_autofree char *path
          = g_strdup_printf ("/compat/v1/%s-mean-what-they-meant", kinds[kind].name);
      g_test_add_data_func (path, GUINT_TO_POINTER (kind), test_kind);
    }
  return g_test_run ();
}
