/* SPDX-License-Identifier: Apache-2.0 */
/* Sends N messages a second to a topic, each stamped with the moment it was due, not with the
 * moment it was sent: a producer that falls behind shows in the latency. Open loop; prints what
 * Kafka acknowledged. */
#include <stdlib.h>
#include <string.h>

#include "bench-stamp.h"
#include "fw-producer.h"

#define LINGER_MS 1
#define N_DEVICES 500
#define TICK_US 1000

typedef struct
{
  guint64 n_acked, n_failed;
} Reports;

static gchar *kafka = NULL, *topic = NULL;
static gint64 rate = 1000, n_bytes = 200, seconds = 5, start_us = 0;

static const GOptionEntry entries[] = {
  { "kafka", 0, 0, G_OPTION_ARG_STRING, &kafka, "Bootstrap servers", "HOST:PORT" },
  { "topic", 0, 0, G_OPTION_ARG_STRING, &topic, "Topic", "NAME" },
  { "rate", 0, 0, G_OPTION_ARG_INT64, &rate, "Messages per second", "N" },
  { "bytes", 0, 0, G_OPTION_ARG_INT64, &n_bytes, "Size of a message", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_INT64, &seconds, "How long", "N" },
  { "start-us", 0, 0, G_OPTION_ARG_INT64, &start_us, "Begin at this monotonic time", "US" },
  { 0 },
};

static void
on_report (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset,
           const char *why)
{
  Reports *reports = user;

  (void) tag, (void) partition, (void) offset, (void) why;
  if (ok)
    reports->n_acked++;
  else
    reports->n_failed++;
}

static gsize
format_message (char *text, gsize size, gint64 due_us, guint64 n)
{
  gint64 wall_ms = g_get_real_time () / 1000 - (bench_now_us () - due_us) / 1000;
  int len = g_snprintf (
      text, size,
      "{\"device_id\":\"bench-%04u\",\"ts_ms\":%" G_GINT64_FORMAT ",\"seq\":%" G_GUINT64_FORMAT
      ",\"lat\":30.%06u,\"lon\":-97.%06u,\"speed_kmh\":51.2," STAMP_KEY "%016" G_GINT64_FORMAT
      "\",\"bench_n\":\"%010" G_GUINT64_FORMAT "\",\"pad\":\"",
      (guint) (n % N_DEVICES), wall_ms, n, (guint) (n * 7919 % 1000000),
      (guint) (n * 104729 % 1000000), due_us, n);
  gsize want = (gsize) MAX (n_bytes, len + 2);

  memset (text + len, 'x', want - (gsize) len - 2);
  memcpy (text + want - 2, "\"}", 2);
  return want;
}

static void
send_one (FwProducer *producer, gint64 due_us, guint64 n)
{
  char text[4096], key[32];
  gsize len = format_message (text, sizeof text, due_us, n);
  int key_len = g_snprintf (key, sizeof key, "default/bench-%04u", (guint) (n % N_DEVICES));

  while (!fw_producer_send (producer, topic, key, (gsize) key_len, text, len, NULL, 0, 0, n))
    fw_producer_poll (producer, 10);
}

static void
send_paced (FwProducer *producer)
{
  guint64 n = 0, n_all = (guint64) rate * (guint64) seconds;

  if (start_us == 0)
    start_us = bench_now_us ();
  while (n < n_all)
    {
      gint64 due_us = start_us + (gint64) (n * G_USEC_PER_SEC / (guint64) rate);

      if (due_us > bench_now_us ())
        {
          fw_producer_poll (producer, 0);
          bench_sleep_until_us (MAX (due_us, bench_now_us () + (rate > 1000 ? TICK_US : 0)));
          continue;
        }
      send_one (producer, due_us, n++);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FwKafkaConf) conf = NULL;
  g_autoptr (FwProducer) producer = NULL;
  FwKafkaOptions options = { 0 };
  Reports reports = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || kafka == NULL || topic == NULL
      || n_bytes > 4000)
    {
      g_printerr ("%s\n", error != NULL ? error->message
                                        : "--kafka and --topic are needed, --bytes at most 4000");
      return 64;
    }
  options.bootstrap = kafka;
  conf = fw_kafka_conf_new (&options, NULL, &error);
  if (conf != NULL)
    producer = fw_producer_new (conf, LINGER_MS, on_report, &reports, &error);
  if (producer == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 69;
    }
  send_paced (producer);
  fw_producer_flush (producer, 30000);
  g_print ("{\"acked\": %" G_GUINT64_FORMAT ", \"failed\": %" G_GUINT64_FORMAT "}\n",
           reports.n_acked, reports.n_failed);
  return reports.n_failed > 0;
}
