/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-client-message.h"
#include "fw-query.h"
/* relay-spec: what a fleet subscription asks for, checked and compiled; equal questions have equal keys.
 * Promises: immutable once made. Does not: know who asked.
 * Threads: made on a socket thread, read on the hub; ref and unref anywhere. */

/* What rows can be ordered by, beside the fields of fw-field. */
typedef enum
{
  RELAY_ORDER_DEVICE = FW_FIELD_N_MAX,
  RELAY_ORDER_FLEET,
  RELAY_ORDER_TS,
  RELAY_ORDER_LAST_SEEN,
  RELAY_ORDER_STATUS,
  RELAY_ORDER_SEVERITY,
} RelayOrder;

/* What can be totalled, beside the number fields. */
typedef enum
{
  RELAY_TOTAL_STATUS = 1 << 0,
  RELAY_TOTAL_SEVERITY = 1 << 1,
} RelayTotal;

typedef struct
{
  gint ref_count;
  FwQuery *query;
  gboolean has_bbox;
  FwBox bbox;
  guint64 fields; /* mask, never 0 */
  guint interval_ms;
  guint first; /* 0: not a window */
  guint order; /* FwFieldId or RelayOrder */
  gboolean descending;
  guint64 total_fields;
  guint totals; /* RelayTotal mask */
  char *key;    /* equal for equal questions */
} RelaySpec;

/* NULL: *ret_code, *ret_message and *ret_at (both transfer full) say what is wrong. */
RelaySpec *relay_spec_new (const FwClientMessage *msg, FwWireCode *ret_code, char **ret_message, char **ret_at);
RelaySpec *relay_spec_ref (RelaySpec *spec);
void       relay_spec_unref (RelaySpec *spec); /* NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RelaySpec, relay_spec_unref)
