/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-tail-handle.h"

rd_kafka_t *
fw_tail_handle_new (const FwKafkaConf *conf,
                    void (*on_error) (rd_kafka_t *rk, int code, const char *reason, void *user),
                    void *user, GError **error)
{
  const FwRdProperty defaults[] = {
    { "fetch.wait.max.ms", fw_rd_fetch_wait_ms (conf) },
    { "fetch.error.backoff.ms", "20" },
    /* Above either, librdkafka 2.0.2 looks again only after a second: a million records of 200
     * bytes took 14 s with 20,000 and 1.4 s with 100,000. They bound what waits here when nobody
     * polls. */
    { "queued.min.messages", "100000" },
    { "queued.max.messages.kbytes", "32768" },
    { "topic.metadata.refresh.interval.ms", "5000" },
    /* A topic that has gone is told at once, before any record of the next one of that name. */
    { "topic.metadata.refresh.fast.interval.ms", "10" },
    { "topic.metadata.propagation.max.ms", "0" },
    { NULL, NULL },
  };
  static const FwRdProperty musts[] = {
    { "auto.offset.reset", "error" },  { "enable.partition.eof", "true" },
    { "enable.auto.commit", "false" }, { "enable.auto.offset.store", "false" },
    { "auto.commit.enable", "false" }, { NULL, NULL },
  };
  const FwRdOptions options = { RD_KAFKA_CONSUMER, defaults, musts, on_error, NULL, NULL, user };
  return fw_rd_new (conf, &options, error);
}
