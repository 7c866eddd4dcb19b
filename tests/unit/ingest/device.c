/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include <string.h>

#define NORTH ((FwText){ "north", 5 })
#define COMMAND_TOPIC "cmd/"

static FwMqttReason
connect_device (gpointer user, IngestSession *session, const FwMqttConnect *connect)
{
  Device *device = user;
  g_assert_nonnull (ingest_session_client_id (session));
  g_assert_nonnull (connect->client_id.data);
  return device->door;
}

static char *
text (FwMqttBytes bytes)
{
  return g_strndup ((const char *) bytes.data, bytes.len);
}

static IngestAnswer
publish (gpointer user, IngestSession *session, const IngestPublish *publish)
{
  Device *device = user;
  g_autofree char *topic = text (publish->message->topic);
  g_autofree char *payload = text (publish->message->payload);
  g_assert_true (session == device->session);
  if (device->n_takes == 0)
    return (IngestAnswer){ INGEST_FULL, FW_MQTT_SUCCESS, NULL };
  device->n_takes -= device->n_takes == G_MAXUINT ? 0 : 1;
  if (device->answer.verdict != INGEST_TAKEN)
    return device->answer;
  g_ptr_array_add (device->published, g_strdup_printf ("%s=%s%s", topic, payload,
                                                       publish->is_will        ? " will"
                                                       : publish->wants_answer ? ""
                                                                               : " q0"));
  g_array_append_val (device->tickets, publish->ticket);
  return device->answer;
}

Device *
device_new (void)
{
  Device *device = g_new0 (Device, 1);
  device->shared.limits = (IngestSessionLimits){
    .packet_max = 1000,
    .in_flight_max = 4,
    .client_id_max = 32,
    .keep_alive_max_s = 600,
    .connect_ms = 5000,
    .packet_ms = 30000,
    .stall_ms = 20000,
    .commands_in_flight_max = 2,
    .subscriptions_max = 12,
    .all_subscriptions_max = 14,
  };
  device->shared.handler.connect = connect_device;
  device->shared.handler.publish = publish;
  device->n_takes = G_MAXUINT;
  device->out = g_byte_array_new ();
  device->published = g_ptr_array_new_with_free_func (g_free);
  device->tickets = g_array_new (FALSE, FALSE, sizeof (guint32));
  device->now_ms = 1000000;
  fw_manual_clock_init (&device->wall, DEVICE_BEGIN_MS);
  device->session = ingest_session_new (&device->shared, device, 7, device->now_ms);
  return device;
}

void
device_free (Device *device)
{
  ingest_session_free (device->session);
  ingest_commands_free (device->commands);
  g_byte_array_unref (device->out);
  g_ptr_array_unref (device->published);
  g_array_unref (device->tickets);
  g_free (device);
}

char *
device_heard (Device *device)
{
  char *heard = mqtt_describe_all (device->out->data, device->out->len,
                                   ingest_session_version (device->session), FW_MQTT_SERVER);
  g_byte_array_set_size (device->out, 0);
  return heard;
}

char *
device_send (Device *device, const char *notation)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  mqtt_bytes (notation, bytes);
  ingest_session_feed (device->session, bytes->data, bytes->len, device->now_ms, device->out);
  return device_heard (device);
}

char *
device_store (Device *device, guint i, FwMqttReason reason, const char *why)
{
  guint32 ticket = g_array_index (device->tickets, guint32, i);
  if (ingest_session_stored (device->session, ticket, reason, why, device->out))
    ingest_session_resume (device->session, device->now_ms, device->out);
  return device_heard (device);
}

char *
device_wait (Device *device, gint64 ms)
{
  device->now_ms += ms;
  fw_manual_clock_advance (&device->wall, ms * 1000);
  ingest_session_tick (device->session, device->now_ms, device->out);
  return device_heard (device);
}

static FwMqttReason
subscribe (gpointer user, IngestSession *session, FwMqttBytes topic, IngestIdentity *ret)
{
  Device *device = user;
  gsize len = strlen (COMMAND_TOPIC);
  g_assert_true (session == device->session);
  if (topic.len <= len || memcmp (topic.data, COMMAND_TOPIC, len) != 0)
    return FW_MQTT_NOT_AUTHORIZED;
  *ret = (IngestIdentity){ NORTH, { (const char *) topic.data + len, topic.len - (guint) len } };
  return FW_MQTT_SUCCESS;
}

static void
heard (gpointer user, IngestListener *listener)
{
  Device *device = user;
  g_assert_true (ingest_session_of (listener) == device->session);
  ingest_session_heard (listener, device->out);
}

void
device_may_subscribe (Device *device, const IngestCommandsLimits *limits)
{
  device->commands = ingest_commands_new (limits, &device->wall.clock, heard, device);
  device->shared.commands = device->commands;
  device->shared.handler.subscribe = subscribe;
}

char *
device_reconnect (Device *device, const char *connect)
{
  ingest_session_closed (device->session);
  ingest_session_free (device->session);
  device->session = ingest_session_new (&device->shared, device, 8, device->now_ms);
  return device_send (device, connect);
}

char *
device_command (Device *device, const char *id, const char *command_id, gint64 ms)
{
  FwCommand command = { .fleet = NORTH, .device_id = { id, (guint) strlen (id) } };
  command.expires_ts_ms = fw_clock_wall_ms (&device->wall.clock) + ms;
  command.id_len = (guint) strlen (command_id);
  memcpy (command.id, command_id, command.id_len);
  ingest_commands_add (device->commands, ingest_command_new (&command, command_id, command.id_len));
  return device_heard (device);
}
