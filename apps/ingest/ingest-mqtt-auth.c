/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-mqtt-private.h"

#include <string.h>

#include "fw-hash.h"
#include "fw-log.h"
#include "fw-time.h"

FW_LOG_TOPIC ("ingest-mqtt");

/* Client ids are a device's own: another's credential with the same id is another client, and takes
 * nothing over. */

guint
ingest_mqtt_conn_hash (gconstpointer data)
{
  return fw_hash_text (ingest_session_client_id (((const Conn *) data)->session));
}

gboolean
ingest_mqtt_conn_equal (gconstpointer a, gconstpointer b)
{
  const Conn *x = a, *y = b;
  const FwPass *p = x->guest.pass, *q = y->guest.pass;

  return strcmp (ingest_session_client_id (x->session), ingest_session_client_id (y->session)) == 0
         && (p && q ? fw_pass_equal (p, q) : p == q);
}

static FwText
text_of (FwMqttBytes bytes)
{
  return (FwText){ (const char *) bytes.data, bytes.len };
}

static void
take_over (Conn *conn)
{
  IngestMqtt *door = conn->door;
  Conn *other = g_hash_table_lookup (door->by_client_id, conn);

  if (other)
    {
      fw_debug ("client %s is taken over by %s", ingest_session_client_id (conn->session),
                fw_stream_peer (conn->stream));
      g_hash_table_remove (door->by_client_id, other);
      ingest_session_end (other->session, INGEST_END_TAKEN_OVER, ingest_mqtt_out_of (other));
    }
  g_hash_table_add (door->by_client_id, conn);
}

FwMqttReason
ingest_mqtt_on_connect (gpointer user, IngestSession *session, const FwMqttConnect *connect)
{
  static const FwMqttReason reasons[INGEST_N_ADMISSIONS] = {
    [INGEST_ADMIT_IN] = FW_MQTT_SUCCESS,
    [INGEST_ADMIT_LATER] = INGEST_CONNECT_LATER,
    [INGEST_ADMIT_MISSING] = FW_MQTT_NOT_AUTHORIZED,
    [INGEST_ADMIT_WRONG] = FW_MQTT_BAD_CREDENTIALS,
    [INGEST_ADMIT_TRIES] = FW_MQTT_QUOTA,
    [INGEST_ADMIT_BUSY] = FW_MQTT_BUSY,
  };
  Conn *conn = user;
  g_autofree char *certificate
      = conn->door->desk ? fw_stream_certificate_name (conn->stream) : NULL;
  const IngestProof proof = { .name = text_of (connect->username),
                              .secret = text_of (connect->password),
                              .certificate_name = certificate };
  IngestAdmission admission;

  (void) session;
  if (g_atomic_int_get (&conn->door->must_drain))
    return FW_MQTT_UNAVAILABLE; /* no CONNACK has "shutting down" */
  admission
      = ingest_desk_ask (conn->door->desk, &conn->guest, &proof, fw_stream_peer (conn->stream));
  if (admission == INGEST_ADMIT_IN)
    take_over (conn);
  return reasons[admission];
}

static void
on_answered (gpointer user, IngestGuest *guest)
{
  Conn *conn = guest->data;

  (void) user;
  ingest_session_resume (conn->session, fw_clock_mono_us (fw_clock_system ()) / 1000,
                         ingest_mqtt_out_of (conn));
}

static void
wake (gpointer user)
{
  IngestMqtt *door = user;

  fw_streams_wake (door->server);
}

void
ingest_mqtt_open_desk (IngestMqtt *door)
{
  static const IngestDeskHandler handler = { on_answered, wake };

  if (door->setup.auth)
    door->desk = ingest_desk_new (door->setup.auth, &handler, door);
}

gboolean
ingest_mqtt_identify (const Conn *conn, const IngestIdentity *said, IngestIdentity *ret)
{
  const IngestIdentity credential = ingest_guest_identity (&conn->guest);

  return ingest_guest_is_good (&conn->guest, fw_clock_wall_ms (fw_clock_system ()))
         && ingest_identity_meet (&credential, said, ret);
}

void
ingest_mqtt_check_credential (Conn *conn, gint64 wall_ms, GByteArray *out)
{
  if (!ingest_guest_is_good (&conn->guest, wall_ms))
    ingest_session_end (conn->session, INGEST_END_CREDENTIAL, out);
}
