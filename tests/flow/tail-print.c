/* SPDX-License-Identifier: Apache-2.0 */
/* tail-print BOOTSTRAP TOPIC begin|end|MS: prints what fw-tail hands on, one JSON object a line,
 * until it is told to stop. SIGUSR1 makes it stop polling, SIGUSR2 go on: back-pressure. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fw-json.h"
#include "fw-log.h"
#include "fw-tail.h"

static void
print_line (GString *line)
{
  g_string_append (line, "}\n");
  fputs (line->str, stdout);
  fflush (stdout);
  g_string_free (line, TRUE);
}

static void
on_record (gpointer user, const FwRecord *record)
{
  GString *line = g_string_new (NULL);
  g_string_printf (line,
                   "{\"p\":%d,\"o\":%" G_GINT64_FORMAT ",\"t_ms\":%" G_GINT64_FORMAT
                   ",\"append\":%s,\"value\":",
                   record->partition, record->offset, record->timestamp_ms,
                   record->is_log_append ? "true" : "false");
  if (record->value)
    fw_json_put_string (line, record->value, record->value_len);
  else
    g_string_append (line, "null");
  (void) user;
  print_line (line);
}

static void
on_event (gpointer user, const FwTailEvent *event)
{
  static const char *const names[] = { "up",  "down",        "partition_added", "caught_up",
                                       "gap", "topic_reset", "topic_gone",      "error" };
  GString *line = g_string_new (NULL);
  g_string_printf (line,
                   "{\"event\":\"%s\",\"p\":%d,\"from\":%" G_GINT64_FORMAT
                   ",\"to\":%" G_GINT64_FORMAT ",\"generation\":%u,\"why\":",
                   names[event->type], event->partition, event->from_offset, event->to_offset,
                   event->generation);
  fw_json_put_string (line, event->why ? event->why : "", event->why ? strlen (event->why) : 0);
  (void) user;
  print_line (line);
}

static FwStart
parse_start (const char *text, gint64 *ret_ms)
{
  *ret_ms = g_ascii_strtoll (text, NULL, 10);
  if (strcmp (text, "begin") == 0)
    return FW_START_BEGIN;
  return strcmp (text, "end") == 0 ? FW_START_END : FW_START_TIME;
}

/* Blocked before any thread is there: a signal waits until it is asked for. */
static void
keep_signals (sigset_t *ret_signals)
{
  sigemptyset (ret_signals);
  sigaddset (ret_signals, SIGUSR1);
  sigaddset (ret_signals, SIGUSR2);
  sigaddset (ret_signals, SIGTERM);
  pthread_sigmask (SIG_BLOCK, ret_signals, NULL);
}

/* Until SIGTERM. */
static void
print_all (FwTail *tail, const sigset_t *signals)
{
  static const struct timespec now = { 0 };
  gboolean is_pausing = FALSE;
  int number;
  while ((number = is_pausing ? sigwaitinfo (signals, NULL) : sigtimedwait (signals, NULL, &now))
         != SIGTERM)
    {
      if (number == SIGUSR1 || number == SIGUSR2)
        is_pausing = number == SIGUSR1;
      if (!is_pausing)
        fw_tail_poll (tail, 1000, 100);
    }
}

int
main (int argc, char **argv)
{
  static const FwTailHandler handler = { on_record, on_event };
  g_autoptr (GError) error = NULL;
  gint64 at_ms;
  sigset_t signals;
  if (argc != 4)
    return 64;
  fw_log_init ("tail-print", g_getenv ("FLEETWIRE_LOG"), FALSE);
  keep_signals (&signals);
  FwKafkaOptions options = { .bootstrap = argv[1] };
  g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options, NULL, &error);
  g_autoptr (FwTail) tail = conf ? fw_tail_new (conf, &handler, NULL, &error) : NULL;
  if (!tail)
    {
      fprintf (stderr, "%s\n", error->message);
      return 69;
    }
  FwStart start = parse_start (argv[3], &at_ms);
  fw_tail_add (tail, argv[2], start, at_ms);
  print_all (tail, &signals);
  return 0;
}
