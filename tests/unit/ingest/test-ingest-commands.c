/* SPDX-License-Identifier: Apache-2.0 */
/* The store of commands against a naive model: a list of everything, walked for each question.
 * -m slow runs longer. */
#include <string.h>

#include "ingest-commands.h"

#define N_DEVICES 3
#define N_IDS 12
#define BEGIN_MS G_GINT64_CONSTANT (1700000000000)

typedef struct
{
  guint device, id;
  guint64 place;
  gint64 expires_ms;
  gboolean is_acknowledged;
} Entry;

typedef struct
{
  IngestCommandsLimits limits;
  FwManualClock clock;
  IngestCommands *commands;
  GArray *entries; /* Entry: the model */
  guint64 next_place;
  IngestListener listeners[2 * N_DEVICES]; /* two of each device */
  guint64 seen[2 * N_DEVICES];
  guint n_heard[2 * N_DEVICES];
} Play;

static guint
below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint) n);
}

/* Two fleets may have a device of the same name. */
static FwText
fleet_of (guint device)
{
  return device == 0 ? (FwText){ "north", 5 } : (FwText){ "south", 5 };
}

static FwText
device_id_of (guint device)
{
  return device < 2 ? (FwText){ "7", 1 } : (FwText){ "north/7", 7 };
}

static gint64
now_ms (Play *play)
{
  return fw_clock_wall_ms (&play->clock.clock);
}

static void
heard (gpointer user, IngestListener *listener)
{
  Play *play = user;
  play->n_heard[listener - play->listeners]++;
}

static Entry *
at (const Play *play, guint i)
{
  return &g_array_index (play->entries, Entry, i);
}

/* The model's limits. */

static guint
count (const Play *play, guint device, gboolean is_acknowledged)
{
  guint n = 0;
  for (guint i = 0; i < play->entries->len; i++)
    n += (device == N_DEVICES || at (play, i)->device == device)
         && at (play, i)->is_acknowledged == is_acknowledged;
  return n;
}

static void
drop_oldest (Play *play, guint device, gboolean is_acknowledged)
{
  for (guint i = 0; i < play->entries->len; i++)
    if ((device == N_DEVICES || at (play, i)->device == device)
        && at (play, i)->is_acknowledged == is_acknowledged)
      {
        g_array_remove_index (play->entries, i);
        return;
      }
  g_assert_not_reached ();
}

static void
drop_expired (Play *play)
{
  for (guint i = play->entries->len; i-- > 0;)
    if (at (play, i)->expires_ms <= now_ms (play))
      g_array_remove_index (play->entries, i);
}

static void
keep_limits (Play *play, guint device)
{
  if (count (play, device, FALSE) > play->limits.per_device_max)
    drop_oldest (play, device, FALSE);
  while (play->entries->len > play->limits.all_max)
    drop_oldest (play, N_DEVICES, count (play, N_DEVICES, TRUE) > 0);
}

/* Moves. */

static IngestCommand *
command_of (guint device, guint id, gint64 expires_ms, gboolean withdraws)
{
  FwCommand from = { .fleet = fleet_of (device), .device_id = device_id_of (device) };
  from.expires_ts_ms = expires_ms;
  from.id_len = 1;
  from.id[0] = (char) ('a' + id);
  return ingest_command_new (&from, withdraws ? NULL : "value", 5);
}

static gboolean
is_known (const Play *play, guint device, guint id)
{
  for (guint i = 0; i < play->entries->len; i++)
    if (at (play, i)->device == device && at (play, i)->id == id)
      return TRUE;
  return FALSE;
}

static void
add (Play *play)
{
  Entry entry = { below (N_DEVICES), below (N_IDS), 0, now_ms (play) + below (30) - 2, FALSE };
  guint n_heard[2 * N_DEVICES];
  memcpy (n_heard, play->n_heard, sizeof n_heard);
  drop_expired (play);
  gboolean is_new = entry.expires_ms > now_ms (play) && !is_known (play, entry.device, entry.id);
  if (is_new)
    {
      entry.place = ++play->next_place;
      g_array_append_val (play->entries, entry);
      keep_limits (play, entry.device);
    }
  ingest_commands_add (play->commands,
                       command_of (entry.device, entry.id, entry.expires_ms, FALSE));
  for (guint i = 0; i < 2 * N_DEVICES; i++)
    g_assert_cmpuint (play->n_heard[i] - n_heard[i], ==,
                      is_new && i / 2 == entry.device && play->listeners[i].is_listening);
}

static void
withdraw (Play *play)
{
  guint device = below (N_DEVICES);
  for (guint i = play->entries->len; i-- > 0;)
    if (at (play, i)->device == device && !at (play, i)->is_acknowledged)
      g_array_remove_index (play->entries, i);
  ingest_commands_add (play->commands, command_of (device, 0, 0, TRUE));
}

static void
advance (Play *play)
{
  fw_manual_clock_advance (&play->clock, below (4) * 1000);
  if (below (2))
    return;
  ingest_commands_expire (play->commands);
  drop_expired (play);
}

static void
turn_listener (Play *play)
{
  guint i = below (2 * N_DEVICES);
  IngestListener *listener = &play->listeners[i];
  if (listener->is_listening)
    ingest_commands_unlisten (play->commands, listener);
  else
    ingest_commands_listen (play->commands, listener, fleet_of (i / 2), device_id_of (i / 2));
  play->seen[i] = 0;
}

static Entry *
next_of (Play *play, guint i)
{
  for (guint k = 0; k < play->entries->len; k++)
    {
      Entry *entry = at (play, k);
      if (entry->device == i / 2 && !entry->is_acknowledged && entry->place > play->seen[i]
          && entry->expires_ms > now_ms (play))
        return entry;
    }
  return NULL;
}

/* An acknowledged one goes behind the others, as they are forgotten in that order. */
static void
acknowledge (Play *play, IngestCommand *command, Entry *entry)
{
  Entry moved = *entry;
  moved.is_acknowledged = TRUE;
  g_array_remove_index (play->entries, (guint) (entry - at (play, 0)));
  g_array_append_val (play->entries, moved);
  g_assert_true (ingest_commands_acknowledge (play->commands, command));
  g_assert_false (ingest_commands_acknowledge (play->commands, command));
  if (count (play, moved.device, TRUE) > play->limits.per_device_max)
    drop_oldest (play, moved.device, TRUE);
}

static void
listen (Play *play)
{
  guint i = below (2 * N_DEVICES);
  IngestListener *listener = &play->listeners[i];
  if (!listener->is_listening)
    return;
  Entry *entry = next_of (play, i);
  IngestCommand *command = ingest_commands_next (play->commands, listener);
  g_assert_true ((entry == NULL) == (command == NULL));
  if (!command)
    return;
  g_assert_cmpint (ingest_command_expires_ms (command), ==, entry->expires_ms);
  ingest_commands_pass (listener, command);
  play->seen[i] = entry->place;
  if (below (2))
    acknowledge (play, command, entry);
}

static void
check (Play *play)
{
  g_assert_cmpuint (ingest_commands_n_open (play->commands), ==, count (play, N_DEVICES, FALSE));
  g_assert_cmpuint (ingest_commands_n_open (play->commands), <=, play->limits.all_max);
}

static void
run_play (void)
{
  static void (*const moves[]) (Play *)
      = { add, add, add, listen, listen, listen, advance, turn_listener, withdraw };
  Play play = { .limits = { 1 + below (4), 1 + below (12), 1000000 } };
  fw_manual_clock_init (&play.clock, BEGIN_MS);
  play.commands = ingest_commands_new (&play.limits, &play.clock.clock, heard, &play);
  play.entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  for (guint i = 0; i < 300; i++)
    {
      moves[below (i % 7 ? G_N_ELEMENTS (moves) - 1 : G_N_ELEMENTS (moves))](&play);
      check (&play);
    }
  for (guint i = 0; i < 2 * N_DEVICES; i++)
    ingest_commands_unlisten (play.commands, &play.listeners[i]);
  fw_manual_clock_advance (&play.clock, 100 * G_USEC_PER_SEC);
  ingest_commands_expire (play.commands);
  g_assert_cmpuint (ingest_commands_bytes (play.commands), ==, 0);
  ingest_commands_free (play.commands);
  g_array_unref (play.entries);
}

static void
test_as_the_model (void)
{
  for (guint i = 0; i < (g_test_slow () ? 50000u : 500u); i++)
    run_play ();
}

static void
ignore (gpointer user, IngestListener *listener)
{
  (void) user;
  (void) listener;
}

static guint64
n_of (const IngestCommands *commands, IngestCommandsCount count)
{
  return ingest_commands_counts (commands)[count];
}

static void
fill (IngestCommands *commands, guint n)
{
  for (guint id = 0; id < n; id++)
    ingest_commands_add (commands, command_of (id % N_DEVICES, id, BEGIN_MS + 1000, FALSE));
}

static void
test_limits (void)
{
  FwManualClock clock;
  fw_manual_clock_init (&clock, BEGIN_MS);
  const struct
  {
    IngestCommandsLimits limits;
    IngestCommandsCount count;
  } cases[] = {
    { { 3, 100, 1000000 }, INGEST_COMMANDS_DROPPED_DEVICE },
    { { 100, 9, 1000000 }, INGEST_COMMANDS_DROPPED_ALL },
    { { 100, 100, 2500 }, INGEST_COMMANDS_DROPPED_BYTES },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (IngestCommands) commands
          = ingest_commands_new (&cases[i].limits, &clock.clock, ignore, NULL);
      fill (commands, 30);
      g_assert_cmpuint (ingest_commands_bytes (commands), <=, cases[i].limits.bytes_max);
      g_assert_cmpuint (n_of (commands, cases[i].count), >, 10);
      g_assert_cmpuint (n_of (commands, cases[i].count) + ingest_commands_n_open (commands), ==,
                        30);
    }
}

static void
test_forgets_first (void)
{
  const IngestCommandsLimits limits = { 100, 3, 1000000 };
  FwManualClock clock;
  IngestListener listener = { 0 };
  fw_manual_clock_init (&clock, BEGIN_MS);
  g_autoptr (IngestCommands) commands = ingest_commands_new (&limits, &clock.clock, ignore, NULL);
  fill (commands, 3);
  ingest_commands_listen (commands, &listener, fleet_of (1), device_id_of (1));
  ingest_commands_acknowledge (commands, ingest_commands_next (commands, &listener));
  ingest_commands_unlisten (commands, &listener);
  ingest_commands_add (commands, command_of (0, 9, BEGIN_MS + 1000, FALSE));
  g_assert_cmpuint (ingest_commands_n_open (commands), ==, 3);
  g_assert_cmpuint (n_of (commands, INGEST_COMMANDS_FORGOTTEN), ==, 1);
  g_assert_cmpuint (n_of (commands, INGEST_COMMANDS_DROPPED_ALL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/commands/as-the-naive-model", test_as_the_model);
  g_test_add_func ("/ingest/commands/every-limit-drops-the-oldest-and-counts", test_limits);
  g_test_add_func ("/ingest/commands/acknowledged-ones-are-forgotten-first", test_forgets_first);
  return g_test_run ();
}
