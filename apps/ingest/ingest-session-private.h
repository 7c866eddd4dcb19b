/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ingest-acks.h"
#include "ingest-outbox.h"
#include "ingest-session.h"
/* ingest-session-private: what the files of the session share.
 *   ingest-session.c             life, bytes to packets, deadlines
 *   ingest-session-connect.c     CONNECT and CONNACK, the will
 *   ingest-session-packet.c      every other packet
 *   ingest-session-subscribe.c   SUBSCRIBE, UNSUBSCRIBE, and the commands that follow
 *   ingest-session-say.c         what goes out, and how it ends */
typedef struct
{
  guint32 topic_len, payload_len;
  guint8 qos;
  gboolean is_retained;
  guint8 data[]; /* topic, payload */
} IngestWill;

typedef enum
{
  INGEST_WAIT_NONE,
  INGEST_WAIT_BYTES, /* for the rest of a packet */
  INGEST_WAIT_ROOM,  /* a whole packet waits for room, or CONNECT to be let in */
} IngestWait;

struct IngestSession
{
  IngestSessions *shared;
  gpointer user;
  guint64 key;
  char *client_id;
  IngestWill *will;      /* NULL: none */
  IngestOutbox *outbox;  /* NULL: has never subscribed */
  GByteArray *rest;      /* input not taken yet; NULL: none */
  gsize charged, will_charged; /* for rest and will, in the room */
  gint64 heard_ms;       /* the last packet; before the first one, when it was opened */
  gint64 waits_since_ms; /* see wait */
  guint32 rest_at;       /* where it begins */
  guint32 reply_max;     /* bytes of a packet that the client takes */
  guint16 keep_alive_s;  /* 0: none */
  guint16 send_max;      /* commands in flight */
  guint8 version, wait, why, fault;
  guint is_connected : 1;
  guint is_draining : 1;
  guint wants_words : 1;  /* reason strings in PUBACK */
  guint may_expire : 1;   /* CONNECT had a session expiry */
  IngestAcks acks;
};

/* Any packet but CONNECT. FALSE: it has to wait for room. */
gboolean ingest_session_take (IngestSession *session, const FwMqttPacket *packet, gint64 now_ms, GByteArray *out);
void     ingest_session_take_filters (IngestSession *session, const FwMqttPacket *packet, GByteArray *out);
void     ingest_session_take_puback (IngestSession *session, const FwMqttPacket *packet, GByteArray *out);
/* Sends the commands that there are, as far as the client lets us. */
void     ingest_session_deliver (IngestSession *session, GByteArray *out);
/* FALSE: it has to wait for who decides. */
gboolean ingest_session_take_connect (IngestSession *session, const FwMqttPacket *packet, gint64 now_ms, GByteArray *out);
void     ingest_session_refuse_connect (IngestSession *session, FwMqttReason reason, const char *why, GByteArray *out);
void     ingest_session_take_fault (IngestSession *session, FwMqttFault fault, GByteArray *out);
void     ingest_session_publish_will (IngestSession *session);

/* why: put in as the reason string; NULL: none. Larger than the client takes: without it; even so: not sent, FALSE. */
gboolean ingest_session_say (IngestSession *session, FwMqttPacket *packet, const char *why, GByteArray *out);
/* Answers what can be answered, in order. */
void     ingest_session_release (IngestSession *session, GByteArray *out);
