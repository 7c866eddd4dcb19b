/* SPDX-License-Identifier: Apache-2.0 */
/* send-lines BOOTSTRAP TOPIC: produces each line of stdin through fw-producer, and prints what
 * became of it:
 * {"line":N,"ok":true,"p":P,"o":O}. Ends, when stdin has, once everything is reported. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "fw-log.h"
#include "fw-producer.h"

#define FLUSH_MS 60000

static void
on_report (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset,
           const char *why)
{
  (void) user;
  printf ("{\"line\":%" G_GUINT64_FORMAT ",\"ok\":%s,\"p\":%d,\"o\":%" G_GINT64_FORMAT
          ",\"why\":\"%s\"}\n",
          tag, ok ? "true" : "false", partition, offset, why ? why : "");
  fflush (stdout);
}

static gboolean
has_input (FwProducer *producer)
{
  struct pollfd in = { 0, POLLIN, 0 };
  while (poll (&in, 1, 10) == 0)
    fw_producer_poll (producer, 0);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  char line[65536];
  guint64 n = 0;
  if (argc != 3)
    return 64;
  fw_log_init ("send-lines", g_getenv ("FLEETWIRE_LOG"), FALSE);
  setvbuf (stdin, NULL, _IONBF, 0);
  FwKafkaOptions options = { .bootstrap = argv[1] };
  g_autoptr (FwKafkaConf) conf = fw_kafka_conf_new (&options, NULL, &error);
  g_autoptr (FwProducer) producer
      = conf ? fw_producer_new (conf, 1, on_report, NULL, &error) : NULL;
  if (!producer)
    return 69;
  while (has_input (producer) && fgets (line, sizeof line, stdin))
    {
      gsize len = strcspn (line, "\n");
      while (!fw_producer_send (producer, argv[2], line, len, line, len, NULL, 0, 0, n))
        fw_producer_poll (producer, 10);
      n++;
    }
  return fw_producer_flush (producer, FLUSH_MS) ? 0 : 1;
}
