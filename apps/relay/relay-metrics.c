/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-metrics.h"

#include "fw-client-message.h"
#include "fw-event.h"
#include "fw-net.h"
#include "relay-feed.h"
#include "relay-protocol.h"
#include "fw-i18n.h"

static const char *const hops[] = { "device", "ingest", "kafka", "relay", "socket", NULL };
static const char *const refusals[] = {
  [FW_NET_LIMIT_CONNECTIONS] = "clients",
  [FW_NET_LIMIT_PER_ADDRESS] = "clients_per_address",
  [FW_NET_LIMIT_HANDSHAKES] = "handshakes",
  [FW_NET_LIMIT_DESCRIPTORS] = "descriptors",
  [FW_NET_N_LIMITS] = NULL,
};
static const char *const doors[] = { "host", "origin", "subprotocol", NULL };

const FwMetricRow relay_metric_rows[] = {
  [RELAY_METRIC_HOPS] = { "fleetwire_hop_latency_seconds", FW_METRIC_HISTOGRAM, "hop", hops,
                          N_ ("Time an event spent: device to Kafka, Kafka to relay, relay to "
                              "socket, and one round of sends") },
  [RELAY_METRIC_RECORDS] = { "fleetwire_relay_records_total", FW_METRIC_COUNTER, NULL, NULL,
                             N_ ("Records read from Kafka, all topics") },
  [RELAY_METRIC_REJECTED]
  = { "fleetwire_events_rejected_total", FW_METRIC_COUNTER, "reason", fw_reject_names,
      N_ ("Records of iot-events that are no event, by reason") },
  [RELAY_METRIC_DROPPED_FIELDS]
  = { "fleetwire_fields_dropped_total", FW_METRIC_COUNTER, "reason", fw_drop_names,
      N_ ("Fields of events that were dropped while the rest stood, by reason") },
  [RELAY_METRIC_LATE] = { "fleetwire_relay_events_late_total", FW_METRIC_COUNTER, NULL, NULL,
                          N_ ("Events older than what was known of their device") },
  [RELAY_METRIC_COPIES] = { "fleetwire_relay_events_copied_total", FW_METRIC_COUNTER, NULL, NULL,
                            N_ ("Events that came again") },
  [RELAY_METRIC_NULLS] = { "fleetwire_relay_records_null_total", FW_METRIC_COUNTER, NULL, NULL,
                           N_ ("Records of iot-events without a value") },
  [RELAY_METRIC_DEVICES]
  = { "fleetwire_relay_devices", FW_METRIC_GAUGE, NULL, NULL, N_ ("Devices remembered") },
  [RELAY_METRIC_DEVICES_REFUSED] = { "fleetwire_relay_devices_refused_total", FW_METRIC_COUNTER,
                                     NULL, NULL, N_ ("Events of devices beyond --max-devices") },
  [RELAY_METRIC_DEVICES_FORGOTTEN]
  = { "fleetwire_relay_devices_forgotten_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Devices forgotten after --forget-after, or with their topic") },
  [RELAY_METRIC_KAFKA_UP] = { "fleetwire_relay_kafka_up", FW_METRIC_GAUGE, NULL, NULL,
                              N_ ("1 while a broker is reachable") },
  [RELAY_METRIC_KAFKA_LAG] = { "fleetwire_relay_kafka_lag_records", FW_METRIC_GAUGE, NULL, NULL,
                               N_ ("Records in Kafka that are not read yet") },
  [RELAY_METRIC_KAFKA_GAPS] = { "fleetwire_relay_kafka_gaps_total", FW_METRIC_COUNTER, NULL, NULL,
                                N_ ("Times that Kafka had dropped records before they were read") },
  [RELAY_METRIC_TOPIC_RESETS] = { "fleetwire_relay_topic_resets_total", FW_METRIC_COUNTER, NULL,
                                  NULL, N_ ("Topics found deleted and made again") },
  [RELAY_METRIC_CLIENTS]
  = { "fleetwire_relay_clients", FW_METRIC_GAUGE, "lane", relay_lane_names,
      N_ ("Connected clients; those of which any subscription is behind are conflated") },
  [RELAY_METRIC_SUBSCRIPTIONS_CONFLATED]
  = { "fleetwire_relay_subscriptions_conflated", FW_METRIC_GAUGE, NULL, NULL,
      N_ ("Subscriptions in the conflated lane") },
  [RELAY_METRIC_DELIVERIES] = { "fleetwire_relay_deliveries_total", FW_METRIC_COUNTER, NULL, NULL,
                                N_ ("WebSocket messages given to clients") },
  [RELAY_METRIC_TURNS] = { "fleetwire_relay_turns_total", FW_METRIC_COUNTER, NULL, NULL,
                           N_ ("Times that a client was given what it was owed") },
  [RELAY_METRIC_SENDS]
  = { "fleetwire_relay_sends_total", FW_METRIC_COUNTER, NULL, NULL, N_ ("Calls of send()") },
  [RELAY_METRIC_BYTES] = { "fleetwire_relay_sent_bytes_total", FW_METRIC_COUNTER, NULL, NULL,
                           N_ ("Bytes given to the kernel") },
  [RELAY_METRIC_CUTS] = { "fleetwire_relay_cuts_total", FW_METRIC_COUNTER, NULL, NULL,
                          N_ ("Messages that the kernel took in part") },
  [RELAY_METRIC_GAPS]
  = { "fleetwire_relay_gaps_total", FW_METRIC_COUNTER, "limit", relay_jump_names,
      N_ ("Times that a client was moved ahead over records by --max-lag, --max-block-memory or "
          "--ring-slots") },
  [RELAY_METRIC_CATCH_UPS]
  = { "fleetwire_relay_catch_ups_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times that a client was so far behind that it got one joined patch (--max-patches)") },
  [RELAY_METRIC_BLOCK_BYTES] = { "fleetwire_relay_block_bytes", FW_METRIC_GAUGE, NULL, NULL,
                                 N_ ("Blocks of records kept by the socket threads") },
  [RELAY_METRIC_GROUPS] = { "fleetwire_relay_groups", FW_METRIC_GAUGE, NULL, NULL,
                            N_ ("Different subscriptions to the fleet") },
  [RELAY_METRIC_WINDOWS] = { "fleetwire_relay_windows", FW_METRIC_GAUGE, NULL, NULL,
                             N_ ("Those of them that are windows") },
  [RELAY_METRIC_PATCHES] = { "fleetwire_relay_patches_total", FW_METRIC_COUNTER, NULL, NULL,
                             N_ ("Patches and windows made, each once for all who share it") },
  [RELAY_METRIC_SNAPSHOTS]
  = { "fleetwire_relay_snapshots_total", FW_METRIC_COUNTER, NULL, NULL, N_ ("Snapshots given") },
  [RELAY_METRIC_RESETS] = { "fleetwire_relay_resets_total", FW_METRIC_COUNTER, NULL, NULL,
                            N_ ("Times that a client, or a whole group, had to begin anew: more "
                                "devices had left than --max-leaves, or it asked to resume") },
  [RELAY_METRIC_REFUSED_SUBSCRIPTIONS]
  = { "fleetwire_relay_subscriptions_refused_total", FW_METRIC_COUNTER, "limit", relay_limit_names,
      N_ ("Subscriptions refused by --max-subscriptions, --max-unanswered, --max-groups or "
          "--max-windows") },
  [RELAY_METRIC_RINGS_FULL]
  = { "fleetwire_relay_rings_full_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times that a socket thread fell behind the hub (--ring-slots)") },
  [RELAY_METRIC_REFUSED_CONNECTIONS]
  = { "fleetwire_relay_connections_refused_total", FW_METRIC_COUNTER, "limit", refusals,
      N_ ("Connections refused by --max-clients, --max-clients-per-address, --max-handshakes or "
          "the system's limit of open files") },
  [RELAY_METRIC_SILENT_CONNECTIONS]
  = { "fleetwire_relay_connections_silent_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Connections that ended without a whole request (--handshake-timeout, or headers of more "
          "than 16 kB)") },
  [RELAY_METRIC_FAILED_HANDSHAKES]
  = { "fleetwire_relay_handshakes_failed_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("WebSocket handshakes that were answered by an error, whatever it was") },
  [RELAY_METRIC_DOORS] = { "fleetwire_relay_doors_closed_total", FW_METRIC_COUNTER, "door", doors,
                           N_ ("Requests refused for their Host, Origin or subprotocol") },
  [RELAY_METRIC_ERRORS] = { "fleetwire_relay_errors_total", FW_METRIC_COUNTER, "code",
                            fw_wire_code_names, N_ ("Errors told to clients, by code") },
  [RELAY_METRIC_CLOSES]
  = { "fleetwire_relay_closes_total", FW_METRIC_COUNTER, "reason", relay_close_names,
      N_ ("Connections that ended, by reason: stalled by --client-timeout, "
          "control_backlog by --max-control-backlog, lost by --ping-timeout or "
          "a break") },
  [RELAY_N_METRICS] = { NULL },
};
