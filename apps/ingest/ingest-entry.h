/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-http-head.h"
#include "ingest-phone.h"
/* ingest-entry: what a request's head asks of the HTTP door, or why it is turned away before its body.
 * A page of another origin may not feed the fleet; what it can send without an Origin, a GET (of a picture, say), is
 * known by its user agent.
 * Pure. Threads: any. */
typedef struct { const char *listen_host; const char *const *public_hosts, *const *allow_origins; } IngestEntryRules; /* nullable, as in FwDoorRules */
typedef struct
{
  IngestLayout layout;
  const char  *encoding; /* NULL = plain */
  IngestPhone *phone;    /* NULL = our own events */
  const char  *said;     /* NULL, or the parameters of a URL, which are read as a body; borrowed from the head */
  guint        status;   /* 0 = come in; else an answer at once: */
  const char  *origin; /* of a page that may send, which its browser wants to hear; borrowed from the head */
  const char  *code, *message, *headers; /* static; message NULL = nothing is wrong, and nothing to do */
} IngestEntry;

void ingest_entry_read (const IngestEntryRules *rules, const FwHttpHead *head, IngestEntry *ret);
