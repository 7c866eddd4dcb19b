/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-identity.h"

#include <string.h>

static gboolean
text_equal (FwText a, FwText b)
{
  return a.len == b.len && memcmp (a.data, b.data, a.len) == 0;
}

static gboolean
meet (FwText known, FwText said, FwText *ret)
{
  *ret = known.len > 0 ? known : said;
  return known.len == 0 || said.len == 0 || text_equal (known, said);
}

gboolean
ingest_identity_meet (const IngestIdentity *credential, const IngestIdentity *said,
                      IngestIdentity *ret)
{
  IngestIdentity met;
  gboolean fleets_meet = meet (credential->fleet, said->fleet, &met.fleet);
  gboolean devices_meet = meet (credential->device_id, said->device_id, &met.device_id);

  *ret = met;
  return fleets_meet && devices_meet;
}

gboolean
ingest_identity_covers (const IngestIdentity *credential, const IngestIdentity *whose)
{
  return (credential->fleet.len == 0 || text_equal (credential->fleet, whose->fleet))
         && (credential->device_id.len == 0
             || text_equal (credential->device_id, whose->device_id));
}
