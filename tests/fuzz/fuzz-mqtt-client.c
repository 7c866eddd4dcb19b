/* SPDX-License-Identifier: Apache-2.0 */
/* A client and its server, move by move: the first byte says how it connects, each further one what
 * happens next and, for input, how many of the bytes behind it come at once. Nothing is
 * acknowledged twice or without having been sent, and all that it says can be read by a server. */
#include "fuzz.h"
#include "fw-mqtt-client.h"

#define N_TAGS_MAX 4096

typedef struct
{
  FwMqttClients shared;
  FwMqttClient *client;
  FwMqttVersion version;
  GByteArray *out;
  GByteArray *open; /* by tag: 1 while it is out */
  guint n_tickets, n_confirmed, n_pubacks;
} Play;

static void
on_acknowledged (gpointer user, FwMqttClient *client, guint64 tag, FwMqttReason reason)
{
  Play *play = user;
  FUZZ_REQUIRE (client == play->client && tag < play->open->len && play->open->data[tag] == 1);
  FUZZ_REQUIRE (reason == 0 || play->version == FW_MQTT_5_0);
  play->open->data[tag] = 0;
}

static void
on_granted (gpointer user, FwMqttClient *client G_GNUC_UNUSED, guint64 tag,
            guint8 code G_GNUC_UNUSED)
{
  on_acknowledged (user, ((Play *) user)->client, tag, 0);
}

static void
on_received (gpointer user, FwMqttClient *client, const FwMqttMessage *message,
             const FwMqttProperties *properties, guint32 ticket)
{
  Play *play = user;
  FUZZ_REQUIRE (client == play->client && message->qos < 2 && message->topic.len > 0);
  FUZZ_REQUIRE (!fw_mqtt_has (properties, FW_MQTT_ALIAS));
  if (message->qos == 1)
    FUZZ_REQUIRE (ticket == play->n_tickets++);
}

static void
check_output (Play *play)
{
  FwMqttPacket packet;
  for (gsize at = 0, n; at < play->out->len; at += n)
    {
      FUZZ_REQUIRE (!fw_mqtt_packet_len (play->out->data + at, play->out->len - at, G_MAXSIZE, &n));
      FUZZ_REQUIRE (n > 0 && n <= play->out->len - at);
      FUZZ_REQUIRE (
          !fw_mqtt_read (play->out->data + at, n, play->version, FW_MQTT_CLIENT, &packet));
      play->n_pubacks += packet.type == FW_MQTT_PUBACK;
    }
  FUZZ_REQUIRE (play->n_pubacks <= play->n_confirmed);
  g_byte_array_set_size (play->out, 0);
}

static void
note_open (Play *play, gboolean is_out)
{
  guint8 one = 1;
  if (is_out)
    g_byte_array_append (play->open, &one, 1);
}

static void
send (Play *play, guint value)
{
  FwMqttMessage message = { { (const guint8 *) "a/b", 3 },
                            { (const guint8 *) "0123456789", value % 8 },
                            value >> 3 & 1,
                            value >> 4 & 1,
                            FALSE };
  guint64 tag = play->open->len;
  if (tag >= N_TAGS_MAX)
    return;
  if (value == 63)
    note_open (play, fw_mqtt_client_subscribe (play->client, "a/+", 1, tag, play->out));
  else
    note_open (play,
               !fw_mqtt_client_publish (play->client, &message, tag, play->out) && message.qos);
}

/* How many bytes it used. */
static gsize
move (Play *play, const guint8 *data, gsize len)
{
  guint value = data[0] >> 2;
  gsize n = MIN (value, len - 1);
  g_autofree guint8 *copy = NULL;
  switch (data[0] & 3)
    {
    case 0:
      send (play, value);
      return 1;
    case 1:
      if (value < play->n_tickets)
        play->n_confirmed++;
      fw_mqtt_client_confirm (play->client, value, FW_MQTT_SUCCESS, play->out);
      return 1;
    case 2:
      play->shared.now_ms += value * 100;
      fw_mqtt_client_tick (play->client, play->out);
      if (value == 63)
        fw_mqtt_client_leave (play->client, play->out);
      return 1;
    default:
      copy = g_memdup2 (data + 1, n); /* of the very size, for the sanitizer */
      fw_mqtt_client_feed (play->client, copy, n, play->out);
      return 1 + n;
    }
}

static void
check_unanswered (const Play *play)
{
  guint64 tag;
  for (guint32 at = 0; fw_mqtt_client_next_unanswered (play->client, &at, &tag);)
    FUZZ_REQUIRE (tag < play->open->len && play->open->data[tag] == 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  Play play = { .shared = { .limits = { 200, 3, 2, 4000 },
                            .handler = { NULL, on_acknowledged, on_granted, on_received } } };
  if (len == 0)
    return 0;
  play.version = data[0] & 1 ? FW_MQTT_5_0 : FW_MQTT_3_1_1;
  FwMqttHello hello = { .version = play.version,
                        .client_id = "truck",
                        .keep_alive_s = data[0] >> 4,
                        .session_s = data[0] >> 1 & 1 };
  play.out = g_byte_array_new ();
  play.open = g_byte_array_new ();
  play.client = fw_mqtt_client_new (&play.shared, &play, &hello, play.out);
  for (gsize at = 1; at < len;)
    {
      at += move (&play, data + at, len - at);
      check_output (&play);
    }
  check_unanswered (&play);
  fw_mqtt_client_free (play.client);
  g_byte_array_unref (play.out);
  g_byte_array_unref (play.open);
  return 0;
}
