/* SPDX-License-Identifier: Apache-2.0 */
/* The closed sets of words that clients see. */
#include "fw-client-message-private.h"

const char *const fw_wire_code_names[FW_N_CODES + 1] = {
  [FW_CODE_BAD_JSON] = "bad_json",
  [FW_CODE_UNKNOWN_OP] = "unknown_op",
  [FW_CODE_BAD_REQUEST] = "bad_request",
  [FW_CODE_BAD_QUERY] = "bad_query",
  [FW_CODE_UNKNOWN_CHANNEL] = "unknown_channel",
  [FW_CODE_UNKNOWN_TOPIC] = "unknown_topic",
  [FW_CODE_ALREADY_SUBSCRIBED] = "already_subscribed",
  [FW_CODE_NOT_SUBSCRIBED] = "not_subscribed",
  [FW_CODE_TOO_MANY_SUBSCRIPTIONS] = "too_many_subscriptions",
  [FW_CODE_TOO_MANY_WINDOWS] = "too_many_windows",
  [FW_CODE_TOO_LARGE] = "too_large",
  [FW_CODE_NOT_SUPPORTED] = "not_supported",
  [FW_CODE_OVERLOADED] = "overloaded",
};

const char *const fw_client_row_names[] = {
  "fleet", "device_id", "last_seen_ms", "ts_ms", "status", "severity", "reasons", "clock_bad", NULL,
};

const char *const client_op_names[] = {
  [FW_OP_HELLO] = "hello",     [FW_OP_SUBSCRIBE] = "subscribe",
  [FW_OP_UPDATE] = "update",   [FW_OP_UNSUBSCRIBE] = "unsubscribe",
  [FW_OP_HISTORY] = "history", [FW_OP_COMMAND] = "command",
  [FW_OP_SEEK] = "seek",       NULL,
};

const char *const client_key_names[] = {
  "op",          "id",    "v",     "channel", "where", "bbox", "fields",
  "interval_ms", "order", "first", "totals",  "since", "ch",   NULL,
};
