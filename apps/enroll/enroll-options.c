/* SPDX-License-Identifier: Apache-2.0 */
#include "enroll-options.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (EnrollOptions, member)

static const FwOption rows[] = {
  { "for", 'f', FW_OPTION_STRING, OPTION (identity), 0, 0, NULL, NULL, NULL, N_ ("devices"),
    "FLEET/DEVICE_ID",
    N_ ("Whom it may speak for; FLEET/* for a gateway, which speaks for a whole fleet; its name if "
        "not given") },
  { "ask", 'a', FW_OPTION_FLAG, OPTION (asks), 0, 0, NULL, NULL, NULL, "devices", NULL,
    N_ ("Ask for a secret, or read it from standard input, instead of making one") },
  { "secret", 0, FW_OPTION_SECRET, OPTION (secret), 0, 0, NULL, NULL, "FLEETWIRE_ENROLL_SECRET",
    "devices", NULL, N_ ("The secret itself, instead of making one") },
  { "remove", 'r', FW_OPTION_FLAG, OPTION (removes), 0, 0, NULL, NULL, NULL, "devices", NULL,
    N_ ("Take the device out of the file") },
  { NULL },
};

static const FwTerm arguments[] = {
  { "FILE", N_ ("The file that 'fleetwire ingest --credentials-file' reads; made if it is not "
                "there, and readable by its owner only") },
  { "NAME", N_ ("The name by which the device logs in: its user name") },
  { NULL },
};

const FwProgram enroll_program = {
  .name = "enroll",
  .synopsis = N_ ("[OPTION...] FILE NAME"),
  .summary = N_ ("lets a device speak: a name and a secret for it"),
  .description
  = N_ ("Puts a device into a file of credentials, or gives the one that stands there another "
        "secret. Unless one is given, it makes a secret of 192 bits and prints it, once: the file "
        "holds only a hash of it.\n\n"
        "A line of the file is NAME:HASH:FLEET/DEVICE_ID, and htpasswd -B can write it too. A "
        "running ingest reads the file again on SIGHUP."),
  .arguments = arguments,
  .options = rows,
  .max_args = 2,
};
