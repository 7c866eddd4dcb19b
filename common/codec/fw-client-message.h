/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include "fw-geo.h"
#include "fw-field.h"
/* fw-client-message: what a client may say in fleetwire.v1+json (CONTRACT 6), read and checked.
 * Promises: any bytes; a fault has a code of the closed set, a message, and `at` (the key it is about). Fuzzed.
 * Unknown keys are ignored, whatever they hold; a known key given twice is a fault; null is as good as absent.
 * Threads: any; no shared state. */
#define FW_CLIENT_MESSAGE_MAX_BYTES (64 * 1024)
#define FW_CLIENT_ID_MAX_BYTES 128
#define FW_CLIENT_FIRST_MAX 1000
#define FW_CLIENT_TOTALS_MAX 16
#define FW_CLIENT_INTERVAL_DEFAULT_MS 500
#define FW_CLIENT_INTERVAL_MIN_MS 100
#define FW_CLIENT_INTERVAL_MAX_MS 60000
#define FW_CLIENT_FIELDS_ALL G_MAXUINT64
#define FW_TOPIC_NAME_MAX_BYTES 249 /* Kafka's own limit */
typedef enum { FW_OP_HELLO, FW_OP_SUBSCRIBE, FW_OP_UPDATE, FW_OP_UNSUBSCRIBE, FW_OP_HISTORY, FW_OP_COMMAND, FW_OP_SEEK } FwClientOp;
typedef enum { FW_CHANNEL_FLEET, FW_CHANNEL_LOG, FW_CHANNEL_LATEST } FwChannelKind;
typedef enum
{
  FW_CODE_BAD_JSON, FW_CODE_UNKNOWN_OP, FW_CODE_BAD_REQUEST, FW_CODE_BAD_QUERY, FW_CODE_UNKNOWN_CHANNEL,
  FW_CODE_UNKNOWN_TOPIC, FW_CODE_ALREADY_SUBSCRIBED, FW_CODE_NOT_SUBSCRIBED, FW_CODE_TOO_MANY_SUBSCRIPTIONS,
  FW_CODE_TOO_MANY_WINDOWS, FW_CODE_TOO_LARGE, FW_CODE_NOT_SUPPORTED, FW_CODE_OVERLOADED, FW_N_CODES,
} FwWireCode;
extern const char *const fw_wire_code_names[FW_N_CODES + 1];

typedef struct
{
  FwClientOp    op;
  char         *id;           /* as JSON text: a string with quotes or a number; NULL when absent */
  gint64        version;      /* hello */
  FwChannelKind channel;
  char         *topic;        /* log/<topic>, latest/<topic> */
  char         *where;        /* NULL when absent */
  gboolean      has_bbox; FwBox bbox;
  guint64       fields;       /* mask; FW_CLIENT_FIELDS_ALL when absent. What every row has (status, ...) adds nothing */
  guint         interval_ms;  /* 500 when absent; 100..60000 */
  char         *order;        /* name without '-', never an alias: a field, or one of fw_client_row_names; NULL when absent */
  gboolean      descending;
  guint         first;        /* 0 = not a window; 1..1000 */
  char        **totals;       /* NULL when absent */
  char         *since;        /* NULL when absent */
  guint64       ch;           /* update, unsubscribe */
} FwClientMessage;

/* What a row carries beside its fields, ended by NULL: "fleet", "device_id", "status", ... */
extern const char *const fw_client_row_names[];

/* Clear msg in either case. FALSE: *ret_code and *ret_message (transfer full), *ret_at (transfer full, nullable) are set; id is filled if it could be read. */
gboolean fw_client_message_read (FwClientMessage *msg, const char *text, gsize len, FwWireCode *ret_code, char **ret_message, char **ret_at);
void     fw_client_message_clear (FwClientMessage *msg);
/* The same, written: for the clients (dash, demo). Appends JSON. */
void     fw_client_message_write (const FwClientMessage *msg, GString *out);
