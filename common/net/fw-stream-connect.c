/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-stream-private.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "fw-addresses-private.h"
#include "fw-i18n.h"

#define CONNECT_TIMEOUT_MS 10000

/* 0, or why not. */
static int
begin (FwStream *stream, const FwAddress *address)
{
  FwStreams *streams = stream->streams;
  const struct sockaddr *where = (const struct sockaddr *) &address->where;
  struct epoll_event event = { .events = EPOLLOUT, .data.ptr = stream };
  int fd = socket (where->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;

  stream->watch.fd = fd;
  if (fd < 0)
    return errno;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  stream->events = EPOLLOUT;
  if (connect (fd, where, address->len) != 0 && errno != EINPROGRESS)
    return errno;
  return epoll_ctl (streams->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

static void
give_up_this_one (FwStream *stream)
{
  if (stream->watch.fd >= 0)
    close (stream->watch.fd);
  stream->watch.fd = -1;
}

static void
connect_on (FwStream *stream, const char *why)
{
  guint timeout_ms = stream->streams->options.connect_timeout_ms;
  const FwAddress *address;

  while ((address = fw_addresses_get (stream->target.addresses, stream->n_tried)))
    {
      int fault = begin (stream, address);

      stream->n_tried++;
      fw_peer_set (&stream->peer, &address->where);
      stream->until_us = g_get_monotonic_time ()
                         + 1000 * (gint64) (timeout_ms ? timeout_ms : CONNECT_TIMEOUT_MS);
      if (fault == 0)
        return;
      why = g_strerror (fault);
      give_up_this_one (stream);
    }
  fw_stream_die (stream, why);
}

void
fw_stream_connect_next (FwStream *stream)
{
  give_up_this_one (stream);
  connect_on (stream, _ ("no answer in time"));
}

void
fw_stream_connect_event (FwStream *stream)
{
  struct sockaddr_storage where;
  socklen_t where_len = sizeof where, len = sizeof (int);
  int fault = 0;

  if (getsockopt (stream->watch.fd, SOL_SOCKET, SO_ERROR, &fault, &len) != 0)
    fault = errno;
  if (fault == 0 && getpeername (stream->watch.fd, (struct sockaddr *) &where, &where_len) != 0)
    return; /* told of the address before this one */
  if (fault != 0)
    {
      give_up_this_one (stream);
      connect_on (stream, g_strerror (fault));
      return;
    }
  fw_stream_made (stream);
}

FwStream *
fw_stream_connect (FwStreams *streams, const FwStreamTarget *target, gpointer data)
{
  FwStream *stream = g_new0 (FwStream, 1);

  stream->streams = streams;
  stream->watch = (FwStreamWatch){ FW_WATCH_STREAM, -1 };
  stream->state = FW_STREAM_CONNECTING;
  stream->is_open = stream->is_ours = TRUE;
  stream->target = *target;
  stream->data = data;
  fw_stream_add (stream);
  connect_on (stream, NULL);
  return stream;
}
