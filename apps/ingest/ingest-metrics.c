/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-metrics.h"

#include "ingest-intake.h"
#include "fw-i18n.h"

const char *const ingest_door_names[INGEST_N_DOORS + 1] = { "http", "mqtt", NULL };
static const char *const http_refusals[]
    = { "malformed", "too_large", "timeout", "idle", "bomb", "busy", "turned_away", NULL };
static const char *const hops[] = { "ingest", NULL };

const FwMetricRow ingest_metric_rows[] = {
  [INGEST_METRIC_HOPS]
  = { "fleetwire_hop_latency_seconds", FW_METRIC_HISTOGRAM, "hop", hops,
      N_ ("Time from an event's receipt to Kafka's report that all replicas have it") },
  [INGEST_METRIC_STORED]
  = { "fleetwire_ingest_events_stored_total", FW_METRIC_COUNTER, "door", ingest_door_names,
      N_ ("Events that Kafka has, and that were then acknowledged") },
  [INGEST_METRIC_FAILED]
  = { "fleetwire_ingest_events_failed_total", FW_METRIC_COUNTER, "door", ingest_door_names,
      N_ ("Events that Kafka did not take in time (--give-up); their devices were told, or not "
          "answered") },
  [INGEST_METRIC_REFUSED]
  = { "fleetwire_events_rejected_total", FW_METRIC_COUNTER, "reason", ingest_refusal_names,
      N_ ("Payloads that are no event, by reason: too_large is over --max-event, too_deep over 16 "
          "levels; an answer over HTTP lists at most --max-errors of them") },
  [INGEST_METRIC_DROPPED_FIELDS]
  = { "fleetwire_fields_dropped_total", FW_METRIC_COUNTER, "reason", fw_drop_names,
      N_ ("Fields that no reader will take, of events that went in all the same, by reason") },
  [INGEST_METRIC_IGNORED]
  = { "fleetwire_ingest_ignored_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Messages of phones that are well and no position (OwnTracks' waypoints, say), answered "
          "and not kept") },
  [INGEST_METRIC_IN_FLIGHT] = { "fleetwire_ingest_in_flight_records", FW_METRIC_GAUGE, "door",
                                ingest_door_names, N_ ("Events on their way to Kafka") },
  [INGEST_METRIC_FULL]
  = { "fleetwire_ingest_full_total", FW_METRIC_COUNTER, "door", ingest_door_names,
      N_ ("Times that an event had to wait or was turned away (--max-in-flight, "
          "--max-in-flight-bytes)") },
  [INGEST_METRIC_REJECTS_LEFT_OUT]
  = { "fleetwire_ingest_rejects_left_out_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Refused payloads that were counted but not written to fleet.rejects (--max-rejects)") },
  [INGEST_METRIC_CONNECTIONS] = { "fleetwire_ingest_connections", FW_METRIC_GAUGE, "door",
                                  ingest_door_names, N_ ("Connections") },
  [INGEST_METRIC_REFUSED_CONNECTIONS]
  = { "fleetwire_ingest_connections_refused_total", FW_METRIC_COUNTER, "door", ingest_door_names,
      N_ ("Connections refused by --max-connections or --max-connections-per-address") },
  [INGEST_METRIC_BYTES] = { "fleetwire_ingest_received_bytes_total", FW_METRIC_COUNTER, "door",
                            ingest_door_names, N_ ("Bytes received") },
  [INGEST_METRIC_OUTPUT_FULL]
  = { "fleetwire_ingest_output_full_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("MQTT connections closed because they did not read their answers (--max-output)") },
  [INGEST_METRIC_HTTP_REFUSED]
  = { "fleetwire_ingest_http_refused_total", FW_METRIC_COUNTER, "why", http_refusals,
      N_ ("HTTP requests refused whole: malformed or --max-headers, --max-body, --header-timeout "
          "--body-timeout and --idle-timeout, --max-inflated and --max-inflate-ratio, busy "
          "(--give-up), or not "
          "for "
          "this door") },
  [INGEST_METRIC_MQTT_ENDS]
  = { "fleetwire_ingest_mqtt_ends_total", FW_METRIC_COUNTER, "reason", ingest_end_names,
      N_ ("MQTT connections that ended, by reason; among them --connect-timeout, "
          "--packet-timeout, --max-keep-alive, --give-up (stalled, not_stored), and client ids "
          "of more than 256 bytes (connect_refused)") },
  [INGEST_METRIC_MQTT_FAULTS]
  = { "fleetwire_ingest_mqtt_faults_total", FW_METRIC_COUNTER, "fault", fw_mqtt_fault_names,
      N_ ("MQTT packets that break the standard, or --max-packet, by what is wrong with them") },
  [INGEST_N_METRICS] = { NULL },
};

static void
count_row (FwMetrics *metrics, guint row, const guint64 *now, const guint64 *before, guint n)
{
  for (guint i = 0; i < n; i++)
    if (now[i] != before[i])
      fw_metrics_add (metrics, row, i, now[i] - before[i]);
}

void
ingest_metrics_count_sessions (FwMetrics *metrics, const IngestSessionCounts *now,
                               IngestSessionCounts *counted)
{
  count_row (metrics, INGEST_METRIC_MQTT_ENDS, now->n_ends, counted->n_ends, INGEST_N_ENDS);
  count_row (metrics, INGEST_METRIC_MQTT_FAULTS, now->n_faults, counted->n_faults,
             FW_MQTT_N_FAULTS);
  *counted = *now;
}
