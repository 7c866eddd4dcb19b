/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include "fw-nearest.h"
#include "fw-text.h"
#include "fw-i18n.h"

#define N_COMMANDS_MAX 32
#define HELP_WIDTH 80
#define SUMMARY_COLUMN 11
#define SUMMARY_MARGIN "           "

const Command commands[] = {
  { "demo", N_ ("a whole fleet on this machine: broker, simulation, relay, dashboard") },
  { "dash", N_ ("the fleet, live, in a terminal") },
  { "sim", N_ ("a delivery fleet that drives through a town of its own") },
  { "ingest", N_ ("events from devices, by HTTP and MQTT, into Kafka") },
  { "enroll", N_ ("lets a device speak: a name and a secret for it") },
  { "relay", N_ ("a live fleet from Kafka, for browsers and terminals") },
  { "broker", N_ ("a small Kafka broker in memory, for development on one machine") },
  { "topics", N_ ("the topics that a fleet needs: print, make or check them") },
  { "commands", N_ ("set points and pings for devices") },
  { "doctor", N_ ("what is installed, reachable and wrong, and what to do about it") },
  { 0 },
};

gboolean
commands_has (const char *name)
{
  for (const Command *command = commands; command->name != NULL; command++)
    if (g_str_equal (command->name, name))
      return TRUE;
  return FALSE;
}

const char *
commands_nearest (const char *word)
{
  const char *names[N_COMMANDS_MAX + 2] = { "help" };

  G_STATIC_ASSERT (G_N_ELEMENTS (commands) <= N_COMMANDS_MAX);
  for (guint i = 0; commands[i].name != NULL; i++)
    names[i + 1] = commands[i].name;
  return fw_nearest_word (word, names);
}

static void
append_paragraph (GString *out, const char *text)
{
  fw_text_wrap (out, text, 0, "", HELP_WIDTH);
}

char *
commands_help (void)
{
  GString *out = g_string_new (NULL);

  append_paragraph (out, _ ("Usage: fleetwire COMMAND [ARGUMENT...]"));
  g_string_append_c (out, '\n');
  append_paragraph (out,
                    _ ("Simulates a delivery fleet, carries it through Kafka, and shows it live."));
  g_string_append_printf (out, "\n%s\n", _ ("Commands:"));
  for (const Command *command = commands; command->name != NULL; command++)
    {
      g_string_append_printf (out, "  %-8s ", command->name);
      fw_text_wrap (out, gettext (command->summary), SUMMARY_COLUMN, SUMMARY_MARGIN, HELP_WIDTH);
    }
  g_string_append_c (out, '\n');
  append_paragraph (
      out, _ ("Begin with 'fleetwire demo'. 'fleetwire help COMMAND' explains a command."));
  return g_string_free (out, FALSE);
}

char *
commands_man (void)
{
  GString *out = g_string_new (".\\\" SPDX-"
                               "License-Identifier: Apache-2.0\n");

  g_string_append_printf (out, ".TH FLEETWIRE 1 \"\" \"Fleetwire %s\"\n.ad l\n.nh\n", FW_VERSION);
  g_string_append_printf (out, ".SH %s\nfleetwire \\- %s\n", _ ("NAME"),
                          _ ("simulates a delivery fleet and shows it live"));
  g_string_append_printf (out, ".SH %s\n.B fleetwire\n%s\n", _ ("SYNOPSIS"),
                          _ ("COMMAND [ARGUMENT...]"));
  g_string_append_printf (
      out, ".SH %s\n%s\n", _ ("DESCRIPTION"),
      _ ("Runs the program fleetwire\\-COMMAND with the arguments. It is looked for beside this "
         "program, where Fleetwire was installed, and in PATH."));
  g_string_append_printf (out, ".SH %s\n", _ ("COMMANDS"));
  for (const Command *command = commands; command->name != NULL; command++)
    g_string_append_printf (out, ".TP\n.BR fleetwire\\-%s (1)\n%s\n", command->name,
                            gettext (command->summary));
  g_string_append_printf (out, ".SH %s\n", _ ("EXIT STATUS"));
  g_string_append_printf (out, ".TP\n.B 64\n%s\n", _ ("there is no such command"));
  g_string_append_printf (out, ".TP\n.B 69\n%s\n", _ ("the command is known, but not installed"));
  g_string_append_printf (out, ".PP\n%s\n", _ ("Any other status is the command's own."));
  return g_string_free (out, FALSE);
}
