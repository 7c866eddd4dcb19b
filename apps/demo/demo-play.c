/* SPDX-License-Identifier: Apache-2.0 */
#include "demo-play.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

#include "demo-child.h"
#include "demo-ear.h"
#include "demo-log.h"
#include "demo-port.h"
#include "demo-warm.h"
#include "fw-error.h"
#include "fw-log.h"
#include "fw-time.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("demo");

#define TICK_MS 20
#define START_PATIENCE_MS 30000
#define WARM_PATIENCE_MS 4000
#define STOP_PATIENCE_MS 8000
#define SIM_STOP_PATIENCE_MS 20000 /* its own drain is 10 s */
#define LATE_COPIES_MS 300         /* all is there: a copy may still come */

typedef struct
{
  DemoCast *cast;
  DemoLog log;
  DemoChild *broker, *topics, *relay, *sim, *dash;
  DemoCount *count;
  DemoEar *log_ear, *fleet_ear;
  DemoWarm *warm;
  DemoProduced produced;
  guint n_signals;
  gboolean time_is_over;
  gint64 progress_us; /* when a record last came */
  guint64 n_heard;
} Play;

typedef gboolean (*Claim) (Play *play);

static gint64
now_us (void)
{
  return fw_clock_mono_us (fw_clock_system ());
}

static gboolean
on_signal (gpointer data)
{
  Play *play = data;
  play->n_signals++;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_time_over (gpointer data)
{
  Play *play = data;
  play->time_is_over = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
on_tick (gpointer data)
{
  (void) data;
  return G_SOURCE_CONTINUE;
}

/* The one that should run and does not; NULL when all is well. */
static DemoChild *
dead_child (const Play *play)
{
  DemoChild *const needed[] = { play->broker, play->relay };
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (needed[i] && !demo_child_is_running (needed[i]))
      return needed[i];
  if (play->sim && !demo_child_is_running (play->sim) && demo_child_status (play->sim) != 0)
    return play->sim;
  return NULL;
}

/* TRUE when the claim came to hold; FALSE when patience is at its end, a program died, or n_signals
 * came. */
static gboolean
wait_for (Play *play, Claim claim, gint64 patience_ms, guint n_signals)
{
  guint tick = g_timeout_add (TICK_MS, on_tick, NULL);
  gint64 deadline_us = patience_ms < 0 ? G_MAXINT64 : now_us () + patience_ms * 1000;
  gboolean holds;
  while (!(holds = claim (play)) && !dead_child (play) && play->n_signals < n_signals
         && now_us () < deadline_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  return holds;
}

/* Starting. */

static gboolean
did_not_start (const Play *play, const char *name, GError **error)
{
  const DemoChild *dead = dead_child (play);
  if (play->n_signals > 0)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("stopped while starting"));
  else if (dead)
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                 _ ("%s ended with status %d; what it said stands above"), demo_child_name (dead),
                 demo_child_status (dead));
  else
    g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("%s is not ready after %d s"), name,
                 START_PATIENCE_MS / 1000);
  return FALSE;
}

static DemoChild *
start (Play *play, const char *command, DemoChildKind kind, char **(*words) (const DemoCast *),
       GError **error)
{
  g_auto (GStrv) arguments = words (play->cast);
  g_autofree char *line = g_strjoinv (" ", arguments);
  fw_debug ("starting %s %s", command, line);
  int stderr_fd = kind == DEMO_CHILD_TERMINAL ? play->log.saved_fd : -1;
  return demo_child_new (command, kind, (const char *const *) arguments, stderr_fd, error);
}

static gboolean
broker_listens (Play *play)
{
  return demo_child_first_line (play->broker) != NULL;
}

static gboolean
start_embedded_broker (Play *play, GError **error)
{
  DemoCast *cast = play->cast;
  cast->broker_port = demo_port_next_free (9092);
  cast->broker_admin_port = demo_port_next_free (9469);
  play->broker = start (play, "broker", DEMO_CHILD_BACKGROUND, demo_cast_broker, error);
  if (!play->broker)
    return FALSE;
  if (!wait_for (play, broker_listens, START_PATIENCE_MS, 1))
    return did_not_start (play, "broker", error);
  cast->kafka = g_strdup (demo_child_first_line (play->broker));
  return TRUE;
}

static gboolean
topics_ended (Play *play)
{
  return !demo_child_is_running (play->topics);
}

static gboolean
apply_topics (Play *play, GError **error)
{
  play->topics = start (play, "topics", DEMO_CHILD_BACKGROUND, demo_cast_topics, error);
  if (!play->topics)
    return FALSE;
  if (!wait_for (play, topics_ended, START_PATIENCE_MS, 1))
    return did_not_start (play, "topics", error);
  if (demo_child_status (play->topics) == 0)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
               _ ("the topics could not be made at '%s'; why stands above"), play->cast->kafka);
  return FALSE;
}

static gboolean
relay_is_ready (Play *play)
{
  return demo_port_is_ready (play->cast->relay_admin_port);
}

static gboolean
start_relay (Play *play, GError **error)
{
  play->cast->relay_admin_port = demo_port_next_free (9464);
  play->relay = start (play, "relay", DEMO_CHILD_BACKGROUND, demo_cast_relay, error);
  if (!play->relay)
    return FALSE;
  return wait_for (play, relay_is_ready, START_PATIENCE_MS, 1)
         || did_not_start (play, "relay", error);
}

static gboolean
ears_are_open (Play *play)
{
  return demo_ear_is_subscribed (play->log_ear) && demo_ear_is_subscribed (play->fleet_ear);
}

static gboolean
open_ears (Play *play, GError **error)
{
  g_autofree char *url = demo_cast_url (play->cast, "ws");
  play->log_ear = demo_ear_new (url, "log/iot-events", play->count, error);
  play->fleet_ear = play->log_ear ? demo_ear_new (url, "fleet", play->count, error) : NULL;
  if (!play->fleet_ear)
    return FALSE;
  return wait_for (play, ears_are_open, START_PATIENCE_MS, 1)
         || did_not_start (play, "relay", error);
}

static gboolean
kafka_is_warm (Play *play)
{
  return demo_warm_round (play->warm);
}

/* A show on a slow or grudging Kafka is a show all the same. */
static void
warm_up (Play *play)
{
  g_autoptr (GError) error = NULL;
  gint64 began_us = now_us ();
  play->warm = demo_warm_new (play->cast->kafka_conf, &error);
  if (!play->warm)
    fw_debug ("not warmed up: %s", error->message);
  else if (wait_for (play, kafka_is_warm, WARM_PATIENCE_MS, 1))
    fw_debug ("warm after %d ms", (int) ((now_us () - began_us) / 1000));
  else
    fw_debug ("still slow after %d ms", WARM_PATIENCE_MS);
  g_clear_pointer (&play->warm, demo_warm_free);
}

static gboolean
start_all (Play *play, GError **error)
{
  gboolean has_broker
      = play->cast->is_embedded ? start_embedded_broker (play, error) : apply_topics (play, error);
  if (!has_broker || !start_relay (play, error) || !open_ears (play, error))
    return FALSE;
  g_autofree char *page = demo_cast_url (play->cast, "http");
  demo_log_tell (&play->log, _ ("Page:   %s/"), page);
  demo_log_tell (&play->log,
                 play->cast->is_embedded ? _ ("Broker: %s (embedded, in memory)")
                                         : _ ("Broker: %s"),
                 play->cast->kafka);
  if (demo_cast_has_sim (play->cast) && !play->cast->is_embedded)
    warm_up (play);
  if (demo_cast_has_sim (play->cast))
    play->sim = start (play, "sim", DEMO_CHILD_BACKGROUND, demo_cast_sim, error);
  if (demo_cast_has_sim (play->cast) && !play->sim)
    return FALSE;
  if (!play->cast->options->is_headless)
    play->dash = start (play, "dash", DEMO_CHILD_TERMINAL, demo_cast_dash, error);
  return play->cast->options->is_headless || play->dash;
}

/* Running. */

static gboolean
show_is_over (Play *play)
{
  if (play->dash)
    return !demo_child_is_running (play->dash);
  return play->time_is_over || (play->sim && !demo_child_is_running (play->sim));
}

static gboolean
run_show (Play *play, GError **error)
{
  guint timer = 0;
  if (!play->sim && play->cast->options->seconds_ms > 0)
    timer = g_timeout_add ((guint) MIN (play->cast->options->seconds_ms, G_MAXUINT), on_time_over,
                           play);
  wait_for (play, show_is_over, -1, 1);
  if (timer && !play->time_is_over)
    g_source_remove (timer);
  DemoChild *dead = dead_child (play);
  if (!dead)
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE,
               _ ("%s ended with status %d; what it said stands above"), demo_child_name (dead),
               demo_child_status (dead));
  return FALSE;
}

static gboolean
has_come_through (Play *play)
{
  const DemoTotals *totals = demo_count_totals (play->count);
  guint64 n = totals->n_delivered + totals->n_duplicated + totals->n_foreign;
  if (n != play->n_heard)
    {
      play->n_heard = n;
      play->progress_us = now_us ();
    }
  gint64 quiet_ms = (now_us () - play->progress_us) / 1000;
  gboolean is_complete = totals->n_delivered >= play->produced.n_produced;
  return quiet_ms >= (is_complete ? LATE_COPIES_MS : play->cast->options->drain_ms);
}

static void
drain (Play *play)
{
  play->progress_us = now_us ();
  wait_for (play, has_come_through, -1, 2);
}

/* Stopping. */

static gboolean
dash_ended (Play *play)
{
  return !demo_child_is_running (play->dash);
}

static gboolean
sim_ended (Play *play)
{
  return !demo_child_is_running (play->sim) && (!play->sim || demo_child_is_read (play->sim));
}

static gboolean
relay_ended (Play *play)
{
  return !demo_child_is_running (play->relay);
}

static gboolean
broker_ended (Play *play)
{
  return !demo_child_is_running (play->broker);
}

/* What died already is no reason to hurry the others: their end is waited for all the same. */
static void
stop (Play *play, DemoChild *child, Claim has_ended, gint64 patience_ms)
{
  gint64 deadline_us = now_us () + patience_ms * 1000;
  guint tick = g_timeout_add (TICK_MS, on_tick, NULL);
  demo_child_signal (child, SIGTERM);
  while (!has_ended (play) && play->n_signals < 3 && now_us () < deadline_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
  if (demo_child_is_running (child))
    fw_warn ("%s does not end, killing it", demo_child_name (child));
}

/* It heeds SIGTERM before it makes anything. */
static gboolean
never_began (const DemoChild *sim)
{
  return !demo_child_is_running (sim) && demo_child_status (sim) == 128 + SIGTERM;
}

static gboolean
take_produced (Play *play, GError **error)
{
  const char *line = play->sim ? demo_child_last_line (play->sim) : NULL;
  if (!play->sim || (!line && never_began (play->sim))
      || (line && demo_produced_read (line, &play->produced)))
    return TRUE;
  g_set_error (error, FW_ERROR, FW_ERROR_IO,
               _ ("the simulator ended without saying what it has produced"));
  return FALSE;
}

static gboolean
finish_show (Play *play, GError **error)
{
  stop (play, play->dash, dash_ended, STOP_PATIENCE_MS);
  stop (play, play->sim, sim_ended, SIM_STOP_PATIENCE_MS);
  if (!take_produced (play, error))
    return FALSE;
  drain (play);
  return TRUE;
}

static void
play_clear (Play *play)
{
  g_clear_pointer (&play->log_ear, demo_ear_free);
  g_clear_pointer (&play->fleet_ear, demo_ear_free);
  stop (play, play->dash, dash_ended, STOP_PATIENCE_MS);
  stop (play, play->sim, sim_ended, STOP_PATIENCE_MS);
  stop (play, play->relay, relay_ended, STOP_PATIENCE_MS);
  stop (play, play->broker, broker_ended, STOP_PATIENCE_MS);
  g_clear_pointer (&play->dash, demo_child_free);
  g_clear_pointer (&play->sim, demo_child_free);
  g_clear_pointer (&play->relay, demo_child_free);
  g_clear_pointer (&play->topics, demo_child_free);
  g_clear_pointer (&play->broker, demo_child_free);
  g_clear_pointer (&play->count, demo_count_free);
  demo_produced_clear (&play->produced);
}

static gboolean
play_through (Play *play, DemoOutcome *ret_outcome, GError **error)
{
  if (!start_all (play, error) || !run_show (play, error) || !finish_show (play, error))
    return FALSE;
  ret_outcome->totals = *demo_count_totals (play->count);
  ret_outcome->produced = play->produced;
  play->produced.run = NULL;
  return TRUE;
}

gboolean
demo_play (DemoCast *cast, DemoOutcome *ret_outcome, GError **error)
{
  Play play = { .cast = cast, .log = { .fd = -1, .saved_fd = -1 } };
  if (!cast->options->is_headless && !demo_log_begin (&play.log, error))
    return FALSE;
  guint signals[] = { g_unix_signal_add (SIGINT, on_signal, &play),
                      g_unix_signal_add (SIGTERM, on_signal, &play),
                      g_unix_signal_add (SIGHUP, on_signal, &play) };
  play.count = demo_count_new (cast->run);
  gboolean ok = play_through (&play, ret_outcome, error);
  play_clear (&play);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (signals[i]);
  demo_log_end (&play.log, !ok);
  return ok;
}
