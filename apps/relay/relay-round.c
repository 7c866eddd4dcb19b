/* SPDX-License-Identifier: Apache-2.0 */
/* A round: take what the hub pushed, see which streams moved, give every ready client its turns.
 * Rounds are paced (relay-pace); a client that was choked, or asked something, is served at once,
 * outside of rounds.
 *
 *   asleep --woken--> wait (pace) --tick--> round --there was news--> wait (pace) --tick--> ...
 *                                             `--there was none--> asleep (a slow tick sweeps once
 *                                                                  a second) */
#include "relay-round.h"

#include "fw-log.h"
#include "relay-metrics.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-round");

#define SWEEP_US G_USEC_PER_SEC
#define SENDS_PER_TURN 4 /* then the next client, and this one again when it can take more */
#define RETRY_MS 1000

/* Closing. */

void
relay_round_close (RelaySocket *self, RelayClient *client)
{
  static const struct
  {
    guint code;
    const char *reason;
  } words[RELAY_N_CLOSES] = {
    [RELAY_CLOSE_STALLED] = { 1008, "took nothing for too long" },
    [RELAY_CLOSE_CONTROL_BACKLOG] = { 1008, "asks without reading the answers" },
    [RELAY_CLOSE_TOO_LARGE] = { 1009, "message too large" },
    [RELAY_CLOSE_SHUTDOWN] = { 1001, "the relay is stopping" },
  };

  if (client->closing == RELAY_CLOSE_STALLED)
    fw_info (_ ("client %s takes nothing for %lld s, closing it (--client-timeout)"),
             fw_ws_conn_peer (client->conn),
             (long long) self->setup.options->client_timeout_ms / 1000);
  else if (client->closing == RELAY_CLOSE_CONTROL_BACKLOG)
    fw_info (_ ("client %s asks without reading the answers, closing it (--max-control-backlog)"),
             fw_ws_conn_peer (client->conn));
  fw_ws_conn_close (client->conn, words[client->closing].code, words[client->closing].reason,
                    client->closing != RELAY_CLOSE_TOO_LARGE);
}

/* Serving. */

/* A reader of one stream that has what this round saw: what came meanwhile shares the next one's
 * send. */
static gboolean
is_served (const RelayClient *client, const RelayTurn *turn)
{
  return turn->sub && turn->sub->feed && relay_client_n_subs (client) == 1
         && relay_feed_has_seen_all (turn->sub->feed, turn->sub);
}

void
relay_round_serve (RelaySocket *self, RelayClient *client, gint64 at_us)
{
  RelayTurn turn;

  for (guint n = 0; relay_fanout_next (self->fanout, client, at_us, &turn); n++)
    {
      gsize taken = 0;
      FwSent sent;

      self->n_turns += n == 0;
      if (n == SENDS_PER_TURN)
        {
          fw_ws_conn_want_writable (client->conn);
          return;
        }
      sent = fw_ws_conn_send (client->conn, turn.frames.data, turn.frames.len, &taken);
      if (sent == FW_SENT_CLOSED)
        return;
      relay_fanout_took (self->fanout, client, &turn, taken, sent == FW_SENT_CHOKED, at_us);
      if (is_served (client, &turn))
        break;
    }
  if (client->closing)
    relay_round_close (self, client);
}

void
relay_round_pass_on_asks (RelaySocket *self)
{
  RelayAsk *ask;
  gboolean any = FALSE;

  while ((ask = relay_fanout_pop_ask (self->fanout)))
    {
      relay_link_ask (self->link, ask);
      any = TRUE;
    }
  relay_link_flush_asks (self->link);
  if (any)
    relay_hub_wake (self->setup.hub);
}

void
relay_round_serve_ready (RelaySocket *self, gint64 at_us)
{
  RelayClient *client;

  while ((client = relay_fanout_pop_ready (self->fanout)))
    relay_round_serve (self, client, at_us);
  relay_round_pass_on_asks (self);
}

/* Counting. */

static void
count (RelaySocket *self, guint row, const guint64 *now, const guint64 *before, guint n_labels)
{
  for (guint i = 0; i < n_labels; i++)
    if (now[i] > before[i])
      fw_metrics_add (self->setup.metrics, row, i, now[i] - before[i]);
}

static void
publish (RelaySocket *self)
{
  RelayFanoutCounts now = relay_fanout_counts (self->fanout), *before = &self->counted;

  count (self, RELAY_METRIC_DELIVERIES, &now.n_deliveries, &before->n_deliveries, 1);
  count (self, RELAY_METRIC_TURNS, &self->n_turns, &self->n_turns_counted, 1);
  self->n_turns_counted = self->n_turns;
  count (self, RELAY_METRIC_GAPS, now.n_gaps, before->n_gaps, RELAY_N_JUMPS);
  count (self, RELAY_METRIC_CATCH_UPS, &now.n_catch_ups, &before->n_catch_ups, 1);
  count (self, RELAY_METRIC_ERRORS, now.n_errors, before->n_errors, FW_N_CODES);
  count (self, RELAY_METRIC_REFUSED_SUBSCRIPTIONS, now.n_refused, before->n_refused,
         RELAY_N_LIMITS);
  self->counted = now;
  g_atomic_int_set (&self->n_conflated, (gint) relay_fanout_n_conflated (self->fanout));
  __atomic_store_n (&self->n_kept_bytes, (gint64) relay_fanout_block_bytes (self->fanout),
                    __ATOMIC_RELAXED);
}

static void
observe (RelaySocket *self, guint hop, gint64 us)
{
  fw_metrics_observe (self->setup.metrics, RELAY_METRIC_HOPS, hop, (double) us / G_USEC_PER_SEC);
}

/* Rounds. */

/* A healthy client needs room for a whole turn; of a slow one the kernel shall not hold the past.
 */
static void
size_buffer (RelayClient *client)
{
  gboolean is_slow = relay_client_is_conflated (client);

  if (is_slow == client->has_small_buffer)
    return;
  client->has_small_buffer = is_slow;
  fw_ws_conn_set_sndbuf (client->conn, is_slow ? RELAY_SLOW_BUFFER_BYTES : RELAY_SEND_BUFFER_BYTES);
}

/* Within a large frame the fan-out sees nothing of how a slow client gets on. */
static void
note_progress (RelaySocket *self, gint64 at_us)
{
  for (guint i = 0; i < relay_fanout_n_slots (self->fanout); i++)
    {
      RelayClient *client = relay_fanout_client (self->fanout, i);

      if (client && client->is_choked && fw_ws_conn_has_taken_more (client->conn))
        client->progress_us = at_us;
    }
}

static void
sweep (RelaySocket *self, gint64 at_us)
{
  note_progress (self, at_us);
  relay_fanout_sweep (self->fanout, at_us);
  for (guint i = 0; i < relay_fanout_n_slots (self->fanout); i++)
    {
      RelayClient *client = relay_fanout_client (self->fanout, i);

      if (!client)
        continue;
      size_buffer (client);
      if (client->closing == RELAY_CLOSE_STALLED)
        relay_round_close (self, client);
    }
  self->swept_us = at_us;
}

static void
say_bye (RelaySocket *self, RelayClient *client, const GString *bye, gint64 at_us)
{
  relay_fanout_say (self->fanout, client, bye);
  relay_round_serve (self, client, at_us);
  client->closing = RELAY_CLOSE_SHUTDOWN;
  relay_round_close (self, client);
}

static void
drain (RelaySocket *self, gint64 at_us)
{
  g_autoptr (GString) bye = g_string_new (NULL);

  self->is_draining = TRUE;
  relay_say_bye (bye, "shutdown", "", RETRY_MS);
  for (guint i = 0; i < relay_fanout_n_slots (self->fanout); i++)
    {
      RelayClient *client = relay_fanout_client (self->fanout, i);

      if (client && !client->closing)
        say_bye (self, client, bye, at_us);
    }
}

static void
set_round (RelaySocket *self, gint64 at_us)
{
  self->round_is_set = TRUE;
  fw_ws_server_set_timer (self->server, relay_pace_wait_us (&self->pace, at_us));
}

/* TRUE when there was anything. */
static gboolean
take_news (RelaySocket *self, gint64 at_us, gint64 *ret_pending_us)
{
  gboolean any = FALSE;
  RelayPush *push;

  *ret_pending_us = relay_link_take_pending (self->link);
  while ((push = relay_link_take_push (self->link)))
    {
      relay_fanout_apply (self->fanout, push);
      any = TRUE;
    }
  relay_fanout_round (self->fanout, at_us);
  return any || *ret_pending_us != 0;
}

static void
play_round (RelaySocket *self)
{
  gint64 began_us = relay_socket_now_us ();
  gint64 pending_us, ended_us;
  gboolean had_news = take_news (self, began_us, &pending_us);

  self->round_is_set = FALSE;
  relay_round_serve_ready (self, began_us);
  if (began_us - self->swept_us >= SWEEP_US)
    sweep (self, began_us);
  relay_round_serve_ready (self, began_us);
  ended_us = relay_socket_now_us ();
  if (pending_us)
    {
      observe (self, RELAY_HOP_RELAY, began_us - pending_us);
      observe (self, RELAY_HOP_SOCKET, ended_us - began_us);
    }
  publish (self);
  if (!had_news)
    {
      relay_round_sleep (self, ended_us);
      return;
    }
  relay_pace_began (&self->pace, began_us);
  relay_pace_ended (&self->pace, ended_us);
  set_round (self,
             ended_us); /* where there was news there will be more: no wake-up is needed for it */
}

void
relay_round_sleep (RelaySocket *self, gint64 at_us)
{
  if (relay_link_want_wake (self->link))
    set_round (self, at_us);
  else
    fw_ws_server_set_timer (self->server, MAX (self->swept_us + SWEEP_US - at_us, 0));
}

void
relay_round_woken (gpointer user)
{
  RelaySocket *self = user;
  gint64 at_us = relay_socket_now_us ();

  if (g_atomic_int_get (&self->must_drain) && !self->is_draining)
    drain (self, at_us);
  if (self->round_is_set)
    return;
  if (relay_pace_wait_us (&self->pace, at_us) == 0)
    play_round (self);
  else
    set_round (self, at_us);
}

void
relay_round_tick (gpointer user)
{
  play_round (user);
}
