/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-record.h"

static guint
read_headers (rd_kafka_message_t *message, FwRecordHeader headers[FW_RECORD_HEADERS_MAX])
{
  rd_kafka_headers_t *list;
  guint n = 0;
  if (rd_kafka_message_headers (message, &list))
    return 0;
  for (; n < FW_RECORD_HEADERS_MAX; n++)
    {
      const void *value;
      if (rd_kafka_header_get_all (list, n, &headers[n].name, &value, &headers[n].len))
        break;
      headers[n].value = value;
    }
  return n;
}

void
fw_record_read (FwRecord *record, FwRecordHeader headers[FW_RECORD_HEADERS_MAX], guint topic,
                rd_kafka_message_t *message)
{
  rd_kafka_timestamp_type_t type;
  *record = (FwRecord){
    .topic = topic,
    .partition = message->partition,
    .offset = message->offset,
    .timestamp_ms = rd_kafka_message_timestamp (message, &type),
    .key = message->key,
    .key_len = message->key_len,
    .value = message->payload,
    .value_len = message->len,
    .headers = headers,
    .n_headers = read_headers (message, headers),
  };
  record->is_log_append = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
}

gboolean
fw_record_error_is_the_scouts (rd_kafka_resp_err_t code)
{
  switch (code)
    {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return TRUE;
    default:
      return FALSE;
    }
}
