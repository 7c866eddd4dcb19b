/* SPDX-License-Identifier: Apache-2.0 */
/* Our client against our server, with a random network and a random Kafka between them: whatever
 * the splits and the order of reports, each publish is acknowledged once, by its tag, in order and
 * as Kafka said; the window that the server told is never overstepped. -m slow runs longer. */
#include "device.h"
#include "fw-mqtt-client.h"

#define N_MOVES 400
#define WAITING 0xff

typedef struct
{
  Device *device;
  FwMqttClients clients;
  FwMqttClient *client;
  GByteArray *up, *down; /* under way */
  GByteArray *said;      /* by Kafka of each publish, WAITING before */
  guint n_sent, n_acked;
} Play;

static guint
below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint) n);
}

static void
on_acknowledged (gpointer user, FwMqttClient *client G_GNUC_UNUSED, guint64 tag,
                 FwMqttReason reason)
{
  Play *play = user;
  g_assert_cmpuint (tag, ==, play->n_acked);
  g_assert_cmphex (reason, ==, play->said->data[tag]);
  play->n_acked++;
}

static void
publish (Play *play)
{
  FwMqttMessage message = { { (const guint8 *) "a/b", 3 },
                            { (const guint8 *) "xyz", below (4) },
                            below (4) ? 1 : 0,
                            FALSE,
                            FALSE };
  guint8 waiting = WAITING;
  FwMqttReason reason = fw_mqtt_client_publish (play->client, &message, play->n_sent, play->up);
  if (reason == FW_MQTT_SUCCESS && message.qos > 0)
    {
      g_byte_array_append (play->said, &waiting, 1);
      play->n_sent++;
    }
}

static guint
piece (const GByteArray *bytes)
{
  guint n = below (2) ? 3 : 60;
  return MIN (n, bytes->len);
}

static void
carry_up (Play *play)
{
  Device *device = play->device;
  guint n = piece (play->up);
  if (n == 0 || !ingest_session_wants_input (device->session))
    return;
  ingest_session_feed (device->session, play->up->data, n, device->now_ms, play->down);
  g_byte_array_remove_range (play->up, 0, n);
}

static void
carry_down (Play *play)
{
  guint n = piece (play->down);
  fw_mqtt_client_feed (play->client, play->down->data, n, play->up);
  g_byte_array_remove_range (play->down, 0, n);
}

/* Kafka reports one publish, whichever of those that it has. */
static void
report (Play *play)
{
  Device *device = play->device;
  guint n_open = play->n_sent - play->n_acked;
  guint nth = n_open > 0 ? play->n_acked + below (n_open) : 0, k = 0;
  for (guint i = 0; i < device->published->len && n_open > 0; i++)
    {
      if (g_str_has_suffix (g_ptr_array_index (device->published, i), "q0") || k++ != nth)
        continue;
      if (play->said->data[nth] != WAITING)
        return;
      play->said->data[nth] = below (20) ? FW_MQTT_SUCCESS : FW_MQTT_BAD_PAYLOAD;
      if (ingest_session_stored (device->session, g_array_index (device->tickets, guint32, i),
                                 play->said->data[nth], NULL, play->down))
        ingest_session_resume (device->session, device->now_ms, play->down);
    }
}

static void
turn_room (Play *play)
{
  play->device->n_takes = below (3) ? G_MAXUINT : below (3);
  ingest_session_resume (play->device->session, play->device->now_ms, play->down);
}

static void
pass_time (Play *play)
{
  play->clients.now_ms += below (100);
  play->device->now_ms = play->clients.now_ms;
  fw_mqtt_client_tick (play->client, play->up);
  ingest_session_tick (play->device->session, play->device->now_ms, play->down);
}

static void
settle (Play *play)
{
  play->device->n_takes = G_MAXUINT;
  for (guint i = 0; i < 20000 && play->n_acked < play->n_sent; i++)
    {
      ingest_session_resume (play->device->session, play->device->now_ms, play->down);
      carry_up (play);
      report (play);
      carry_down (play);
    }
}

static void
run_play (void)
{
  static void (*const moves[]) (Play *) = { publish,    publish, carry_up,  carry_down, carry_up,
                                            carry_down, report,  turn_room, pass_time };
  g_autoptr (Device) device = device_new ();
  Play play = { .device = device,
                .clients = { .limits = { 1000, 1 + below (9), 1, 60000 },
                             .handler = { .acknowledged = on_acknowledged },
                             .now_ms = device->now_ms } };
  FwMqttHello hello = { .version = FW_MQTT_5_0, .client_id = "truck-1", .keep_alive_s = 20 };
  play.up = g_byte_array_new ();
  play.down = g_byte_array_new ();
  play.said = g_byte_array_new ();
  play.client = fw_mqtt_client_new (&play.clients, &play, &hello, play.up);
  for (guint i = 0; i < N_MOVES; i++)
    {
      moves[below (G_N_ELEMENTS (moves))](&play);
      g_assert_cmpuint (play.n_sent - play.n_acked, <=, device->shared.limits.in_flight_max);
    }
  settle (&play);
  g_assert_cmpuint (play.n_acked, ==, play.n_sent);
  g_assert_cmpstr (fw_mqtt_over_names[fw_mqtt_client_over (play.client)], ==, "none");
  ASSERT_ENDED (device, INGEST_END_NONE);
  fw_mqtt_client_free (play.client);
  g_byte_array_unref (play.up);
  g_byte_array_unref (play.down);
  g_byte_array_unref (play.said);
}

static void
test_every_publish_is_acknowledged (void)
{
  for (guint i = 0; i < (g_test_slow () ? 50000u : 500u); i++)
    run_play ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/client/every-publish-is-acknowledged-once-in-order",
                   test_every_publish_is_acknowledged);
  return g_test_run ();
}
