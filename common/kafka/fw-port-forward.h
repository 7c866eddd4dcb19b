/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-port-forward: carries loopback connections from one port to another, byte for byte.
 * Promises: listens on 127.0.0.1 and, where there is one, ::1; at most FW_PORT_FORWARD_PAIRS_MAX connections at once,
 *   more are closed at once and counted; a slow side makes the other wait (one buffer each way).
 * Does not: leave loopback. Threads: one of its own; new and free from main. */
typedef struct FwPortForward FwPortForward;
#define FW_PORT_FORWARD_PAIRS_MAX 256

/* Binds and listens; who connects waits for start. listen: "localhost:PORT", "127.0.0.1:PORT", "[::1]:PORT", ":PORT" or
 * "PORT"; port 0 = any. */
FwPortForward *fw_port_forward_new (const char *listen, GError **error);
gboolean       fw_port_forward_start (FwPortForward *forward, guint16 to_port, GError **error);
void           fw_port_forward_free (FwPortForward *forward);
/* A connection to a loopback port, perhaps not yet established; -1 with errno. */
int            fw_port_forward_dial (guint16 port);
guint16        fw_port_forward_port (const FwPortForward *forward);
guint64        fw_port_forward_n_refused (const FwPortForward *forward); /* any thread */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwPortForward, fw_port_forward_free)
