/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-record.h"

static void
read_headers (rd_kafka_message_t *message, GArray *headers)
{
  rd_kafka_headers_t *list;
  const void *value;
  FwHeader header;
  g_array_set_size (headers, 0);
  if (rd_kafka_message_headers (message, &list))
    return;
  while (!rd_kafka_header_get_all (list, headers->len, &header.name, &value, &header.len))
    {
      header.value = value;
      g_array_append_val (headers, header);
    }
}

void
fw_record_read (FwRecord *record, GArray *headers, guint topic, rd_kafka_message_t *message)
{
  rd_kafka_timestamp_type_t type;
  read_headers (message, headers);
  *record = (FwRecord){
    .topic = topic,
    .partition = message->partition,
    .offset = message->offset,
    .timestamp_ms = rd_kafka_message_timestamp (message, &type),
    .key = message->key,
    .key_len = message->key_len,
    .value = message->payload,
    .value_len = message->len,
    .headers = (const FwHeader *) headers->data,
    .n_headers = headers->len,
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
