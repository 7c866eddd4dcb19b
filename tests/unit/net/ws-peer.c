/* SPDX-License-Identifier: Apache-2.0 */
#include "ws-peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "fw-frame.h"

#define WAIT_S 5

Peer *
peer_connect (guint16 port, int rcvbuf_bytes)
{
  const struct timeval wait = { .tv_sec = WAIT_S };
  struct sockaddr_in to = { .sin_family = AF_INET,
                            .sin_port = htons (port),
                            .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  Peer *peer = g_new0 (Peer, 1);

  peer->in = g_byte_array_new ();
  peer->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (peer->fd, >=, 0);
  if (rcvbuf_bytes > 0)
    g_assert_cmpint (
        setsockopt (peer->fd, SOL_SOCKET, SO_RCVBUF, &rcvbuf_bytes, sizeof rcvbuf_bytes), ==, 0);
  setsockopt (peer->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt (peer->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  g_assert_cmpint (connect (peer->fd, (struct sockaddr *) &to, sizeof to), ==, 0);
  return peer;
}

void
peer_free (Peer *peer)
{
  if (peer == NULL)
    return;
  close (peer->fd);
  g_byte_array_unref (peer->in);
  g_free (peer);
}

void
peer_send (Peer *peer, const void *bytes, gsize len)
{
  while (len > 0)
    {
      gssize n = send (peer->fd, bytes, len, MSG_NOSIGNAL);

      if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
        return; /* the server has had enough: what it said is still to be read */
      g_assert_cmpint (n, >, 0);
      bytes = (const char *) bytes + n;
      len -= (gsize) n;
    }
}

void
peer_say (Peer *peer, const char *text)
{
  peer_send (peer, text, strlen (text));
}

gboolean
peer_read_some (Peer *peer, gsize max)
{
  guint8 bytes[65536];
  gssize n = recv (peer->fd, bytes, MIN (max, sizeof bytes), 0);

  if (n < 0 && errno == ECONNRESET)
    return FALSE;
  if (n < 0)
    g_error ("waited %d s for the server: %s", WAIT_S, g_strerror (errno));
  g_byte_array_append (peer->in, bytes, (guint) n);
  return n > 0;
}

char *
peer_read_head (Peer *peer)
{
  for (;;)
    {
      const guint8 *end
          = peer->in->len == 0 ? NULL : memmem (peer->in->data, peer->in->len, "\r\n\r\n", 4);

      if (end != NULL)
        {
          gsize len = (gsize) (end - peer->in->data) + 4;
          char *head = g_strndup ((const char *) peer->in->data, len);

          g_byte_array_remove_range (peer->in, 0, (guint) len);
          return head;
        }
      if (!peer_read_some (peer, 4096))
        return g_strdup ("");
    }
}

char *
peer_read_reply (Peer *peer, char **ret_body)
{
  char *head = peer_read_head (peer);
  const char *length = strstr (head, "Content-Length: ");
  guint len = length != NULL ? (guint) g_ascii_strtoull (length + 16, NULL, 10) : 0;

  while (peer->in->len < len && peer_read_some (peer, 4096))
    ;
  g_assert_cmpuint (peer->in->len, >=, len);
  *ret_body = g_strndup ((const char *) peer->in->data, len);
  g_byte_array_remove_range (peer->in, 0, len);
  return head;
}

char *
peer_handshake (Peer *peer, const char *subprotocols)
{
  g_autofree char *header = subprotocols != NULL
                                ? g_strdup_printf ("Sec-WebSocket-Protocol: %s\r\n", subprotocols)
                                : NULL;
  g_autofree char *request = g_strdup_printf (
      "GET /live?a=1&b=%%20%%26 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
      header != NULL ? header : "");

  peer_say (peer, request);
  return peer_read_head (peer);
}

void
peer_send_frame (Peer *peer, guint first_byte, const void *payload, gsize len)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0x56, 0x78 };
  g_autofree guint8 *frame = g_malloc (len + 14);
  gsize at = 0;

  frame[at++] = (guint8) first_byte;
  if (len < 126)
    frame[at++] = (guint8) (0x80 | len);
  else if (len < 65536)
    {
      frame[at++] = 0x80 | 126;
      frame[at++] = (guint8) (len >> 8);
      frame[at++] = (guint8) len;
    }
  else
    {
      frame[at++] = 0x80 | 127;
      for (int shift = 56; shift >= 0; shift -= 8)
        frame[at++] = (guint8) ((guint64) len >> shift);
    }
  memcpy (frame + at, mask, 4);
  at += 4;
  for (gsize i = 0; i < len; i++)
    frame[at + i] = ((const guint8 *) payload)[i] ^ mask[i % 4];
  peer_send (peer, frame, at + len);
}

static gboolean
frame_is_whole (const GByteArray *in, gsize *ret_header, gsize *ret_len)
{
  gsize header = 2, len;

  if (in->len < 2)
    return FALSE;
  g_assert_cmpuint (in->data[0] & 0x70, ==, 0); /* no extension was agreed */
  g_assert_cmpuint (in->data[1] & 0x80, ==, 0); /* a server does not mask */
  len = in->data[1] & 0x7f;
  if (len >= 126)
    {
      guint n = len == 126 ? 2 : 8;

      header += n;
      if (in->len < header)
        return FALSE;
      len = 0;
      for (guint i = 0; i < n; i++)
        len = len << 8 | in->data[2 + i];
    }
  *ret_header = header;
  *ret_len = len;
  return in->len >= header + len;
}

gboolean
peer_read_frame (Peer *peer, Frame *ret_frame)
{
  gsize header, len;

  frame_clear (ret_frame);
  while (!frame_is_whole (peer->in, &header, &len))
    if (!peer_read_some (peer, 1500))
      return FALSE;
  ret_frame->opcode = peer->in->data[0] & 0x0f;
  ret_frame->is_final = (peer->in->data[0] & 0x80) != 0;
  ret_frame->len = len;
  ret_frame->payload = g_malloc (len + 1);
  memcpy (ret_frame->payload, peer->in->data + header, len);
  ret_frame->payload[len] = 0;
  g_byte_array_remove_range (peer->in, 0, (guint) (header + len));
  return TRUE;
}

void
frame_clear (Frame *frame)
{
  g_clear_pointer (&frame->payload, g_free);
}

gboolean
peer_reaches_end (Peer *peer)
{
  while (peer_read_some (peer, 4096))
    ;
  return TRUE;
}

void
peer_expect_status (Peer *peer, const char *status)
{
  g_autofree char *body = NULL;
  g_autofree char *head = peer_read_reply (peer, &body);

  if (!g_str_has_prefix (head, "HTTP/1.") || !g_str_has_prefix (head + 9, status))
    g_error ("expected status %s, got '%s'", status, head);
}

void
peer_expect_close (Peer *peer, guint code)
{
  g_auto (Frame) frame = { 0 };

  g_assert_true (peer_read_frame (peer, &frame));
  g_assert_cmpuint (frame.opcode, ==, FW_FRAME_CLOSE);
  g_assert_cmpuint (frame.payload[0] << 8 | frame.payload[1], ==, code);
}
