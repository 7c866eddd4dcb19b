/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ingest-intake.h"
/* ingest-topic: who speaks, by the MQTT topic that was published to.
 * A pattern's levels are words, + (any one level), {fleet}, {device_id}; # as last level stands for all that follow.
 *   fleet/{fleet}/{device_id}/telemetry   fleet/north/truck-7/telemetry -> north, truck-7
 * Pure. Threads: made by main, then immutable. */
typedef struct IngestTopics IngestTopics;
/* patterns: NULL-terminated, the first that matches counts; an error names the pattern and what is allowed. */
IngestTopics *ingest_topics_new (const char *const *patterns, GError **error);
/* The one topic of a device: words, {fleet} and {device_id}, which must be there. */
IngestTopics *ingest_topics_new_exact (const char *pattern, GError **error);
void          ingest_topics_free (IngestTopics *topics);
/* FALSE: no pattern matches. *ret points into topic; what the pattern does not name has len 0. A name that no fleet or
 * device can have does not match. */
gboolean      ingest_topics_match (const IngestTopics *topics, const char *topic, gsize len, IngestIdentity *ret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestTopics, ingest_topics_free)
