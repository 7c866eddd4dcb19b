/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-metric.h"
#include "fw-ws-server.h"
#include "relay-options.h"
/* relay-door: who may come in: Host, Origin and subprotocol, before anything is served. A refusal is logged with the
 * option that would allow it. Threads: any. */

/* TRUE: come in. FALSE: *ret is the answer. */
gboolean relay_door_open (const RelayOptions *options, const char *listen_host, FwMetrics *metrics, const FwRequest *request, FwReply *ret);
/* As what a WebSocket may open here: status 101, with our subprotocol or none; else the answer. */
FwReply  relay_door_upgrade (const RelayOptions *options, const char *listen_host, FwMetrics *metrics, const FwRequest *request);
