/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-mock-broker: librdkafka's mock cluster behind a listen port of our choice (loopback only, for development).
 * Promises: topics exist before the port listens; clients that follow the advertised address reach it too.
 * Does not: keep anything (memory, 5 MiB or 100,000 batches per partition), know times, do transactions.
 * Threads: its own forwarder thread; create and free from main. */
typedef struct FwMockBroker FwMockBroker;
/* listen: "localhost:9092" (both loopback families), port 0 = any. topics: "NAME:PARTITIONS", NULL-terminated. */
FwMockBroker *fw_mock_broker_new (const char *listen, const char *const *topics, GError **error);
void          fw_mock_broker_free (FwMockBroker *broker);
const char   *fw_mock_broker_address (const FwMockBroker *broker); /* "localhost:9092" */
/* For tests: the next producer that asks for an ID is told that there is none yet, as by a broker just started. */
void          fw_mock_broker_withhold_id (const FwMockBroker *broker);
guint64       fw_mock_broker_n_refused (const FwMockBroker *broker); /* connections over the forwarder's limit; any thread */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwMockBroker, fw_mock_broker_free)
