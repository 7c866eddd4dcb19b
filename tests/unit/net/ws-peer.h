/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ws-peer: the other end of a connection, by hand: a plain socket that sends and reads exactly what a test says.
 * Every wait is bounded (5 s); a peer that waits longer fails the test. Threads: the test's. */
typedef struct { int fd; GByteArray *in; } Peer;
typedef struct { guint opcode; gboolean is_final; gsize len; guint8 *payload; } Frame; /* payload: the frame's, freed by the next read */

Peer *peer_connect (guint16 port, int rcvbuf_bytes); /* 0 = the system's */
void  peer_free (Peer *peer);
void  peer_send (Peer *peer, const void *bytes, gsize len);
void  peer_say (Peer *peer, const char *text);
/* Reads at most max bytes into peer->in; FALSE at the end of the stream. */
gboolean peer_read_some (Peer *peer, gsize max);
/* Up to and with the empty line; "" when the stream ended before. transfer full */
char *peer_read_head (Peer *peer);
/* An answer over HTTP: its head, and its body by Content-Length. transfer full */
char *peer_read_reply (Peer *peer, char **ret_body);
/* The handshake; subprotocols may be NULL. Returns the head of the answer; transfer full. */
char *peer_handshake (Peer *peer, const char *subprotocols);
/* A masked frame. */
void  peer_send_frame (Peer *peer, guint first_byte, const void *payload, gsize len);
/* The next whole frame; FALSE at the end of the stream. */
gboolean peer_read_frame (Peer *peer, Frame *ret_frame);
/* TRUE when the next thing is the end of the stream, whatever was before it. */
gboolean peer_reaches_end (Peer *peer);

/* The next answer over HTTP has this status; the next frame is a close with this code. */
void     peer_expect_status (Peer *peer, const char *status);
void     peer_expect_close (Peer *peer, guint code);
void     frame_clear (Frame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frame, frame_clear)
