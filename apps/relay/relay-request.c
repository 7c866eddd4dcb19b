/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-request.h"

#include "fw-i18n.h"

typedef struct
{
  RelayFanout *fanout;
  RelayClient *client;
  const FwClientMessage *msg;
} Request;

static void
refuse (const Request *request, FwWireCode code, const char *message, const char *at)
{
  relay_fanout_say_error (request->fanout, request->client, request->msg->id, code, message, at);
}

static gboolean
has_room (const Request *request)
{
  const RelayFanoutLimits *limits = relay_fanout_limits (request->fanout);
  RelayClient *client = request->client;

  if (client->n_unanswered >= limits->unanswered_max)
    relay_fanout_refuse (request->fanout, client, request->msg->id, RELAY_LIMIT_UNANSWERED);
  else if (request->msg->op == FW_OP_SUBSCRIBE
           && relay_client_n_subs (client) + client->n_unanswered >= limits->subscriptions_max)
    relay_fanout_refuse (request->fanout, client, request->msg->id, RELAY_LIMIT_SUBSCRIPTIONS);
  else
    return TRUE;
  return FALSE;
}

static void
subscribe_log (const Request *request)
{
  RelayFeed *feed = relay_fanout_find_feed (request->fanout, request->msg->topic);

  if (!feed)
    refuse (request, FW_CODE_UNKNOWN_TOPIC,
            _ ("This relay does not read that topic; its option --topic adds one"), "channel");
  else if (relay_client_find_feed (request->client, feed))
    refuse (request, FW_CODE_ALREADY_SUBSCRIBED, _ ("This client reads that log already"),
            "channel");
  else
    relay_fanout_read_feed (request->fanout, request->client, feed, request->msg->id,
                            request->msg->since != NULL);
}

/* held: the subscription that this one replaces, or NULL. */
static void
ask_for_fleet (const Request *request, const RelaySub *held)
{
  FwWireCode code = FW_CODE_BAD_REQUEST;
  g_autofree char *message = NULL;
  g_autofree char *at = NULL;
  RelaySpec *spec = relay_spec_new (request->msg, &code, &message, &at);
  RelayAsk *ask;

  if (!spec)
    {
      refuse (request, code, message, at);
      return;
    }
  ask = relay_ask_new (RELAY_ASK_SUBSCRIBE);
  ask->spec = spec;
  ask->id = g_strdup (request->msg->id);
  ask->has_since = request->msg->since != NULL;
  ask->ch = held ? held->shelf->ch : 0;
  ask->rev = held && !held->shelf->is_window ? held->rev : 0;
  relay_fanout_ask (request->fanout, request->client, ask);
}

static void
subscribe (const Request *request)
{
  if (!has_room (request))
    return;
  switch (request->msg->channel)
    {
    case FW_CHANNEL_LOG:
      subscribe_log (request);
      break;
    case FW_CHANNEL_FLEET:
      ask_for_fleet (request, NULL);
      break;
    case FW_CHANNEL_LATEST:
      refuse (request, FW_CODE_NOT_SUPPORTED, _ ("Channels latest/<topic> are not built yet"),
              "channel");
      break;
    }
}

static RelaySub *
find_held (const Request *request)
{
  RelaySub *held = relay_fanout_find_sub (request->fanout, request->client, request->msg->ch);

  if (!held)
    refuse (request, FW_CODE_NOT_SUBSCRIBED, _ ("This client has no subscription with that number"),
            "ch");
  return held;
}

static void
update (const Request *request)
{
  RelaySub *held = find_held (request);

  if (!held || !has_room (request))
    return;
  if (held->feed)
    refuse (request, FW_CODE_BAD_REQUEST, _ ("A log has nothing to update"), "ch");
  else
    ask_for_fleet (request, held);
}

static void
unsubscribe (const Request *request)
{
  RelaySub *held = find_held (request);

  if (held)
    relay_fanout_end_sub (request->fanout, held);
}

static void
answer (const Request *request)
{
  switch (request->msg->op)
    {
    case FW_OP_HELLO:
      if (request->msg->version != RELAY_PROTOCOL_VERSION)
        refuse (request, FW_CODE_NOT_SUPPORTED, _ ("This relay speaks version 1"), "v");
      break;
    case FW_OP_SUBSCRIBE:
      subscribe (request);
      break;
    case FW_OP_UPDATE:
      update (request);
      break;
    case FW_OP_UNSUBSCRIBE:
      unsubscribe (request);
      break;
    case FW_OP_HISTORY:
    case FW_OP_COMMAND:
    case FW_OP_SEEK:
      refuse (request, FW_CODE_NOT_SUPPORTED, _ ("This request is not built yet"), "op");
      break;
    }
}

void
relay_request (RelayFanout *fanout, RelayClient *client, const char *text, gsize len)
{
  FwClientMessage msg = { 0 };
  FwWireCode code = FW_CODE_BAD_JSON;
  g_autofree char *message = NULL;
  g_autofree char *at = NULL;

  if (client->is_plain)
    return;
  if (fw_client_message_read (&msg, text, len, &code, &message, &at))
    answer (&(Request){ fanout, client, &msg });
  else
    relay_fanout_say_error (fanout, client, msg.id, code, message, at);
  fw_client_message_clear (&msg);
}

void
relay_request_too_large (RelayFanout *fanout, RelayClient *client, gsize max)
{
  g_autofree char *message = NULL;

  if (client->is_plain)
    return;
  message = g_strdup_printf (_ ("A message may have %zu bytes at most"), max);
  relay_fanout_say_error (fanout, client, NULL, FW_CODE_TOO_LARGE, message, NULL);
}
