/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-net.h"
/* fw-ws-client: a WebSocket client on a poll thread of its own; frames come over a ring with an eventfd.
 * Promises: reconnects with full jitter back-off (0.5 s .. 15 s) until freed; each state change is an item in order with
 *   the messages; the ring has a limit: when full, reading stops (back-pressure to the server), nothing is dropped; a
 *   message of over FW_WS_CLIENT_MESSAGE_MAX_BYTES ends the connection.
 * Threads: new, free, pop and send on the owner's thread. */
#define FW_WS_CLIENT_MESSAGE_MAX_BYTES (64 * 1024 * 1024)
typedef struct FwWsClient FwWsClient;
typedef enum { FW_WS_CONNECTED, FW_WS_DISCONNECTED /* text: why; retry_ms */, FW_WS_MESSAGE } FwWsItemType;
typedef struct
{
  FwWsItemType type;
  gboolean is_binary;
  gint64   received_us;    /* monotonic, when the frame was whole */
  gint64   received_wall_ms;
  guint    retry_ms;
  gsize    len; char *text; /* NUL-terminated too */
} FwWsItem;

/* url: ws://HOST:PORT[/path]. subprotocol NULL = none. */
FwWsClient *fw_ws_client_new (const char *url, const char *subprotocol, GError **error);
void        fw_ws_client_free (FwWsClient *client);
int         fw_ws_client_fd (FwWsClient *client);           /* readable when pop may have something */
FwWsItem   *fw_ws_client_pop (FwWsClient *client);          /* NULL when empty (and the fd is cleared); transfer full */
void        fw_ws_item_free (FwWsItem *item);
/* Queued until connected and writable; FALSE when the queue (256) is full. */
gboolean    fw_ws_client_send (FwWsClient *client, const char *text, gsize len) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwWsClient, fw_ws_client_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwWsItem, fw_ws_item_free)
