/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-stream-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-i18n.h"

#define LINGER_US (2 * G_USEC_PER_SEC)

gboolean
fw_stream_watch (FwStreams *streams, FwStreamWatch *watch, FwStreamWatchKind kind, gint fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };

  *watch = (FwStreamWatch){ kind, fd };
  return fd >= 0 && epoll_ctl (streams->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
fw_stream_watch_for (FwStream *stream, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = stream };

  if (stream->events == events)
    return;
  stream->events = events;
  epoll_ctl (stream->streams->epoll_fd, EPOLL_CTL_MOD, stream->watch.fd, &event);
}

static void
watch_what_matters (FwStream *stream)
{
  gboolean wants_input = stream->state == FW_STREAM_LINGERING || !stream->is_paused;

  fw_stream_watch_for (stream, (wants_input ? EPOLLIN : 0) | (stream->kept ? EPOLLOUT : 0));
}

static void
unlink_stream (FwStream *stream)
{
  if (stream->prev)
    stream->prev->next = stream->next;
  else
    stream->streams->all = stream->next;
  if (stream->next)
    stream->next->prev = stream->prev;
}

void
fw_stream_die (FwStream *stream, const char *why)
{
  FwStreams *streams = stream->streams;

  if (stream->state == FW_STREAM_DEAD)
    return;
  stream->state = FW_STREAM_DEAD;
  stream->why = why;
  if (stream->watch.fd >= 0)
    close (stream->watch.fd);
  if (!stream->is_ours)
    fw_acceptor_gone (&streams->acceptor, &stream->peer);
  unlink_stream (stream);
  stream->next = streams->dead;
  streams->dead = stream;
}

void
fw_stream_bury (FwStreams *streams)
{
  while (streams->dead)
    {
      FwStream *stream = streams->dead;

      streams->dead = stream->next;
      if (stream->is_open && streams->handler.closed)
        streams->handler.closed (streams->user, stream, stream->data);
      if (stream->kept)
        g_byte_array_unref (stream->kept);
      g_free (stream);
    }
}

static void
linger (FwStream *stream)
{
  stream->state = FW_STREAM_LINGERING;
  stream->until_us = g_get_monotonic_time () + LINGER_US;
  shutdown (stream->watch.fd, SHUT_WR);
  watch_what_matters (stream);
}

void
fw_stream_add (FwStream *stream)
{
  FwStreams *streams = stream->streams;

  stream->next = streams->all;
  if (stream->next)
    stream->next->prev = stream;
  streams->all = stream;
}

void
fw_stream_accepted (gpointer user, int fd, const FwPeer *peer)
{
  FwStreams *streams = user;
  FwStream *stream = g_new0 (FwStream, 1);

  stream->streams = streams;
  stream->peer = *peer;
  stream->state = FW_STREAM_OPEN;
  stream->events = EPOLLIN;
  fw_stream_add (stream);
  fw_stream_count (streams, n_accepted, 1);
  if (!fw_stream_watch (streams, &stream->watch, FW_WATCH_STREAM, fd))
    {
      fw_stream_die (stream, g_strerror (errno));
      return;
    }
  stream->is_open = TRUE;
  stream->data = streams->handler.open (streams->user, stream);
}

/* Bytes that the kernel took; -1 when the stream is broken. */
static gssize
send_now (FwStream *stream, const guint8 *bytes, gsize len)
{
  gssize n;

  do
    n = send (stream->watch.fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  fw_stream_count (stream->streams, n_sends, 1);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
  fw_stream_count (stream->streams, n_bytes_out, n);
  return n;
}

static gboolean
keep (FwStream *stream, const guint8 *bytes, gsize len)
{
  if (fw_stream_kept (stream) + len > stream->streams->options.output_max)
    {
      fw_stream_count (stream->streams, n_overflowed, 1);
      fw_stream_die (stream, _ ("the other end does not read"));
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
      fw_stream_die (stream, g_strerror (errno));
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
  FwStreams *streams = stream->streams;
  gssize n = send_now (stream, stream->kept->data + stream->kept_at, fw_stream_kept (stream));

  if (n < 0)
    {
      fw_stream_die (stream, g_strerror (errno));
      return;
    }
  stream->kept_at += (guint) n;
  if (fw_stream_kept (stream) > 0)
    return;
  g_clear_pointer (&stream->kept, g_byte_array_unref);
  stream->kept_at = 0;
  if (stream->state == FW_STREAM_CLOSING)
    linger (stream);
  else if (streams->handler.drained)
    streams->handler.drained (streams->user, stream, stream->data);
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
  if (at_once || stream->state == FW_STREAM_CONNECTING)
    fw_stream_die (stream, _ ("closed here"));
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

const char *
fw_stream_why (const FwStream *stream)
{
  return stream->why;
}

gpointer
fw_stream_data (const FwStream *stream)
{
  return stream->data;
}

static void
receive (FwStream *stream)
{
  FwStreams *streams = stream->streams;
  gssize n = recv (stream->watch.fd, streams->buffer, FW_STREAM_READ_BYTES, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return;
  if (n <= 0)
    {
      fw_stream_die (stream,
                     n == 0 ? _ ("the other end has closed the connection") : g_strerror (errno));
      return;
    }
  fw_stream_count (streams, n_bytes_in, n);
  if (stream->state == FW_STREAM_OPEN)
    streams->handler.received (streams->user, stream, stream->data, streams->buffer, (gsize) n);
}

void
fw_stream_event (FwStream *stream, guint32 events)
{
  if (stream->state == FW_STREAM_CONNECTING)
    {
      fw_stream_connect_event (stream);
      return;
    }
  if (stream->state != FW_STREAM_DEAD && events & EPOLLOUT && stream->kept)
    flush (stream);
  if (stream->state != FW_STREAM_DEAD && events & EPOLLIN)
    receive (stream);
  else if (stream->state != FW_STREAM_DEAD && events & (EPOLLERR | EPOLLHUP))
    fw_stream_die (stream, _ ("the other end has closed the connection"));
}

void
fw_stream_sweep (FwStreams *streams)
{
  gint64 now_us = g_get_monotonic_time ();
  FwStream *next;

  for (FwStream *stream = streams->all; stream; stream = next)
    {
      next = stream->next;
      if (now_us < stream->until_us)
        continue;
      if (stream->state == FW_STREAM_LINGERING)
        fw_stream_die (stream, _ ("closed here"));
      else if (stream->state == FW_STREAM_CONNECTING)
        fw_stream_connect_next (stream);
    }
}
