/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* ingest-rates: how many events a second one device may bring, by whichever door.
 * Promises: memory fixed by n_devices; who is over his rate costs no other device anything.
 * Threads: any. */
typedef struct IngestRates IngestRates;
/* per_s 0: NULL, no limit. burst: events at once, at least a second's worth. */
IngestRates *ingest_rates_new (double per_s, guint burst, guint n_devices);
void         ingest_rates_free (IngestRates *rates);
/* key: of its record, fleet/device_id. FALSE: it has to wait. rates NULL: TRUE. */
gboolean     ingest_rates_take (IngestRates *rates, const char *key, gsize len);
void         ingest_rates_give_back (IngestRates *rates, const char *key, gsize len); /* it was not used after all */
guint64      ingest_rates_n_forgotten (IngestRates *rates); /* devices, for want of room: they got a burst anew */
