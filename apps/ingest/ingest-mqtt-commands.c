/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-mqtt-private.h"

/* Whether who is connected may have these commands: without credentials, the topic names the
 * device. */
static gboolean
may_listen (const Conn *conn, const IngestIdentity *whose)
{
  const IngestIdentity credential = ingest_guest_identity (&conn->guest);

  return ingest_identity_covers (&credential, whose);
}

FwMqttReason
ingest_mqtt_on_subscribe (gpointer user, IngestSession *session, FwMqttBytes topic,
                          IngestIdentity *ret)
{
  Conn *conn = user;

  (void) session;
  return ingest_courier_address (conn->door->courier, (const char *) topic.data, topic.len, ret)
                 && may_listen (conn, ret)
             ? FW_MQTT_SUCCESS
             : FW_MQTT_NOT_AUTHORIZED;
}

static void
on_heard (gpointer user, IngestListener *listener)
{
  Conn *conn = ingest_session_user (ingest_session_of (listener));

  (void) user;
  ingest_session_heard (listener, ingest_mqtt_out_of (conn));
}

static void
wake (gpointer user)
{
  IngestMqtt *door = user;

  fw_streams_wake (door->server);
}

gboolean
ingest_mqtt_open_courier (IngestMqtt *door, GError **error)
{
  const IngestCourierSetup setup
      = { door->setup.conf, door->setup.options, door->setup.metrics, on_heard, wake, door };

  if (!*door->setup.options->mqtt_command_topic)
    return TRUE;
  door->courier = ingest_courier_new (&setup, error);
  if (door->courier)
    door->sessions.commands = ingest_courier_commands (door->courier);
  return door->courier != NULL;
}
