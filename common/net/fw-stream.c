/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-stream-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fw-i18n.h"

#define LINGER_US (2 * G_USEC_PER_SEC)
#define HANDSHAKE_TIMEOUT_MS 10000

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

static gboolean
wants_input (const FwStream *stream)
{
  return stream->state == FW_STREAM_LINGERING || !stream->is_paused;
}

static void
watch_what_matters (FwStream *stream)
{
  gboolean reads = wants_input (stream);
  gboolean writes = stream->kept || (reads && stream->tls_wants_out);

  fw_stream_watch_for (stream, (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0));
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
    fw_crowd_leave (streams->crowd, stream->peer.address);
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
      if (stream->ssl)
        fw_stream_tls_free (stream);
      g_free (stream);
    }
}

static void
linger (FwStream *stream)
{
  if (stream->ssl)
    fw_stream_tls_bye (stream);
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

static FwStream *
accept_stream (FwStreams *streams, int fd, const FwPeer *peer, FwStreamState state)
{
  FwStream *stream = g_new0 (FwStream, 1);

  stream->streams = streams;
  stream->peer = *peer;
  stream->state = (guint8) state;
  stream->events = EPOLLIN;
  fw_stream_add (stream);
  fw_stream_count (streams, n_accepted, 1);
  if (!fw_stream_watch (streams, &stream->watch, FW_WATCH_STREAM, fd))
    fw_stream_die (stream, g_strerror (errno));
  return stream;
}

/* The owner hears of it. */
static void
begin (FwStream *stream)
{
  FwStreams *streams = stream->streams;

  stream->state = FW_STREAM_OPEN;
  stream->until_us = 0;
  if (!stream->is_ours)
    {
      stream->is_open = TRUE;
      stream->data = streams->handler.open (streams->user, stream);
    }
  else if (streams->handler.connected)
    streams->handler.connected (streams->user, stream, stream->data);
  if (stream->state == FW_STREAM_OPEN)
    watch_what_matters (stream);
}

void
fw_stream_accepted (gpointer user, int fd, const FwPeer *peer)
{
  FwStream *stream = accept_stream (user, fd, peer, FW_STREAM_OPEN);

  if (stream->state == FW_STREAM_OPEN)
    begin (stream);
}

void
fw_stream_accepted_for_tls (gpointer user, int fd, const FwPeer *peer)
{
  FwStreams *streams = user;
  FwStream *stream = accept_stream (streams, fd, peer, FW_STREAM_SHAKING_HANDS);

  streams->handshakes_left -= 1;
  if (stream->state == FW_STREAM_DEAD)
    return;
  if (fw_stream_tls_attach (stream, streams->tls, NULL, TRUE))
    fw_stream_shake_hands (stream);
  else
    fw_stream_die (stream, _ ("out of memory for TLS"));
}

void
fw_stream_shake_hands (FwStream *stream)
{
  FwStreams *streams = stream->streams;
  guint timeout_ms = streams->options.handshake_timeout_ms;
  const char *why = NULL;
  gssize n = fw_stream_tls_handshake (stream, &why);

  if (stream->until_us == 0)
    stream->until_us = g_get_monotonic_time ()
                       + 1000 * (gint64) (timeout_ms ? timeout_ms : HANDSHAKE_TIMEOUT_MS);
  if (n < 0)
    {
      fw_stream_count (streams, n_handshakes_failed, 1);
      if (stream->is_ours || stream->has_ended)
        fw_stream_die (stream, why);
      else
        linger (stream); /* or a reset takes away why we refuse */
      return;
    }
  if (n == 0)
    {
      fw_stream_watch_for (stream, EPOLLIN | (stream->tls_wants_out ? EPOLLOUT : 0));
      return;
    }
  fw_stream_count (streams, n_handshakes, 1);
  begin (stream);
}

void
fw_stream_made (FwStream *stream)
{
  fw_stream_count (stream->streams, n_connected, 1);
  stream->until_us = 0;
  if (!stream->target.tls)
    {
      begin (stream);
      return;
    }
  stream->state = FW_STREAM_SHAKING_HANDS;
  if (fw_stream_tls_attach (stream, stream->target.tls, stream->target.server_name, FALSE))
    fw_stream_shake_hands (stream);
  else
    fw_stream_die (stream, _ ("out of memory for TLS"));
}

static gssize
plain (gssize n, const char **ret_why)
{
  if (n >= 0)
    return n;
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == EINTR)
    return 0;
  *ret_why = g_strerror (errno);
  return -1;
}

/* Bytes that the kernel took; -1 when the stream is broken: then it is dead. */
static gssize
send_now (FwStream *stream, const guint8 *bytes, gsize len)
{
  const char *why = NULL;
  gssize n = stream->ssl
                 ? fw_stream_tls_write (stream, bytes, len, &why)
                 : plain (send (stream->watch.fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL), &why);

  fw_stream_count (stream->streams, n_sends, 1);
  if (n < 0)
    fw_stream_die (stream, why);
  else
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
  return n >= 0 && ((gsize) n == len || keep (stream, bytes + n, len - (gsize) n));
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
    return;
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
  if (at_once || stream->state < FW_STREAM_OPEN)
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

/* -1: over, and why. */
static gssize
read_some (FwStream *stream, const char **ret_why)
{
  FwStreams *streams = stream->streams;
  gssize n;

  if (stream->ssl && stream->state != FW_STREAM_LINGERING)
    return fw_stream_tls_read (stream, streams->buffer, FW_STREAM_READ_BYTES, ret_why);
  n = recv (stream->watch.fd, streams->buffer, FW_STREAM_READ_BYTES, MSG_DONTWAIT);
  if (n != 0)
    return plain (n, ret_why);
  *ret_why = _ ("the other end has closed the connection");
  return -1;
}

static void
receive (FwStream *stream)
{
  FwStreams *streams = stream->streams;
  gboolean wanted_out = stream->tls_wants_out;
  const char *why = NULL;
  gssize n = read_some (stream, &why);

  if (n < 0)
    fw_stream_die (stream, why);
  else if (stream->tls_wants_out != wanted_out)
    watch_what_matters (stream);
  if (n <= 0)
    return;
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
  if (stream->state == FW_STREAM_SHAKING_HANDS)
    {
      fw_stream_shake_hands (stream);
      return;
    }
  if (stream->state != FW_STREAM_DEAD && events & EPOLLOUT && stream->kept)
    flush (stream);
  if (stream->state != FW_STREAM_DEAD && wants_input (stream)
      && (events & EPOLLIN || stream->tls_wants_out))
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
      if (stream->state == FW_STREAM_SHAKING_HANDS)
        {
          fw_stream_count (streams, n_handshakes_failed, 1);
          fw_stream_die (stream, _ ("no answer in time"));
        }
      if (stream->state == FW_STREAM_LINGERING)
        fw_stream_die (stream, _ ("closed here"));
      else if (stream->state == FW_STREAM_CONNECTING)
        fw_stream_connect_next (stream);
    }
}
