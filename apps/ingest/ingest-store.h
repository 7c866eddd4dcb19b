/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "ingest-intake.h"
#include "ingest-metrics.h"
#include "ingest-options.h"
/* ingest-store: one door's way into Kafka, and the bound on what is on its way.
 * Promises: `stored` is told once for each record that was put, ok only after acks=all; what is over
 *   --max-in-flight or --max-in-flight-bytes is an answer (FALSE), never a wait; refused payloads go to fleet.rejects, at most
 *   --max-rejects a second.
 * Threads: its door's. The door sleeps on `fd` beside its sockets and calls poll when it is readable. */
typedef struct IngestStore IngestStore;
typedef void (*IngestStoredFunc) (gpointer user, guint64 tag, gboolean ok);
typedef struct { const FwKafkaConf *conf; const IngestOptions *options; FwMetrics *metrics; IngestDoor door; } IngestStoreSetup; /* all borrowed */

IngestStore *ingest_store_new (const IngestStoreSetup *setup, IngestStoredFunc stored, gpointer user, GError **error);
void         ingest_store_free (IngestStore *store);   /* what is still on its way is told no more */
gint         ingest_store_fd (const IngestStore *store);
gboolean     ingest_store_put (IngestStore *store, const IngestRecord *record, gint64 received_ms, guint64 tag) G_GNUC_WARN_UNUSED_RESULT;
gboolean     ingest_store_is_full (const IngestStore *store);
/* The same question by one who has an event: counts that it has to wait, or is turned away. */
gboolean     ingest_store_turns_away (IngestStore *store);
/* source: "mqtt/<client id>", "http/<address>". */
void         ingest_store_reject (IngestStore *store, const char *source, guint refusal, const char *payload, gsize len);
void         ingest_store_poll (IngestStore *store);
guint        ingest_store_n_in_flight (const IngestStore *store); /* any thread */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestStore, ingest_store_free)
