/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub-private.h"

#include <string.h>
#include "fw-time.h"
#include "relay-metrics.h"
#include "fw-i18n.h"

#define RECORDS_PER_POLL 2000
#define REST_MAX_US 2000
#define ASKS_PER_TURN 8
#define IDLE_MS 250
#define PUBLISH_US (G_USEC_PER_SEC / 4)

static const FwTailHandler tail_handler = { relay_hub_on_record, relay_hub_on_tail_event };

static const FwClock *
clock_of (void)
{
  return fw_clock_system ();
}

static gint
wait_ms (const RelayHub *hub)
{
  gint64 due_us = MIN (relay_groups_next_us (hub->groups), hub->time_due_us) - hub->now_us;
  gint64 due_ms = relay_fleet_next_advance_ms (hub->fleet) - hub->now_ms;

  due_ms = MIN (due_ms, (due_us + 999) / 1000);
  return (gint) CLAMP (due_ms, 0, IDLE_MS);
}

static void
set_now (RelayHub *hub)
{
  hub->now_ms = fw_clock_wall_ms (clock_of ());
  hub->now_us = fw_clock_mono_us (clock_of ());
}

static void
take_ask (RelayHub *hub, guint thread, RelayAsk *ask)
{
  if (ask->type == RELAY_ASK_WANT || ask->type == RELAY_ASK_UNWANT)
    relay_hand_ask (hub->hand, thread, ask);
  else
    relay_groups_ask (hub->groups, thread, ask, hub->now_us, hub->now_ms);
}

/* TRUE when there may be more. */
static gboolean
take_asks (RelayHub *hub)
{
  gboolean may_be_more = FALSE;

  for (guint i = 0; i < hub->n_threads; i++)
    {
      guint n = 0;
      RelayAsk *ask;

      while (n < ASKS_PER_TURN && (ask = relay_link_take_ask (hub->links[i])))
        {
          take_ask (hub, i, ask);
          n++;
        }
      may_be_more |= n == ASKS_PER_TURN;
    }
  return may_be_more;
}

static void
wake_threads (RelayHub *hub)
{
  for (guint i = 0; i < hub->n_threads; i++)
    if (relay_link_should_wake (hub->links[i]))
      hub->threads[i].wake (hub->threads[i].user);
}

static gboolean
turn (RelayHub *hub, gint timeout_ms) FW_RUNS_ON (hub->role)
{
  gboolean may_be_more;

  set_now (hub);
  hub->n_taken = fw_tail_poll (hub->tail, RECORDS_PER_POLL, timeout_ms);
  set_now (hub);
  relay_hand_commit (hub->hand, hub->now_us);
  may_be_more = take_asks (hub);
  relay_fleet_advance (hub->fleet, hub->now_ms);
  relay_groups_tick (hub->groups, hub->now_us, hub->now_ms);
  if (hub->warming_changed)
    relay_hub_say_warming (hub);
  if (hub->now_us >= hub->time_due_us)
    relay_hub_say_time (hub);
  relay_hub_publish_reader (hub);
  relay_hand_settle (hub->hand);
  wake_threads (hub);
  return may_be_more;
}

/* Records that trickle in cost a wake-up each, here and in librdkafka; a fifth of the latency
 * budget lets the next ones join. After a pause the first was handed over before this. */
static void
rest (RelayHub *hub)
{
  gint64 rest_us = MIN (hub->options->latency_budget_ms * 1000 / 5, REST_MAX_US);

  if (hub->n_taken > 0 && hub->n_taken < RECORDS_PER_POLL && rest_us > 0)
    g_usleep ((gulong) rest_us);
}

static void
run (gpointer data)
{
  RelayHub *hub = data;
  gboolean may_be_more = FALSE;
  gint64 published_us = 0;

  fw_thread_role_enter (&hub->role);
  while (!g_atomic_int_get (&hub->is_stopping))
    {
      may_be_more = turn (hub, may_be_more ? 0 : wait_ms (hub));
      if (hub->now_us - published_us > PUBLISH_US)
        {
          relay_hub_publish_slowly (hub);
          published_us = hub->now_us;
        }
      rest (hub);
    }
  fw_thread_role_leave (&hub->role);
}

/* Life. */

static void
on_removed (gpointer user, const RelayDevice *dev, RelayLeft why, guint64 rev)
{
  RelayHub *hub = user;

  relay_groups_forget (hub->groups, dev, why, rev);
  fw_metrics_add (hub->metrics, RELAY_METRIC_DEVICES_FORGOTTEN, 0, 1);
}

static void
make_fleet (RelayHub *hub)
{
  const RelayOptions *options = hub->options;
  RelayFleetLimits limits = { .devices_max = (guint) options->devices_max,
                              .forget_after_ms = options->forget_after_ms };
  RelayGroupsLimits groups = { .groups_max = (guint) options->groups_max,
                               .windows_max = (guint) options->windows_max,
                               .leaves_max = (guint) options->leaves_max };

  fw_thresholds_default (&limits.thresholds);
  limits.thresholds.status = (FwStatusLimits){ options->stale_ms, options->offline_ms };
  hub->fleet = relay_fleet_new (&limits, on_removed, hub);
  hub->groups
      = relay_groups_new (&groups, hub->fleet, hub->links, hub->n_threads, hub->n_topics + 1);
}

static void
add_topic (RelayHub *hub, const FwKafkaConf *conf, guint i, const char *name)
{
  g_autofree char *whole = fw_kafka_topic (conf, name);
  gboolean is_events = i == 0;

  hub->topics[i].name = name;
  hub->logs[i + 1] = hub->topics[i].log = relay_log_new (i + 1);
  hub->topics[i].caught_up = g_array_new (FALSE, TRUE, sizeof (gboolean));
  hub->streams[i + 1] = (RelayStreamName){ name, i + 1 };
  fw_tail_add (hub->tail, whole, is_events ? FW_START_TIME : FW_START_END,
               hub->started_ms - hub->options->look_back_ms);
}

static void
make_topics (RelayHub *hub, const FwKafkaConf *conf)
{
  guint n_more = hub->options->topics ? g_strv_length (hub->options->topics) : 0;

  hub->topics = g_new0 (RelayHubTopic, n_more + 1);
  hub->streams = g_new0 (RelayStreamName, n_more + 2);
  hub->logs = g_new0 (RelayLog *, n_more + 2);
  hub->logs[RELAY_FIREHOSE] = relay_log_new (0);
  add_topic (hub, conf, hub->n_topics++, RELAY_EVENTS_TOPIC);
  for (guint i = 0; i < n_more; i++)
    {
      const char *name = hub->options->topics[i];
      gboolean is_known = FALSE;

      for (guint t = 0; t < hub->n_topics; t++)
        is_known |= strcmp (hub->topics[t].name, name) == 0;
      if (!is_known)
        add_topic (hub, conf, hub->n_topics++, name);
    }
}

static void
make_threads (RelayHub *hub)
{
  hub->n_threads = (guint) hub->options->threads;
  hub->threads = g_new0 (RelayHubThread, hub->n_threads);
  hub->links = g_new0 (RelayLink *, hub->n_threads);
  for (guint i = 0; i < hub->n_threads; i++)
    hub->links[i] = relay_link_new ((guint) hub->options->ring_slots);
  hub->hand = relay_hand_new (hub->logs, hub->n_topics + 1, hub->links, hub->n_threads);
}

RelayHub *
relay_hub_new (const RelayOptions *options, const FwKafkaConf *conf, const FwMapping *mapping,
               FwMetrics *metrics, GError **error)
{
  g_autoptr (RelayHub) hub = g_new0 (RelayHub, 1);

  hub->options = options;
  hub->metrics = metrics;
  hub->started_ms = fw_clock_wall_ms (clock_of ());
  hub->epoch = g_strdup_printf ("%08x%08x", g_random_int (), g_random_int ());
  hub->warming_changed = TRUE;
  hub->n_missing = 1;
  hub->reader = fw_event_reader_new (mapping);
  hub->tail = fw_tail_new (conf, &tail_handler, hub, error);
  if (!hub->tail)
    return NULL;
  make_topics (hub, conf);
  make_threads (hub);
  make_fleet (hub);
  return g_steal_pointer (&hub);
}

static void
free_topics (RelayHub *hub)
{
  for (guint i = 0; i < hub->n_topics; i++)
    g_array_unref (hub->topics[i].caught_up);
  for (guint stream = 0; hub->logs && stream <= hub->n_topics; stream++)
    relay_log_free (hub->logs[stream]);
  g_free (hub->logs);
  g_free (hub->topics);
  g_free (hub->streams);
}

void
relay_hub_free (RelayHub *hub)
{
  if (!hub)
    return;
  fw_tail_free (hub->tail);
  relay_groups_free (hub->groups);
  relay_hand_free (hub->hand);
  relay_fleet_free (hub->fleet);
  fw_event_reader_free (hub->reader);
  free_topics (hub);
  for (guint i = 0; i < hub->n_threads; i++)
    relay_link_free (hub->links[i]);
  g_free (hub->links);
  g_free (hub->threads);
  g_free (hub->epoch);
  g_free (hub);
}

gboolean
relay_hub_start (RelayHub *hub, GError **error)
{
  hub->thread = fw_thread_start ("hub", run, hub, error);
  return hub->thread != NULL;
}

void
relay_hub_stop (RelayHub *hub)
{
  g_atomic_int_set (&hub->is_stopping, 1);
  relay_hub_wake (hub);
  fw_thread_join (g_steal_pointer (&hub->thread));
}

RelayLink *
relay_hub_link (RelayHub *hub, guint i)
{
  return hub->links[i];
}

void
relay_hub_on_wake (RelayHub *hub, guint i, void (*wake) (gpointer user), gpointer user)
{
  hub->threads[i].wake = wake;
  hub->threads[i].user = user;
}

const RelayStreamName *
relay_hub_streams (const RelayHub *hub, guint *ret_n)
{
  *ret_n = hub->n_topics + 1;
  return hub->streams;
}

const char *
relay_hub_epoch (const RelayHub *hub)
{
  return hub->epoch;
}

void
relay_hub_wake (RelayHub *hub)
{
  fw_tail_wake (hub->tail);
}

gboolean
relay_hub_is_ready (RelayHub *hub, char **ret_why_not)
{
  if (!g_atomic_int_get (&hub->is_up))
    *ret_why_not = g_strdup (_ ("Kafka is not reachable"));
  else if (g_atomic_int_get (&hub->n_missing) > 0)
    *ret_why_not = g_strdup_printf (_ ("topic %s does not exist yet"), RELAY_EVENTS_TOPIC);
  else if (g_atomic_int_get (&hub->n_warming) > 0)
    *ret_why_not = g_strdup_printf (_ ("%d partitions are not read up to their ends yet"),
                                    g_atomic_int_get (&hub->n_warming));
  else
    return TRUE;
  return FALSE;
}
