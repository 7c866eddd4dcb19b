/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets are watched edge-triggered and once for life: `is_readable` remembers an edge until a
 * read has emptied the kernel, so that a request costs one recv() and one send() and nothing else.
 * While an answer is awaited nothing is read: that is the back-pressure.
 *
 * A read goes into the server's one buffer, behind what this connection had kept; what is not taken
 * is kept again. Handlers may kill a connection in any call, so it is freed only at the end of a
 * round (`is_dead`). */
#include "fw-http-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEPT_OWN_BYTES 4096             /* of each connection, that it is never cut for */
#define READS_PER_TURN 4                /* then the others have theirs */
#define PASS_OVER_MAX_BYTES (64 * 1024) /* of a body whose request is answered already */
#define LINGER_US (2 * G_USEC_PER_SEC)
#define BODY_RATE_MIN 1024 /* bytes per second */

static gint64
after_ms (const FwHttpServer *server, guint ms)
{
  return server->now_us + (gint64) ms * 1000;
}

void
fw_http_conn_accepted (gpointer user, int fd, const FwPeer *peer)
{
  FwHttpServer *server = user;
  FwHttpRequest *conn = g_new0 (FwHttpRequest, 1);
  struct epoll_event watch
      = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = conn };

  conn->source = (FwHttpSource){ FW_HTTP_SOURCE_CONN, fd };
  conn->server = server;
  conn->peer = *peer;
  conn->deadline_us = after_ms (server, server->options.header_timeout_ms);
  conn->next = server->conns;
  if (conn->next != NULL)
    conn->next->prev = conn;
  server->conns = conn;
  fw_http_count (server, n_accepted, 1);
  fw_http_count (server, n_connections, 1);
  if (epoll_ctl (server->epoll_fd, EPOLL_CTL_ADD, fd, &watch) != 0)
    fw_http_conn_kill (conn);
}

static void
unlink_conn (FwHttpRequest *conn)
{
  if (conn->next != NULL)
    conn->next->prev = conn->prev;
  if (conn->prev != NULL)
    conn->prev->next = conn->next;
  else
    conn->server->conns = conn->next;
}

void
fw_http_conn_kill (FwHttpRequest *conn)
{
  FwHttpServer *server = conn->server;

  if (conn->is_dead)
    return;
  conn->is_dead = TRUE;
  conn->server->kept_charged -= conn->kept_charged;
  conn->kept_charged = 0;
  close (conn->source.fd);
  unlink_conn (conn);
  fw_acceptor_gone (&server->acceptor, &conn->peer);
  fw_http_count (server, n_connections, -1);
  conn->next_dead = server->dead;
  server->dead = conn;
  if (!conn->is_open)
    return;
  conn->is_open = FALSE;
  fw_http_count (server, n_gone, 1);
  if (server->handler.gone != NULL)
    server->handler.gone (server->user, conn, conn->data);
}

void
fw_http_conn_free (FwHttpRequest *conn)
{
  g_free (conn->kept);
  g_free (conn->out);
  g_free (conn->headers);
  g_free (conn);
}

gboolean
fw_http_conn_is_idle (const FwHttpRequest *conn)
{
  return conn->phase == FW_HTTP_HEAD && conn->kept_len == 0 && conn->out == NULL;
}

void
fw_http_conn_schedule (FwHttpRequest *conn)
{
  if (conn->is_todo || conn->is_in_turn || conn->is_dead)
    return;
  conn->is_todo = TRUE;
  conn->next_todo = conn->server->todo;
  conn->server->todo = conn;
}

/* Bytes out. */

void
fw_http_conn_linger (FwHttpRequest *conn)
{
  /* Closing with unread bytes would reset the connection and take our answer with it. */
  shutdown (conn->source.fd, SHUT_WR);
  conn->phase = FW_HTTP_LINGER;
  conn->rated_len = 0;
  conn->deadline_us = conn->server->now_us + LINGER_US;
  fw_http_conn_schedule (conn);
}

static void
next_request (FwHttpRequest *conn)
{
  if (conn->out != NULL) /* the next one waits till this answer is out */
    {
      conn->deadline_us = after_ms (conn->server, conn->server->options.idle_timeout_ms);
      return;
    }
  if (!conn->keeps_alive || conn->server->is_draining)
    {
      fw_http_conn_linger (conn);
      return;
    }
  conn->phase = FW_HTTP_HEAD;
  conn->scanned = 0;
  conn->is_answered = conn->has_head_begun = FALSE;
  conn->deadline_us = after_ms (conn->server, conn->server->options.idle_timeout_ms);
  if (conn->kept_len > 0 || conn->is_readable || conn->is_ended)
    fw_http_conn_schedule (conn);
}

gboolean
fw_http_conn_may_go_on (const FwHttpRequest *conn)
{
  return !conn->server->is_draining
         && (conn->phase != FW_HTTP_BODY
             || (!conn->is_chunked && conn->body_left <= PASS_OVER_MAX_BYTES));
}

void
fw_http_conn_answered (FwHttpRequest *conn)
{
  conn->is_paused = FALSE;
  if (conn->phase == FW_HTTP_BODY && conn->keeps_alive)
    {
      fw_http_rate_body (conn);
      fw_http_conn_schedule (conn);
      return;
    }
  conn->phase = FW_HTTP_ANSWER;
  next_request (conn);
}

void
fw_http_conn_finish (FwHttpRequest *conn)
{
  conn->is_readable = TRUE; /* a request may just have come */
  fw_http_conn_turn (conn);
  if (!conn->is_dead && fw_http_conn_is_idle (conn))
    fw_http_conn_linger (conn);
}

static gssize
send_some (FwHttpRequest *conn, const char *bytes, gsize len)
{
  gssize n = send (conn->source.fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return 0;
  if (n < 0)
    {
      fw_http_conn_kill (conn);
      return -1;
    }
  fw_http_count (conn->server, n_bytes_out, n);
  return n;
}

gboolean
fw_http_conn_send (FwHttpRequest *conn, const char *bytes, gsize len)
{
  gssize n = conn->out == NULL ? send_some (conn, bytes, len) : 0;

  if (n < 0)
    return FALSE;
  if ((gsize) n == len)
    return TRUE;
  conn->out = g_realloc (conn->out, conn->out_len + len - (gsize) n);
  memcpy (conn->out + conn->out_len, bytes + n, len - (gsize) n);
  conn->out_len += len - (gsize) n;
  return TRUE;
}

static void
flush (FwHttpRequest *conn)
{
  gssize n = send_some (conn, conn->out + conn->out_at, conn->out_len - conn->out_at);

  if (n < 0)
    return;
  conn->out_at += (gsize) n;
  if (conn->out_at < conn->out_len)
    return;
  g_clear_pointer (&conn->out, g_free);
  conn->out_at = conn->out_len = 0;
  if (conn->phase == FW_HTTP_ANSWER && conn->is_answered)
    next_request (conn);
}

/* Bytes in. */

static gboolean
wants_bytes (const FwHttpRequest *conn)
{
  if (conn->is_dead)
    return FALSE;
  switch ((FwHttpPhase) conn->phase)
    {
    case FW_HTTP_HEAD:
    case FW_HTTP_LINGER:
      return TRUE;
    case FW_HTTP_BODY:
      return !conn->is_paused;
    default:
      return FALSE;
    }
}

/* Moves what was kept into the buffer and reads behind it. */
static gsize
fill (FwHttpRequest *conn)
{
  FwHttpServer *server = conn->server;
  gsize len = conn->kept_len, room = server->buffer_size - len;
  gssize n;

  if (len > 0)
    memcpy (server->buffer, conn->kept, len);
  if (!conn->is_readable || room == 0)
    return len;
  n = recv (conn->source.fd, server->buffer + len, room, MSG_DONTWAIT);
  if (n < 0 && errno == EINTR)
    return len;
  if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
    {
      fw_http_conn_kill (conn);
      return 0;
    }
  conn->is_readable = n > 0 && ((gsize) n == room || conn->has_their_end);
  conn->is_ended = conn->is_ended || n == 0;
  if (n <= 0)
    return len;
  fw_http_count (server, n_bytes_in, n);
  return len + (gsize) n;
}

/* FALSE: all together would hold too much. */
static gboolean
charge (FwHttpRequest *conn, gsize len)
{
  FwHttpServer *server = conn->server;
  gsize wanted = len > KEPT_OWN_BYTES ? len - KEPT_OWN_BYTES : 0;
  gsize all = server->kept_charged - conn->kept_charged + wanted;
  gsize max = server->options.kept_max_bytes;

  if (max > 0 && wanted > conn->kept_charged && all > max)
    return FALSE;
  server->kept_charged = all;
  conn->kept_charged = wanted;
  return TRUE;
}

static void
keep (FwHttpRequest *conn, const char *bytes, gsize len)
{
  if (!charge (conn, len))
    {
      fw_http_count (conn->server, n_crowded, 1);
      fw_http_conn_kill (conn);
      return;
    }
  if (len != conn->kept_len)
    conn->kept = g_realloc (conn->kept, len);
  if (len > 0)
    memcpy (conn->kept, bytes, len);
  conn->kept_len = len;
}

static gboolean
take_all (FwHttpRequest *conn)
{
  char *bytes = conn->server->buffer;
  gsize len = fill (conn), at = 0, n = 1;

  while (at < len && n > 0 && wants_bytes (conn))
    at += n = fw_http_take (conn, bytes + at, len - at);
  if (conn->is_dead)
    return FALSE;
  keep (conn, bytes + at, len - at);
  if (conn->is_dead)
    return FALSE;
  if (conn->is_ended && wants_bytes (conn)) /* for more than will ever come */
    fw_http_conn_kill (conn);
  return conn->is_readable && wants_bytes (conn);
}

void
fw_http_conn_turn (FwHttpRequest *conn)
{
  gboolean has_more = wants_bytes (conn);

  conn->is_in_turn = TRUE;
  for (guint i = 0; has_more && i < READS_PER_TURN; i++)
    has_more = take_all (conn);
  conn->is_in_turn = FALSE;
  if (has_more)
    fw_http_conn_schedule (conn);
}

void
fw_http_conn_event (FwHttpRequest *conn, guint32 events)
{
  if (conn->is_dead)
    return;
  if (events & (EPOLLERR | EPOLLHUP))
    {
      fw_http_conn_kill (conn);
      return;
    }
  if (events & (EPOLLIN | EPOLLRDHUP))
    conn->is_readable = TRUE;
  if (events & EPOLLRDHUP)
    conn->has_their_end = TRUE;
  if ((events & EPOLLOUT) && conn->out != NULL)
    flush (conn);
  if (conn->is_readable)
    fw_http_conn_turn (conn);
}

void
fw_http_conn_expired (FwHttpRequest *conn)
{
  FwHttpServer *server = conn->server;

  if (conn->phase == FW_HTTP_LINGER || conn->out != NULL || fw_http_conn_is_idle (conn))
    {
      fw_http_count (server, n_idle, conn->phase != FW_HTTP_LINGER);
      fw_http_conn_kill (conn);
      return;
    }
  fw_http_count (server, n_timeouts, 1);
  if (conn->phase == FW_HTTP_HEAD)
    {
      conn->phase = FW_HTTP_ANSWER;
      fw_http_refuse (conn, 408, "The head of the request took too long.");
    }
  else
    fw_http_break_off (conn, 408, "The body of the request took too long.");
}

const char *
fw_http_request_peer (const FwHttpRequest *conn)
{
  return conn->peer.text;
}
