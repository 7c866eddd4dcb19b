/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub-private.h"

#include "fw-log.h"
#include "relay-metrics.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-hub-tail");

static void
set_caught_up (RelayHub *hub, RelayHubTopic *topic, gint32 partition, gboolean is)
{
  const gboolean no = FALSE;

  while (topic->caught_up->len <= (guint) partition)
    g_array_append_val (topic->caught_up, no);
  g_array_index (topic->caught_up, gboolean, partition) = is;
  hub->warming_changed = TRUE;
}

static void
partition_added (RelayHub *hub, RelayHubTopic *topic, const FwTailEvent *event)
{
  set_caught_up (hub, topic, event->partition, FALSE);
  relay_log_seek (topic->log, event->partition, event->from_offset);
  fw_debug ("%s: partition %d found, reading from offset %" G_GINT64_FORMAT, topic->name,
            event->partition, event->from_offset);
}

static void
gap_found (RelayHub *hub, RelayHubTopic *topic, const FwTailEvent *event)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = (guint) event->partition + 1;
  g_autofree gint64 *from = g_new0 (gint64, n);
  g_autofree gint64 *to = g_new0 (gint64, n);

  from[event->partition] = event->from_offset;
  to[event->partition] = event->to_offset;
  relay_say_gap (text, relay_log_ch (topic->log), from, to, n);
  relay_log_add_message (topic->log, text);
  relay_log_seek (topic->log, event->partition, event->to_offset);
  if (topic == &hub->topics[0])
    relay_groups_say_gap (hub->groups, (guint) event->partition, event->from_offset,
                          event->to_offset);
  fw_metrics_add (hub->metrics, RELAY_METRIC_KAFKA_GAPS, 0, 1);
  fw_warn (
      _ ("%s, partition %d: Kafka no longer has offsets %lld to %lld; clients are told, going on"),
      topic->name, event->partition, (long long) event->from_offset,
      (long long) event->to_offset - 1);
}

static void
topic_reset (RelayHub *hub, RelayHubTopic *topic)
{
  g_autoptr (GString) text = g_string_new (NULL);

  relay_say_reset (text, relay_log_ch (topic->log), "topic_recreated");
  relay_log_add_message (topic->log, text);
  g_array_set_size (topic->caught_up, 0);
  hub->warming_changed = TRUE;
  if (topic == &hub->topics[0])
    relay_fleet_clear (hub->fleet, RELAY_LEFT_DELETED);
  fw_metrics_add (hub->metrics, RELAY_METRIC_TOPIC_RESETS, 0, 1);
  fw_warn (_ ("topic %s was deleted and made again; clients are told, reading it from its begin"),
           topic->name);
}

void
relay_hub_on_tail_event (gpointer user, const FwTailEvent *event)
{
  RelayHub *hub = user;
  RelayHubTopic *topic = event->type == FW_TAIL_UP || event->type == FW_TAIL_DOWN
                             ? NULL
                             : &hub->topics[event->topic];

  switch (event->type)
    {
    case FW_TAIL_UP:
      g_atomic_int_set (&hub->is_up, 1);
      fw_info (_ ("Kafka is reachable"));
      break;
    case FW_TAIL_DOWN:
      g_atomic_int_set (&hub->is_up, 0);
      fw_warn (_ ("Kafka is not reachable (%s); clients keep what they have, retrying"),
               event->why ? event->why : "?");
      break;
    case FW_TAIL_PARTITION_ADDED:
      partition_added (hub, topic, event);
      break;
    case FW_TAIL_CAUGHT_UP:
      set_caught_up (hub, topic, event->partition, TRUE);
      break;
    case FW_TAIL_GAP:
      gap_found (hub, topic, event);
      break;
    case FW_TAIL_TOPIC_RESET:
      topic_reset (hub, topic);
      break;
    case FW_TAIL_TOPIC_GONE:
      fw_warn (_ ("topic %s does not exist (any more), waiting for it"), topic->name);
      break;
    case FW_TAIL_ERROR:
      fw_warn_limited (_ ("%s, partition %d: %s, retrying"), topic->name, event->partition,
                       event->why ? event->why : "?");
      break;
    }
}
