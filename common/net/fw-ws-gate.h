/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-ws-gate: how many connections, of one address too, and how many handshakes a second: over all servers that it is
 * given to. Threads: any. */
#define FW_WS_SPARE_SOCKETS 64 /* beyond connections_max, for answers over HTTP and handshakes under way */
typedef struct { guint connections_max, connections_per_address_max, handshakes_per_s_max; } FwWsLimits; /* 0 = no limit; over it: 503 with Retry-After */
typedef struct FwWsGate FwWsGate;

FwWsGate *fw_ws_gate_new (const FwWsLimits *limits);
FwWsGate *fw_ws_gate_ref (FwWsGate *gate);
void      fw_ws_gate_unref (FwWsGate *gate); /* NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwWsGate, fw_ws_gate_unref)
