/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "ingest-session.h"
#include "mqtt-notation.h"
/* device: one MQTT client against an ingest-session, with the test as its Kafka: what was published is kept as text, and is
 * stored when the test says so. Time stands still until device_wait; the wall clock goes with it. */
#define DEVICE_BEGIN_MS G_GINT64_CONSTANT (1700000000000) /* on the wall */

typedef struct
{
  IngestSessions shared;
  IngestSession *session;
  GByteArray *out;
  GPtrArray *published; /* "topic=payload", " will" or " q0" behind */
  GArray *tickets;      /* guint32, of those that wait for an answer */
  IngestAnswer answer;  /* to the next publishes */
  FwMqttReason door;    /* to CONNECT */
  guint n_takes;        /* before they are FULL; G_MAXUINT: never */
  gint64 now_ms;
  FwManualClock wall;
  IngestCommands *commands; /* NULL until device_may_subscribe; the topic cmd/ID is that of device ID of fleet north */
} Device;

Device *device_new (void);
void    device_free (Device *device);
/* Sends packets (see mqtt-notation); what came back, as text. Transfer full. */
char   *device_send (Device *device, const char *notation);
/* Kafka's report for the i-th publish of the test; what came back. */
char   *device_store (Device *device, guint i, FwMqttReason reason, const char *why);
/* Lets time pass, ticks; what came back. */
char   *device_wait (Device *device, gint64 ms);
char   *device_heard (Device *device); /* since the last call */
void    device_may_subscribe (Device *device, const IngestCommandsLimits *limits);
/* A new connection instead of the last one; what came back. */
char   *device_reconnect (Device *device, const char *connect);
/* A command for device ID of fleet north, which expires after ms; what came to the client. */
char   *device_command (Device *device, const char *id, const char *command_id, gint64 ms);

#define ASSERT_HEARD(call, expected)                \
  G_STMT_START                                      \
  {                                                 \
    g_autofree char *heard = (call);                \
    g_assert_cmpstr (heard, ==, (expected));        \
  }                                                 \
  G_STMT_END
#define ASSERT_ENDED(device, end) \
  g_assert_cmpstr (ingest_end_names[ingest_session_why ((device)->session)], ==, ingest_end_names[end])

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Device, device_free)

#define CONNECT_3 "10 ~ <MQTT> 04 02 003c <truck-1>"
#define CONNECT_5 "10 ~ <MQTT> 05 02 003c 00 <truck-1>"
