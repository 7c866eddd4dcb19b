/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include "fw-hist.h"
/* demo-count: counts what comes through, against what was produced.
 * Promises: a record is known by (fleet, device_id, seq) among those of this run, and a delivery by (partition, offset):
 *   the same record twice in Kafka and the same delivery twice are both `duplicated`. One bit per record.
 * Does no I/O, reads no clock. Threads: one owner. */
#define DEMO_SEQ_NONE (-1)
#define DEMO_SEQ_MAX (G_GINT64_CONSTANT (1) << 26) /* per device: 8 MiB; at one a second, two years */

typedef struct
{
  gint32 partition;
  gint64 offset;
  const char *run;  /* header; NULL: none */
  const char *device; /* "fleet/device_id" */
  gint64 seq, ts_ms; /* ts_ms -1: none */
} DemoRecord;

typedef struct
{
  guint64 n_delivered;  /* records of this run, each once */
  guint64 n_duplicated; /* deliveries of this run beyond the first */
  guint64 n_foreign;    /* records without this run's header */
  FwHist latency_ms;       /* scheduled emission to receipt, log channel */
  FwHist latency_fleet_ms; /* the same, fleet channel */
} DemoTotals;

typedef struct DemoCount DemoCount;
DemoCount        *demo_count_new (const char *run);
void              demo_count_free (DemoCount *count);
void              demo_count_record (DemoCount *count, const DemoRecord *record, gint64 received_ms);
/* A row of the fleet channel with the time of its newest event; rows of devices that are not of this run do not count. */
void              demo_count_row (DemoCount *count, const char *device, gint64 ts_ms, gint64 received_ms);
const DemoTotals *demo_count_totals (const DemoCount *count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoCount, demo_count_free)
