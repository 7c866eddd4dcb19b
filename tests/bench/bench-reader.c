/* SPDX-License-Identifier: Apache-2.0 */
#include "bench-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench-stamp.h"
#include "fw-frame.h"

#define READ_MAX (256 * 1024)
#define FRAME_MAX (16 * 1024 * 1024)
#define SLOW_RCVBUF 8192
#define ONE_RECORD_MAX 400 /* a longer message may hold several */

static guint8 buffer[FRAME_MAX + READ_MAX];

static gboolean
send_all (int fd, const void *bytes, gsize len)
{
  while (len > 0)
    {
      gssize n = send (fd, bytes, len, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      bytes = (const char *) bytes + n;
      len -= (gsize) n;
    }
  return TRUE;
}

/* Masked with zeros, which is a mask too. */
static gboolean
send_frame (int fd, guint opcode, const void *payload, gsize len)
{
  guint8 frame[4096] = { (guint8) (0x80 | opcode) };
  gsize at = 2;

  g_return_val_if_fail (len + 8 <= sizeof frame, FALSE);
  if (len < 126)
    frame[1] = (guint8) (0x80 | len);
  else
    {
      frame[1] = 0x80 | 126;
      frame[2] = (guint8) (len >> 8);
      frame[3] = (guint8) len;
      at = 4;
    }
  memset (frame + at, 0, 4);
  memcpy (frame + at + 4, payload, len);
  return send_all (fd, frame, at + 4 + len);
}

static void
keep_carry (Reader *reader, const guint8 *bytes, gsize len)
{
  if (len > reader->carry_size)
    {
      reader->carry_size = len;
      reader->carry = g_realloc (reader->carry, len);
    }
  if (len > 0)
    memcpy (reader->carry, bytes, len);
  reader->carry_len = len;
}

static gboolean
read_handshake (Reader *reader, GError **error)
{
  gsize len = 0;
  guint8 *end;

  do
    {
      gssize n = recv (reader->fd, buffer + len, 4096, 0);

      if (n <= 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "the server hung up in the handshake");
          return FALSE;
        }
      len += (gsize) n;
      end = memmem (buffer, len, "\r\n\r\n", 4);
    }
  while (end == NULL);
  if (memcmp (buffer, "HTTP/1.1 101", 12) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "refused: %.*s", (int) (end - buffer),
                   buffer);
      return FALSE;
    }
  keep_carry (reader, end + 4, len - (gsize) (end + 4 - buffer));
  return TRUE;
}

gboolean
reader_open (Reader *reader, guint16 port, const char *path, const char *subprotocol,
             const char *say, GError **error)
{
  const struct sockaddr_in to = { .sin_family = AF_INET,
                                  .sin_port = htons (port),
                                  .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int size = SLOW_RCVBUF, on = 1;
  g_autofree char *header = subprotocol != NULL
                                ? g_strdup_printf ("Sec-WebSocket-Protocol: %s\r\n", subprotocol)
                                : NULL;
  g_autofree char *request = g_strdup_printf (
      "GET %s HTTP/1.1\r\nHost: localhost:%u\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
      path, port, header != NULL ? header : "");

  reader->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (reader->pace != PACE_HEALTHY)
    setsockopt (reader->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (reader->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect (reader->fd, (const struct sockaddr *) &to, sizeof to) != 0
      || !send_all (reader->fd, request, strlen (request)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot connect to port %u: %s", port,
                   g_strerror (errno));
      return FALSE;
    }
  if (!read_handshake (reader, error))
    return FALSE;
  fcntl (reader->fd, F_SETFL, O_NONBLOCK);
  return say == NULL || send_frame (reader->fd, FW_FRAME_TEXT, say, strlen (say));
}

void
reader_clear (Reader *reader)
{
  close (reader->fd);
  g_clear_pointer (&reader->carry, g_free);
}

static void
count_stamp (Reader *reader, Window *window, const guint8 *stamp, gint64 now_us)
{
  gint64 due_us = bench_stamp_us (stamp + STAMP_KEY_LEN);

  reader->n_all++;
  if (reader->pace == PACE_HEALTHY && now_us >= window->from_us && now_us < window->to_us)
    window->n_arrived++;
  if (due_us < window->from_us || due_us >= window->to_us)
    return;
  reader->n_window++;
  reader->sum_window += bench_stamp_n (stamp + STAMP_KEY_LEN + STAMP_US_DIGITS + STAMP_GAP_LEN);
  reader->last_due_us = due_us;
  if (reader->pace == PACE_HEALTHY)
    window->latencies[CLAMP ((now_us - due_us) / LATENCY_STEP_US, 0, N_LATENCIES - 1)]++;
}

/* A stamp at or after `at`, most often just there; NULL when none is left. */
static const guint8 *
find_stamp (const guint8 *payload, gsize len, gsize at)
{
  const guint8 *stamp;

  if (at + STAMP_LEN > len)
    return NULL;
  if (memcmp (payload + at, STAMP_KEY, STAMP_KEY_LEN) == 0)
    return payload + at;
  stamp = memmem (payload + at, len - at, STAMP_KEY, STAMP_KEY_LEN);
  return stamp != NULL && (gsize) (stamp - payload) + STAMP_LEN <= len ? stamp : NULL;
}

/* One record, or as many as were joined into one message. */
static void
count_message (Reader *reader, Window *window, const guint8 *payload, gsize len, gint64 now_us)
{
  const guint8 *stamp = find_stamp (payload, len, reader->stamp_at);

  if (stamp == NULL || len >= ONE_RECORD_MAX)
    stamp = find_stamp (payload, len, 0);
  if (stamp != NULL)
    reader->stamp_at = (gsize) (stamp - payload);
  while (stamp != NULL)
    {
      count_stamp (reader, window, stamp, now_us);
      stamp = len < ONE_RECORD_MAX
                  ? NULL
                  : find_stamp (payload, len, (gsize) (stamp - payload) + STAMP_LEN);
    }
}

static void
take_close (Reader *reader, const guint8 *payload, gsize len)
{
  if (len >= 2)
    reader->close_code = (guint) (payload[0] << 8 | payload[1]);
  if (len > 2)
    g_strlcpy (reader->close_reason, (const char *) payload + 2,
               MIN (sizeof reader->close_reason, len - 1));
  send_frame (reader->fd, FW_FRAME_CLOSE, payload, MIN (len, 2));
}

static void
take_frame (Reader *reader, Window *window, const guint8 *frame, gsize size, gint64 now_us)
{
  gsize header = (frame[1] & 0x7f) < 126 ? 2 : (frame[1] & 0x7f) == 126 ? 4 : 10;
  const guint8 *payload = frame + header;
  gsize len = size - header;

  window->n_frames++;
  switch (frame[0] & 0x0f)
    {
    case FW_FRAME_TEXT:
    case FW_FRAME_BINARY:
      count_message (reader, window, payload, len, now_us);
      break;
    case FW_FRAME_PING:
      send_frame (reader->fd, FW_FRAME_PONG, payload, len);
      break;
    case FW_FRAME_CLOSE:
      take_close (reader, payload, len);
      break;
    case FW_FRAME_PONG:
      break;
    default:
      reader->is_broken = TRUE;
    }
}

gboolean
reader_read (Reader *reader, Window *window, gsize max)
{
  gsize at = 0, len = reader->carry_len, size;
  gssize n;
  gint64 now_us;

  if (reader->is_closed)
    return FALSE;
  if (len > 0)
    memcpy (buffer, reader->carry, len);
  n = recv (reader->fd, buffer + len, MIN (max, READ_MAX), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return TRUE;
  if (n <= 0)
    {
      reader->is_closed = TRUE;
      return FALSE;
    }
  now_us = bench_now_us ();
  len += (gsize) n;
  window->n_bytes += (guint64) n;
  window->n_reads++;
  while ((size = fw_frame_len (buffer + at, len - at)) > 0 && size <= len - at)
    {
      take_frame (reader, window, buffer + at, size, now_us);
      at += size;
    }
  if (size > FRAME_MAX)
    reader->is_broken = TRUE;
  if (reader->is_broken)
    return FALSE;
  keep_carry (reader, buffer + at, len - at);
  return TRUE;
}
