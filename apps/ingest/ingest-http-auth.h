/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-http-head.h"
#include "ingest-auth.h"
/* ingest-http-auth: what a request's head shows of who sends it (RFC 7617 Basic, RFC 6750 Bearer; of /v1/traccar
 * also in its URL), and what is answered to
 * whoever is not let in. Pure. Threads: any. */
typedef struct { IngestProof proof; char *bytes; gsize len; } IngestHttpProof; /* proof points into bytes and the head */

/* Neither of the two, or not as they must be: nothing is shown. */
void ingest_http_proof_read (const FwHttpHead *head, IngestHttpProof *ret);
void ingest_http_proof_clear (IngestHttpProof *proof); /* wiped */

typedef struct { guint status; const char *code, *message; } IngestHttpDenial; /* static */
/* admission: neither IN nor LATER. */
IngestHttpDenial ingest_http_denial (IngestAdmission admission);
/* The headers of a 401: how one may show who one is; static. */
const char      *ingest_http_challenge (const IngestDesk *desk);
