/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-time.h"
#include "relay-pace.h"
#include "relay-socket.h"
/* relay-round: how a socket thread works off what the hub pushed, and serves its clients.
 * Threads: the socket's own. */
#define RELAY_SEND_BUFFER_BYTES (64 * 1024) /* with 16 kB, turns of 24 kB made p99 four times longer */
#define RELAY_SLOW_BUFFER_BYTES (16 * 1024) /* what a slow client has underway, and so how stale it is */

struct RelaySocket
{
  RelaySocketSetup setup;
  FwWsServer *handle;         /* for the other threads; set before the hub starts */
  FwWsServer *server;         /* the same, for its own thread, which may run before main has it */
  RelayLink *link;
  RelayFanout *fanout;
  RelayPace pace;
  RelayFanoutCounts counted;  /* that the metrics have */
  FwWsServerCounts server_counted; /* admin thread */
  guint64 behind_counted;          /* admin thread */
  guint64 n_turns, n_turns_counted;
  gint64 swept_us;
  gboolean round_is_set;
  gboolean is_draining;
  gint must_drain, n_clients, n_conflated; /* atomic */
  gint64 n_kept_bytes;                     /* atomic */
};

static inline gint64
relay_socket_now_us (void)
{
  return fw_clock_mono_us (fw_clock_system ());
}

/* As many turns as the client can take; closes it when it is to be closed. */
void relay_round_serve (RelaySocket *self, RelayClient *client, gint64 at_us);
void relay_round_serve_ready (RelaySocket *self, gint64 at_us);
void relay_round_pass_on_asks (RelaySocket *self);
void relay_round_close (RelaySocket *self, RelayClient *client);
/* Until the hub wakes it, or the next sweep. */
void relay_round_sleep (RelaySocket *self, gint64 at_us);
/* FwWsHandler's two. */
void relay_round_woken (gpointer user);
void relay_round_tick (gpointer user);
