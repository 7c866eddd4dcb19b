/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event-json.h"
#include "fw-metric.h"
#include "ingest-identity.h"
/* ingest-intake: one payload of a device -> one Kafka record, or a refusal that says what is wrong.
 *   payload is our schema, identity inside            -> byte for byte
 *   the door knows fleet or device_id, the payload not -> they are put in as first members
 *   the door knows better than the payload claims      -> refused ("identity")
 *   [fields]                                           -> known keys are written under our names, every other member as it came
 * Pure. Threads: one owner each. */
typedef struct IngestIntake IngestIntake;
typedef struct { const char *key, *value; gsize key_len, value_len; } IngestRecord; /* lives until the next take, and as long as the payload */

/* The first FW_N_REJECTS are FwReject's. */
enum { INGEST_REFUSED_IDENTITY = FW_N_REJECTS, INGEST_REFUSED_TOPIC, INGEST_REFUSED_FORM, INGEST_REFUSED_ENCRYPTED, INGEST_N_REFUSALS };
extern const char *const ingest_refusal_names[INGEST_N_REFUSALS + 1]; /* codes in answers, labels in metrics */

IngestIntake *ingest_intake_new (const FwMapping *mapping /* nullable, borrowed */);
void          ingest_intake_free (IngestIntake *intake);
/* Of a record, key and value together; 1 MiB until this. */
void          ingest_intake_set_event_max (IngestIntake *intake, gsize bytes);
/* FW_REJECT_NONE: *ret is the record. Else why not, as index of ingest_refusal_names. */
guint         ingest_intake_take (IngestIntake *intake, const char *payload, gsize len, const IngestIdentity *identity, IngestRecord *ret);
/* A sentence for whoever programs the device. */
const char   *ingest_intake_sentence (guint refusal);
/* What fields were dropped since the last time. */
void          ingest_intake_count (const IngestIntake *intake, FwEventCounts *counted, FwMetrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestIntake, ingest_intake_free)
