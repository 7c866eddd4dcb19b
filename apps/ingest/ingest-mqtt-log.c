/* SPDX-License-Identifier: Apache-2.0 */
/* Which device does something wrong, in the words of the metrics: a line a second at most, however
 * many do. */
#include "ingest-mqtt-private.h"

#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-mqtt");

/* What devices do every day is no news. */
static gboolean
is_news (IngestEnd why)
{
  switch (why)
    {
    case INGEST_END_NONE:
    case INGEST_END_LEFT:
    case INGEST_END_KEEP_ALIVE:
    case INGEST_END_SHUTDOWN:
      return FALSE;
    default:
      return TRUE;
    }
}

void
ingest_mqtt_log_end (const IngestSession *session, const char *peer)
{
  IngestEnd why = ingest_session_why (session);
  const char *id = ingest_session_client_id (session);
  FwMqttFault fault = ingest_session_fault (session);
  const char *label = fault ? fw_mqtt_fault_names[fault] : ingest_end_names[why];

  if (is_news (why))
    fw_warn_limited (_ ("an MQTT connection was ended (%s): %s, client '%.64s'"), label, peer,
                     id ? id : "");
}
