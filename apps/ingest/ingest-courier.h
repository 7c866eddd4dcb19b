/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
#include "fw-metric.h"
#include "ingest-commands.h"
#include "ingest-intake.h"
#include "ingest-options.h"
/* ingest-courier: brings what fleet.commands holds for devices to the MQTT door's thread.
 *   thread "commands": tail --fw_command_read--> ring (bounded: a full one is waited for by not polling, nothing is lost)
 *   door's thread:     ring --turn--> ingest-commands --heard--> sessions
 * Promises: whatever was written within --commands-look-back before the start, and all that follows; the topic may be
 *   made later. Does not: commit, remember anything over a restart.
 * Threads: new, start, stop and free belong to who owns the door; the rest to the door's thread. */
typedef struct IngestCourier IngestCourier;
typedef struct
{
  const FwKafkaConf *conf;
  const IngestOptions *options;
  FwMetrics *metrics;
  void (*heard) (gpointer user, IngestListener *listener); /* door's thread */
  void (*wake) (gpointer user);                            /* any thread: turn is to be called */
  gpointer user;
} IngestCourierSetup; /* all borrowed */

/* --mqtt-command-topic must not be empty. */
IngestCourier  *ingest_courier_new (const IngestCourierSetup *setup, GError **error);
gboolean        ingest_courier_start (IngestCourier *courier, GError **error);
void            ingest_courier_stop (IngestCourier *courier); /* nothing is woken any more; NULL is fine */
void            ingest_courier_free (IngestCourier *courier); /* stopped, and nobody listens */
IngestCommands *ingest_courier_commands (IngestCourier *courier);
/* Whose commands this topic brings. FALSE: it is no command topic. */
gboolean        ingest_courier_address (const IngestCourier *courier, const char *topic, gsize len, IngestIdentity *ret);
void            ingest_courier_turn (IngestCourier *courier);
void            ingest_courier_tick (IngestCourier *courier); /* about once a second: expires, counts */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestCourier, ingest_courier_free)
