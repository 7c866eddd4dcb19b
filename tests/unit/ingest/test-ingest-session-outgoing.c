/* SPDX-License-Identifier: Apache-2.0 */
/* Random clients of three devices in two fleets, which come and go, acknowledge or not, while
 * commands come, are copied, expire and are withdrawn: each open command is sent at least once to a
 * subscribed client that acknowledges, never after its PUBACK or its expiry, never to another
 * device, and never more at once than a client takes. -m slow runs longer. */
#include <string.h>

#include "ingest-session.h"

#define N_CLIENTS 4
#define N_DEVICES 3
#define IN_FLIGHT_MAX 3
#define LONG_MS 100000
#define BEGIN_MS G_GINT64_CONSTANT (1700000000000)

static const char *const topics[N_DEVICES] = { "north/7", "south/7", "north/8" };

typedef struct
{
  guint device;
  gint64 expires_ms;
  gboolean is_done; /* acknowledged or withdrawn */
  gboolean is_told; /* by QoS 0, in this move */
  guint n_sent;
} Order;

typedef struct
{
  guint16 packet_id;
  guint order;
} Open;

typedef struct
{
  struct World *world;
  IngestSession *session; /* NULL: away */
  guint device, qos, receive_max;
  gboolean is_5, is_subscribed;
  GByteArray *out;
  GArray *open; /* Open: what it could acknowledge */
} Client;

typedef struct World
{
  IngestSessions shared;
  FwManualClock clock;
  GArray *orders; /* by number, which is their id and value */
  Client clients[N_CLIENTS];
  guint64 next_key;
} World;

static guint
below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint) n);
}

static gint64
now_ms (World *world)
{
  return fw_clock_wall_ms (&world->clock.clock);
}

static Order *
order_at (World *world, guint i)
{
  g_assert_cmpuint (i, <, world->orders->len);
  return &g_array_index (world->orders, Order, i);
}

/* What sessions ask. */

static IngestAnswer
publish (gpointer user, IngestSession *session, const IngestPublish *what)
{
  (void) user;
  (void) session;
  (void) what;
  return (IngestAnswer){ .verdict = INGEST_TAKEN };
}

static FwMqttReason
subscribe (gpointer user, IngestSession *session, FwMqttBytes topic, IngestIdentity *ret)
{
  const char *text = (const char *) topic.data;
  (void) user;
  (void) session;
  *ret = (IngestIdentity){ { text, 5 }, { text + 6, topic.len - 6 } };
  return FW_MQTT_SUCCESS;
}

static void
heard (gpointer user, IngestListener *listener)
{
  Client *client = ingest_session_user (ingest_session_of (listener));
  (void) user;
  ingest_session_heard (listener, client->out);
}

/* A client. */

static void
feed (Client *client, const FwMqttPacket *packet)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  fw_mqtt_write (packet, bytes);
  ingest_session_feed (client->session, bytes->data, bytes->len, 0, client->out);
}

static FwMqttPacket
packet_of (const Client *client, FwMqttType type)
{
  FwMqttPacket packet = { .type = type, .version = client->is_5 ? FW_MQTT_5_0 : FW_MQTT_3_1_1 };
  return packet;
}

static void
take_command (Client *client, const FwMqttPacket *packet)
{
  World *world = client->world;
  g_autofree char *number
      = g_strndup ((const char *) packet->publish.payload.data, packet->publish.payload.len);
  Open open = { packet->packet_id, (guint) g_ascii_strtoull (number, NULL, 10) };
  Order *order = order_at (world, open.order);
  g_assert_cmpmem (packet->publish.topic.data, packet->publish.topic.len, topics[client->device],
                   strlen (topics[client->device]));
  g_assert_cmpuint (order->device, ==, client->device);
  g_assert_false (order->is_done);
  g_assert_cmpint (order->expires_ms, >, now_ms (world));
  g_assert_false (packet->publish.is_dup || packet->publish.is_retained);
  g_assert_true (client->is_subscribed);
  g_assert_cmpuint (packet->publish.qos, ==, client->qos);
  order->n_sent++;
  if (client->qos == 0)
    order->is_told = TRUE;
  else
    {
      for (guint i = 0; i < client->open->len; i++)
        g_assert_cmpuint (g_array_index (client->open, Open, i).packet_id, !=, open.packet_id);
      g_array_append_val (client->open, open);
    }
  g_assert_cmpuint (client->open->len, <=, MIN (client->receive_max, IN_FLIGHT_MAX));
}

static void
hear (Client *client)
{
  FwMqttPacket packet;
  gsize len;
  for (gsize at = 0; at < client->out->len; at += len)
    {
      const guint8 *bytes = client->out->data + at;
      g_assert_cmpint (fw_mqtt_packet_len (bytes, client->out->len - at, G_MAXSIZE, &len), ==, 0);
      g_assert_cmpint (fw_mqtt_read (bytes, len, client->is_5 ? FW_MQTT_5_0 : FW_MQTT_3_1_1,
                                     FW_MQTT_SERVER, &packet),
                       ==, FW_MQTT_OK);
      if (packet.type == FW_MQTT_PUBLISH)
        take_command (client, &packet);
    }
  g_byte_array_set_size (client->out, 0);
}

static void
hear_all (World *world)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    hear (&world->clients[i]);
  for (guint i = 0; i < world->orders->len; i++)
    order_at (world, i)->is_done |= order_at (world, i)->is_told;
}

static void
leave (Client *client)
{
  if (!client->session)
    return;
  ingest_session_closed (client->session);
  g_clear_pointer (&client->session, ingest_session_free);
  client->is_subscribed = FALSE;
  g_array_set_size (client->open, 0);
}

static void
come (Client *client)
{
  leave (client);
  client->is_5 = below (2);
  client->receive_max = client->is_5 ? 1 + below (4) : G_MAXUINT16;
  client->session
      = ingest_session_new (&client->world->shared, client, client->world->next_key++, 0);
  FwMqttPacket packet = packet_of (client, FW_MQTT_CONNECT);
  packet.connect.client_id = (FwMqttBytes){ (const guint8 *) "c", 1 };
  if (client->is_5)
    fw_mqtt_set_number (&packet.properties, FW_MQTT_RECEIVE_MAXIMUM, client->receive_max);
  feed (client, &packet);
}

static void
ask (Client *client, guint qos)
{
  g_autoptr (GByteArray) filters = g_byte_array_new ();
  FwMqttPacket packet = packet_of (client, FW_MQTT_SUBSCRIBE);
  client->qos = MIN (qos, 1);
  client->is_subscribed = TRUE;
  fw_mqtt_put_filter (topics[client->device], (gint) qos, filters);
  packet.packet_id = 1;
  packet.filters = (FwMqttBytes){ filters->data, filters->len };
  feed (client, &packet);
}

static void
acknowledge (Client *client)
{
  if (client->open->len == 0)
    return;
  guint i = below (client->open->len);
  Open open = g_array_index (client->open, Open, i);
  FwMqttPacket packet = packet_of (client, FW_MQTT_PUBACK);
  packet.packet_id = open.packet_id;
  packet.reason = client->is_5 && below (2) ? FW_MQTT_UNSPECIFIED : FW_MQTT_SUCCESS;
  g_array_remove_index (client->open, i);
  order_at (client->world, open.order)->is_done = TRUE;
  feed (client, &packet);
}

/* Moves of the world. */

static void
move_client (World *world)
{
  Client *client = &world->clients[below (N_CLIENTS)];
  if (!client->session || below (8) == 0)
    come (client);
  else if (!client->is_subscribed)
    ask (client, below (3));
  else if (below (12) == 0)
    leave (client);
  else
    acknowledge (client);
}

static void
give (World *world, guint i)
{
  const Order *order = order_at (world, i);
  FwCommand from = { .fleet = { topics[order->device], 5 } };
  from.device_id = (FwText){ topics[order->device] + 6, 1 };
  from.expires_ts_ms = order->expires_ms;
  from.id_len = (guint) g_snprintf (from.id, sizeof from.id, "%u", i);
  ingest_commands_add (world->shared.commands, ingest_command_new (&from, from.id, from.id_len));
}

static void
move_order (World *world)
{
  Order order = { below (N_DEVICES), now_ms (world) + (below (2) ? below (3000) : LONG_MS) };
  g_array_append_val (world->orders, order);
  give (world, world->orders->len - 1);
}

static void
move_copy (World *world)
{
  if (world->orders->len > 0)
    give (world, below (world->orders->len));
}

static void
move_withdraw (World *world)
{
  guint device = below (N_DEVICES);
  FwCommand from = { .fleet = { topics[device], 5 }, .device_id = { topics[device] + 6, 1 } };
  if (below (10) > 0)
    return;
  for (guint i = 0; i < world->orders->len; i++)
    order_at (world, i)->is_done |= order_at (world, i)->device == device;
  ingest_commands_add (world->shared.commands, ingest_command_new (&from, NULL, 0));
}

static void
move_time (World *world)
{
  fw_manual_clock_advance (&world->clock, below (500) * 1000);
  if (below (2))
    ingest_commands_expire (world->shared.commands);
  for (guint i = 0; i < N_CLIENTS; i++)
    if (world->clients[i].session)
      ingest_session_tick (world->clients[i].session, 0, world->clients[i].out);
}

/* A copy of a withdrawn one is a new one; so copies end before the first withdrawal. */
static void
play_on (World *world, gboolean withdraws)
{
  static void (*const moves[]) (World *)
      = { move_client, move_client, move_client, move_client, move_order, move_time };
  for (guint i = 0; i < 300; i++)
    {
      guint which = below (G_N_ELEMENTS (moves) + 1);
      if (which < G_N_ELEMENTS (moves))
        moves[which](world);
      else if (withdraws)
        move_withdraw (world);
      else
        move_copy (world);
      hear_all (world);
    }
}

static void
settle (World *world)
{
  for (guint i = 0; i < N_DEVICES; i++)
    {
      come (&world->clients[i]);
      ask (&world->clients[i], 1);
    }
  leave (&world->clients[N_CLIENTS - 1]);
  hear_all (world);
  for (guint i = 0; i < N_DEVICES; i++)
    while (world->clients[i].open->len > 0)
      {
        acknowledge (&world->clients[i]);
        hear_all (world);
      }
  for (guint i = 0; i < world->orders->len; i++)
    if (order_at (world, i)->expires_ms > now_ms (world))
      g_assert_true (order_at (world, i)->is_done);
  g_assert_cmpuint (ingest_commands_n_open (world->shared.commands), ==, 0);
}

static void
run_world (gboolean withdraws)
{
  const IngestCommandsLimits limits = { 1000, 10000, 10000000 };
  World world = { .shared.limits = { 1000, 4, 32, 0, 5000, 5000, 5000, IN_FLIGHT_MAX, 10, 100 } };
  fw_manual_clock_init (&world.clock, BEGIN_MS);
  world.shared.handler = (IngestSessionHandler){ .publish = publish, .subscribe = subscribe };
  world.shared.commands = ingest_commands_new (&limits, &world.clock.clock, heard, NULL);
  world.orders = g_array_new (FALSE, FALSE, sizeof (Order));
  for (guint i = 0; i < N_CLIENTS; i++)
    world.clients[i] = (Client){ .world = &world,
                                 .device = i % N_DEVICES,
                                 .out = g_byte_array_new (),
                                 .open = g_array_new (FALSE, FALSE, sizeof (Open)) };
  play_on (&world, withdraws);
  fw_manual_clock_advance (&world.clock, 3000 * 1000);
  ingest_commands_expire (world.shared.commands);
  settle (&world);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      leave (&world.clients[i]);
      g_byte_array_unref (world.clients[i].out);
      g_array_unref (world.clients[i].open);
    }
  ingest_commands_free (world.shared.commands);
  g_array_unref (world.orders);
}

static void
test_every_command (void)
{
  for (guint i = 0; i < (g_test_slow () ? 20000u : 300u); i++)
    run_world (i % 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/session-outgoing/every-command-reaches-its-device-until-it-says-so",
                   test_every_command);
  return g_test_run ();
}
