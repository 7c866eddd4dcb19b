/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mqtt-flights.h"

#define FIRST_CAPACITY 4

static FwMqttFlight *
at (const FwMqttFlights *flights, guint32 ticket)
{
  return &flights->ring[ticket & (flights->capacity - 1)];
}

static void
grow (FwMqttFlights *flights)
{
  FwMqttFlights old = *flights;
  flights->capacity = old.ring ? old.capacity * 2 : FIRST_CAPACITY;
  flights->ring = g_new (FwMqttFlight, flights->capacity);
  for (guint32 i = 0; i < flights->n; i++)
    *at (flights, flights->first + i) = *at (&old, flights->first + i);
  g_free (old.ring);
}

guint32
fw_mqtt_flights_push (FwMqttFlights *flights, const FwMqttFlight *flight)
{
  if (flights->n == flights->capacity)
    grow (flights);
  guint32 ticket = flights->first + flights->n++;
  *at (flights, ticket) = *flight;
  return ticket;
}

FwMqttFlight *
fw_mqtt_flights_get (const FwMqttFlights *flights, guint32 ticket)
{
  if (ticket - flights->first >= flights->n || at (flights, ticket)->is_answered)
    return NULL;
  return at (flights, ticket);
}

gboolean
fw_mqtt_flights_pop (FwMqttFlights *flights, FwMqttFlight *ret)
{
  if (flights->n == 0 || !at (flights, flights->first)->is_answered)
    return FALSE;
  *ret = *at (flights, flights->first++);
  flights->n--;
  return TRUE;
}

void
fw_mqtt_flights_shrink (FwMqttFlights *flights)
{
  if (flights->n > 0)
    return;
  g_clear_pointer (&flights->ring, g_free);
  flights->capacity = 0;
}
