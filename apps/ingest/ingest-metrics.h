/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-metric.h"
#include "ingest-admission.h"
#include "ingest-session.h"
/* ingest-metrics: the ingest's table of metrics (docs/reference.md is made from it). Threads: any. */
typedef enum { INGEST_DOOR_HTTP, INGEST_DOOR_MQTT, INGEST_DOOR_SUBSCRIBE, INGEST_N_DOORS } IngestDoor;
typedef enum
{
  INGEST_HTTP_MALFORMED, INGEST_HTTP_TOO_LARGE, INGEST_HTTP_TIMEOUT, INGEST_HTTP_IDLE, INGEST_HTTP_BOMB, INGEST_HTTP_BUSY,
  INGEST_HTTP_UNFINISHED, INGEST_HTTP_TURNED_AWAY,
} IngestHttpRefusal; /* whole requests */
extern const char *const ingest_door_names[INGEST_N_DOORS + 1];

enum
{
  INGEST_METRIC_HOPS,
  INGEST_METRIC_STORED,
  INGEST_METRIC_FAILED,
  INGEST_METRIC_REFUSED,
  INGEST_METRIC_DROPPED_FIELDS,
  INGEST_METRIC_IGNORED,
  INGEST_METRIC_IN_FLIGHT,
  INGEST_METRIC_FULL,
  INGEST_METRIC_REJECTS_LEFT_OUT,
  INGEST_METRIC_CONNECTIONS,
  INGEST_METRIC_REFUSED_CONNECTIONS,
  INGEST_METRIC_BYTES,
  INGEST_METRIC_UNFINISHED,
  INGEST_METRIC_OUTPUT_FULL,
  INGEST_METRIC_HANDSHAKES,
  INGEST_METRIC_HANDSHAKES_FAILED,
  INGEST_METRIC_HANDSHAKES_HELD,
  INGEST_METRIC_HTTP_REFUSED,
  INGEST_METRIC_CREDENTIALS,
  INGEST_METRIC_CREDENTIALS_FORGOTTEN,
  INGEST_METRIC_OVER_RATE,
  INGEST_METRIC_RATES_FORGOTTEN,
  INGEST_METRIC_MQTT_ENDS,
  INGEST_METRIC_MQTT_FAULTS,
  INGEST_METRIC_MQTT_WAITS,
  INGEST_METRIC_WILLS,
  INGEST_METRIC_SUBSCRIBED,
  INGEST_METRIC_SUBSCRIPTIONS,
  INGEST_METRIC_COMMANDS_READ,
  INGEST_METRIC_COMMANDS_WAITS,
  INGEST_METRIC_COMMANDS,
  INGEST_METRIC_COMMANDS_OPEN,
  INGEST_METRIC_COMMANDS_BYTES,
  INGEST_METRIC_COMMANDS_SENT,
  INGEST_METRIC_SUBSCRIBE_ENDS,
  INGEST_METRIC_SUBSCRIBE_FORGOTTEN,
  INGEST_N_METRICS,
};
extern const FwMetricRow ingest_metric_rows[];

/* What happened since *counted, which is then now's. */
void ingest_metrics_count_sessions (FwMetrics *metrics, const IngestSessionCounts *now, IngestSessionCounts *counted);
void ingest_metrics_count_commands (FwMetrics *metrics, const guint64 *now, guint64 *counted);
/* The same for who was let in. */
void ingest_metrics_count_auth (FwMetrics *metrics, const IngestAuthCounts *now, IngestAuthCounts *counted);
