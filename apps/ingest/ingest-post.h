/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mapping.h"
#include "ingest-http.h"
#include "ingest-rates.h"
#include "ingest-store.h"
/* ingest-post: the HTTP door and its way into Kafka.
 * Threads: new, drain and free belong to main; the rest runs on the door's thread. */
typedef struct IngestPost IngestPost;
typedef struct
{
  const FwKafkaConf *conf;
  const IngestOptions *options;
  FwMetrics *metrics;
  const FwMapping *mapping; /* nullable */
  IngestAuth *auth;         /* nullable: everybody may speak */
  IngestRates *rates;       /* nullable */
} IngestPostSetup; /* all borrowed, and outlive the door */

IngestPost *ingest_post_new (const IngestPostSetup *setup, const char *host, guint16 port, GError **error);
guint16     ingest_post_port (IngestPost *post);
void        ingest_post_drain (IngestPost *post);           /* takes no more; answers what it has; any thread */
gboolean    ingest_post_is_drained (IngestPost *post);      /* not on the door's thread */
void        ingest_post_publish_metrics (IngestPost *post); /* admin thread */
void        ingest_post_free (IngestPost *post);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestPost, ingest_post_free)
