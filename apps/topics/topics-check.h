/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-admin.h"
/* topics-check: what of a topic differs from what it should be, and what that means. Pure. Threads: any. */
/* info: NULL when the topic is missing. config: its "key=value", NULL when it cannot be known.
 * Appends one sentence for each difference to findings (char *, transfer full). */
void topics_check (const FwTopicSpec *spec, const char *name, const FwTopicInfo *info,
                   const char *const *config, GPtrArray *findings);
