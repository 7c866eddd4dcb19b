/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-mqtt-client.h"
#include "ingest-verdict.h"
/* ingest-subscriber: a subscription at somebody else's broker, as a state machine; its owner has sockets and clocks.
 *   waits --in time--> wants a connection --opened--> CONNECT, SUBSCRIBE --granted--> subscribed
 *     `<---- refused, cut, silent, an event not stored: twice as long each time, with jitter ----'
 * Promises: a message of QoS 1 is acknowledged when `stored` says that Kafka has it, or when nothing can mend it; what is
 *   not stays the broker's, who sends it again on the next connection. What does not fit is held, and nothing more read.
 * Does not: I/O, read events, know Kafka. Threads: one owner. */
typedef struct IngestSubscriber IngestSubscriber;
typedef struct { const char *topic, *payload; gsize topic_len, payload_len; guint64 tag; } IngestNews; /* a message; borrowed */

typedef struct
{
  const char        *client_id, *username; /* NULL: none */
  FwMqttBytes        password;
  const char *const *filters;              /* NULL-terminated, at least one */
  guint32            session_s;
  guint16            keep_alive_s;
  FwMqttClientLimits limits;
  gint64             retry_min_ms, retry_max_ms;
  guint64            seed;                 /* of the jitter */
} IngestSubscriberOptions;                 /* texts are borrowed for its life */

typedef struct { guint64 n_ends[FW_MQTT_N_OVERS]; guint64 n_forgotten /* sessions that the broker did not have any more */; } IngestSubscriberCounts;

/* TAKEN promises one ingest_subscriber_stored with the tag, now or after any number of connections. */
typedef IngestVerdict (*IngestSubscriberTake) (gpointer user, const IngestNews *news);

IngestSubscriber *ingest_subscriber_new (const IngestSubscriberOptions *options, IngestSubscriberTake take, gpointer user, gint64 now_ms);
void              ingest_subscriber_free (IngestSubscriber *subscriber);

/* What must be sent, collected by all that follow; its owner takes it away. */
GByteArray *ingest_subscriber_out (IngestSubscriber *subscriber);
gboolean ingest_subscriber_wants_connection (const IngestSubscriber *subscriber, gint64 now_ms);
void     ingest_subscriber_opening (IngestSubscriber *subscriber);               /* `opened` or `closed` will come */
void     ingest_subscriber_opened (IngestSubscriber *subscriber, gint64 now_ms); /* bytes can go */
void     ingest_subscriber_feed (IngestSubscriber *subscriber, const guint8 *bytes, gsize len, gint64 now_ms);
void     ingest_subscriber_tick (IngestSubscriber *subscriber, gint64 now_ms);   /* about once a second */
void     ingest_subscriber_closed (IngestSubscriber *subscriber, gint64 now_ms);
void     ingest_subscriber_stored (IngestSubscriber *subscriber, guint64 tag, gboolean ok);
void     ingest_subscriber_go_on (IngestSubscriber *subscriber, gint64 now_ms);  /* there may be room again */
/* Reads no more, acknowledges what becomes stored; then leave, and no connection is wanted any more. The session stays. */
void     ingest_subscriber_drain (IngestSubscriber *subscriber);
void     ingest_subscriber_leave (IngestSubscriber *subscriber);

gboolean ingest_subscriber_wants_input (const IngestSubscriber *subscriber);
gboolean ingest_subscriber_is_over (const IngestSubscriber *subscriber);       /* send what is out, then close */
gboolean ingest_subscriber_is_subscribed (const IngestSubscriber *subscriber);
gboolean ingest_subscriber_was_forgotten (const IngestSubscriber *subscriber); /* by the broker, between this connection and the last */
/* Why the connection is over, as a sentence; NULL where only its owner can know. Transfer full. */
char    *ingest_subscriber_why (const IngestSubscriber *subscriber);
gint64   ingest_subscriber_retry_ms (const IngestSubscriber *subscriber);      /* from `closed` to the next wanted connection */
IngestSubscriberCounts ingest_subscriber_counts (const IngestSubscriber *subscriber);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestSubscriber, ingest_subscriber_free)
