/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "fw-option.h"
/* ingest-options: everything an operator can choose, one row each. Threads: main; then read only. */
typedef struct
{
  FwKafkaOptions kafka;
  char *http, *mqtt, *admin_listen;
  char *mqtts, *tls_certificate, *tls_key, *tls_client_ca;
  gboolean tls_require_certificate;
  gint64 handshakes_per_s_max, handshake_timeout_ms;
  char *topic, *fields;
  char *credentials_file, *token_key_file, *token_audience, *token_issuer;
  gint64 auth_workers, auth_queue_max, auth_failures_max, known_max;
  double rate_max;
  gint64 burst_max, rated_max;
  char **mqtt_topics;
  char *mqtt_command_topic;
  gint64 linger_ms, give_up_ms, drain_ms;
  gint64 in_flight_max, in_flight_bytes_max, rejects_per_s_max;
  gint64 connections_max, connections_per_address_max;
  char **public_hosts, **allow_origins;
  gint64 event_max, body_max, header_max, errors_max, inflated_max, inflate_ratio_max, unfinished_max, header_timeout_ms, body_timeout_ms, idle_timeout_ms;
  gint64 receive_max, packet_max, output_max, connect_timeout_ms, packet_timeout_ms, keep_alive_max_ms;
  gint64 commands_look_back_ms, commands_per_device_max, commands_max, commands_bytes_max, command_max;
  gint64 commands_waiting_max, commands_in_flight_max, subscriptions_max, all_subscriptions_max;
  char *subscribe, *subscribe_username, *subscribe_password_file, *subscribe_client_id;
  char *subscribe_ca, *subscribe_certificate, *subscribe_key;
  char **subscribe_topics;
  gint64 subscribe_session_ms, subscribe_in_flight_max;
} IngestOptions;

extern const FwProgram ingest_program;
