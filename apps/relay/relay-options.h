/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "fw-option.h"
/* relay-options: everything an operator can choose, one row each. Threads: main; then read only. */
typedef struct
{
  FwKafkaOptions kafka;
  char *listen, *admin_listen;
  char **public_hosts, **allow_origins;
  char **topics;
  char *fields;
  gint64 threads;
  gint64 latency_budget_ms, lag_max_ms, client_timeout_ms;
  gint64 handshake_timeout_ms, ping_interval_ms, ping_timeout_ms;
  gint64 look_back_ms, stale_ms, offline_ms, forget_after_ms;
  gint64 devices_max, groups_max, windows_max, subscriptions_max, unanswered_max, leaves_max, patches_max;
  gint64 clients_max, clients_per_address_max, handshakes_per_s_max;
  gint64 block_memory_max, control_backlog_max, ring_slots;
} RelayOptions;

extern const FwProgram relay_program;
