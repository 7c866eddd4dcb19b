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

static const FwTerm arguments[] = {
  { "print", N_ ("Write one line for each topic: name, partitions, settings") },
  { "apply", N_ ("Make those that are missing, and leave the others alone") },
  { "check", N_ ("Say each difference between what is there and what should be, and what it means; "
                 "status 1 if there is one") },
  { NULL },
};

const FwProgram topics_program = {
  .name = "topics",
  .synopsis = N_ ("[OPTION...] print|apply|check"),
  .summary = N_ ("the topics that a fleet needs: print, make or check them"),
  .description = N_ ("Knows which topics a fleet needs, with how many partitions and which "
                     "settings.\n\n"
                     "No other program makes topics, but for the embedded broker, which makes "
                     "those that --topic names."),
  .arguments = arguments,
  .options = rows,
  .more = kafka_rows,
  .max_args = 1,
};
