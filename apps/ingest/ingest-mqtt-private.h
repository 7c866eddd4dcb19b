/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-streams.h"
#include "ingest-courier.h"
#include "ingest-mqtt.h"
#include "ingest-session.h"
/* ingest-mqtt-private: what the files of the MQTT door share.
 *   ingest-mqtt.c            connections, events, life and death
 *   ingest-mqtt-auth.c       who may connect, and as whom
 *   ingest-mqtt-commands.c   who may listen to which commands
 *   ingest-mqtt-log.c        what an operator hears of devices
 * Threads: the door's. */
typedef struct
{
  IngestMqtt *door;
  FwStream *stream;       /* NULL: gone */
  IngestSession *session; /* NULL: gone */
  GByteArray *out;        /* NULL when there is nothing to say */
  guint32 slot;
  guint n_underway; /* reports that will name this slot */
  IngestGuest guest;
  gboolean is_waiting : 1; /* in door->waiting */
  gboolean is_slowed : 1;  /* in door->slowed */
  gboolean is_loud : 1;
} Conn;

struct IngestMqtt
{
  IngestMqttSetup setup;
  IngestStore *store;
  IngestIntake *intake;
  IngestCourier *courier; /* NULL: no commands */
  FwStreams *server;
  IngestSessions sessions;
  guint64 next_key;
  GPtrArray *conns; /* by slot; NULL = free */
  GArray *free_slots;
  IngestDesk *desk;         /* NULL: everybody may speak */
  GHashTable *by_client_id; /* Conn, each under its client id and credential */
  GPtrArray *loud;          /* Conn with something to say */
  GQueue waiting;           /* Conn whose input waits for room in the store */
  GQueue slowed;            /* Conn whose input waits for its device's rate */
  GByteArray *scratch;      /* what a deadline has to say */
  FwEventCounts counted;    /* that the metrics have */
  IngestSessionCounts sessions_counted;
  FwStreamsCounts server_counted; /* admin thread */
  gint n_conns;                        /* atomic */
  gint must_drain, is_drained;         /* atomic */
};

GByteArray  *ingest_mqtt_out_of (Conn *conn); /* to append to; it is said at the end of this turn */
guint        ingest_mqtt_conn_hash (gconstpointer data);
gboolean     ingest_mqtt_conn_equal (gconstpointer a, gconstpointer b);
FwMqttReason ingest_mqtt_on_connect (gpointer user, IngestSession *session, const FwMqttConnect *connect);
void         ingest_mqtt_open_desk (IngestMqtt *door); /* if there shall be one */
/* Who speaks, by its credential and what the topic says. FALSE: its credential does not allow that. */
gboolean     ingest_mqtt_identify (const Conn *conn, const IngestIdentity *said, IngestIdentity *ret);
void         ingest_mqtt_check_credential (Conn *conn, gint64 wall_ms, GByteArray *out); /* ends it when it is over */
FwMqttReason ingest_mqtt_on_subscribe (gpointer user, IngestSession *session, FwMqttBytes topic, IngestIdentity *ret);
void         ingest_mqtt_log_end (const IngestSession *session, const char *peer);
gboolean     ingest_mqtt_open_courier (IngestMqtt *door, GError **error); /* if there shall be one */
