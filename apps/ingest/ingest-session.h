/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mqtt.h"
#include "ingest-commands.h"
#include "ingest-intake.h"
#include "ingest-room.h"
#include "ingest-verdict.h"
/* ingest-session: one MQTT connection as a state machine; time is passed in, bytes come in and go out.
 *   feed --PUBLISH--> handler.publish --TAKEN--> (Kafka) --> stored --> PUBACK, in the order of the PUBLISHes
 *                                     --FULL---> input waits ----------> resume
 *   SUBSCRIBE --handler.subscribe--> a listener at commands --deliver--> PUBLISH, again in each connection until its PUBACK
 * Promises: each QoS 1 publish that was taken is answered once, after `stored`, or the connection ends; no input is read
 *   while it waits; under 300 bytes when idle, beside client id and will.
 * Does not: know sockets, clocks, Kafka, credentials; retain a message; outlive its connection. Threads: its owner's. */
typedef struct IngestSession IngestSession;

typedef enum
{
  INGEST_END_NONE,
  INGEST_END_LEFT,             /* DISCONNECT, or the connection went */
  INGEST_END_FAULT,            /* a packet that cannot be read: ingest_session_fault */
  INGEST_END_NOT_CONNECT,      /* something else came first */
  INGEST_END_CONNECT_TIMEOUT,
  INGEST_END_CONNECT_REFUSED,
  INGEST_END_SECOND_CONNECT,
  INGEST_END_KEEP_ALIVE,
  INGEST_END_PACKET_TIMEOUT,   /* a packet began and did not come to its end */
  INGEST_END_STALLED,          /* its input waited for room for too long */
  INGEST_END_QOS,
  INGEST_END_TOPIC_ALIAS,
  INGEST_END_NOT_STORED,       /* so that the device sends again what was not acknowledged */
  INGEST_END_PACKET_ID,        /* given anew while in use */
  INGEST_END_UNEXPECTED,       /* a packet that answers nothing, or AUTH */
  INGEST_END_PUBLISH_REFUSED,  /* 3.1.1 has no other way to say so */
  INGEST_END_TAKEN_OVER,       /* the same client id came again */
  INGEST_END_CREDENTIAL,       /* it has expired, or was taken back */
  INGEST_END_UNFINISHED,       /* all connections together hold too much of it */
  INGEST_END_SHUTDOWN,
  INGEST_N_ENDS,
} IngestEnd;
extern const char *const ingest_end_names[INGEST_N_ENDS + 1];

typedef struct
{
  const FwMqttMessage *message;        /* borrowed for the call */
  const FwMqttProperties *properties;  /* empty in 3.1.1, and for a will */
  gboolean is_will;
  gboolean wants_answer;               /* QoS 1: ingest_session_stored with this ... */
  guint32 ticket;
} IngestPublish;

typedef struct
{
  IngestVerdict verdict;
  FwMqttReason reason; /* REFUSED: UNSPECIFIED, NOT_AUTHORIZED, BAD_TOPIC, QUOTA or BAD_PAYLOAD */
  const char *why;     /* static text for the device's programmer, or NULL */
} IngestAnswer;

#define INGEST_CONNECT_LATER ((FwMqttReason) 0x100) /* no reason of MQTT's */

typedef struct
{
  /* SUCCESS lets the client in, LATER lets it wait (asked again after ingest_session_resume), any reason that CONNACK has does not; ingest_session_client_id is already what it will be.
   * NULL lets everybody in. */
  FwMqttReason (*connect) (gpointer user, IngestSession *session, const FwMqttConnect *connect);
  /* TAKEN with wants_answer promises one ingest_session_stored, even for a session that has ended meanwhile. FULL: asked again
   * after ingest_session_resume; a will is asked once. A QoS 0 publish that is refused is dropped. May end the session. */
  IngestAnswer (*publish) (gpointer user, IngestSession *session, const IngestPublish *publish);
  /* Whose commands the topic of this name brings: *ret, which points into it, and SUCCESS; or why not. NULL refuses all. */
  FwMqttReason (*subscribe) (gpointer user, IngestSession *session, FwMqttBytes topic, IngestIdentity *ret);
} IngestSessionHandler;

typedef struct
{
  gsize  packet_max;       /* bytes, header included */
  guint  in_flight_max;    /* 1 .. 65535; told as Receive Maximum; at it input waits, also of a 5.0 client
                           * that sends on: the most used ones do, and what is not read yet is not received */
  guint  client_id_max;    /* bytes */
  guint  keep_alive_max_s; /* 5.0 clients that ask for more are told this; 0 = no limit */
  gint64 connect_ms;       /* for CONNECT to come */
  gint64 packet_ms;        /* for a packet to come whole */
  gint64 stall_ms;         /* for input to wait for room */
  guint  commands_in_flight_max; /* 1 .. 65535; sent and not acknowledged; a client's Receive Maximum may be less */
  guint  subscriptions_max;      /* of one connection; beyond them SUBACK says QUOTA */
  guint  all_subscriptions_max;  /* of all of this thread; the same */
} IngestSessionLimits;

typedef enum
{
  INGEST_SENT,           /* QoS 0: which counts as acknowledged */
  INGEST_SENT_QOS_1,
  INGEST_SENT_DECLINED,  /* PUBACK with a reason of 0x80 or above, which is an acknowledgement too */
  INGEST_SENT_TOO_LARGE, /* for the client's Maximum Packet Size: not sent in this connection */
  INGEST_SENT_HELD,      /* times that in-flight commands were at their limit, and another one was there */
  INGEST_N_SENT,
} IngestSent;

typedef enum { INGEST_SUBSCRIBED, INGEST_SUBSCRIBE_REFUSED, INGEST_SUBSCRIBE_QUOTA, INGEST_UNSUBSCRIBED, INGEST_N_SUBSCRIBED } IngestSubscribed;

typedef struct
{
  guint64 n_packets[FW_MQTT_N_TYPES]; /* taken */
  guint64 n_faults[FW_MQTT_N_FAULTS];
  guint64 n_ends[INGEST_N_ENDS];
  guint64 n_acked, n_refused;         /* QoS 1, as answered */
  guint64 n_stalls;
  guint64 n_wills[2]; /* taken, lost */
  guint64 n_sent[INGEST_N_SENT], n_subscribed[INGEST_N_SUBSCRIBED];
} IngestSessionCounts;

/* What the sessions of one thread have in common; borrowed for their life. */
typedef struct
{
  IngestSessionLimits limits;
  IngestSessionHandler handler;
  IngestRoom room;
  IngestSessionCounts counts;
  IngestCommands *commands; /* NULL: nobody may subscribe; its `heard` leads to ingest_session_heard */
} IngestSessions;

/* user: for the handler. key: never used twice by this process; names a client that brings no id. */
IngestSession *ingest_session_new (IngestSessions *shared, gpointer user, guint64 key, gint64 now_ms);
void           ingest_session_free (IngestSession *session); /* NULL is fine; a will that still stands is dropped */

/* All that follow append to out what must be sent. Once ingest_session_is_over, send that and close. */
void     ingest_session_feed (IngestSession *session, const guint8 *bytes, gsize len, gint64 now_ms, GByteArray *out);
/* After FULL, when there is room again, and when `stored` says so. */
void     ingest_session_resume (IngestSession *session, gint64 now_ms, GByteArray *out);
/* SUCCESS: Kafka has it. why: as in IngestAnswer. TRUE: input waits, call ingest_session_resume. An unknown ticket is ignored. */
gboolean ingest_session_stored (IngestSession *session, guint32 ticket, FwMqttReason reason, const char *why, GByteArray *out);
/* Out of IngestCommands' `heard`. */
void     ingest_session_heard (IngestListener *listener, GByteArray *out);
/* Whose listener it is. */
IngestSession *ingest_session_of (const IngestListener *listener);
/* About once a second: deadlines. */
void     ingest_session_tick (IngestSession *session, gint64 now_ms, GByteArray *out);
/* Ends it from outside: TAKEN_OVER, NOT_STORED, CREDENTIAL, SHUTDOWN, LEFT. */
void     ingest_session_end (IngestSession *session, IngestEnd end, GByteArray *out);
/* Takes nothing more; ends by SHUTDOWN when all that was taken is answered. */
void     ingest_session_drain (IngestSession *session, GByteArray *out);
/* The connection is gone, for whatever reason: a will that still stands is published, nobody listens any more. Once, before
 * free. */
void     ingest_session_closed (IngestSession *session);

gboolean      ingest_session_wants_input (const IngestSession *session);
gboolean      ingest_session_is_over (const IngestSession *session);
IngestEnd     ingest_session_why (const IngestSession *session);
FwMqttFault   ingest_session_fault (const IngestSession *session);     /* FW_MQTT_OK unless why is FAULT */
FwMqttVersion ingest_session_version (const IngestSession *session);   /* UNKNOWN before CONNECT */
gboolean      ingest_session_is_connected (const IngestSession *session); /* was let in */
const char   *ingest_session_client_id (const IngestSession *session); /* NULL before CONNECT */
gpointer      ingest_session_user (const IngestSession *session);
guint64       ingest_session_key (const IngestSession *session);
guint         ingest_session_n_in_flight (const IngestSession *session);
gsize         ingest_session_memory (const IngestSession *session);    /* bytes, all that it holds */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestSession, ingest_session_free)
