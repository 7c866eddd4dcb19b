/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* ingest-verdict: what becomes of one event that came in at a door. FULL: give it again when there is room. IGNORED: well, and
 * no event. */
typedef enum { INGEST_TAKEN, INGEST_REFUSED, INGEST_FULL, INGEST_IGNORED } IngestVerdict;
