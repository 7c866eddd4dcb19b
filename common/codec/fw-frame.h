/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-frame: server-to-client WebSocket framing (RFC 6455 5.2), unmasked, one message per frame, built in place.
 * Promises: header sizes 2, 4 or 10; frames can be walked again. No I/O. Threads: any. */
#define FW_FRAME_HEADER_MAX 10
typedef enum { FW_FRAME_TEXT = 1, FW_FRAME_BINARY = 2, FW_FRAME_CLOSE = 8, FW_FRAME_PING = 9, FW_FRAME_PONG = 10 } FwFrameOpcode;
gsize fw_frame_header_size (gsize payload_len);
/* Writes the header into out (room for FW_FRAME_HEADER_MAX); returns its size. */
gsize fw_frame_put_header (guint8 *out, FwFrameOpcode opcode, gsize payload_len);
/* Whole length (header + payload) of the frame at data, or 0 when fewer than its header's bytes are there. */
gsize fw_frame_len (const guint8 *data, gsize len);
