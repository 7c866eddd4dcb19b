/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-client-message.h"
#include "fw-json.h"
/* fw-client-message-private: how far the reading of a client's message has come, for the files that read it. */
typedef enum
{
  KEY_OP, KEY_ID, KEY_V, KEY_CHANNEL, KEY_WHERE, KEY_BBOX, KEY_FIELDS, KEY_INTERVAL, KEY_ORDER, KEY_FIRST, KEY_TOTALS,
  KEY_SINCE, KEY_CH,
  N_KEYS,
} Key;

typedef struct
{
  FwJsonReader     json;
  FwClientMessage *msg;
  guint            seen;      /* 1 << Key, null or not */
  guint            given;     /* 1 << Key, with a value */
  gboolean         is_failed; /* the first fault stands */
  FwWireCode       code;
  char            *message;
  const char      *at;
} Reading;

/* fw-client-words.c: by Key and by FwClientOp, ended by NULL. */
extern const char *const client_key_names[];
extern const char *const client_op_names[];

/* message: transfer full. */
void reading_fail (Reading *reading, FwWireCode code, const char *at, char *message);
/* format: a whole sentence with one %s, for the key. */
void reading_fail_at_key (Reading *reading, Key key, const char *format);
/* fw-client-message-check.c: whether the keys of a whole message go together. */
void reading_check (Reading *reading);
