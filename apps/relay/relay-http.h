/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-ws-server.h"
/* relay-http: the files a browser may have: the page, fleetwire.js, the schema, and Debian's Leaflet and Chart.js.
 * Promises: a fixed table made at start: a path is looked up, never opened, so none can lead elsewhere; a strict
 *   Content-Security-Policy; ETag and 304.
 * Threads: made by main, then immutable and read by all. */
typedef struct RelayHttp RelayHttp;

/* For every answer of the port, refusals too (FwWsServerOptions.reply_headers). */
extern const char relay_http_headers[];

RelayHttp *relay_http_new (void);
void       relay_http_free (RelayHttp *http); /* NULL is fine */
FwReply    relay_http_answer (const RelayHttp *http, const FwRequest *request);
guint      relay_http_n (const RelayHttp *http);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayHttp, relay_http_free)
