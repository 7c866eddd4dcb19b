/* SPDX-License-Identifier: Apache-2.0 */
/* A device and its Kafka, move by move: the first byte says how CONNECT goes, each further one what
 * happens next and, for input, how many of the bytes behind it come at once. No PUBACK without a
 * report, none twice, none out of order. Commands come too, for whoever subscribes: none after its
 * expiry. */
#include <string.h>

#include "fuzz.h"
#include "ingest-session.h"

#define WAITING 0xff

typedef struct
{
  IngestSessions shared;
  IngestSession *session;
  GByteArray *out;
  GArray *tickets;  /* guint32: what was taken and wants an answer, in order */
  GByteArray *said; /* what Kafka said of each, WAITING before */
  guint n_acked;
  guint n_takes; /* before it is FULL */
  gint64 now_ms;
  FwManualClock wall;
  gint64 expires_ms[16]; /* of the last command of this id, ever */
} Play;

static IngestAnswer
publish (gpointer user, IngestSession *session, const IngestPublish *publish)
{
  Play *play = user;
  guint8 waiting = WAITING, refused = FW_MQTT_BAD_PAYLOAD;
  gboolean is_refused = publish->message->payload.len % 4 == 3;
  FUZZ_REQUIRE (session == play->session && publish->message->topic.len > 0);
  if (play->n_takes == 0)
    return (IngestAnswer){ INGEST_FULL, FW_MQTT_SUCCESS, NULL };
  play->n_takes--;
  if (publish->wants_answer)
    {
      g_array_append_val (play->tickets, publish->ticket);
      g_byte_array_append (play->said, is_refused ? &refused : &waiting, 1);
    }
  return (IngestAnswer){ is_refused ? INGEST_REFUSED : INGEST_TAKEN, FW_MQTT_BAD_PAYLOAD,
                         "refused" };
}

static FwMqttReason
subscribe (gpointer user, IngestSession *session, FwMqttBytes topic, IngestIdentity *ret)
{
  Play *play = user;
  FUZZ_REQUIRE (session == play->session);
  *ret = (IngestIdentity){ { "f", 1 }, { "1", 1 } };
  return topic.len > 0 && topic.data[0] == 'c' ? FW_MQTT_SUCCESS : FW_MQTT_NOT_AUTHORIZED;
}

static void
heard (gpointer user, IngestListener *listener)
{
  ingest_session_heard (listener, ((Play *) user)->out);
}

static void
add_command (Play *play, guint value)
{
  FwCommand command = { .fleet = { "f", 1 }, .device_id = { "1", 1 } };
  guint id = value & 15;
  command.expires_ts_ms = fw_clock_wall_ms (&play->wall.clock) + (value & 16 ? 1000 : 5000);
  command.id_len = 1;
  command.id[0] = (char) ('a' + id);
  play->expires_ms[id] = MAX (play->expires_ms[id], command.expires_ts_ms);
  ingest_commands_add (play->shared.commands, ingest_command_new (&command, command.id, 1));
}

static void
check_command (const Play *play, const FwMqttPacket *packet)
{
  FUZZ_REQUIRE (packet->publish.payload.len == 1 && packet->publish.topic.data[0] == 'c');
  FUZZ_REQUIRE ((packet->publish.qos == 1) == (packet->packet_id != 0));
  FUZZ_REQUIRE (play->expires_ms[packet->publish.payload.data[0] - 'a']
                > fw_clock_wall_ms (&play->wall.clock));
}

/* All that the session says can be read by a client. */
static void
check_output (Play *play)
{
  const GByteArray *out = play->out;
  FwMqttVersion version = ingest_session_version (play->session);
  FwMqttPacket packet;
  for (gsize at = 0, n; at < out->len; at += n)
    {
      FUZZ_REQUIRE (!fw_mqtt_packet_len (out->data + at, out->len - at, G_MAXSIZE, &n));
      FUZZ_REQUIRE (n > 0 && n <= out->len - at);
      FUZZ_REQUIRE (!fw_mqtt_read (out->data + at, n, version, FW_MQTT_SERVER, &packet));
      if (packet.type == FW_MQTT_PUBLISH)
        check_command (play, &packet);
      if (packet.type != FW_MQTT_PUBACK)
        continue;
      FUZZ_REQUIRE (play->n_acked < play->said->len);
      FUZZ_REQUIRE (play->said->data[play->n_acked++] == packet.reason);
    }
  g_byte_array_set_size (play->out, 0);
}

static void
report (Play *play, guint which)
{
  if (play->said->len == 0)
    return;
  guint i = play->said->len - 1 - which % play->said->len;
  if (play->said->data[i] == WAITING)
    play->said->data[i] = which % 8 == 7 ? FW_MQTT_UNSPECIFIED : FW_MQTT_SUCCESS;
  ingest_session_stored (play->session, g_array_index (play->tickets, guint32, i),
                         play->said->data[i], NULL, play->out);
}

/* How many bytes it used. */
static gsize
move (Play *play, const guint8 *data, gsize len)
{
  guint value = data[0] >> 2;
  gsize n = MIN (value, len - 1);
  switch (data[0] & 3)
    {
    case 0:
      report (play, value);
      return 1;
    case 1:
      if (value >= 32)
        {
          add_command (play, value);
          return 1;
        }
      play->n_takes = value;
      ingest_session_resume (play->session, play->now_ms, play->out);
      return 1;
    case 2:
      play->now_ms += value * 100;
      fw_manual_clock_advance (&play->wall, value * 100 * 1000);
      ingest_session_tick (play->session, play->now_ms, play->out);
      if (value == 63)
        ingest_session_drain (play->session, play->out);
      return 1;
    default:
      ingest_session_feed (play->session, data + 1, n, play->now_ms, play->out);
      return 1 + n;
    }
}

static void
say_connect (Play *play, guint8 how)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  FwMqttPacket packet = { FW_MQTT_CONNECT, how & 1 ? FW_MQTT_5_0 : FW_MQTT_3_1_1 };
  packet.connect.client_id = (FwMqttBytes){ (const guint8 *) "truck", 5 };
  packet.connect.has_will = how >> 1 & 1;
  packet.connect.will.topic = (FwMqttBytes){ (const guint8 *) "will", 4 };
  packet.connect.keep_alive_s = how >> 4;
  if (how & 4 && how & 1)
    fw_mqtt_set_number (&packet.properties, FW_MQTT_MAXIMUM_PACKET, 40);
  if (how & 8)
    return;
  fw_mqtt_write (&packet, bytes);
  ingest_session_feed (play->session, bytes->data, bytes->len, play->now_ms, play->out);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  Play play = { .n_takes = 8 };
  if (len == 0)
    return 0;
  static const IngestCommandsLimits kept = { 4, 6, 100000 };
  fw_manual_clock_init (&play.wall, 0);
  play.shared.commands = ingest_commands_new (&kept, &play.wall.clock, heard, &play);
  play.shared.handler.subscribe = subscribe;
  play.shared.limits = (IngestSessionLimits){ 200, 3, 16, 60, 2000, 3000, 4000, 3, 2, 2 };
  play.shared.handler.publish = publish;
  play.out = g_byte_array_new ();
  play.said = g_byte_array_new ();
  play.tickets = g_array_new (FALSE, FALSE, sizeof (guint32));
  play.session = ingest_session_new (&play.shared, &play, 1, 0);
  say_connect (&play, data[0]);
  for (gsize at = 1; at < len;)
    {
      at += move (&play, data + at, len - at);
      check_output (&play);
      FUZZ_REQUIRE (ingest_session_n_in_flight (play.session) <= 3);
    }
  ingest_session_closed (play.session);
  FUZZ_REQUIRE (ingest_session_is_over (play.session));
  ingest_session_free (play.session);
  ingest_commands_free (play.shared.commands);
  g_byte_array_unref (play.out);
  g_byte_array_unref (play.said);
  g_array_unref (play.tickets);
  return 0;
}
