/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-ring.h"
#include "fw-thread.h"
#include "fw-ws-server.h"
#include "ws-peer.h"
/* ws-house: a server under test whose handler tells the test's thread what happened, one line per event, and does what
 * the test asks on its own thread. Waits are bounded (5 s). */
typedef struct House House;
typedef void (*HouseTask) (House *house);
struct House
{
  FwWsServer *server;
  FwRing     *events;
  FwWake     *has_events;
  gpointer    task; /* atomic: HouseTask to run on the server's thread */
  /* the server's thread */
  FwWsServer *own_server;
  FwWsConn   *conn; /* the one opened last */
  guint       n_conns;
  gboolean    is_quiet; /* writable is not told but answered by on_writable */
  HouseTask   on_writable;
  guint8     *frames;
  gsize       len, at;
  guint       n_woken;
};

extern const char *const house_subprotocols[];
House *house_new (const FwWsServerOptions *options); /* NULL = small limits of a test */
void   house_free (House *house);
FwWsServerOptions house_options (void);
/* Waits for the next event and asserts that it is this one. */
void   house_expect (House *house, const char *event);
char  *house_next (House *house); /* transfer full */
/* Runs task on the server's thread; returns when it has run. */
void   house_do (House *house, HouseTask task);
void   house_tell (House *house, const char *format, ...) G_GNUC_PRINTF (2, 3); /* server's thread */

/* A peer with an open WebSocket, whose `open` has been taken. */
Peer  *house_peer (House *house, int rcvbuf_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (House, house_free)
