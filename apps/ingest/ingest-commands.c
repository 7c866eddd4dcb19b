/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-commands.h"

#include <string.h>

#include "fw-hash.h"

#define ENTRY_BYTES 64 /* of the trees and lists that a command stands in, about */

typedef enum
{
  STATE_NEW,
  STATE_OPEN,
  STATE_ACKNOWLEDGED,
  STATE_GONE,
} State;

struct IngestCommand
{
  guint n_refs;
  State state;
  gint64 expires_ms;
  guint64 place; /* counts up */
  IngestMailbox *box;
  GList in_box, in_all;     /* data: this */
  GSequenceIter *by_expiry; /* of those that are open or acknowledged */
  char *value;              /* NULL: withdraws, or is acknowledged */
  guint32 value_len;
  guint16 fleet_len, key_len, id_len;
  char texts[]; /* fleet/device_id, id */
};

struct IngestMailbox
{
  char *key;   /* fleet/device_id */
  GQueue open; /* oldest first */
  GQueue acknowledged;
  IngestListener *listeners;
};

struct IngestCommands
{
  IngestCommandsLimits limits;
  const FwClock *clock;
  void (*heard) (gpointer user, IngestListener *listener);
  gpointer user;
  GHashTable *boxes; /* key -> IngestMailbox */
  GQueue open;       /* of all devices, oldest first */
  GQueue acknowledged;
  GSequence *by_expiry;
  gsize n_bytes;
  guint64 next_place;
  guint n_listeners;
  guint64 counts[INGEST_COMMANDS_N_COUNTS];
};

/* One command. */

IngestCommand *
ingest_command_new (const FwCommand *from, const char *value, gsize len)
{
  guint key_len = from->fleet.len + 1 + from->device_id.len;
  IngestCommand *command = g_malloc0 (sizeof *command + key_len + from->id_len);
  command->n_refs = 1;
  command->fleet_len = (guint16) from->fleet.len;
  command->key_len = (guint16) key_len;
  memcpy (command->texts, from->fleet.data, from->fleet.len);
  command->texts[from->fleet.len] = '/';
  memcpy (command->texts + from->fleet.len + 1, from->device_id.data, from->device_id.len);
  if (!value)
    return command;
  command->expires_ms = from->expires_ts_ms;
  command->id_len = (guint16) from->id_len;
  memcpy (command->texts + key_len, from->id, from->id_len);
  command->value_len = (guint32) len;
  command->value = g_memdup2 (value, MAX (len, 1));
  return command;
}

IngestCommand *
ingest_command_ref (IngestCommand *command)
{
  command->n_refs++;
  return command;
}

void
ingest_command_unref (IngestCommand *command)
{
  if (!command || --command->n_refs > 0)
    return;
  g_free (command->value);
  g_free (command);
}

gint64
ingest_command_expires_ms (const IngestCommand *command)
{
  return command->expires_ms;
}

const char *
ingest_command_value (const IngestCommand *command, gsize *ret_len)
{
  *ret_len = command->value_len;
  return command->value;
}

static gboolean
is_copy (const IngestCommand *command, const IngestCommand *other)
{
  return command->id_len == other->id_len
         && memcmp (command->texts + command->key_len, other->texts + other->key_len,
                    command->id_len)
                == 0;
}

static gsize
bytes_of (const IngestCommand *command)
{
  return sizeof *command + ENTRY_BYTES + command->key_len + command->id_len
         + (command->value ? command->value_len : 0);
}

/* Mailboxes. */

static void
mailbox_free (gpointer data)
{
  IngestMailbox *box = data;
  g_free (box->key);
  g_free (box);
}

static IngestMailbox *
find_box (IngestCommands *self, const char *fleet, gsize fleet_len, const char *device,
          gsize device_len, gboolean makes_it)
{
  char key[FW_NAME_MAX_BYTES + 1 + FW_DEVICE_ID_MAX_BYTES + 1];
  g_snprintf (key, sizeof key, "%.*s/%.*s", (int) fleet_len, fleet, (int) device_len, device);
  IngestMailbox *box = g_hash_table_lookup (self->boxes, key);
  if (box || !makes_it)
    return box;
  box = g_new0 (IngestMailbox, 1);
  box->key = g_strdup (key);
  g_hash_table_insert (self->boxes, box->key, box);
  return box;
}

static IngestMailbox *
box_of (IngestCommands *self, const IngestCommand *command, gboolean makes_it)
{
  guint device_at = command->fleet_len + 1;
  return find_box (self, command->texts, command->fleet_len, command->texts + device_at,
                   command->key_len - device_at, makes_it);
}

static void
forget_if_empty (IngestCommands *self, IngestMailbox *box)
{
  if (box->open.length == 0 && box->acknowledged.length == 0 && !box->listeners)
    g_hash_table_remove (self->boxes, box->key);
}

/* From state to state. */

static gint
compare_expiry (gconstpointer a, gconstpointer b, gpointer user)
{
  const IngestCommand *one = a, *other = b;
  (void) user;
  return (one->expires_ms > other->expires_ms) - (one->expires_ms < other->expires_ms);
}

static void
enter (IngestCommands *self, IngestCommand *command, State state)
{
  gboolean is_open = state == STATE_OPEN;
  command->state = state;
  self->n_bytes += bytes_of (command);
  g_queue_push_tail_link (is_open ? &self->open : &self->acknowledged, &command->in_all);
  g_queue_push_tail_link (is_open ? &command->box->open : &command->box->acknowledged,
                          &command->in_box);
}

static void
leave (IngestCommands *self, IngestCommand *command)
{
  gboolean is_open = command->state == STATE_OPEN;
  self->n_bytes -= bytes_of (command);
  g_queue_unlink (is_open ? &self->open : &self->acknowledged, &command->in_all);
  g_queue_unlink (is_open ? &command->box->open : &command->box->acknowledged, &command->in_box);
}

static void
end (IngestCommands *self, IngestCommand *command, IngestCommandsCount why)
{
  IngestMailbox *box = command->box;
  leave (self, command);
  command->state = STATE_GONE;
  g_sequence_remove (command->by_expiry);
  self->counts[why]++;
  ingest_command_unref (command);
  forget_if_empty (self, box);
}

gboolean
ingest_commands_acknowledge (IngestCommands *self, IngestCommand *command)
{
  if (command->state != STATE_OPEN)
    return FALSE;
  IngestMailbox *box = command->box;
  leave (self, command);
  g_clear_pointer (&command->value, g_free);
  enter (self, command, STATE_ACKNOWLEDGED);
  self->counts[INGEST_COMMANDS_ACKNOWLEDGED]++;
  if (box->acknowledged.length > self->limits.per_device_max)
    end (self, g_queue_peek_head (&box->acknowledged), INGEST_COMMANDS_FORGOTTEN);
  return TRUE;
}

static void
keep_limits (IngestCommands *self, IngestMailbox *box)
{
  const IngestCommandsLimits *limits = &self->limits;
  if (box->open.length > limits->per_device_max)
    end (self, g_queue_peek_head (&box->open), INGEST_COMMANDS_DROPPED_DEVICE);
  for (;;)
    {
      gboolean is_many = self->open.length + self->acknowledged.length > limits->all_max;
      if (!is_many && self->n_bytes <= limits->bytes_max)
        return;
      if (self->acknowledged.length > 0)
        end (self, g_queue_peek_head (&self->acknowledged), INGEST_COMMANDS_FORGOTTEN);
      else
        end (self, g_queue_peek_head (&self->open),
             is_many ? INGEST_COMMANDS_DROPPED_ALL : INGEST_COMMANDS_DROPPED_BYTES);
    }
}

void
ingest_commands_expire (IngestCommands *self)
{
  gint64 now_ms = ingest_commands_now_ms (self);
  while (!g_sequence_is_empty (self->by_expiry))
    {
      IngestCommand *command = g_sequence_get (g_sequence_get_begin_iter (self->by_expiry));
      if (command->expires_ms > now_ms)
        return;
      end (self, command,
           command->state == STATE_OPEN ? INGEST_COMMANDS_EXPIRED : INGEST_COMMANDS_RETIRED);
    }
}

/* What comes in. */

static void
withdraw (IngestCommands *self, const IngestCommand *order)
{
  IngestMailbox *box = box_of (self, order, FALSE);
  guint n = box ? box->open.length : 0;
  for (; n > 0; n--)
    end (self, g_queue_peek_head (&box->open), INGEST_COMMANDS_WITHDRAWN);
}

static gboolean
is_known (const IngestMailbox *box, const IngestCommand *command)
{
  for (const GList *l = box->open.head; l; l = l->next)
    if (is_copy (l->data, command))
      return TRUE;
  for (const GList *l = box->acknowledged.head; l; l = l->next)
    if (is_copy (l->data, command))
      return TRUE;
  return FALSE;
}

static void
open_command (IngestCommands *self, IngestMailbox *box, IngestCommand *command)
{
  command->box = box;
  command->place = ++self->next_place;
  command->in_box.data = command->in_all.data = command;
  command->by_expiry = g_sequence_insert_sorted (self->by_expiry, command, compare_expiry, NULL);
  self->counts[INGEST_COMMANDS_OPENED]++;
  enter (self, command, STATE_OPEN);
}

static void
tell (IngestCommands *self, const IngestMailbox *box)
{
  for (IngestListener *listener = box->listeners; listener; listener = listener->next)
    self->heard (self->user, listener);
}

void
ingest_commands_add (IngestCommands *self, IngestCommand *from)
{
  g_autoptr (IngestCommand) command = from;
  if (!command->value)
    {
      withdraw (self, command);
      return;
    }
  ingest_commands_expire (self);
  if (command->expires_ms <= ingest_commands_now_ms (self))
    {
      self->counts[INGEST_COMMANDS_LATE]++;
      return;
    }
  IngestMailbox *box = box_of (self, command, TRUE);
  if (is_known (box, command))
    {
      self->counts[INGEST_COMMANDS_COPIES]++;
      return;
    }
  open_command (self, box, ingest_command_ref (command));
  keep_limits (self, box);
  if (command->state == STATE_OPEN)
    tell (self, box);
}

/* Who listens. */

void
ingest_commands_listen (IngestCommands *self, IngestListener *listener, FwText fleet,
                        FwText device_id)
{
  g_assert (!listener->is_listening);
  IngestMailbox *box = find_box (self, fleet.data, fleet.len, device_id.data, device_id.len, TRUE);
  *listener = (IngestListener){ box, NULL, box->listeners, 0, TRUE };
  if (box->listeners)
    box->listeners->prev = listener;
  box->listeners = listener;
  self->n_listeners++;
}

void
ingest_commands_unlisten (IngestCommands *self, IngestListener *listener)
{
  IngestMailbox *box = listener->box;
  if (!listener->is_listening)
    return;
  if (listener->prev)
    listener->prev->next = listener->next;
  else
    box->listeners = listener->next;
  if (listener->next)
    listener->next->prev = listener->prev;
  listener->is_listening = FALSE;
  self->n_listeners--;
  forget_if_empty (self, box);
}

IngestCommand *
ingest_commands_next (IngestCommands *self, IngestListener *listener)
{
  gint64 now_ms = ingest_commands_now_ms (self);
  for (const GList *l = listener->box->open.head; l; l = l->next)
    {
      IngestCommand *command = l->data;
      if (command->place > listener->seen && command->expires_ms > now_ms)
        return command;
    }
  return NULL;
}

void
ingest_commands_pass (IngestListener *listener, const IngestCommand *command)
{
  listener->seen = command->place;
}

/* Its life. */

IngestCommands *
ingest_commands_new (const IngestCommandsLimits *limits, const FwClock *clock,
                     void (*heard) (gpointer user, IngestListener *listener), gpointer user)
{
  IngestCommands *self = g_new0 (IngestCommands, 1);
  self->limits = *limits;
  self->clock = clock;
  self->heard = heard;
  self->user = user;
  self->boxes = g_hash_table_new_full (fw_hash_text, g_str_equal, NULL, mailbox_free);
  self->by_expiry = g_sequence_new (NULL);
  return self;
}

void
ingest_commands_free (IngestCommands *self)
{
  if (!self)
    return;
  g_assert (self->n_listeners == 0);
  while (self->open.length > 0)
    end (self, g_queue_peek_head (&self->open), INGEST_COMMANDS_WITHDRAWN);
  while (self->acknowledged.length > 0)
    end (self, g_queue_peek_head (&self->acknowledged), INGEST_COMMANDS_RETIRED);
  g_sequence_free (self->by_expiry);
  g_hash_table_unref (self->boxes);
  g_free (self);
}

gint64
ingest_commands_now_ms (const IngestCommands *self)
{
  return fw_clock_wall_ms (self->clock);
}

guint
ingest_commands_n_open (const IngestCommands *self)
{
  return self->open.length;
}

guint
ingest_commands_n_listeners (const IngestCommands *self)
{
  return self->n_listeners;
}

gsize
ingest_commands_bytes (const IngestCommands *self)
{
  return self->n_bytes;
}

const guint64 *
ingest_commands_counts (const IngestCommands *self)
{
  return self->counts;
}
