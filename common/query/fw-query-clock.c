/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <math.h>

#define AGE_MAX_MS 1e15 /* longer than anything is old; keeps sums within 64 bits */

/* `at` counts when it is the nearest that still lies ahead. */
static void
consider (gint64 *next_ms, gint64 at_ms, gint64 now_ms)
{
  if (at_ms > now_ms && at_ms < *next_ms)
    *next_ms = at_ms;
}

/* Age is a whole number of ms: a limit is reached at its ceiling and passed one after its floor. */
static void
consider_age (gint64 *next_ms, const Node *node, const FwQuerySubject *of)
{
  gint64 last_seen_ms = fw_device_last_seen_ms (of->device);
  for (guint i = 0; i < node->literals->len; i++)
    {
      double limit
          = CLAMP (g_array_index (node->literals, Literal, i).number, -AGE_MAX_MS, AGE_MAX_MS);
      consider (next_ms, last_seen_ms + (gint64) ceil (limit), of->now_ms);
      consider (next_ms, last_seen_ms + (gint64) floor (limit) + 1, of->now_ms);
    }
}

static void
consider_status (gint64 *next_ms, const FwQuerySubject *of)
{
  gint64 last_seen_ms = fw_device_last_seen_ms (of->device);
  consider (next_ms,
            fw_status_next_change_ms (last_seen_ms, of->now_ms, &query_thresholds (of)->status),
            of->now_ms);
}

static void
consider_attention (gint64 *next_ms, const FwQuerySubject *of)
{
  if (of->attention)
    consider (
        next_ms,
        fw_attention_next_change_ms (of->attention, of->device, query_thresholds (of), of->now_ms),
        of->now_ms);
}

gint64
fw_query_next_change_ms (const FwQuery *query, const FwQuerySubject *subject)
{
  gint64 next_ms = G_MAXINT64;
  for (guint16 id = 0; query->uses_time && id < query->nodes->len; id++)
    {
      const Node *node = query_node (query, id);
      if (node->kind == NODE_STALE)
        consider_status (&next_ms, subject);
      if (node->kind != NODE_COMPARE)
        continue;
      if (node->subject == SUBJECT_AGE)
        consider_age (&next_ms, node, subject);
      else if (node->subject == SUBJECT_STATUS)
        consider_status (&next_ms, subject);
      else if (node->subject == SUBJECT_SEVERITY || node->subject == SUBJECT_REASON)
        consider_attention (&next_ms, subject);
    }
  return next_ms;
}
