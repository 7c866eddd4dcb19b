/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-command.h"
#include "fw-time.h"
/* ingest-commands: what devices are still to be told: open commands by (fleet, device_id), and who listens for them.
 *   add --> open --acknowledge--> its id is remembered until it expires, so that a copy is not open again
 *             |---expires, is withdrawn, or is dropped at a limit (oldest first)--> gone
 * Promises: a listener finds each open command once, oldest first, never one that has expired or was acknowledged by
 *   whomever; memory is bounded.
 * Does not: know MQTT, sockets or Kafka; survive a restart. Threads: one owner; ingest_command_new on any. */
typedef struct IngestCommands IngestCommands;
typedef struct IngestCommand IngestCommand;
typedef struct IngestMailbox IngestMailbox; /* of one device */

/* Embedded by whoever listens; is_listening begins as FALSE. */
typedef struct IngestListener
{
  IngestMailbox *box;
  struct IngestListener *prev, *next; /* of the same box */
  guint64 seen;                       /* the place of the last command it was given */
  gboolean is_listening;
} IngestListener;

typedef struct
{
  guint per_device_max; /* open ones; as many acknowledged ids are remembered beside them */
  guint all_max;        /* both, of all devices */
  gsize bytes_max;      /* of all that is held for them; acknowledged ids are forgotten before an open one is dropped */
} IngestCommandsLimits; /* each at least 1 */

typedef enum
{
  INGEST_COMMANDS_OPENED,
  INGEST_COMMANDS_COPIES,       /* of an id that is open or acknowledged */
  INGEST_COMMANDS_LATE,         /* had expired when they came */
  INGEST_COMMANDS_EXPIRED,
  INGEST_COMMANDS_WITHDRAWN,
  INGEST_COMMANDS_ACKNOWLEDGED,
  INGEST_COMMANDS_DROPPED_DEVICE,
  INGEST_COMMANDS_DROPPED_ALL,
  INGEST_COMMANDS_DROPPED_BYTES,
  INGEST_COMMANDS_FORGOTTEN,    /* acknowledged ids, at a limit */
  INGEST_COMMANDS_RETIRED,      /* acknowledged ids, in their time */
  INGEST_COMMANDS_N_COUNTS,
} IngestCommandsCount;

/* `heard`: a command has come for a listener, who may take it at once. It neither adds, listens nor stops listening. */
IngestCommands *ingest_commands_new (const IngestCommandsLimits *limits, const FwClock *clock, void (*heard) (gpointer user, IngestListener *listener), gpointer user);
/* Nobody listens any more. */
void            ingest_commands_free (IngestCommands *commands);
/* Transfer full. One without a value withdraws. */
void            ingest_commands_add (IngestCommands *commands, IngestCommand *command);
/* About once a second; what has expired is not given out before that either. */
void            ingest_commands_expire (IngestCommands *commands);
void            ingest_commands_listen (IngestCommands *commands, IngestListener *listener, FwText fleet, FwText device_id);
void            ingest_commands_unlisten (IngestCommands *commands, IngestListener *listener); /* a second time: nothing */
/* The oldest that it was not given, borrowed until the next call here; NULL: none for now. */
IngestCommand  *ingest_commands_next (IngestCommands *commands, IngestListener *listener);
/* It was given this one, and those before. */
void            ingest_commands_pass (IngestListener *listener, const IngestCommand *command);
/* FALSE: it is not open (any more). */
gboolean        ingest_commands_acknowledge (IngestCommands *commands, IngestCommand *command);
gint64          ingest_commands_now_ms (const IngestCommands *commands);
guint           ingest_commands_n_open (const IngestCommands *commands);
guint           ingest_commands_n_listeners (const IngestCommands *commands);
gsize           ingest_commands_bytes (const IngestCommands *commands);
const guint64  *ingest_commands_counts (const IngestCommands *commands); /* by IngestCommandsCount */

/* Copies. value NULL: withdraws. */
IngestCommand *ingest_command_new (const FwCommand *command, const char *value, gsize len);
IngestCommand *ingest_command_ref (IngestCommand *command);
void           ingest_command_unref (IngestCommand *command);
gint64         ingest_command_expires_ms (const IngestCommand *command);
/* NULL once it has been acknowledged. */
const char    *ingest_command_value (const IngestCommand *command, gsize *ret_len);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestCommand, ingest_command_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestCommands, ingest_commands_free)
