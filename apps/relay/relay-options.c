/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-options.h"

#include "relay-metrics.h"
#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (RelayOptions, member)

#define SECOND 1000.0
#define DAY (24 * 3600 * SECOND)
#define KIB 1024.0
#define MIB (1024 * KIB)

static const FwOption rows[] = {
  { "listen", 'l', FW_OPTION_STRING, OPTION (listen), 0, 0, "localhost:8080", NULL,
    "FLEETWIRE_RELAY_LISTEN", "listeners", "HOST:PORT",
    N_ ("Address of the page and of the WebSocket; port 0 takes any free one") },
  { "admin-listen", 0, FW_OPTION_STRING, OPTION (admin_listen), 0, 0, "localhost:9464", NULL,
    "FLEETWIRE_RELAY_ADMIN_LISTEN", "listeners", "HOST:PORT",
    N_ ("Address of /metrics, /healthz and /readyz; empty for none") },
  { "public-host", 0, FW_OPTION_STRINGS, OPTION (public_hosts), 0, 0, NULL, NULL,
    "FLEETWIRE_RELAY_PUBLIC_HOST", "listeners", "NAME",
    N_ ("Name under which clients reach this relay, beside localhost; may be given again") },
  { "allow-origin", 0, FW_OPTION_STRINGS, OPTION (allow_origins), 0, 0, NULL, NULL,
    "FLEETWIRE_RELAY_ALLOW_ORIGIN", "listeners", "ORIGIN",
    N_ ("Origin whose pages may connect (https://maps.example, or null), beside our own host; may "
        "be given again") },
  { "topic", 't', FW_OPTION_STRINGS, OPTION (topics), 0, 0, NULL, NULL, "FLEETWIRE_RELAY_TOPIC",
    "topics", "NAME", N_ ("Topic to offer as log/NAME, beside iot-events; may be given again") },
  { "fields", 0, FW_OPTION_STRING, OPTION (fields), 0, 0, NULL, NULL, "FLEETWIRE_FIELDS", "topics",
    "FILE", N_ ("File with a section [fields] that maps other people's JSON") },
  { "look-back", 0, FW_OPTION_DURATION, OPTION (look_back_ms), 0, 7 * DAY, "15m", NULL,
    "FLEETWIRE_RELAY_LOOK_BACK", "topics", NULL,
    N_ ("How much of the past is read at start, to know where the fleet is") },
  { "stale", 0, FW_OPTION_DURATION, OPTION (stale_ms), SECOND, DAY, "30s", NULL, "FLEETWIRE_STALE",
    N_ ("devices"), NULL, N_ ("A device that has been silent for this long is stale") },
  { "offline", 0, FW_OPTION_DURATION, OPTION (offline_ms), SECOND, 7 * DAY, "120s", NULL,
    "FLEETWIRE_OFFLINE", "devices", NULL,
    N_ ("A device that has been silent for this long is offline") },
  { "forget-after", 0, FW_OPTION_DURATION, OPTION (forget_after_ms), SECOND, 366 * DAY, "24h", NULL,
    "FLEETWIRE_RELAY_FORGET_AFTER", "devices", NULL,
    N_ ("A device that has been silent for this long is forgotten") },
  { "max-devices", 0, FW_OPTION_INT, OPTION (devices_max), 1, 10e6, "1000000", "devices",
    "FLEETWIRE_RELAY_MAX_DEVICES", "devices", NULL,
    N_ ("Devices to remember; further ones are refused and counted") },
  { N_ ("threads"), 0, FW_OPTION_INT, OPTION (threads), 1, 64, "1", "threads",
    "FLEETWIRE_RELAY_THREADS", N_ ("clients"), NULL,
    N_ ("Threads that serve clients, each its share") },
  { "latency-budget", 0, FW_OPTION_DURATION, OPTION (latency_budget_ms), 0, SECOND, "10ms", NULL,
    "FLEETWIRE_RELAY_LATENCY_BUDGET", "clients", NULL,
    N_ ("How long an event may wait to share a send with the next ones; the first after a pause "
        "never waits") },
  { "max-lag", 0, FW_OPTION_DURATION, OPTION (lag_max_ms), 100, 3600 * SECOND, "2s", NULL,
    "FLEETWIRE_RELAY_MAX_LAG", "clients", NULL,
    N_ ("A client that has been behind for this long is moved to the conflated lane") },
  { "client-timeout", 0, FW_OPTION_DURATION, OPTION (client_timeout_ms), SECOND, 3600 * SECOND,
    "20s", NULL, "FLEETWIRE_RELAY_CLIENT_TIMEOUT", "clients", NULL,
    N_ ("A client that is owed something and takes nothing for this long is closed") },
  { "handshake-timeout", 0, FW_OPTION_DURATION, OPTION (handshake_timeout_ms), SECOND, 300 * SECOND,
    "10s", NULL, "FLEETWIRE_RELAY_HANDSHAKE_TIMEOUT", "clients", NULL,
    N_ ("A connection that has made no whole request for this long is closed") },
  { "ping-interval", 0, FW_OPTION_DURATION, OPTION (ping_interval_ms), SECOND, 3600 * SECOND, "30s",
    NULL, "FLEETWIRE_RELAY_PING_INTERVAL", "clients", NULL,
    N_ ("A client that has said nothing for this long is sent a ping") },
  { "ping-timeout", 0, FW_OPTION_DURATION, OPTION (ping_timeout_ms), SECOND, 3600 * SECOND, "20s",
    NULL, "FLEETWIRE_RELAY_PING_TIMEOUT", "clients", NULL,
    N_ ("A client that has not answered a ping for this long is closed") },
  { "max-clients", 0, FW_OPTION_INT, OPTION (clients_max), 1, 1e6, "10000", "clients",
    "FLEETWIRE_RELAY_MAX_CLIENTS", N_ ("limits"), NULL,
    N_ ("Connections to serve; further ones get 503") },
  { "max-clients-per-address", 0, FW_OPTION_INT, OPTION (clients_per_address_max), 0, 1e6, "0",
    "clients", "FLEETWIRE_RELAY_MAX_CLIENTS_PER_ADDRESS", "limits", NULL,
    N_ ("Connections of one address; 0 for no limit of its own") },
  { "max-handshakes", 0, FW_OPTION_INT, OPTION (handshakes_per_s_max), 1, 1e6, "2000",
    N_ ("a second"), "FLEETWIRE_RELAY_MAX_HANDSHAKES", "limits", NULL,
    N_ ("WebSocket handshakes to accept in a second; further ones get 503") },
  { "max-subscriptions", 0, FW_OPTION_INT, OPTION (subscriptions_max), 1, 1000, "32",
    N_ ("subscriptions"), "FLEETWIRE_RELAY_MAX_SUBSCRIPTIONS", "limits", NULL,
    N_ ("Subscriptions of one client") },
  { "max-unanswered", 0, FW_OPTION_INT, OPTION (unanswered_max), 1, 1000, "64", N_ ("requests"),
    "FLEETWIRE_RELAY_MAX_UNANSWERED", "limits", NULL,
    N_ ("Requests of one client that wait for an answer; further ones are refused") },
  { "max-groups", 0, FW_OPTION_INT, OPTION (groups_max), 1, 1e6, "4096", N_ ("groups"),
    "FLEETWIRE_RELAY_MAX_GROUPS", "limits", NULL,
    N_ ("Different subscriptions to the fleet; equal ones count once") },
  { "max-windows", 0, FW_OPTION_INT, OPTION (windows_max), 1, 10000, "64", N_ ("windows"),
    "FLEETWIRE_RELAY_MAX_WINDOWS", "limits", NULL,
    N_ ("Different windows (subscriptions with `first`); equal ones count once") },
  { "max-block-memory", 0, FW_OPTION_SIZE, OPTION (block_memory_max), MIB, 65536 * MIB, "16M", NULL,
    "FLEETWIRE_RELAY_MAX_BLOCK_MEMORY", "limits", NULL,
    N_ ("Past records of one topic that a thread keeps for slow clients; over it they skip "
        "ahead") },
  { "max-control-backlog", 0, FW_OPTION_SIZE, OPTION (control_backlog_max), 4 * KIB, 64 * MIB,
    "256k", NULL, "FLEETWIRE_RELAY_MAX_CONTROL_BACKLOG", "limits", NULL,
    N_ ("Answers that wait for one client; one that asks on without reading is closed") },
  { "max-patches", 0, FW_OPTION_INT, OPTION (patches_max), 1, 1000, "8", "patches",
    "FLEETWIRE_RELAY_MAX_PATCHES", "limits", NULL,
    N_ ("Patches of one group that a thread keeps; a client further behind gets one joined "
        "patch") },
  { "max-leaves", 0, FW_OPTION_INT, OPTION (leaves_max), 1, 1e6, "4096", "devices",
    "FLEETWIRE_RELAY_MAX_LEAVES", "limits", NULL,
    N_ ("Devices that left a group and are remembered; a client further behind gets a snapshot") },
  { "ring-slots", 0, FW_OPTION_INT, OPTION (ring_slots), 2, 1048576, "4096", "messages",
    "FLEETWIRE_RELAY_RING_SLOTS", "limits", NULL,
    N_ ("Messages between the hub and one thread; over it the thread is told to catch up") },
  { NULL },
};

static const FwOption kafka_rows[] = { FW_KAFKA_OPTION_ROWS (RelayOptions, kafka), { NULL } };

const FwProgram relay_program = {
  .name = "relay",
  .synopsis = N_ ("[OPTION...]"),
  .summary = N_ ("a live fleet from Kafka, for browsers and terminals"),
  .description
  = N_ ("Reads the topic iot-events (and any --topic) without a consumer group, keeps the latest "
        "state of each device, and "
        "serves both over WebSocket: every record as it comes, or the part of the fleet a client "
        "asks for, as it changes. The "
        "same port serves the page (/), its client module (/fleetwire.js) and the message schema "
        "(/protocol).\n\n"
        "A slow client is slowed, not cut: it skips to the latest state and is told so. It is "
        "closed only when it takes "
        "nothing at all for --client-timeout. Every limit below has a counter in /metrics.\n\n"
        "Any number of relays may read the same topics; they share nothing."),
  .options = rows,
  .more = kafka_rows,
  .metrics = relay_metric_rows,
};
