/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
/* ingest-identity: who speaks, as far as a door knows it: by a credential, and by the topic that was published to.
 *   credential       topic says      what the payload may still say
 *   north/truck-7    nothing         north, truck-7, or nothing
 *   north/truck-7    south, any      refused
 *   north/ *         truck-8         north, truck-8, or nothing
 *   none             truck-8         truck-8 or nothing; any fleet
 * The credential decides; what it leaves open the topic says; the payload is judged by ingest-intake. Pure. */
typedef struct { FwText fleet, device_id; } IngestIdentity; /* len 0 = not known; borrowed */

/* FALSE: said claims another fleet or device than the credential's. */
gboolean ingest_identity_meet (const IngestIdentity *credential, const IngestIdentity *said, IngestIdentity *ret);
/* Whether whose is the credential's to speak and listen for: all that the credential names, whose names too, and alike. */
gboolean ingest_identity_covers (const IngestIdentity *credential, const IngestIdentity *whose);
