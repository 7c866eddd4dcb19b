/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-hub-private.h"

#include "fw-log.h"
#include "relay-notice.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("relay-hub-notice");

static void
push_notice (RelayHub *hub, RelayNotice notice, FwBytes *frames, gboolean for_newcomers)
{
  for (guint i = 0; i < hub->n_threads; i++)
    {
      RelayPush *push = relay_push_new (RELAY_PUSH_NOTICE);

      push->notice = notice;
      push->frames = fw_bytes_ref (frames);
      push->for_newcomers = for_newcomers;
      relay_link_push (hub->links[i], push);
    }
}

void
relay_hub_say_time (RelayHub *hub)
{
  g_autoptr (GString) resume = g_string_new (NULL);
  g_autoptr (FwBytes) frames = NULL;

  relay_resume_begin (resume, hub->now_ms);
  for (guint t = 0; t < hub->n_topics; t++)
    {
      relay_resume_topic (resume, hub->topics[t].name, fw_tail_generation (hub->tail, t));
      for (guint p = 0; p < fw_tail_n_partitions (hub->tail, t); p++)
        relay_resume_offset (resume, p, fw_tail_position (hub->tail, t, (gint32) p));
    }
  frames = relay_notice_time (hub->now_ms, relay_fleet_rev (hub->fleet), resume->str);
  push_notice (hub, RELAY_NOTICE_TIME, frames, FALSE);
  hub->time_due_us = hub->now_us + RELAY_TIME_INTERVAL_US;
}

void
relay_hub_say_warming (RelayHub *hub)
{
  RelayWarming *warming = relay_warming_new ();
  g_autoptr (FwBytes) frames = NULL;
  guint n_missing = 0, n_warming;

  for (guint t = 0; t < hub->n_topics; t++)
    {
      n_missing += t == 0 && hub->topics[t].caught_up->len == 0;
      for (guint p = 0; p < hub->topics[t].caught_up->len; p++)
        if (!relay_hub_is_caught_up (&hub->topics[t], (gint32) p))
          relay_warming_add (warming, hub->topics[t].name, p);
    }
  n_warming = relay_warming_n (warming);
  frames = relay_warming_finish (warming);
  push_notice (hub, RELAY_NOTICE_WARMING, frames, n_warming > 0);
  if (n_warming == 0 && n_missing == 0 && g_atomic_int_get (&hub->n_warming) > 0)
    fw_info (_ ("all partitions are read up to their ends; %u devices known"),
             relay_fleet_n (hub->fleet));
  g_atomic_int_set (&hub->n_warming, (gint) n_warming);
  g_atomic_int_set (&hub->n_missing, (gint) n_missing);
  hub->warming_changed = FALSE;
}
