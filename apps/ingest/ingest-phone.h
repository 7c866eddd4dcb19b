/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ingest-batch.h"
#include "ingest-intake.h"
/* ingest-phone: what apps on phones send -> events of ours. Where their words and units are laid down:
 *   Traccar Client   traccar/traccar OsmAndProtocolDecoder.java (all three forms), traccar/traccar-client-sdk HttpUploader.kt
 *                    (version 10: a form), traccar/traccar-client v9.7.9 lib/preferences.dart (version 9: JSON),
 *                    traccar/traccar-client-android ProtocolFormatter.kt and Position.kt (to version 8: in the URL)
 *   OwnTracks        owntracks/booklet docs/tech/json.md and http.md, owntracks/android MessageLocation.kt
 * Promises: known words get our names and units, what they call unknown (speed -1) is left out, all else stays as it
 *   came; a value that makes no sense is handed on, so that the reader of events drops and counts it.
 * Does not: judge ranges or names (ingest-intake does). Pure. Threads: one owner. */
typedef struct IngestPhone IngestPhone; /* what a request says beside its body */
typedef enum { INGEST_PHONE_TRACCAR, INGEST_PHONE_OWNTRACKS } IngestPhoneApp;
typedef enum { INGEST_PHONE_EVENT, INGEST_PHONE_NOTHING /* is well, and no position */, INGEST_PHONE_REFUSED } IngestPhoneResult;

/* query: of the URL, without '?'; user, device: of X-Limit-U and X-Limit-D. All nullable, copied. */
IngestPhone *ingest_phone_new (IngestPhoneApp app, const char *query, const char *user, const char *device);
void         ingest_phone_free (IngestPhone *phone);
/* One message (JSON, or parameters as in a URL). EVENT: out is it. REFUSED: *ret_refusal, as index of ingest_refusal_names.
 * known: nullable; where a credential names the device, what the app calls itself is left out. */
IngestPhoneResult ingest_phone_read (const IngestPhone *phone, const IngestIdentity *known, const char *bytes, gsize len,
                                     GString *out, guint *ret_refusal);
/* "NAME:SECRET", or a token, in the URL of an app that sends no Authorization (Traccar Client): its parameter token, which
 * no event holds. NULL: none. Transfer full. */
char        *ingest_phone_token (const char *query);
/* The status of a refusal. Phones send again, and nothing else before it, whatever is not answered by 2xx: so 400 for what
 * its owner can mend (its name, its fleet, encryption), then what waits comes in; 200 for what no repetition mends. */
guint        ingest_phone_refusal_status (guint refusal);
/* As ingest_batch_answer, in the app's words: 503 while anything is not stored, 200 when all is done with. */
guint        ingest_phone_answer (const IngestPhone *phone, const IngestBatch *batch, gboolean busy, GString *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestPhone, ingest_phone_free)
