/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-query-private.h"

#include <string.h>

/* Kleene's three values: what is absent makes a comparison neither true nor false. */
typedef enum
{
  IS_FALSE,
  IS_TRUE,
  IS_UNKNOWN
} Truth;

static Truth evaluate (const FwQuery *query, guint16 id, const FwQuerySubject *of);

const FwThresholds *
query_thresholds (const FwQuerySubject *of)
{
  static gsize is_ready;
  static FwThresholds defaults;
  if (of->thresholds)
    return of->thresholds;
  if (g_once_init_enter (&is_ready))
    {
      fw_thresholds_default (&defaults);
      g_once_init_leave (&is_ready, 1);
    }
  return &defaults;
}

static gint64
age_ms (const FwQuerySubject *of)
{
  return of->now_ms - fw_device_last_seen_ms (of->device);
}

gboolean
query_subject_number (guint subject, const FwQuerySubject *of, double *ret_value)
{
  switch (subject)
    {
    case SUBJECT_AGE:
      *ret_value = (double) age_ms (of);
      return TRUE;
    case SUBJECT_STATUS:
      *ret_value = fw_status (of->device, of->now_ms, &query_thresholds (of)->status);
      return TRUE;
    case SUBJECT_SEVERITY:
      if (!of->attention)
        return FALSE;
      *ret_value = fw_attention_severity (of->attention, query_thresholds (of), of->now_ms);
      return TRUE;
    case SUBJECT_CLOCK_BAD:
      *ret_value = fw_device_clock_bad (of->device);
      return TRUE;
    default:
      return fw_device_number (of->device, subject, ret_value);
    }
}

static const char *
get_string (guint subject, const FwQuerySubject *of)
{
  if (subject == SUBJECT_FLEET)
    return fw_device_fleet (of->device);
  if (subject == SUBJECT_DEVICE_ID)
    return fw_device_id (of->device);
  return fw_device_string (of->device, subject);
}

static gboolean
is_in_order (Compare compare, double left, double right)
{
  switch (compare)
    {
    case COMPARE_EQ:
      return left == right;
    case COMPARE_NE:
      return left != right;
    case COMPARE_LT:
      return left < right;
    case COMPARE_LE:
      return left <= right;
    case COMPARE_GT:
      return left > right;
    default:
      return left >= right;
    }
}

static Truth
compare_number (const Node *node, const FwQuerySubject *of)
{
  double value;
  if (!query_subject_number (node->subject, of, &value))
    return IS_UNKNOWN;
  for (guint i = 0; i < node->literals->len; i++)
    if (is_in_order (node->compare, value, g_array_index (node->literals, Literal, i).number))
      return IS_TRUE;
  return IS_FALSE;
}

static Truth
compare_string (const Node *node, const FwQuerySubject *of)
{
  const char *value = get_string (node->subject, of);
  if (!value)
    return IS_UNKNOWN;
  gboolean is_found = FALSE;
  for (guint i = 0; i < node->literals->len && !is_found; i++)
    is_found = strcmp (value, g_array_index (node->literals, Literal, i).text) == 0;
  return is_found == (node->compare == COMPARE_EQ) ? IS_TRUE : IS_FALSE;
}

/* A device has any number of reasons: `reason = x` asks whether x is among them. */
static Truth
compare_reason (const Node *node, const FwQuerySubject *of)
{
  if (!of->attention)
    return IS_UNKNOWN;
  gboolean is_found = FALSE;
  for (guint i = 0; i < node->literals->len && !is_found; i++)
    is_found
        = (of->attention->active >> (guint) g_array_index (node->literals, Literal, i).number) & 1;
  return is_found == (node->compare == COMPARE_EQ) ? IS_TRUE : IS_FALSE;
}

static Truth
compare (const Node *node, const FwQuerySubject *of)
{
  if (node->subject == SUBJECT_REASON)
    return compare_reason (node, of);
  return g_array_index (node->literals, Literal, 0).text ? compare_string (node, of)
                                                         : compare_number (node, of);
}

static Truth
is_near (const Node *node, const FwQuerySubject *of)
{
  FwPoint point;
  if (!fw_device_number (of->device, FW_FIELD_LAT, &point.lat)
      || !fw_device_number (of->device, FW_FIELD_LON, &point.lon))
    return IS_UNKNOWN;
  return fw_geo_distance_m (node->centre, point) <= node->radius_m ? IS_TRUE : IS_FALSE;
}

static gboolean
begins_with (const char *text, const char *word)
{
  for (; *word; text = g_utf8_next_char (text), word = g_utf8_next_char (word))
    if (query_lower (text) != g_utf8_get_char (word))
      return FALSE;
  return TRUE;
}

/* The word is in lower case already. */
static gboolean
has_word (const char *text, const char *word)
{
  for (; *text; text = g_utf8_next_char (text))
    if (begins_with (text, word))
      return TRUE;
  return *word == '\0';
}

static Truth
all_of (const FwQuery *query, const Node *node, const FwQuerySubject *of)
{
  Truth all = IS_TRUE;
  for (guint16 id = node->first; id != NODE_NONE; id = query_node (query, id)->next)
    {
      Truth one = evaluate (query, id, of);
      if (one == IS_FALSE)
        return IS_FALSE;
      if (one == IS_UNKNOWN)
        all = IS_UNKNOWN;
    }
  return all;
}

static Truth
any_of (const FwQuery *query, const Node *node, const FwQuerySubject *of)
{
  Truth any = IS_FALSE;
  for (guint16 id = node->first; id != NODE_NONE; id = query_node (query, id)->next)
    {
      Truth one = evaluate (query, id, of);
      if (one == IS_TRUE)
        return IS_TRUE;
      if (one == IS_UNKNOWN)
        any = IS_UNKNOWN;
    }
  return any;
}

static Truth
negate (Truth truth)
{
  return truth == IS_UNKNOWN ? IS_UNKNOWN : truth == IS_TRUE ? IS_FALSE : IS_TRUE;
}

static Truth
evaluate (const FwQuery *query, guint16 id, const FwQuerySubject *of)
{
  const Node *node = query_node (query, id);
  switch (node->kind)
    {
    case NODE_AND:
      return all_of (query, node, of);
    case NODE_OR:
      return any_of (query, node, of);
    case NODE_NOT:
      return negate (evaluate (query, node->first, of));
    case NODE_HAS:
      return fw_device_has (of->device) & FW_FIELD_BIT (node->subject) ? IS_TRUE : IS_FALSE;
    case NODE_NEAR:
      return is_near (node, of);
    case NODE_STALE:
      return fw_status_is_stale (age_ms (of), &query_thresholds (of)->status) ? IS_TRUE : IS_FALSE;
    case NODE_WORD:
      return has_word (fw_device_id (of->device), node->word) ? IS_TRUE : IS_FALSE;
    default:
      return compare (node, of);
    }
}

gboolean
fw_query_matches (const FwQuery *query, const FwQuerySubject *subject)
{
  return query->root == NODE_NONE || evaluate (query, query->root, subject) == IS_TRUE;
}
