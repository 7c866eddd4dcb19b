/* SPDX-License-Identifier: Apache-2.0 */
/* The least that any relay must do: librdkafka's consumer, and one joined write per client each 10
 * ms. It has no queries, no state, no care for slow clients (one that does not keep up is cut), and
 * speaks to our load client only. */
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench-stamp.h"
#include "fw-frame.h"

#define ROUND_US 10000
#define BATCH 1000

typedef struct
{
  int listener;
  GArray *clients;
  GByteArray *frames;
  rd_kafka_t *kafka;
  rd_kafka_queue_t *queue;
} Floor;

static int
listen_on (guint16 port)
{
  struct sockaddr_in name = { .sin_family = AF_INET,
                              .sin_port = htons (port),
                              .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (fd, (struct sockaddr *) &name, sizeof name) != 0 || listen (fd, 1024) != 0)
    g_error ("cannot listen on port %u", port);
  return fd;
}

/* Any request is taken for a handshake. */
static void
greet (int fd)
{
  static const char key_name[] = "Sec-WebSocket-Key: ";
  char head[4096];
  guint8 digest[20];
  gsize digest_len = sizeof digest;
  gsize len = 0;
  g_autofree char *answer = NULL, *accept_key = NULL;
  g_autoptr (GChecksum) sha = g_checksum_new (G_CHECKSUM_SHA1);
  const char *key;

  do
    {
      gssize n = recv (fd, head + len, sizeof head - 1 - len, 0);

      if (n <= 0)
        return;
      len += (gsize) n;
      head[len] = '\0';
    }
  while (strstr (head, "\r\n\r\n") == NULL);
  key = strstr (head, key_name);
  if (key == NULL)
    return;
  g_checksum_update (sha, (const guchar *) key + sizeof key_name - 1, 24);
  g_checksum_update (sha, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (sha, digest, &digest_len);
  accept_key = g_base64_encode (digest, digest_len);
  answer = g_strdup_printf (
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: %s\r\n\r\n",
      accept_key);
  if (send (fd, answer, strlen (answer), MSG_NOSIGNAL) < 0)
    g_warning ("a client is gone");
}

static void
accept_all (Floor *floor)
{
  int on = 1;
  int fd;

  while ((fd = accept4 (floor->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      greet (fd);
      g_array_append_val (floor->clients, fd);
    }
}

static void
append_frame (GByteArray *frames, const void *value, gsize len)
{
  guint8 header[FW_FRAME_HEADER_MAX];
  gsize header_len = fw_frame_put_header (header, FW_FRAME_TEXT, len);

  g_byte_array_append (frames, header, (guint) header_len);
  g_byte_array_append (frames, value, (guint) len);
}

static void
consume (Floor *floor, int timeout_ms)
{
  rd_kafka_message_t *messages[BATCH];
  rd_kafka_message_t *first = rd_kafka_consume_queue (floor->queue, timeout_ms);
  ssize_t n;

  if (first == NULL)
    return;
  if (first->err == RD_KAFKA_RESP_ERR_NO_ERROR)
    append_frame (floor->frames, first->payload, first->len);
  rd_kafka_message_destroy (first);
  do
    {
      n = rd_kafka_consume_batch_queue (floor->queue, 0, messages, BATCH);
      for (ssize_t i = 0; i < n; i++)
        {
          if (messages[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR)
            append_frame (floor->frames, messages[i]->payload, messages[i]->len);
          rd_kafka_message_destroy (messages[i]);
        }
    }
  while (n == BATCH);
}

static void
write_all (Floor *floor)
{
  for (guint i = 0; i < floor->clients->len && floor->frames->len > 0; i++)
    {
      int fd = g_array_index (floor->clients, int, i);

      if (send (fd, floor->frames->data, floor->frames->len, MSG_DONTWAIT | MSG_NOSIGNAL)
          == (gssize) floor->frames->len)
        continue;
      close (fd);
      g_array_remove_index_fast (floor->clients, i--);
    }
  g_byte_array_set_size (floor->frames, 0);
}

static void
set (rd_kafka_conf_t *conf, const char *name, const char *value)
{
  char why[256];

  if (rd_kafka_conf_set (conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK)
    g_error ("%s", why);
}

static void
start_consumer (Floor *floor, const char *bootstrap, const char *topic, int n_partitions)
{
  rd_kafka_conf_t *conf = rd_kafka_conf_new ();
  char why[256];
  rd_kafka_topic_t *handle;

  set (conf, "bootstrap.servers", bootstrap);
  set (conf, "socket.nagle.disable", "true");
  floor->kafka = rd_kafka_new (RD_KAFKA_CONSUMER, conf, why, sizeof why);
  if (floor->kafka == NULL)
    g_error ("%s", why);
  floor->queue = rd_kafka_queue_new (floor->kafka);
  handle = rd_kafka_topic_new (floor->kafka, topic, NULL);
  for (int i = 0; i < n_partitions; i++)
    if (rd_kafka_consume_start_queue (handle, i, RD_KAFKA_OFFSET_END, floor->queue) != 0)
      g_error ("cannot read partition %d", i);
}

int
main (int argc, char **argv)
{
  Floor floor = { 0 };
  gint64 next_us;

  if (argc != 5)
    {
      g_printerr ("usage: bench-floor BOOTSTRAP TOPIC PARTITIONS PORT\n");
      return 64;
    }
  floor.listener = listen_on ((guint16) atoi (argv[4]));
  floor.clients = g_array_new (FALSE, FALSE, sizeof (int));
  floor.frames = g_byte_array_new ();
  start_consumer (&floor, argv[1], argv[2], atoi (argv[3]));
  next_us = bench_now_us () + ROUND_US;
  for (;;)
    {
      gint64 left_us = next_us - bench_now_us ();

      if (left_us > 0)
        consume (&floor, (int) (left_us + 999) / 1000);
      if (bench_now_us () < next_us)
        continue;
      accept_all (&floor);
      write_all (&floor);
      next_us = MAX (next_us + ROUND_US, bench_now_us ());
    }
}
