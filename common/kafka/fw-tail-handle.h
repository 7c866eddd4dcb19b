/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-rd.h"
/* fw-tail-handle: the librdkafka handle that a tail reads with: what its correctness stands on, and how much it takes ahead.
 * Private to this layer. */

/* on_error: called from within rd_kafka_poll. */
rd_kafka_t *fw_tail_handle_new (const FwKafkaConf *conf,
                                void (*on_error) (rd_kafka_t *rk, int code, const char *reason, void *user), void *user,
                                GError **error);
