/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-stream-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_US (2 * G_USEC_PER_SEC)

gboolean
fw_stream_watch (FwStreamServer *server, FwStreamWatch *watch, FwStreamWatchKind kind, gint fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

  *watch = (FwStreamWatch){ kind, fd };
  return fd >= 0 && epoll_ctl (server->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void
watch_for (FwStream *stream, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = stream };

  if (stream->events == events)
    return;
  stream->events = events;
  epoll_ctl (stream->server->epoll_fd, EPOLL_CTL_MOD, stream->watch.fd, &event);
}

static void
watch_what_matters (FwStream *stream)
{
  gboolean wants_input = stream->state == FW_STREAM_LINGERING || !stream->is_paused;

  watch_for (stream, (wants_input ? EPOLLIN : 0) | (stream->kept ? EPOLLOUT : 0));
}

static void
unlink_stream (FwStream *stream)
{
  if (stream->prev)
    stream->prev->next = stream->next;
  else
    stream->server->streams = stream->next;
  if (stream->next)
    stream->next->prev = stream->prev;
}

static void
die (FwStream *stream)
{
  FwStreamServer *server = stream->server;

  if (stream->state == FW_STREAM_DEAD)
    return;
  stream->state = FW_STREAM_DEAD;
  close (stream->watch.fd);
  fw_acceptor_gone (&server->acceptor, &stream->peer);
  unlink_stream (stream);
  stream->next = server->dead;
  server->dead = stream;
}

void
fw_stream_bury (FwStreamServer *server)
{
  while (server->dead)
    {
      FwStream *stream = server->dead;

      server->dead = stream->next;
      if (stream->is_open && server->handler.closed)
        server->handler.closed (server->user, stream, stream->data);
      if (stream->kept)
        g_byte_array_unref (stream->kept);
      g_free (stream);
    }
}

static void
linger (FwStream *stream)
{
  stream->state = FW_STREAM_LINGERING;
  stream->linger_until_us = g_get_monotonic_time () + LINGER_US;
  shutdown (stream->watch.fd, SHUT_WR);
  watch_what_matters (stream);
}

void
fw_stream_accepted (gpointer user, int fd, const FwPeer *peer)
{
  FwStreamServer *server = user;
  FwStream *stream = g_new0 (FwStream, 1);

  stream->server = server;
  stream->peer = *peer;
  stream->events = EPOLLIN;
  stream->next = server->streams;
  if (stream->next)
    stream->next->prev = stream;
  server->streams = stream;
  fw_stream_count (server, n_accepted, 1);
  if (!fw_stream_watch (server, &stream->watch, FW_WATCH_STREAM, fd))
    {
      die (stream);
      return;
    }
  stream->is_open = TRUE;
  stream->data = server->handler.open (server->user, stream);
}

/* Bytes that the kernel took; -1 when the stream is broken. */
static gssize
send_now (FwStream *stream, const guint8 *bytes, gsize len)
{
  gssize n;

  do
    n = send (stream->watch.fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  fw_stream_count (stream->server, n_sends, 1);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
  fw_stream_count (stream->server, n_bytes_out, n);
  return n;
}

static gboolean
keep (FwStream *stream, const guint8 *bytes, gsize len)
{
  if (fw_stream_kept (stream) + len > stream->server->options.output_max)
    {
      fw_stream_count (stream->server, n_overflowed, 1);
      die (stream);
      return FALSE;
    }
  if (!stream->kept)
    stream->kept = g_byte_array_new ();
  g_byte_array_append (stream->kept, bytes, (guint) len);
  watch_what_matters (stream);
  return TRUE;
}

gboolean
fw_stream_send (FwStream *stream, const guint8 *bytes, gsize len)
{
  gssize n = 0;

  if (stream->state != FW_STREAM_OPEN)
    return FALSE;
  if (!stream->kept)
    n = send_now (stream, bytes, len);
  if (n < 0)
    {
      die (stream);
      return FALSE;
    }
  return (gsize) n == len || keep (stream, bytes + n, len - (gsize) n);
}

gsize
fw_stream_kept (const FwStream *stream)
{
  return stream->kept ? stream->kept->len - stream->kept_at : 0;
}

static void
flush (FwStream *stream)
{
  FwStreamServer *server = stream->server;
  gssize n = send_now (stream, stream->kept->data + stream->kept_at, fw_stream_kept (stream));

  if (n < 0)
    {
      die (stream);
      return;
    }
  stream->kept_at += (guint) n;
  if (fw_stream_kept (stream) > 0)
    return;
  g_clear_pointer (&stream->kept, g_byte_array_unref);
  stream->kept_at = 0;
  if (stream->state == FW_STREAM_CLOSING)
    linger (stream);
  else if (server->handler.drained)
    server->handler.drained (server->user, stream, stream->data);
  if (stream->state != FW_STREAM_DEAD)
    watch_what_matters (stream);
}

void
fw_stream_pause (FwStream *stream, gboolean is_paused)
{
  stream->is_paused = is_paused;
  if (stream->state == FW_STREAM_OPEN)
    watch_what_matters (stream);
}

void
fw_stream_close (FwStream *stream, gboolean at_once)
{
  if (at_once)
    die (stream);
  else if (stream->state == FW_STREAM_OPEN && stream->kept)
    stream->state = FW_STREAM_CLOSING;
  else if (stream->state == FW_STREAM_OPEN)
    linger (stream);
}

const char *
fw_stream_peer (const FwStream *stream)
{
  return stream->peer.text;
}

gpointer
fw_stream_data (const FwStream *stream)
{
  return stream->data;
}

static void
receive (FwStream *stream)
{
  FwStreamServer *server = stream->server;
  gssize n = recv (stream->watch.fd, server->buffer, FW_STREAM_READ_BYTES, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  if (n <= 0)
    {
      die (stream);
      return;
    }
  fw_stream_count (server, n_bytes_in, n);
  if (stream->state == FW_STREAM_OPEN)
    server->handler.received (server->user, stream, stream->data, server->buffer, (gsize) n);
}

void
fw_stream_event (FwStream *stream, guint32 events)
{
  if (stream->state != FW_STREAM_DEAD && events & EPOLLOUT && stream->kept)
    flush (stream);
  if (stream->state != FW_STREAM_DEAD && events & EPOLLIN)
    receive (stream);
  else if (stream->state != FW_STREAM_DEAD && events & (EPOLLERR | EPOLLHUP))
    die (stream);
}

void
fw_stream_sweep (FwStreamServer *server)
{
  gint64 now_us = g_get_monotonic_time ();
  FwStream *next;

  for (FwStream *stream = server->streams; stream; stream = next)
    {
      next = stream->next;
      if (stream->state == FW_STREAM_LINGERING && now_us >= stream->linger_until_us)
        die (stream);
    }
}
