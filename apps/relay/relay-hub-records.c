/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub-private.h"

#include <string.h>
#include "fw-log.h"
#include "relay-metrics.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-hub-records");

gboolean
relay_hub_is_caught_up (const RelayHubTopic *topic, gint32 partition)
{
  return (guint) partition < topic->caught_up->len
         && g_array_index (topic->caught_up, gboolean, partition);
}

static gboolean
is_protobuf (const FwRecord *record)
{
  static const char type[] = "application/x-protobuf";

  for (guint i = 0; i < record->n_headers; i++)
    if (g_ascii_strcasecmp (record->headers[i].name, "content-type") == 0
        && record->headers[i].value && record->headers[i].len >= sizeof type - 1
        && memcmp (record->headers[i].value, type, sizeof type - 1) == 0)
      return TRUE;
  return FALSE;
}

static void
note_reject (RelayHub *hub, const FwRecord *record, FwReject reject)
{
  if (reject == FW_REJECT_UNSUPPORTED_ENCODING)
    fw_metrics_add (hub->metrics, RELAY_METRIC_REJECTED, reject, 1);
  fw_warn_limited (_ ("%s, partition %d, offset %lld: the record is no event (%s), ignoring it"),
                   RELAY_EVENTS_TOPIC, record->partition, (long long) record->offset,
                   fw_reject_names[reject]);
}

static void
note_applied (RelayHub *hub, RelayApplied applied)
{
  static const int rows[] = { [RELAY_APPLIED] = -1,
                              [RELAY_APPLIED_LATE] = RELAY_METRIC_LATE,
                              [RELAY_APPLIED_NOTHING] = RELAY_METRIC_COPIES,
                              [RELAY_APPLIED_REFUSED] = RELAY_METRIC_DEVICES_REFUSED };

  if (rows[applied] >= 0)
    fw_metrics_add (hub->metrics, (guint) rows[applied], 0, 1);
  if (applied == RELAY_APPLIED_REFUSED)
    fw_warn_limited (_ ("as many devices as --max-devices allows are known; events of a further "
                        "one are counted, ignoring it"));
}

static void
observe_hops (RelayHub *hub, const FwRecord *record)
{
  if (!record->is_log_append || record->timestamp_ms < 0)
    return;
  fw_metrics_observe (hub->metrics, RELAY_METRIC_HOPS, RELAY_HOP_KAFKA,
                      (double) MAX (hub->now_ms - record->timestamp_ms, 0) / 1000);
  if (hub->ev.ts_ms != FW_TS_NONE)
    fw_metrics_observe (hub->metrics, RELAY_METRIC_HOPS, RELAY_HOP_DEVICE,
                        (double) MAX (record->timestamp_ms - hub->ev.ts_ms, 0) / 1000);
}

static void
fold (RelayHub *hub, const FwRecord *record, gboolean is_news)
{
  FwArrival arrival = { record->timestamp_ms >= 0 ? record->timestamp_ms : hub->now_ms,
                        record->partition, record->offset };
  FwReject reject;

  if (!record->value)
    {
      fw_metrics_add (hub->metrics, RELAY_METRIC_NULLS, 0, 1);
      return;
    }
  reject = is_protobuf (record)
               ? FW_REJECT_UNSUPPORTED_ENCODING
               : fw_event_read (hub->reader, record->value, record->value_len, &hub->ev);
  if (reject != FW_REJECT_NONE)
    {
      note_reject (hub, record, reject);
      return;
    }
  note_applied (hub, relay_fleet_apply (hub->fleet, &hub->ev, &arrival, hub->now_ms));
  if (is_news)
    observe_hops (hub, record);
}

static void
add_to_logs (RelayHub *hub, RelayHubTopic *topic, const FwRecord *record)
{
  gboolean is_events = topic == &hub->topics[0];
  RelayRecord out = { .partition = record->partition,
                      .offset = record->offset,
                      .t_ms = record->timestamp_ms,
                      .key = record->key,
                      .key_len = record->key_len,
                      .value = record->value,
                      .value_len = record->value_len,
                      .headers = record->headers,
                      .n_headers = record->n_headers };

  if (relay_log_is_read (topic->log)
      || (is_events && relay_log_is_read (hub->logs[RELAY_FIREHOSE])))
    out.value_is_utf8 = record->value && relay_log_is_utf8 (record->value, record->value_len);
  relay_log_add (topic->log, &out);
  if (is_events)
    relay_log_add (hub->logs[RELAY_FIREHOSE], &out);
}

void
relay_hub_on_record (gpointer user, const FwRecord *record)
{
  RelayHub *hub = user;
  RelayHubTopic *topic = &hub->topics[record->topic];
  gboolean is_news = relay_hub_is_caught_up (topic, record->partition)
                     || record->timestamp_ms >= hub->started_ms;

  fw_metrics_add (hub->metrics, RELAY_METRIC_RECORDS, 0, 1);
  if (is_news)
    add_to_logs (hub, topic, record);
  else
    relay_log_seek (topic->log, record->partition, record->offset + 1);
  if (topic == &hub->topics[0])
    fold (hub, record, is_news);
}
