/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-options.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (DemoOptions, member)

static const FwOption rows[] = {
  { "devices", 'n', FW_OPTION_INT, OPTION (n_devices), 0, 10000000, "300", N_ ("vehicles"), NULL,
    N_ ("fleet"), "N", N_ ("Vehicles to simulate, beside the recorded buses; 0 plays neither") },
  { "replay", 'r', FW_OPTION_STRING, OPTION (replay), 0, 0, NULL, NULL, NULL, N_ ("fleet"),
    "FILE.csv", N_ ("Play these tracks instead of the recorded buses") },
  { "map", 0, FW_OPTION_STRING, OPTION (map), 0, 0, NULL, NULL, NULL, N_ ("fleet"),
    "FIELD=COLUMN,...", N_ ("Which column of --replay's file fills which field") },
  { "speedup", 0, FW_OPTION_NUMBER, OPTION (speedup), 0.001, 100000, "40", NULL, NULL, N_ ("fleet"),
    "X", N_ ("Play recorded tracks so many times faster") },
  { "seconds", 's', FW_OPTION_DURATION, OPTION (seconds_ms), 0, 36500 * 86400e3, "0", "ms", NULL,
    N_ ("run"), "S", N_ ("Stop producing after so long (0 = until stopped)") },
  { "headless", 0, FW_OPTION_FLAG, OPTION (is_headless), 0, 0, NULL, NULL, NULL, N_ ("run"), NULL,
    N_ ("No dashboard in this terminal; the last line on standard output says what was counted") },
  { "drain", 0, FW_OPTION_DURATION, OPTION (drain_ms), 100, 600000, "5s", "ms", NULL, N_ ("run"),
    NULL,
    N_ ("At the end, give up on what has not come through after so long without any record") },
  { "listen", 'l', FW_OPTION_STRING, OPTION (listen), 0, 0, "localhost:8080", NULL, NULL,
    N_ ("listeners"), "HOST:PORT", N_ ("Address of the page and of WebSocket clients") },
  { "sim-topic", 0, FW_OPTION_STRING, OPTION (sim_topic), 0, 0, NULL, NULL, NULL, "kafka", "NAME",
    N_ ("Topic that the simulation writes, where something of yours forwards it to iot-events") },
  { NULL },
};

static const FwOption kafka_rows[] = {
  FW_KAFKA_OPTION_ROWS_SAYING (
      DemoOptions, kafka,
      N_ ("Use this Kafka, not a broker embedded at localhost:9092 or the next free port")),
  { NULL },
};

const FwProgram demo_program = {
  .name = "demo",
  .synopsis = N_ ("[OPTION...]"),
  .summary = N_ ("a whole fleet on this machine: broker, simulation, relay, dashboard"),
  .description = N_ (
      "Starts an embedded broker (or uses the Kafka that --kafka names), a simulated fleet, "
      "recorded "
      "buses of Austin played 40 times faster, a relay, and the dashboard in this terminal. It "
      "says "
      "where the page and the broker are, watches its programs, and stops them all when it "
      "ends.\n\n"
      "It also listens as any client would, and counts: what Kafka acknowledged, what came through "
      "the relay, what is missing and what came twice, and how long it took from a vehicle's "
      "schedule to the receipt. With --headless the last line on standard output is one JSON "
      "object "
      "with run, produced, delivered, lost, duplicated, foreign, latency_ms and latency_fleet_ms; "
      "the status is 1 when anything was lost or came twice.\n\n"
      "Without a terminal it goes on headless."),
  .options = rows,
  .more = kafka_rows,
};
