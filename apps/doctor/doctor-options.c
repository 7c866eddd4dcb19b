/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-options.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (DoctorOptions, member)

static const FwOption rows[] = {
  { "topic", 't', FW_OPTION_STRING, OPTION (topic), 0, 0, NULL, NULL, NULL, N_ ("examination"),
    "NAME", N_ ("Read records of this topic, and print a [fields] section that maps them") },
  { "records", 'n', FW_OPTION_INT, OPTION (n_records), 1, 10000, "100", N_ ("records"), NULL,
    N_ ("examination"), NULL, N_ ("How many records to read, from the newest back") },
  { "relay", 'r', FW_OPTION_STRING, OPTION (relay), 0, 0, "localhost:8080", NULL, "FLEETWIRE_RELAY",
    N_ ("examination"), "HOST:PORT", N_ ("Where the relay is expected") },
  { "timeout", 0, FW_OPTION_DURATION, OPTION (timeout_ms), 100, 60000, "3s", NULL, NULL,
    N_ ("examination"), NULL, N_ ("How long to wait for an answer") },
  { 0 },
};

static const FwOption kafka_rows[] = {
  FW_KAFKA_OPTION_ROWS (DoctorOptions, kafka),
  { 0 },
};

const FwProgram doctor_program = {
  .name = "doctor",
  .synopsis = N_ ("[OPTION...]"),
  .summary = N_ ("what is installed, reachable and wrong, and what to do about it"),
  .description = N_ (
      "Looks at this machine (locale, terminal, limits, programs, ports), at the relay, at the "
      "Kafka "
      "brokers and at the topics, and writes one line for each finding: ok, note or wrong; under a "
      "note or a fault stands what to do. It changes nothing. The status is 1 when something is "
      "wrong.\n\n"
      "With --topic it reads the newest records of a topic that others fill, says which of their "
      "keys it knows, and prints a [fields] section that maps the rest as far as names and values "
      "tell. Read it before you paste it into fleetwire.conf: units are guesses where a remark "
      "says so."),
  .options = rows,
  .more = kafka_rows,
};
