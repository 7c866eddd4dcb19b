/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-mqtt-flights: the packets of one direction that wait for an answer, in the order in which they were sent.
 *   push -> ticket ... flight (ticket)->is_answered, in any order ... pop, in order
 * Promises: constant time; no allocation before the first push. Does not: know limits. Threads: one owner. */
typedef struct
{
  guint64 tag;
  guint16 packet_id;
  guint8  reason;
  guint8  is_subscribe : 1;
  guint8  is_answered : 1;
} FwMqttFlight;

typedef struct
{
  FwMqttFlight *ring;  /* ticket t stands at t modulo capacity; NULL: none yet */
  guint32 first;       /* the oldest ticket */
  guint32 n, capacity;
} FwMqttFlights;

guint32       fw_mqtt_flights_push (FwMqttFlights *flights, const FwMqttFlight *flight);
/* NULL: no such ticket waits, or it is answered. */
FwMqttFlight *fw_mqtt_flights_get (const FwMqttFlights *flights, guint32 ticket);
/* FALSE: the oldest is not answered yet, or there is none. */
gboolean      fw_mqtt_flights_pop (FwMqttFlights *flights, FwMqttFlight *ret);
/* Gives memory back when nothing waits. */
void          fw_mqtt_flights_shrink (FwMqttFlights *flights);
