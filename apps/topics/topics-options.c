/* SPDX-License-Identifier: Apache-2.0 */
#include "topics-options.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (TopicsOptions, member)

static const FwOption rows[] = {
  { "partitions", 'p', FW_OPTION_INT, OPTION (partitions), 1, 1000, "8", N_ ("partitions"), NULL,
    N_ ("topics"), NULL, N_ ("Partitions of the topics that are joined by device") },
  { "replicas", 'r', FW_OPTION_INT, OPTION (replicas), 0, 32, "0", N_ ("copies"), NULL,
    N_ ("topics"), NULL, N_ ("Copies of each partition; 0 leaves it to the broker") },
  { "timeout", 0, FW_OPTION_DURATION, OPTION (timeout_ms), 100, 600000, "10s", "ms", NULL,
    N_ ("topics"), NULL, N_ ("How long to wait for the broker") },
  { NULL },
};

static const FwOption kafka_rows[] = {
  FW_KAFKA_OPTION_ROWS (TopicsOptions, kafka),
  { NULL },
};

const FwProgram topics_program = {
  .name = N_ ("topics"),
  .synopsis = N_ ("[OPTION...] print|apply|check"),
  .summary = N_ ("the topics that a fleet needs: say them, make them, check them"),
  .description = N_ (
      "print writes one line for each topic: name, partitions, settings. apply makes those that "
      "are missing and leaves the others alone. check compares what is there with what should be, "
      "says each difference and what it means, and ends with status 1 if there is one.\n\n"
      "No other program makes topics, but the embedded broker those that it is named."),
  .options = rows,
  .more = kafka_rows,
  .max_args = 1,
};
