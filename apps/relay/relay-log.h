/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-header.h"
#include "relay-block.h"
/* relay-log: one stream of blocks: the firehose (values, byte for byte) or log/<topic> (records as JSON). Each record is
 * framed here once, for all who read.
 * Promises: order kept; a JSON message has whole records; offsets stay known while nobody reads.
 * Does not: hand blocks to threads (relay-hub does). Threads: the hub. */
#define RELAY_BLOCK_BYTES (512 * 1024) /* a turn across a border is two sends */
#define RELAY_LOG_MESSAGE_BYTES (14 * 1024) /* a message of several records ends here: one turn takes a whole one */

/* One record of Kafka; all borrowed. */
typedef struct
{
  gint32 partition;
  gint64 offset, t_ms;
  const char *key;
  gsize key_len;
  const char *value; /* NULL: null */
  gsize value_len;
  gboolean value_is_utf8;
  const FwHeader *headers;
  guint n_headers;
} RelayRecord;

typedef struct RelayLog RelayLog;

/* NUL is a character here, as RFC 3629 has it. */
gboolean  relay_log_is_utf8 (const char *data, gsize len);

/* ch 0: the firehose. */
RelayLog *relay_log_new (guint64 ch);
void      relay_log_free (RelayLog *log); /* NULL is fine */
guint64   relay_log_ch (const RelayLog *log);
/* Somebody reads, or nobody does any more. Beginning to read begins a new block. */
void      relay_log_set_read (RelayLog *log, gboolean is_read);
gboolean  relay_log_is_read (const RelayLog *log);
/* While nobody reads, only the offset is noted. */
void      relay_log_add (RelayLog *log, const RelayRecord *record);
/* A message of the relay's own, in its place among the records. Not for the firehose. */
void      relay_log_add_message (RelayLog *log, const GString *json);
/* The next record of a partition will be this one. */
void      relay_log_seek (RelayLog *log, gint32 partition, gint64 offset);
/* Makes readable what was added. TRUE when there was any. */
gboolean  relay_log_commit (RelayLog *log);
/* Blocks begun since the last call, oldest first; transfer full; NULL when none is left. Call after commit. */
RelayBlock *relay_log_pop_new_block (RelayLog *log);
/* Where a reader begins now; borrowed. */
RelayBlock *relay_log_newest (const RelayLog *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelayLog, relay_log_free)
