/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-metrics.h"

#include <string.h>

#include "fw-mqtt-client.h"
#include "ingest-intake.h"
#include "fw-i18n.h"

const char *const ingest_door_names[INGEST_N_DOORS + 1] = { "http", "mqtt", "subscribe", NULL };
static const char *const http_refusals[]
    = { "malformed", "too_large",  "timeout",     "idle", "bomb",
        "busy",      "unfinished", "turned_away", NULL };
static const char *const commands[INGEST_COMMANDS_N_COUNTS + 1] = {
  [INGEST_COMMANDS_OPENED] = "opened",
  [INGEST_COMMANDS_COPIES] = "copies",
  [INGEST_COMMANDS_LATE] = "late",
  [INGEST_COMMANDS_EXPIRED] = "expired",
  [INGEST_COMMANDS_WITHDRAWN] = "withdrawn",
  [INGEST_COMMANDS_ACKNOWLEDGED] = "acknowledged",
  [INGEST_COMMANDS_DROPPED_DEVICE] = "dropped_device",
  [INGEST_COMMANDS_DROPPED_ALL] = "dropped_all",
  [INGEST_COMMANDS_DROPPED_BYTES] = "dropped_bytes",
  [INGEST_COMMANDS_FORGOTTEN] = "forgotten",
  [INGEST_COMMANDS_RETIRED] = "retired",
};
static const char *const sent[INGEST_N_SENT + 1] = {
  [INGEST_SENT] = "qos_0",
  [INGEST_SENT_QOS_1] = "qos_1",
  [INGEST_SENT_DECLINED] = "declined",
  [INGEST_SENT_TOO_LARGE] = "too_large",
  [INGEST_SENT_HELD] = "held",
};
static const char *const subscribed[INGEST_N_SUBSCRIBED + 1] = {
  [INGEST_SUBSCRIBED] = "granted",
  [INGEST_SUBSCRIBE_REFUSED] = "refused",
  [INGEST_SUBSCRIBE_QUOTA] = "quota",
  [INGEST_UNSUBSCRIBED] = "unsubscribed",
};
static const char *const wills[] = { "taken", "lost", NULL };
static const char *const credential_outcomes[]
    = { "known", "verified", "missing", "wrong", "tries", "busy", NULL };
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
      N_ ("Connections refused by --max-connections, --max-connections-per-address, or because "
          "only the last file descriptors are left (ulimit -n)") },
  [INGEST_METRIC_BYTES] = { "fleetwire_ingest_received_bytes_total", FW_METRIC_COUNTER, "door",
                            ingest_door_names, N_ ("Bytes received") },
  [INGEST_METRIC_UNFINISHED]
  = { "fleetwire_ingest_unfinished_bytes", FW_METRIC_GAUGE, "door", ingest_door_names,
      N_ ("Bytes held of packets and events that are not whole, or wait for room "
          "(--max-unfinished), beside 4 kB of each connection") },
  [INGEST_METRIC_OUTPUT_FULL]
  = { "fleetwire_ingest_output_full_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("MQTT connections closed because they did not read their answers (--max-output)") },
  [INGEST_METRIC_HANDSHAKES] = { "fleetwire_ingest_handshakes_total", FW_METRIC_COUNTER, NULL, NULL,
                                 N_ ("TLS handshakes that were done") },
  [INGEST_METRIC_HANDSHAKES_FAILED]
  = { "fleetwire_ingest_handshakes_failed_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("TLS handshakes that failed: no TLS, no trust in a certificate (--tls-client-ca, "
          "--tls-require-certificate), or --handshake-timeout") },
  [INGEST_METRIC_HANDSHAKES_HELD]
  = { "fleetwire_ingest_handshakes_held_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times that who comes by TLS had to wait for the next moment (--max-handshakes)") },
  [INGEST_METRIC_HTTP_REFUSED]
  = { "fleetwire_ingest_http_refused_total", FW_METRIC_COUNTER, "why", http_refusals,
      N_ ("HTTP requests refused whole: malformed or --max-headers, --max-body, --header-timeout "
          "--body-timeout and --idle-timeout, --max-inflated and --max-inflate-ratio, busy "
          "(--give-up), --max-unfinished, or not "
          "for "
          "this door") },
  [INGEST_METRIC_CREDENTIALS]
  = { "fleetwire_ingest_credentials_total", FW_METRIC_COUNTER, "outcome", credential_outcomes,
      N_ ("Credentials that were shown: known from before, verified, missing, wrong, not looked at "
          "for too many wrong ones (--max-auth-failures), or too many at once "
          "(--max-auth-queue)") },
  [INGEST_METRIC_CREDENTIALS_FORGOTTEN]
  = { "fleetwire_ingest_credentials_forgotten_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Verified credentials that were forgotten for want of room (--max-known-credentials)") },
  [INGEST_METRIC_OVER_RATE]
  = { "fleetwire_ingest_over_rate_total", FW_METRIC_COUNTER, "door", ingest_door_names,
      N_ ("Times that an event of a device came too soon (--max-rate, --max-burst): refused over "
          "HTTP, kept waiting over MQTT") },
  [INGEST_METRIC_RATES_FORGOTTEN]
  = { "fleetwire_ingest_rates_forgotten_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Devices whose rate was forgotten for want of room (--max-rated-devices)") },
  [INGEST_METRIC_MQTT_ENDS]
  = { "fleetwire_ingest_mqtt_ends_total", FW_METRIC_COUNTER, "reason", ingest_end_names,
      N_ ("MQTT connections that ended, by reason; among them --connect-timeout, "
          "--packet-timeout, --max-keep-alive, --max-unfinished, --give-up (stalled, not_stored), "
          "and client ids "
          "of more than 256 bytes (connect_refused)") },
  [INGEST_METRIC_MQTT_FAULTS]
  = { "fleetwire_ingest_mqtt_faults_total", FW_METRIC_COUNTER, "fault", fw_mqtt_fault_names,
      N_ ("MQTT packets that break the standard, or --max-packet, by what is wrong with them") },
  [INGEST_METRIC_MQTT_WAITS]
  = { "fleetwire_ingest_mqtt_waits_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times that an MQTT connection was not read any further for a moment "
          "(--receive-maximum, --max-in-flight, --max-in-flight-bytes)") },
  [INGEST_METRIC_WILLS]
  = { "fleetwire_ingest_wills_total", FW_METRIC_COUNTER, "outcome", wills,
      N_ ("Wills that stood when their connection ended; lost: refused, or there was no room "
          "(--max-in-flight)") },
  [INGEST_METRIC_SUBSCRIBED]
  = { "fleetwire_ingest_subscribes_total", FW_METRIC_COUNTER, "outcome", subscribed,
      N_ ("Topics asked for by SUBSCRIBE, and given up; refused: not that device's own command "
          "topic; quota: --max-subscriptions, --max-subscriptions-per-connection") },
  [INGEST_METRIC_SUBSCRIPTIONS] = { "fleetwire_ingest_subscriptions", FW_METRIC_GAUGE, NULL, NULL,
                                    N_ ("Command topics that devices listen to") },
  [INGEST_METRIC_COMMANDS_READ]
  = { "fleetwire_ingest_commands_read_total", FW_METRIC_COUNTER, "what", fw_command_fate_names,
      N_ ("Records read from fleet.commands, by what they are; late: had expired; too_large: "
          "--max-command") },
  [INGEST_METRIC_COMMANDS_WAITS]
  = { "fleetwire_ingest_commands_waits_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times that fleet.commands was not read any further for a moment "
          "(--max-commands-waiting)") },
  [INGEST_METRIC_COMMANDS]
  = { "fleetwire_ingest_commands_total", FW_METRIC_COUNTER, "outcome", commands,
      N_ ("Commands by what became of them; dropped: --max-commands-per-device, --max-commands, "
          "--max-commands-bytes; forgotten: acknowledged, and at such a limit, so that a copy "
          "would be sent again; retired: acknowledged, and expired") },
  [INGEST_METRIC_COMMANDS_OPEN] = { "fleetwire_ingest_commands_open", FW_METRIC_GAUGE, NULL, NULL,
                                    N_ ("Commands that no device has acknowledged") },
  [INGEST_METRIC_COMMANDS_BYTES]
  = { "fleetwire_ingest_commands_bytes", FW_METRIC_GAUGE, NULL, NULL,
      N_ ("Memory held for commands, and for ids of acknowledged ones") },
  [INGEST_METRIC_COMMANDS_SENT]
  = { "fleetwire_ingest_commands_sent_total", FW_METRIC_COUNTER, "outcome", sent,
      N_ ("Commands sent, copies too; declined: PUBACK said no; too_large: for the client's "
          "Maximum Packet Size, so not sent; held: times one had to wait for a PUBACK "
          "(--max-commands-in-flight)") },
  [INGEST_METRIC_SUBSCRIBE_ENDS]
  = { "fleetwire_ingest_subscribe_ends_total", FW_METRIC_COUNTER, "reason", fw_mqtt_over_names,
      N_ ("Connections to the broker of --subscribe that failed or ended, by reason; none is one "
          "that was cut or not made") },
  [INGEST_METRIC_SUBSCRIBE_FORGOTTEN]
  = { "fleetwire_ingest_subscribe_forgotten_total", FW_METRIC_COUNTER, NULL, NULL,
      N_ ("Times that the broker of --subscribe had lost our session, and what it held with it "
          "(--subscribe-session)") },
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
  count_row (metrics, INGEST_METRIC_MQTT_WAITS, &now->n_stalls, &counted->n_stalls, 1);
  count_row (metrics, INGEST_METRIC_WILLS, now->n_wills, counted->n_wills, 2);
  count_row (metrics, INGEST_METRIC_COMMANDS_SENT, now->n_sent, counted->n_sent, INGEST_N_SENT);
  count_row (metrics, INGEST_METRIC_SUBSCRIBED, now->n_subscribed, counted->n_subscribed,
             INGEST_N_SUBSCRIBED);
  *counted = *now;
}

void
ingest_metrics_count_commands (FwMetrics *metrics, const guint64 *now, guint64 *counted)
{
  count_row (metrics, INGEST_METRIC_COMMANDS, now, counted, INGEST_COMMANDS_N_COUNTS);
  memcpy (counted, now, INGEST_COMMANDS_N_COUNTS * sizeof *now);
}

void
ingest_metrics_count_auth (FwMetrics *metrics, const IngestAuthCounts *now,
                           IngestAuthCounts *counted)
{
  const guint64 *refused = now->n_refused + INGEST_ADMIT_MISSING;
  const guint64 *before = counted->n_refused + INGEST_ADMIT_MISSING;

  fw_metrics_add (metrics, INGEST_METRIC_CREDENTIALS, 0, now->n_known - counted->n_known);
  fw_metrics_add (metrics, INGEST_METRIC_CREDENTIALS, 1, now->n_verified - counted->n_verified);
  for (guint i = 0; i < INGEST_N_ADMISSIONS - INGEST_ADMIT_MISSING; i++)
    fw_metrics_add (metrics, INGEST_METRIC_CREDENTIALS, 2 + i, refused[i] - before[i]);
  fw_metrics_add (metrics, INGEST_METRIC_CREDENTIALS_FORGOTTEN, 0,
                  now->n_forgotten - counted->n_forgotten);
  *counted = *now;
}
