/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-ws-private.h"

#define SPARE_PER_ADDRESS 16

struct FwWsGate
{
  gint n_refs;             /* atomic */
  FwCrowd *sockets, *open; /* accepted; of them, open WebSockets */
  double per_second;
  FwMutex mutex;
  double tokens; /* these two under mutex */
  gint64 tokens_us;
};

static guint
with_spare (guint limit, guint spare)
{
  return limit > 0 ? limit + spare : 0;
}

FwWsGate *
fw_ws_gate_new (const FwWsLimits *limits)
{
  FwWsGate *gate = g_new0 (FwWsGate, 1);

  gate->n_refs = 1;
  gate->sockets
      = fw_crowd_new (with_spare (limits->connections_max, FW_WS_SPARE_SOCKETS),
                      with_spare (limits->connections_per_address_max, SPARE_PER_ADDRESS));
  gate->open = fw_crowd_new (limits->connections_max, limits->connections_per_address_max);
  gate->per_second = gate->tokens = limits->handshakes_per_s_max;
  gate->tokens_us = g_get_monotonic_time ();
  fw_mutex_init (&gate->mutex);
  return gate;
}

FwWsGate *
fw_ws_gate_ref (FwWsGate *gate)
{
  g_atomic_int_inc (&gate->n_refs);
  return gate;
}

void
fw_ws_gate_unref (FwWsGate *gate)
{
  if (gate == NULL || !g_atomic_int_dec_and_test (&gate->n_refs))
    return;
  fw_crowd_unref (gate->sockets);
  fw_crowd_unref (gate->open);
  fw_mutex_clear (&gate->mutex);
  g_free (gate);
}

FwCrowd *
fw_ws_gate_sockets (FwWsGate *gate)
{
  return gate->sockets;
}

static gboolean
take_token (FwWsGate *gate)
{
  gint64 now_us = g_get_monotonic_time ();
  double gained;

  if (gate->per_second <= 0)
    return TRUE;
  gained = gate->per_second * (double) (now_us - gate->tokens_us) / G_USEC_PER_SEC;
  gate->tokens = MIN (gate->tokens + gained, gate->per_second);
  gate->tokens_us = now_us;
  if (gate->tokens < 1)
    return FALSE;
  gate->tokens -= 1;
  return TRUE;
}

static gboolean
take_handshake (FwWsGate *gate)
{
  gboolean is_taken;

  fw_mutex_lock (&gate->mutex);
  is_taken = take_token (gate);
  fw_mutex_unlock (&gate->mutex);
  return is_taken;
}

gboolean
fw_ws_gate_enter (FwWsGate *gate, const FwPeer *peer, FwNetLimit *ret_limit)
{
  if (!fw_crowd_enter (gate->open, peer->address, ret_limit))
    return FALSE;
  if (take_handshake (gate))
    return TRUE;
  fw_crowd_leave (gate->open, peer->address);
  *ret_limit = FW_NET_LIMIT_HANDSHAKES;
  return FALSE;
}

void
fw_ws_gate_leave (FwWsGate *gate, const FwPeer *peer)
{
  fw_crowd_leave (gate->open, peer->address);
}
