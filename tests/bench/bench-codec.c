/* SPDX-License-Identifier: Apache-2.0 */
/* What one event costs on its way through the pure parts: read, folded, asked, shown. Prints a line
 * each: NAME <tab> NANOSECONDS, the median of ROUNDS over many devices, so that caches are as cold
 * as in a real fleet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fw-event-json.h"
#include "fw-mqtt.h"
#include "fw-query.h"
#include "fw-row-json.h"
#include "ingest-session.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)
#define N_EVENTS 20000
#define ROUNDS 15

typedef struct
{
  GPtrArray *values;   /* GBytes */
  GByteArray *packets; /* each value as a PUBLISH of MQTT 5.0, one behind the other */
  gsize packet_at;
  IngestSessions sessions;
  IngestSession *session;
  guint32 ticket;
  GByteArray *answers;
  FwDevice **devices; /* one per value */
  FwEventReader *reader;
  FwThresholds limits;
  FwAttention attention;
  FwQuery *query;
  GString *row;
  gint64 tick;
} Bench;

static void
make_value (GString *out, guint i)
{
  g_string_printf (out,
                   "{\"device_id\":\"truck-%06u\",\"fleet\":\"north\",\"ts_ms\":%" G_GINT64_FORMAT
                   ",\"seq\":%u,\"lat\":%.5f,\"lon\":%.5f,"
                   "\"speed_kmh\":%.1f,\"heading_deg\":%.1f,\"temp_c\":%.2f,\"door\":false,"
                   "\"ignition\":true,\"fuel_pct\":%.1f}",
                   i, NOON_MS + i, i, 30.2 + i * 1e-5, -97.7 - i * 1e-5, i % 900 / 10.0,
                   i % 3600 / 10.0, 4 + i % 100 / 100.0, i % 1000 / 10.0);
}

static void
add_packet (Bench *bench, guint i)
{
  FwMqttPacket packet = { FW_MQTT_PUBLISH, FW_MQTT_5_0, (guint16) (1 + i % 1000) };
  g_autofree char *topic = g_strdup_printf ("fleet/north/truck-%06u/telemetry", i);
  gsize len;
  const guint8 *value = g_bytes_get_data (g_ptr_array_index (bench->values, i), &len);
  packet.publish.topic = (FwMqttBytes){ (const guint8 *) topic, (guint32) strlen (topic) };
  packet.publish.payload = (FwMqttBytes){ value, (guint32) len };
  packet.publish.qos = 1;
  fw_mqtt_write (&packet, bench->packets);
}

static IngestAnswer
take_publish (gpointer user, G_GNUC_UNUSED IngestSession *session, const IngestPublish *publish)
{
  ((Bench *) user)->ticket = publish->ticket;
  return (IngestAnswer){ INGEST_TAKEN, FW_MQTT_SUCCESS, NULL };
}

static void
open_session (Bench *bench)
{
  FwMqttPacket connect = { FW_MQTT_CONNECT, FW_MQTT_5_0 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  bench->sessions.limits.packet_max = G_MAXUINT16;
  bench->sessions.limits.in_flight_max = 10;
  bench->sessions.handler.publish = take_publish;
  bench->answers = g_byte_array_new ();
  bench->session = ingest_session_new (&bench->sessions, bench, 1, 0);
  fw_mqtt_write (&connect, bytes);
  ingest_session_feed (bench->session, bytes->data, bytes->len, 0, bench->answers);
  g_byte_array_set_size (bench->answers, 0);
}

static void
set_up (Bench *bench)
{
  g_autoptr (GString) value = g_string_new (NULL);
  bench->values = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  bench->packets = g_byte_array_new ();
  bench->devices = g_new0 (FwDevice *, N_EVENTS);
  bench->reader = fw_event_reader_new (NULL);
  bench->query
      = fw_query_new ("speed > 50 and not fleet = south and (temp > 4 or door = open)", NULL, NULL);
  bench->row = g_string_sized_new (1024);
  fw_thresholds_default (&bench->limits);
  open_session (bench);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      make_value (value, i);
      g_ptr_array_add (bench->values, g_bytes_new (value->str, value->len));
      g_autofree char *id = g_strdup_printf ("truck-%06u", i);
      bench->devices[i]
          = fw_device_new ((FwText){ "north", 5 }, (FwText){ id, (guint) strlen (id) });
      add_packet (bench, i);
    }
}

static void
tear_down (Bench *bench)
{
  for (guint i = 0; i < N_EVENTS; i++)
    fw_device_free (bench->devices[i]);
  g_free (bench->devices);
  g_ptr_array_unref (bench->values);
  g_byte_array_unref (bench->packets);
  ingest_session_free (bench->session);
  g_byte_array_unref (bench->answers);
  fw_event_reader_free (bench->reader);
  fw_query_free (bench->query);
  g_string_free (bench->row, TRUE);
}

static void
read_one (Bench *bench, guint i, FwEvent *ev)
{
  gsize len;
  const char *data = g_bytes_get_data (g_ptr_array_index (bench->values, i), &len);
  if (fw_event_read (bench->reader, data, len, ev) != FW_REJECT_NONE)
    abort ();
}

static gsize
next_packet (Bench *bench, guint i, const guint8 **ret_bytes)
{
  gsize len, at = i == 0 ? 0 : bench->packet_at;
  *ret_bytes = bench->packets->data + at;
  if (fw_mqtt_packet_len (*ret_bytes, bench->packets->len - at, G_MAXUINT16, &len) != FW_MQTT_OK)
    abort ();
  bench->packet_at = at + len;
  return len;
}

static void
run_mqtt (Bench *bench, guint i)
{
  FwMqttPacket packet;
  const guint8 *bytes;
  gsize len = next_packet (bench, i, &bytes);
  if (fw_mqtt_read (bytes, len, FW_MQTT_5_0, FW_MQTT_CLIENT, &packet) != FW_MQTT_OK)
    abort ();
}

static void
run_session (Bench *bench, guint i)
{
  const guint8 *bytes;
  gsize len = next_packet (bench, i, &bytes);
  ingest_session_feed (bench->session, bytes, len, 0, bench->answers);
  ingest_session_stored (bench->session, bench->ticket, FW_MQTT_SUCCESS, NULL, bench->answers);
  if (bench->answers->len != 4)
    abort ();
  g_byte_array_set_size (bench->answers, 0);
}

static void
run_read (Bench *bench, guint i)
{
  FwEvent ev;
  read_one (bench, i, &ev);
}

/* The same event to every device, only newer each time, so that nothing but the fold is measured.
 */
static void
run_fold (Bench *bench, guint i)
{
  static FwEvent ev;
  if (bench->tick++ == 0)
    read_one (bench, 7, &ev);
  ev.ts_ms = NOON_MS + bench->tick;
  fw_device_fold (bench->devices[i], &ev, &(FwArrival){ NOON_MS + bench->tick, 0, bench->tick });
}

static void
run_attention (Bench *bench, guint i)
{
  fw_attention_update (&bench->attention, bench->devices[i], &bench->limits, NOON_MS);
}

static void
run_query (Bench *bench, guint i)
{
  FwQuerySubject subject = { bench->devices[i], &bench->attention, &bench->limits, NOON_MS };
  fw_query_matches (bench->query, &subject);
}

static void
run_row (Bench *bench, guint i)
{
  g_string_truncate (bench->row, 0);
  fw_row_write (bench->row, bench->devices[i], &bench->attention, &bench->limits, FW_STATUS_MOVING,
                G_MAXUINT64, FW_ROW_META_ALL, FALSE);
}

static const struct
{
  const char *name;
  void (*run) (Bench *bench, guint i);
} parts[] = {
  { "read its MQTT packet", run_mqtt },
  { "the same, and acknowledge it", run_session },
  { "read an event of 200 bytes", run_read },
  { "fold it into its device", run_fold },
  { "attention", run_attention },
  { "match a query of four conditions", run_query },
  { "write a row", run_row },
};

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;
  return left < right ? -1 : left > right;
}

/* CPU time of this thread: a busy machine does not count. */
static double
cpu_ns (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

static double
median_ns (Bench *bench, void (*run) (Bench *bench, guint i))
{
  double ns[ROUNDS];
  for (guint round = 0; round < ROUNDS; round++)
    {
      double begin_ns = cpu_ns ();
      for (guint i = 0; i < N_EVENTS; i++)
        run (bench, i);
      ns[round] = (cpu_ns () - begin_ns) / N_EVENTS;
    }
  qsort (ns, ROUNDS, sizeof ns[0], compare_doubles);
  return ns[ROUNDS / 2];
}

int
main (void)
{
  Bench bench = { 0 };
  set_up (&bench);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    printf ("%s\t%.0f\n", parts[i].name, median_ns (&bench, parts[i].run));
  printf ("bytes per device\t%zu\n", fw_device_memory (bench.devices[0]));
  tear_down (&bench);
  return 0;
}
