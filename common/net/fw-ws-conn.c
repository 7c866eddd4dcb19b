/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket. Bytes leave by our own send() in whole frames. When the kernel cuts one, its rest
 * goes to libwebsockets, which sends it before anything else and then says WRITEABLE:
 *
 *   level  --send: all-->           level
 *   level  --send: full at a frame's end-->  choked, asks WRITEABLE
 *   level  --send: cut in a frame-->         choked, rest by lws_write (LWS_WRITE_HTTP)
 *   choked --WRITEABLE-->           level, handler->writable
 *
 * The rest must be finished there: a pong or a close that libwebsockets puts in between would break
 * the stream. */
#include "fw-ws-private.h"

#include <errno.h>
#include <linux/tcp.h> /* that of the C library has no tcpi_bytes_acked */
#include <string.h>
#include <sys/socket.h>

#include "fw-frame.h"

#define CLOSE_HANDSHAKE_S 5
#define CLOSE_REASON_MAX 123
#define SMALL_MESSAGE 1024

static void
cut_socket (FwWsConn *conn, guint code)
{
  conn->is_closing = TRUE;
  if (conn->close_code == 0)
    conn->close_code = (guint16) code;
  lws_set_timeout (conn->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
}

static FwSent
choke (FwWsConn *conn)
{
  conn->is_choked = TRUE;
  conn->wants_writable = TRUE;
  lws_callback_on_writable (conn->wsi);
  return FW_SENT_CHOKED;
}

/* One send(): bytes taken by the kernel, 0 when it is full, -1 when the socket is broken. */
static gssize
send_once (FwWsConn *conn, const guint8 *bytes, gsize len)
{
  FwWsServer *server = conn->server;
  gssize n;

  do
    n = send (lws_get_socket_fd (conn->wsi), bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  fw_ws_count (server, n_sends, 1);
  if (n < 0)
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -1;
  fw_ws_count (server, n_bytes, n);
  return n;
}

/* Bytes that libwebsockets keeps a copy of and sends before anything else. */
static gboolean
leave_to_lws (FwWsConn *conn, const guint8 *bytes, gsize len)
{
  if (lws_write (conn->wsi, (unsigned char *) bytes, len, LWS_WRITE_HTTP) < 0)
    return FALSE;
  fw_ws_count (conn->server, n_bytes, len);
  conn->pending_bytes += len;
  return TRUE;
}

/* Start and end of the frame that byte `at` is in, or begins. */
static void
frame_around (const guint8 *frames, gsize len, gsize at, gsize *ret_start, gsize *ret_end)
{
  gsize start = 0;
  gsize size = fw_frame_len (frames, len);

  while (start + size <= at)
    {
      start += size;
      size = fw_frame_len (frames + start, len - start);
      g_assert (size > 0);
    }
  g_assert (start + size <= len);
  *ret_start = start;
  *ret_end = start + size;
}

FwSent
fw_ws_conn_send (FwWsConn *conn, const guint8 *frames, gsize len, gsize *ret_taken)
{
  gsize start, end;
  gssize n;

  *ret_taken = 0;
  if (conn->is_closing || !conn->is_open)
    return FW_SENT_CLOSED;
  if (conn->is_choked)
    return FW_SENT_CHOKED;
  if (lws_partial_buffered (conn->wsi)) /* its own pong was cut */
    return choke (conn);
  n = send_once (conn, frames, len);
  if (n < 0)
    {
      cut_socket (conn, 1006);
      return FW_SENT_CLOSED;
    }
  *ret_taken = (gsize) n;
  if ((gsize) n == len)
    return FW_SENT_ALL;
  if (n == 0)
    return choke (conn);
  frame_around (frames, len, (gsize) n, &start, &end);
  if (start == (gsize) n)
    return choke (conn);
  fw_ws_count (conn->server, n_cuts, 1);
  *ret_taken = end;
  if (leave_to_lws (conn, frames + n, end - (gsize) n))
    return choke (conn);
  cut_socket (conn, 1006);
  return FW_SENT_CLOSED;
}

/* A frame of its own, in order behind what was taken before; kept when the kernel is full. */
static FwSent
send_frame (FwWsConn *conn, FwFrameOpcode opcode, const char *payload, gsize len)
{
  guint8 small[SMALL_MESSAGE + FW_FRAME_HEADER_MAX];
  g_autofree guint8 *large = len > SMALL_MESSAGE ? g_malloc (len + FW_FRAME_HEADER_MAX) : NULL;
  guint8 *frame = large != NULL ? large : small;
  gsize size = fw_frame_put_header (frame, opcode, len);
  gsize n_sent = 0;

  memcpy (frame + size, payload, len);
  size += len;
  if (!conn->is_choked && !lws_partial_buffered (conn->wsi))
    {
      gssize n = send_once (conn, frame, size);

      if (n < 0)
        {
          cut_socket (conn, 1006);
          return FW_SENT_CLOSED;
        }
      n_sent = (gsize) n;
    }
  if (n_sent == size)
    return FW_SENT_ALL;
  if (!leave_to_lws (conn, frame + n_sent, size - n_sent))
    {
      cut_socket (conn, 1006);
      return FW_SENT_CLOSED;
    }
  return choke (conn);
}

FwSent
fw_ws_conn_send_text (FwWsConn *conn, const char *text, gsize len)
{
  if (conn->is_closing || !conn->is_open)
    return FW_SENT_CLOSED;
  return send_frame (conn, FW_FRAME_TEXT, text, len);
}

void
fw_ws_conn_want_writable (FwWsConn *conn)
{
  if (!conn->is_open || conn->is_closing)
    return;
  conn->wants_writable = TRUE;
  lws_callback_on_writable (conn->wsi);
}

gboolean
fw_ws_conn_is_choked (const FwWsConn *conn)
{
  return conn->is_choked;
}

gsize
fw_ws_conn_pending_bytes (const FwWsConn *conn)
{
  return conn->pending_bytes;
}

gboolean
fw_ws_conn_has_taken_more (FwWsConn *conn)
{
  struct tcp_info info = { 0 };
  socklen_t len = sizeof info;

  if (getsockopt (lws_get_socket_fd (conn->wsi), IPPROTO_TCP, TCP_INFO, &info, &len) < 0
      || info.tcpi_bytes_acked == conn->acked_bytes)
    return FALSE;
  conn->acked_bytes = info.tcpi_bytes_acked;
  lws_validity_confirmed (conn->wsi);
  return TRUE;
}

/* We write the close frame ourselves, so that it is in order behind what is kept; the peer's answer
 * or the timeout ends the socket. */
void
fw_ws_conn_close (FwWsConn *conn, guint code, const char *reason, gboolean hard)
{
  char payload[2 + CLOSE_REASON_MAX];
  gsize reason_len = reason != NULL ? MIN (strlen (reason), CLOSE_REASON_MAX) : 0;
  FwSent sent;

  if (!conn->is_open || conn->is_closing)
    return;
  while (reason_len > 0 && !g_utf8_validate (reason, (gssize) reason_len, NULL))
    reason_len--;
  payload[0] = (char) (code >> 8);
  payload[1] = (char) code;
  memcpy (payload + 2, reason != NULL ? reason : "", reason_len);
  conn->close_code = (guint16) code;
  if (hard && (conn->is_choked || lws_partial_buffered (conn->wsi)))
    {
      cut_socket (conn, code);
      return;
    }
  sent = send_frame (conn, FW_FRAME_CLOSE, payload, 2 + reason_len);
  conn->is_closing = TRUE;
  if (hard && sent != FW_SENT_ALL)
    cut_socket (conn, code);
  else if (sent != FW_SENT_CLOSED)
    lws_set_timeout (conn->wsi, PENDING_TIMEOUT_CLOSE_ACK, CLOSE_HANDSHAKE_S);
}

void
fw_ws_conn_set_sndbuf (FwWsConn *conn, guint bytes)
{
  int size = (int) bytes;

  setsockopt (lws_get_socket_fd (conn->wsi), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

const char *
fw_ws_conn_peer (const FwWsConn *conn)
{
  return conn->peer.text;
}

gpointer
fw_ws_conn_data (const FwWsConn *conn)
{
  return conn->data;
}

void
fw_ws_conn_opened (FwWsConn *conn)
{
  conn->is_open = TRUE;
  conn->data = fw_ws_http_open (conn);
}

static void
refuse_message (FwWsConn *conn, gsize len)
{
  const FwWsHandler *handler = &conn->server->handler;

  if (handler->too_large != NULL)
    handler->too_large (conn->server->user, conn, conn->data, len);
  fw_ws_conn_close (conn, 1009, "message too large", FALSE);
}

static void
take_message (FwWsConn *conn, const char *text, gsize len)
{
  const FwWsHandler *handler = &conn->server->handler;

  if (handler->message != NULL)
    handler->message (conn->server->user, conn, conn->data, text, len,
                      lws_frame_is_binary (conn->wsi));
}

int
fw_ws_conn_received (FwWsConn *conn, const char *bytes, gsize len)
{
  gboolean is_last
      = lws_is_final_fragment (conn->wsi) && lws_remaining_packet_payload (conn->wsi) == 0;
  gsize so_far = conn->partial != NULL ? conn->partial->len : 0;
  g_autoptr (GByteArray) whole = NULL;

  if (conn->is_closing)
    return 0;
  if (so_far + len + lws_remaining_packet_payload (conn->wsi)
      > conn->server->options.message_max_bytes)
    {
      g_clear_pointer (&conn->partial, g_byte_array_unref);
      refuse_message (conn, so_far + len + lws_remaining_packet_payload (conn->wsi));
      return 0;
    }
  if (is_last && conn->partial == NULL)
    {
      take_message (conn, bytes, len);
      return 0;
    }
  if (conn->partial == NULL)
    conn->partial = g_byte_array_new ();
  g_byte_array_append (conn->partial, (const guint8 *) bytes, (guint) len);
  if (!is_last)
    return 0;
  whole = g_steal_pointer (&conn->partial);
  take_message (conn, (const char *) whole->data, whole->len);
  return 0;
}

/* 0 = libwebsockets answers the close; else the socket ends, as ours was the first close. */
int
fw_ws_conn_peer_closes (FwWsConn *conn, const guint8 *payload, gsize len)
{
  if (conn->is_closing)
    return -1;
  conn->is_closing = TRUE;
  conn->close_code = len >= 2 ? (guint16) (payload[0] << 8 | payload[1]) : 1005;
  return 0;
}

void
fw_ws_conn_writable (FwWsConn *conn)
{
  gboolean is_wanted
      = conn->wants_writable; /* after a pong of its own, libwebsockets says it too */

  conn->is_choked = FALSE;
  conn->wants_writable = FALSE;
  conn->pending_bytes = 0;
  if (is_wanted && !conn->is_closing && conn->server->handler.writable != NULL)
    conn->server->handler.writable (conn->server->user, conn, conn->data);
}

static void
give_up_place (FwWsConn *conn)
{
  if (conn->has_place)
    fw_ws_gate_leave (conn->server->gate, &conn->peer);
  conn->has_place = FALSE;
}

void
fw_ws_conn_closed (FwWsConn *conn)
{
  FwWsServer *server = conn->server;

  if (!conn->is_open)
    return;
  conn->is_open = FALSE;
  conn->is_closing = TRUE;
  give_up_place (conn);
  if (server->handler.closed != NULL)
    server->handler.closed (server->user, conn, conn->data,
                            conn->close_code != 0 ? conn->close_code : 1006);
}

void
fw_ws_conn_free (FwWsConn *conn)
{
  FwWsServer *server = conn->server;

  fw_ws_conn_closed (conn);
  give_up_place (conn);
  fw_ws_count (server, n_silent, conn->has_asked ? 0 : 1);
  fw_acceptor_gone (&server->acceptor, &conn->peer);
  if (conn->prev != NULL)
    conn->prev->next = conn->next;
  else
    server->conns = conn->next;
  if (conn->next != NULL)
    conn->next->prev = conn->prev;
  if (conn->partial != NULL)
    g_byte_array_unref (conn->partial);
  g_free (conn);
}
