/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that send events and wait for what acknowledges them: N connections on one epoll, MQTT
 * with QoS 1 or HTTP with one or 100 events a POST. Flat out, with K events of a connection
 * underway, or paced: then latency counts from the moment an event was due. Prints one JSON object.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench-stamp.h"

#define EVENTS 256
#define LATENCY_STEP_US 50
#define N_LATENCIES 400000
#define IN_FLIGHT_MAX 1024
#define BUFFER_BYTES (64 * 1024)

typedef enum
{
  MODE_MQTT,
  MODE_POST
} Mode;

typedef struct
{
  int fd;
  guint i;
  gboolean is_up; /* CONNACK came, or HTTP */
  guint16 next_packet_id;
  guint n_in_flight;
  gint64 due_us[IN_FLIGHT_MAX]; /* of what is underway, in order */
  guint first;
  guint8 in[BUFFER_BYTES];
  gsize in_len;
} Device;

static gint64 port = 1883, n_devices = 100, in_flight = 1, rate = 0, seconds = 5, lines = 1,
              n_bytes = 200, warm_ms = 1000;
static gchar *mode_name = NULL;
static Mode mode;
static guint64 n_sent, n_acked, n_acked_in_window, n_failed;
static gint64 begin_us, from_us, to_us;
static guint32 latencies[N_LATENCIES];
static guint n_up;

static const GOptionEntry entries[] = {
  { "mode", 0, 0, G_OPTION_ARG_STRING, &mode_name, "mqtt or post", "MODE" },
  { "port", 0, 0, G_OPTION_ARG_INT64, &port, "Of the server on loopback", "N" },
  { "devices", 0, 0, G_OPTION_ARG_INT64, &n_devices, "Connections", "N" },
  { "in-flight", 0, 0, G_OPTION_ARG_INT64, &in_flight, "Requests of one connection underway", "N" },
  { "rate", 0, 0, G_OPTION_ARG_INT64, &rate, "Requests a second over all; 0 = flat out", "N" },
  { "seconds", 0, 0, G_OPTION_ARG_INT64, &seconds, "How long it is measured", "N" },
  { "lines", 0, 0, G_OPTION_ARG_INT64, &lines, "Events in one POST", "N" },
  { "bytes", 0, 0, G_OPTION_ARG_INT64, &n_bytes, "Size of an event", "N" },
  { "warm-ms", 0, 0, G_OPTION_ARG_INT64, &warm_ms, "Before it is measured", "MS" },
  { 0 },
};

static gsize
put_event (char *text, gsize size, guint device, guint64 n)
{
  int len = g_snprintf (text, size,
                        "{\"device_id\":\"bench-%04u\",\"ts_ms\":%" G_GINT64_FORMAT
                        ",\"seq\":%" G_GUINT64_FORMAT
                        ",\"lat\":30.%06u,\"lon\":-97.%06u,\"speed_kmh\":51.2,\"pad\":\"",
                        device, g_get_real_time () / 1000, n, (guint) (n * 7919 % 1000000),
                        (guint) (n * 104729 % 1000000));
  gsize want = (gsize) MAX (n_bytes, len + 2);

  memset (text + len, 'x', want - (gsize) len - 2);
  memcpy (text + want - 2, "\"}", 2);
  return want;
}

static void
send_all (Device *device, const void *bytes, gsize len)
{
  while (len > 0)
    {
      gssize n = send (device->fd, bytes, len, MSG_NOSIGNAL);

      if (n <= 0)
        {
          g_printerr ("device %u: cannot send: %s\n", device->i, g_strerror (errno));
          exit (69);
        }
      bytes = (const char *) bytes + n;
      len -= (gsize) n;
    }
}

static gsize
put_length (guint8 *out, gsize len)
{
  gsize n = 0;

  do
    {
      out[n++] = (guint8) (len % 128 | (len > 127 ? 128 : 0));
      len /= 128;
    }
  while (len > 0);
  return n;
}

static void
send_publish (Device *device)
{
  guint8 packet[8192] = { 0x32 };
  char topic[64], event[4096];
  gsize event_len = put_event (event, sizeof event, device->i, n_sent);
  gsize topic_len
      = (gsize) g_snprintf (topic, sizeof topic, "fleet/default/bench-%04u/telemetry", device->i);
  gsize at = 1 + put_length (packet + 1, 2 + topic_len + 2 + event_len);

  if (++device->next_packet_id == 0)
    device->next_packet_id = 1;
  packet[at++] = (guint8) (topic_len >> 8);
  packet[at++] = (guint8) topic_len;
  memcpy (packet + at, topic, topic_len);
  at += topic_len;
  packet[at++] = (guint8) (device->next_packet_id >> 8);
  packet[at++] = (guint8) device->next_packet_id;
  memcpy (packet + at, event, event_len);
  send_all (device, packet, at + event_len);
}

static void
send_post (Device *device)
{
  static char body[1024 * 1024], head[256];
  gsize len = 0;
  int head_len;

  for (gint64 i = 0; i < lines; i++)
    {
      len += put_event (body + len, sizeof body - len, device->i,
                        n_sent * (guint64) lines + (guint64) i);
      body[len++] = '\n';
    }
  head_len = g_snprintf (head, sizeof head,
                         "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n"
                         "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                         lines > 1 ? "application/x-ndjson" : "application/json", len);
  memmove (body + head_len, body, len);
  memcpy (body, head, (gsize) head_len);
  send_all (device, body, len + (gsize) head_len);
}

static void
send_one (Device *device, gint64 due_us)
{
  device->due_us[(device->first + device->n_in_flight++) % IN_FLIGHT_MAX] = due_us;
  if (mode == MODE_MQTT)
    send_publish (device);
  else
    send_post (device);
  n_sent++;
}

static void
acked (Device *device, gboolean ok)
{
  gint64 now_us = bench_now_us (), due_us = device->due_us[device->first];

  device->first = (device->first + 1) % IN_FLIGHT_MAX;
  device->n_in_flight--;
  n_acked += ok;
  n_failed += !ok;
  if (now_us < from_us || now_us >= to_us)
    return;
  n_acked_in_window += ok;
  latencies[CLAMP ((now_us - due_us) / LATENCY_STEP_US, 0, N_LATENCIES - 1)]++;
}

/* Bytes used; 0 = not whole yet. */
static gsize
take_packet (Device *device, const guint8 *bytes, gsize len)
{
  if (len < 2 || len < (gsize) bytes[1] + 2)
    return 0;
  if (bytes[0] >> 4 == 2 && !device->is_up)
    {
      device->is_up = TRUE;
      n_up++;
    }
  else if (bytes[0] >> 4 == 4)
    acked (device, TRUE);
  else
    {
      g_printerr ("device %u: packet of type %u\n", device->i, bytes[0] >> 4);
      exit (76);
    }
  return (gsize) bytes[1] + 2;
}

static gsize
take_reply (Device *device, guint8 *bytes, gsize len)
{
  guint8 *end = memmem (bytes, len, "\r\n\r\n", 4);
  gsize head, body = 0;
  char *length;

  if (!end)
    return 0;
  head = (gsize) (end + 4 - bytes);
  *end = '\0';
  length = strcasestr ((char *) bytes, "content-length:");
  if (length)
    body = (gsize) atoi (length + strlen ("content-length:"));
  *end = '\r';
  if (len < head + body)
    return 0;
  acked (device, memcmp (bytes + 9, "202", 3) == 0);
  return head + body;
}

static gboolean
receive (Device *device)
{
  gsize at = 0, used;
  gssize n
      = recv (device->fd, device->in + device->in_len, BUFFER_BYTES - device->in_len, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return TRUE;
  if (n <= 0)
    return FALSE;
  device->in_len += (gsize) n;
  while ((used = mode == MODE_MQTT ? take_packet (device, device->in + at, device->in_len - at)
                                   : take_reply (device, device->in + at, device->in_len - at)))
    at += used;
  device->in_len -= at;
  memmove (device->in, device->in + at, device->in_len);
  return TRUE;
}

static void
connect_one (Device *device)
{
  const struct sockaddr_in to = { .sin_family = AF_INET,
                                  .sin_port = htons ((guint16) port),
                                  .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  guint8 packet[128] = { 0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0 };
  int on = 1, id_len;

  device->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (device->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect (device->fd, (const struct sockaddr *) &to, sizeof to) != 0)
    {
      g_printerr ("device %u: cannot connect to port %d: %s\n", device->i, (int) port,
                  g_strerror (errno));
      exit (69);
    }
  if (mode == MODE_POST)
    {
      device->is_up = TRUE;
      n_up++;
      return;
    }
  id_len = g_snprintf ((char *) packet + 14, 32, "bench-%04u", device->i);
  packet[13] = (guint8) id_len;
  packet[1] = (guint8) (12 + id_len);
  send_all (device, packet, (gsize) (14 + id_len));
}

/* Open loop: what is due and finds no free connection waits, and its latency counts. */
static void
send_due (Device *devices)
{
  static guint next;
  static guint64 n_due;
  gint64 now_us = bench_now_us ();

  while (begin_us + (gint64) (n_due * G_USEC_PER_SEC / (guint64) rate) <= now_us && now_us < to_us)
    {
      guint tried = 0;

      while (tried < n_devices && devices[next].n_in_flight >= in_flight)
        {
          next = (next + 1) % (guint) n_devices;
          tried++;
        }
      if (tried == n_devices)
        return;
      send_one (&devices[next], begin_us + (gint64) (n_due++ * G_USEC_PER_SEC / (guint64) rate));
      next = (next + 1) % (guint) n_devices;
    }
}

static void
fill (Device *device)
{
  gint64 now_us = bench_now_us ();

  while (rate == 0 && device->n_in_flight < in_flight && now_us < to_us)
    send_one (device, now_us);
}

static void
turn (int epoll, Device *devices)
{
  struct epoll_event events[EVENTS];
  int n = epoll_wait (epoll, events, EVENTS, 1);

  for (int i = 0; i < n; i++)
    {
      Device *device = events[i].data.ptr;

      if (!receive (device))
        {
          g_printerr ("device %u: the server hung up\n", device->i);
          exit (69);
        }
      if (begin_us > 0)
        fill (device);
    }
  if (rate > 0 && begin_us > 0)
    send_due (devices);
}

static double
latency_ms (double quantile)
{
  guint64 n = 0, before = 0;
  guint i = 0;

  for (guint k = 0; k < N_LATENCIES; k++)
    n += latencies[k];
  while (i < N_LATENCIES - 1 && (before += latencies[i]) < (guint64) ((double) n * quantile))
    i++;
  return n == 0 ? 0 : (double) (i + 1) * LATENCY_STEP_US / 1000;
}

static void
print_result (void)
{
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);
  g_print ("{\"sent\": %" G_GUINT64_FORMAT ", \"acked\": %" G_GUINT64_FORMAT
           ", \"failed\": %" G_GUINT64_FORMAT ", \"acked_in_window\": %" G_GUINT64_FORMAT
           ", \"events_in_window\": %" G_GUINT64_FORMAT
           ", \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"load_cpu_s\": %.2f}\n",
           n_sent, n_acked, n_failed, n_acked_in_window, n_acked_in_window * (guint64) lines,
           latency_ms (0.5), latency_ms (0.99),
           (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec)
               + (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / G_USEC_PER_SEC);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  Device *devices;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || in_flight > IN_FLIGHT_MAX
      || lines * (n_bytes + 100) > 900000)
    {
      g_printerr ("%s\n",
                  error ? error->message : "--in-flight at most 1024, a POST at most 900 kB");
      return 64;
    }
  mode = g_strcmp0 (mode_name, "mqtt") == 0 ? MODE_MQTT : MODE_POST;
  devices = g_new0 (Device, n_devices);
  for (guint i = 0; i < n_devices; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.ptr = &devices[i] };

      devices[i].i = i;
      connect_one (&devices[i]);
      epoll_ctl (epoll, EPOLL_CTL_ADD, devices[i].fd, &event);
    }
  while (n_up < n_devices)
    turn (epoll, devices);
  begin_us = bench_now_us ();
  from_us = begin_us + warm_ms * 1000;
  to_us = from_us + seconds * G_USEC_PER_SEC;
  g_print ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", from_us, to_us);
  fflush (stdout);
  for (guint i = 0; i < n_devices; i++)
    fill (&devices[i]);
  while (bench_now_us () < to_us + 5 * G_USEC_PER_SEC
         && (bench_now_us () < to_us || n_acked + n_failed < n_sent))
    turn (epoll, devices);
  print_result ();
  return 0;
}
