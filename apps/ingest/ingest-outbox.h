/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ingest-session.h"
/* ingest-outbox: what one connection has subscribed to, and which commands it was sent and has not acknowledged.
 *   subscription is due --next--> PUBLISH --(QoS 1)--> in flight --PUBACK--> acknowledged
 * Promises: no memory for who does not subscribe; at most in_flight_max in flight; ids are free when given.
 * Does not: know a connection's state. Private to the session. Threads: its owner's. */
typedef struct IngestOutbox IngestOutbox;

IngestOutbox *ingest_outbox_new (IngestSession *session, IngestSessions *shared, guint in_flight_max);
void          ingest_outbox_free (IngestOutbox *outbox); /* NULL is fine */
/* Once more for the same topic: the QoS changes. FALSE: no more than subscriptions_max. */
gboolean      ingest_outbox_subscribe (IngestOutbox *outbox, FwMqttBytes topic, const IngestIdentity *whose, guint8 qos);
gboolean      ingest_outbox_unsubscribe (IngestOutbox *outbox, FwMqttBytes topic); /* FALSE: there was none */
/* FALSE: no such command is in flight. */
gboolean      ingest_outbox_acknowledge (IngestOutbox *outbox, guint16 packet_id);
/* It has something to send. */
void          ingest_outbox_due (IngestListener *listener);
IngestSession *ingest_outbox_session (const IngestListener *listener);
/* Sends what is due: put writes the packet, and says FALSE for one larger than the client takes. */
void          ingest_outbox_send (IngestOutbox *outbox, gboolean (*put) (IngestSession *session, FwMqttPacket *packet, GByteArray *out), GByteArray *out);
gsize         ingest_outbox_bytes (const IngestOutbox *outbox);
