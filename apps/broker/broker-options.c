/* SPDX-License-Identifier: Apache-2.0 */
#include "broker-options.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (BrokerOptions, member)

static const FwOption rows[] = {
  { "listen", 'l', FW_OPTION_STRING, OPTION (listen), 0, 0, "localhost:9092", NULL,
    "FLEETWIRE_BROKER_LISTEN", N_ ("listeners"), "localhost:PORT",
    N_ ("Loopback address to serve; port 0 takes any free one") },
  { "topic", 't', FW_OPTION_STRINGS, OPTION (topics), 0, 0, NULL, NULL, NULL, N_ ("topics"),
    "NAME:PARTITIONS",
    N_ ("Topic to have from the start; may be given again (iot-events:8 if none is)") },
  { "admin-listen", 0, FW_OPTION_STRING, OPTION (admin_listen), 0, 0, "localhost:9469", NULL,
    "FLEETWIRE_BROKER_ADMIN_LISTEN", N_ ("listeners"), "HOST:PORT",
    N_ ("Address of /metrics, /healthz and /readyz; empty for none") },
  { NULL },
};

const FwProgram broker_program = {
  .name = "broker",
  .synopsis = N_ ("[OPTION...]"),
  .summary = N_ ("a small Kafka broker in memory, for development on one machine"),
  .description
  = N_ ("Speaks enough of Kafka's protocol for producers, consumers and consumer groups of any "
        "language, keeps everything in memory, and forgets it on exit.\n\n"
        "It keeps at most 5 MiB or 100,000 batches of each partition, oldest gone first; it has no "
        "index by time, no transactions, no compaction, no security, and does not make topics on "
        "request with settings: name them with --topic. For anything you want to keep, run Apache "
        "Kafka and give its address to the other programs with --kafka.\n\n"
        "When it is ready, its address is the first line on standard output."),
  .options = rows,
};
