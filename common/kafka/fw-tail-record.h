/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-rd.h"
#include "fw-tail.h"
/* fw-tail-record: one librdkafka message as an FwRecord. Private to this layer. Threads: the message's owner. */

/* headers: FwHeader, filled anew. Borrows from message and headers. */
void     fw_record_read (FwRecord *record, GArray *headers, guint topic, rd_kafka_message_t *message);
/* The scout finds out itself, and says it better. */
gboolean fw_record_error_is_the_scouts (rd_kafka_resp_err_t code);
