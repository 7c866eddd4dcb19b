/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-client-message.h"
/* relay-protocol: what the relay says in fleetwire.v1+json, as text (docs/protocol.md 6, protocol.schema.json).
 * Promises: every message is one JSON object; nothing from outside is written unescaped.
 * Does not: frame, send. Threads: any; no shared state. */
#define RELAY_SUBPROTOCOL "fleetwire.v1+json"
#define RELAY_PROTOCOL_VERSION 1

typedef enum
{
  RELAY_LANE_LIVE,
  RELAY_LANE_CONFLATED,
  RELAY_N_LANES,
} RelayLane;
extern const char *const relay_lane_names[RELAY_N_LANES + 1];

/* What may refuse a subscription. */
typedef enum
{
  RELAY_LIMIT_SUBSCRIPTIONS,
  RELAY_LIMIT_UNANSWERED,
  RELAY_LIMIT_GROUPS,
  RELAY_LIMIT_WINDOWS,
  RELAY_N_LIMITS,
} RelayLimit;
extern const char *const relay_limit_names[RELAY_N_LIMITS + 1];

/* What `hello` tells of the relay. */
typedef struct
{
  const char *epoch;
  guint message_bytes, subscriptions, unanswered, windows;
  gint64 stale_ms, offline_ms;
} RelayAbout;

/* Each appends one message to out. id: JSON text as the client wrote it; NULL is written as null. */
void relay_say_hello (GString *out, const RelayAbout *about, gint64 now_ms);
void relay_say_subscribed (GString *out, const char *id, guint64 ch);
void relay_say_error (GString *out, const char *id, FwWireCode code, const char *message, const char *at /* nullable */);
void relay_say_lane (GString *out, guint64 ch, RelayLane lane);
void relay_say_reset (GString *out, guint64 ch, const char *why);
void relay_say_time (GString *out, gint64 now_ms, guint64 rev, const char *resume);
void relay_say_bye (GString *out, const char *reason, const char *resume, guint retry_ms);
/* Ranges [from[p], to[p]) per partition; those not known or empty are left out. */
void relay_say_gap (GString *out, guint64 ch, const gint64 *from, const gint64 *to, guint n_partitions);

/* Frames text as one WebSocket text message behind what out holds. */
void relay_frame_text (GByteArray *out, const GString *text);
