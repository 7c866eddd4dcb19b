/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-attention.h"
#include "fw-geo.h"
/* fw-query: the one expression language (CONTRACT 7): `speed_kmh > 90 and not fleet = north`, `status in (moving, idle)`,
 * `age > 10m`, `near 30.27,-97.74 5km`, `has temp_c`, bare words match id or label.
 * Promises: compile once, evaluate without allocation; absent is neither true nor false (three-valued; only true
 *   matches); nesting, length and set sizes have named limits; an error carries a caret, what was expected and the
 *   nearest known word. `for`, `in <place>`, `late` and `label` are known, and refused as not supported yet.
 * Threads: a query is immutable after compile; evaluate anywhere. */
typedef struct FwQuery FwQuery;
#define FW_QUERY_MAX_BYTES 4096
#define FW_QUERY_MAX_DEPTH 64
#define FW_QUERY_MAX_NODES 512
#define FW_QUERY_MAX_SET 256 /* members of one `in (...)` */

typedef struct
{
  const FwDevice       *device;
  const FwAttention    *attention; /* NULL: no severity known */
  const FwThresholds   *thresholds; /* NULL: the defaults */
  gint64                now_ms;
} FwQuerySubject;

/* NULL or blank text compiles to a query that matches everything. The message has three lines: what, the text, the caret.
 * ret_at: byte offset of the fault (may be NULL). */
FwQuery    *fw_query_new (const char *text, guint *ret_at, GError **error);
void        fw_query_free (FwQuery *query);
gboolean    fw_query_matches (const FwQuery *query, const FwQuerySubject *subject);
/* Canonical text: equal for equal queries (spacing, aliases, units folded). Borrowed. */
const char *fw_query_text (const FwQuery *query);
gboolean    fw_query_uses_time (const FwQuery *query);    /* age, status, stale, severity: the clock alone can change the answer */
/* The earliest time after now_ms at which the clock alone could change the answer for subject; G_MAXINT64 when never. */
/* Never later than the true one; attention is taken to be updated by then. */
gint64      fw_query_next_change_ms (const FwQuery *query, const FwQuerySubject *subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwQuery, fw_query_free)
