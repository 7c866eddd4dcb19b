/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-metric.h"
#include "fw-ws-gate.h"
#include "relay-http.h"
#include "relay-hub.h"
#include "relay-options.h"
/* relay-socket: one thread that serves its share of the clients: ties the fan-out to an FwWsServer, and paces its rounds.
 *   hub --link--> fan-out --turns--> fw_ws_conn_send          client message --> relay-request --> link --> hub
 * Threads: new, drain, stop and free by main; all else on its own thread. */
typedef struct RelaySocket RelaySocket;

typedef struct
{
  const RelayOptions *options;
  RelayHub *hub;
  const RelayHttp *http;
  FwMetrics *metrics;
  FwWsGate *gate;    /* shared by all sockets */
  const char *listen_host;
  guint16 listen_port;
} RelaySocketSetup;

/* index: which link of the hub is its own. The setup is copied, what it points to is borrowed. */
RelaySocket *relay_socket_new (const RelaySocketSetup *setup, guint index, GError **error);
guint16      relay_socket_port (const RelaySocket *socket);
/* Says bye to every client and closes it. */
void         relay_socket_drain (RelaySocket *socket);
gint         relay_socket_n_clients (RelaySocket *socket); /* any thread */
void         relay_socket_free (RelaySocket *socket);      /* stops it; NULL is fine */
/* Sums over sockets, into the gauges and counters that no event moves. Admin thread. */
void         relay_sockets_publish (RelaySocket *const *sockets, guint n, FwMetrics *metrics);
