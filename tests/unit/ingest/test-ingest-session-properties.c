/* SPDX-License-Identifier: Apache-2.0 */
/* One random client, one random Kafka: whatever the splits of the input and the order of the
 * reports, every QoS 1 publish that was taken is answered exactly once, in the order in which they
 * were sent, as Kafka reported it, or the connection has ended. -m slow runs longer. */
#include <string.h>

#include "device.h"

#define N_SENDS 60

#define PENDING 0xff

typedef struct
{
  guint32 ticket;
  guint8 said; /* by Kafka */
} Taken;

typedef struct
{
  Device *device;
  GByteArray *unsent;
  GArray *sent;     /* guint16: ids of QoS 1, in order */
  GArray *taken;    /* Taken: those of them that were handed over */
  guint n_seen;     /* of what was published */
  guint n_answered; /* PUBACKs seen */
  gboolean is_kind; /* no publish fails */
} Play;

static guint
below (guint n)
{
  return (guint) g_test_rand_int_range (0, (gint) n);
}

static gboolean
is_5 (const Play *play)
{
  return ingest_session_version (play->device->session) == FW_MQTT_5_0;
}

/* A client of 5.0 keeps below Receive Maximum; one of 3.1.1 knows none. */
static void
write_publish (Play *play)
{
  FwMqttPacket packet;
  guint n_open = play->sent->len - play->n_answered;
  guint16 id = (guint16) (1 + play->sent->len % 50);
  packet.type = FW_MQTT_PUBLISH;
  packet.version = ingest_session_version (play->device->session);
  packet.packet_id = id;
  packet.properties.has = 0;
  packet.publish = (FwMqttMessage){
    { (const guint8 *) "a/b", 3 }, { (const guint8 *) "xyz", below (4) }, 1, FALSE, FALSE
  };
  if (n_open >= (is_5 (play) ? play->device->shared.limits.in_flight_max : 40) || below (5) == 0)
    packet.publish.qos = 0;
  else
    g_array_append_val (play->sent, id);
  fw_mqtt_write (&packet, play->unsent);
}

/* Some bytes reach the session, if it reads at all. */
static void
deliver (Play *play)
{
  guint piece = below (2) ? 3 : 60, n = MIN (piece, play->unsent->len);
  if (n == 0 || !ingest_session_wants_input (play->device->session))
    return;
  ingest_session_feed (play->device->session, play->unsent->data, n, play->device->now_ms,
                       play->device->out);
  g_byte_array_remove_range (play->unsent, 0, n);
}

/* What the session has handed over since the last look. */
static void
look (Play *play)
{
  const GPtrArray *published = play->device->published;
  Taken taken = { 0, PENDING };
  for (; play->n_seen < published->len; play->n_seen++)
    if (!g_str_has_suffix (g_ptr_array_index (published, play->n_seen), "q0"))
      {
        taken.ticket = g_array_index (play->device->tickets, guint32, play->n_seen);
        g_array_append_val (play->taken, taken);
      }
}

/* Kafka reports one publish, whichever of those that are open. */
static void
report (Play *play)
{
  Device *device = play->device;
  if (play->taken->len == play->n_answered)
    return;
  guint i = play->n_answered + below (play->taken->len - play->n_answered);
  Taken *taken = &g_array_index (play->taken, Taken, i);
  if (taken->said != PENDING)
    return;
  taken->said = play->is_kind || below (20) ? FW_MQTT_SUCCESS : FW_MQTT_UNSPECIFIED;
  if (ingest_session_stored (device->session, taken->ticket, taken->said, NULL, device->out))
    ingest_session_resume (device->session, device->now_ms, device->out);
}

static void
check_answers (Play *play)
{
  GByteArray *out = play->device->out;
  FwMqttPacket packet;
  look (play);
  for (gsize at = 0, len; at < out->len; at += len)
    {
      g_assert_cmpint (fw_mqtt_packet_len (out->data + at, out->len - at, G_MAXSIZE, &len), ==,
                       FW_MQTT_OK);
      g_assert_cmpint (fw_mqtt_read (out->data + at, len,
                                     ingest_session_version (play->device->session), FW_MQTT_SERVER,
                                     &packet),
                       ==, FW_MQTT_OK);
      g_assert_cmpint (packet.type, ==, FW_MQTT_PUBACK);
      g_assert_cmpuint (play->n_answered, <, play->taken->len);
      g_assert_cmpuint (packet.packet_id, ==,
                        g_array_index (play->sent, guint16, play->n_answered));
      g_assert_cmpuint (packet.reason, ==,
                        g_array_index (play->taken, Taken, play->n_answered).said);
      play->n_answered++;
    }
  g_byte_array_set_size (out, 0);
}

/* The global window opens and closes. */
static void
turn_room (Play *play)
{
  Device *device = play->device;
  device->n_takes = below (3) ? G_MAXUINT : below (3);
  ingest_session_resume (device->session, device->now_ms, device->out);
}

static void
play_on (Play *play)
{
  static void (*const moves[]) (Play *)
      = { write_publish, deliver, deliver, report, report, turn_room };
  for (guint n_moves = 0; n_moves < N_SENDS * 10; n_moves++)
    {
      moves[below (G_N_ELEMENTS (moves))](play);
      check_answers (play);
    }
}

/* Kafka is well again, and all that waits goes its way. */
static void
settle (Play *play)
{
  Device *device = play->device;
  device->n_takes = G_MAXUINT;
  for (guint i = 0; i < 20000 && !ingest_session_is_over (device->session)
                    && (play->unsent->len > 0 || play->n_answered < play->sent->len);
       i++)
    {
      ingest_session_resume (device->session, device->now_ms, device->out);
      deliver (play);
      report (play);
      check_answers (play);
    }
}

static void
run_play (const char *connect, gboolean is_kind)
{
  g_autoptr (Device) device = device_new ();
  Play play = { .device = device, .is_kind = is_kind };
  play.unsent = g_byte_array_new ();
  play.sent = g_array_new (FALSE, FALSE, sizeof (guint16));
  play.taken = g_array_new (FALSE, FALSE, sizeof (Taken));
  g_free (device_send (device, connect));
  play_on (&play);
  settle (&play);
  if (ingest_session_is_over (device->session))
    {
      ASSERT_ENDED (device, INGEST_END_PUBLISH_REFUSED);
      g_assert_false (is_kind || is_5 (&play));
    }
  else
    g_assert_cmpuint (play.n_answered, ==, play.sent->len);
  g_byte_array_unref (play.unsent);
  g_array_unref (play.sent);
  g_array_unref (play.taken);
}

static void
test_every_publish_is_answered (void)
{
  for (guint i = 0; i < (g_test_slow () ? 20000u : 200u); i++)
    run_play (i % 2 ? CONNECT_5 : CONNECT_3, i % 4 < 2);
}

/* Any bytes after CONNECT: never a crash, and an end is an end. */
static void
test_any_bytes (void)
{
  for (guint round = 0; round < (g_test_slow () ? 500000u : 5000u); round++)
    {
      g_autoptr (Device) device = device_new ();
      g_free (device_send (device, round % 2 ? CONNECT_5 : CONNECT_3));
      for (guint i = 0; i < 20; i++)
        {
          guint8 bytes[24];
          guint len = 1 + below (sizeof bytes);
          for (guint k = 0; k < len; k++)
            bytes[k] = (guint8) (below (2) ? below (8) : below (256));
          ingest_session_feed (device->session, bytes, len, device->now_ms, device->out);
          if (ingest_session_is_over (device->session))
            break;
          device->n_takes = below (4);
          ingest_session_resume (device->session, device->now_ms, device->out);
        }
      ingest_session_closed (device->session);
      g_free (device_heard (device));
      g_assert_true (ingest_session_is_over (device->session));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/session-properties/every-publish-is-answered-once-and-in-order",
                   test_every_publish_is_answered);
  g_test_add_func ("/ingest/session-properties/any-bytes", test_any_bytes);
  return g_test_run ();
}
