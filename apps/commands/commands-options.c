/* SPDX-License-Identifier: Apache-2.0 */
#include "commands-options.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (CommandsOptions, member)
#define SECOND 1000.0
#define DAY (86400 * SECOND)

static const FwOption rows[] = {
  { "expires", 'e', FW_OPTION_DURATION, OPTION (expires_ms), SECOND, 366 * DAY, "1h", NULL, NULL,
    N_ ("command"), NULL, N_ ("How long a device that sleeps may still be told") },
  { "who", 'w', FW_OPTION_STRING, OPTION (who), 0, 0, "operator", NULL, "USER", "command", "NAME",
    N_ ("Who wants it") },
  { "command-id", 0, FW_OPTION_STRING, OPTION (command_id), 0, 0, NULL, NULL, NULL, "command",
    "TEXT", N_ ("Its id, by which devices tell copies (a new one if none is given)") },
  { "timeout", 0, FW_OPTION_DURATION, OPTION (timeout_ms), 100, 600 * SECOND, "10s", NULL, NULL,
    "command", NULL, N_ ("How long to wait for the broker") },
  { NULL },
};

static const FwOption kafka_rows[] = {
  FW_KAFKA_OPTION_ROWS (CommandsOptions, kafka),
  { NULL },
};

static const FwTerm arguments[] = {
  { "send FLEET/DEVICE set-point CELSIUS", N_ ("Sets what a reefer keeps its cargo at") },
  { "send FLEET/DEVICE ping", N_ ("Asks for a sign of life") },
  { "withdraw FLEET/DEVICE", N_ ("Takes back whatever the device has not acknowledged") },
  { NULL },
};

const FwProgram commands_program = {
  .name = "commands",
  .synopsis = N_ ("[OPTION...] VERB DEVICE WHAT"),
  .summary = N_ ("set points and pings for devices"),
  .description
  = N_ ("Writes a command to the topic fleet.commands, from where `fleetwire ingest` brings it to "
        "the device as soon as it subscribes, until the device acknowledges it or it expires.\n\n"
        "Prints the command when all replicas of Kafka have it. A device in no fleet of its own is "
        "in the fleet default: default/7."),
  .arguments = arguments,
  .options = rows,
  .more = kafka_rows,
  .max_args = 4,
};
