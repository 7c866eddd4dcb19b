/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-store.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fw-json.h"
#include "fw-producer.h"
#include "fw-time.h"
#include "fw-log.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("ingest-store");

#define EVENTS_TOPIC "iot-events"
#define REJECTS_TOPIC "fleet.rejects"
#define REJECT_VALUE_MAX_BYTES                                                             \
  1024                        /* of a payload that is shown to whoever looks for its fault \
                               */
#define CHARACTER_MAX_BYTES 4 /* of UTF-8 */
#define PREPARE_TIMEOUT_MS 2000
#define NO_SLOT G_MAXUINT32
#define TAG_REJECT G_MAXUINT64 /* nobody waits for it */

typedef struct
{
  guint64 tag;
  gint64 put_us;
  guint32 value_len;
  guint32 next_free;
} Slot; /* one record on its way; its index is the producer's tag */

struct IngestStore
{
  IngestStoreSetup setup;
  IngestStoredFunc stored;
  gpointer user;
  FwProducer *producer;
  char *topic, *rejects_topic;
  gint fd; /* that librdkafka writes to when it has reports */
  Slot *slots;
  guint32 first_free;
  guint n_slots;
  gint n_in_flight; /* atomic: written here, read by the admin thread */
  gsize bytes_in_flight;
  gint64 rejects_second;
  gint64 n_rejects; /* within it */
  GString *reject;
};

static gint64
now_us (void)
{
  return fw_clock_mono_us (fw_clock_system ());
}

static void
count (IngestStore *self, guint row, guint label)
{
  fw_metrics_add (self->setup.metrics, row, label, 1);
}

static void
on_report (gpointer user, guint64 tag, gboolean ok, gint32 partition, gint64 offset,
           const char *why)
{
  IngestStore *self = user;
  Slot *slot;
  guint64 owners_tag;

  (void) partition, (void) offset;
  if (!ok)
    fw_warn_limited (_ ("Kafka did not take a record: %s"), why);
  if (tag == TAG_REJECT)
    return;
  slot = &self->slots[tag];
  owners_tag = slot->tag;
  count (self, ok ? INGEST_METRIC_STORED : INGEST_METRIC_FAILED, self->setup.door);
  if (ok)
    fw_metrics_observe (self->setup.metrics, INGEST_METRIC_HOPS, 0,
                        (double) (now_us () - slot->put_us) / G_USEC_PER_SEC);
  self->bytes_in_flight -= slot->value_len;
  slot->next_free = self->first_free;
  self->first_free = (guint32) tag;
  g_atomic_int_add (&self->n_in_flight, -1);
  self->stored (self->user, owners_tag, ok);
}

static void
make_slots (IngestStore *self)
{
  self->n_slots = (guint) self->setup.options->in_flight_max;
  self->slots = g_new (Slot, self->n_slots);
  for (guint i = 0; i < self->n_slots; i++)
    self->slots[i].next_free = i + 1 < self->n_slots ? i + 1 : NO_SLOT;
}

IngestStore *
ingest_store_new (const IngestStoreSetup *setup, IngestStoredFunc stored, gpointer user,
                  GError **error)
{
  g_autoptr (IngestStore) self = g_new0 (IngestStore, 1);
  g_autoptr (GError) unready = NULL;

  self->setup = *setup;
  self->stored = stored;
  self->user = user;
  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  self->reject = g_string_new (NULL);
  self->topic
      = fw_kafka_topic (setup->conf, setup->options->topic ? setup->options->topic : EVENTS_TOPIC);
  self->rejects_topic = fw_kafka_topic (setup->conf, REJECTS_TOPIC);
  make_slots (self);
  self->producer
      = fw_producer_new (setup->conf, (guint) setup->options->linger_ms, on_report, self, error);
  if (!self->producer)
    return NULL;
  fw_producer_wake_by (self->producer, self->fd);
  if (!fw_producer_prepare (self->producer, self->topic, PREPARE_TIMEOUT_MS, &unready))
    fw_warn (_ ("%s; events will wait for it"), unready->message);
  return g_steal_pointer (&self);
}

void
ingest_store_free (IngestStore *self)
{
  if (!self)
    return;
  fw_producer_free (self->producer);
  g_free (self->slots);
  g_free (self->topic);
  g_free (self->rejects_topic);
  g_string_free (self->reject, TRUE);
  close (self->fd);
  g_free (self);
}

gint
ingest_store_fd (const IngestStore *self)
{
  return self->fd;
}

guint
ingest_store_n_in_flight (const IngestStore *self)
{
  return (guint) g_atomic_int_get (&self->n_in_flight);
}

gboolean
ingest_store_is_full (const IngestStore *self)
{
  return self->first_free == NO_SLOT
         || self->bytes_in_flight >= (gsize) self->setup.options->in_flight_bytes_max;
}

gboolean
ingest_store_turns_away (IngestStore *self)
{
  gboolean is_full = ingest_store_is_full (self);

  if (is_full)
    count (self, INGEST_METRIC_FULL, self->setup.door);
  return is_full;
}

static gboolean
produce (IngestStore *self, guint32 at, const IngestRecord *record, gint64 received_ms)
{
  char text[24];
  const FwHeader header
      = { "received_ms", text,
          (gsize) g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, received_ms) };

  return fw_producer_send (self->producer, self->topic, record->key, record->key_len, record->value,
                           record->value_len, &header, 1, 0, at);
}

gboolean
ingest_store_put (IngestStore *self, const IngestRecord *record, gint64 received_ms, guint64 tag)
{
  guint32 at = self->first_free;
  Slot *slot;

  if (ingest_store_turns_away (self))
    return FALSE;
  if (!produce (self, at, record, received_ms)) /* between two producers, after a fatal error */
    {
      count (self, INGEST_METRIC_FULL, self->setup.door);
      return FALSE;
    }
  slot = &self->slots[at];
  self->first_free = slot->next_free;
  *slot = (Slot){ .tag = tag, .put_us = now_us (), .value_len = (guint32) record->value_len };
  self->bytes_in_flight += record->value_len;
  g_atomic_int_inc (&self->n_in_flight);
  return TRUE;
}

static gboolean
may_reject (IngestStore *self)
{
  gint64 second = now_us () / G_USEC_PER_SEC;

  if (second != self->rejects_second)
    {
      self->rejects_second = second;
      self->n_rejects = 0;
    }
  return self->n_rejects++ < self->setup.options->rejects_per_s_max;
}

/* Whether a payload is text, of whose beginning *shown bytes are; a character is not cut in two. */
static gboolean
is_text (const char *payload, gsize len, gsize *shown)
{
  const char *end;

  if (g_utf8_validate (payload, (gssize) *shown, &end))
    return TRUE;
  if (*shown == len || payload + *shown - end >= CHARACTER_MAX_BYTES)
    return FALSE;
  *shown = (gsize) (end - payload);
  return TRUE;
}

static void
write_reject (IngestStore *self, const char *source, guint refusal, const char *payload, gsize len)
{
  GString *out = self->reject;
  gsize shown = MIN (len, REJECT_VALUE_MAX_BYTES);

  g_string_assign (out, "{\"ts_ms\":");
  fw_json_put_int (out, fw_clock_wall_ms (fw_clock_system ()));
  g_string_append_printf (out, ",\"door\":\"%s\",\"source\":", ingest_door_names[self->setup.door]);
  fw_json_put_string (out, source, strlen (source));
  g_string_append_printf (out, ",\"reason\":\"%s\",\"bytes\":%" G_GSIZE_FORMAT,
                          ingest_refusal_names[refusal], len);
  if (is_text (payload, len, &shown))
    fw_json_put_string (g_string_append (out, ",\"value\":"), payload, shown);
  else
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) payload, shown);

      g_string_append_printf (out, ",\"value_b64\":\"%s\"", base64);
    }
  g_string_append_c (out, '}');
}

void
ingest_store_reject (IngestStore *self, const char *source, guint refusal, const char *payload,
                     gsize len)
{
  count (self, INGEST_METRIC_REFUSED, refusal);
  if (may_reject (self))
    {
      write_reject (self, source, refusal, payload, len);
      if (fw_producer_send (self->producer, self->rejects_topic, source, strlen (source),
                            self->reject->str, self->reject->len, NULL, 0, 0, TAG_REJECT))
        return;
    }
  count (self, INGEST_METRIC_REJECTS_LEFT_OUT, 0);
}

void
ingest_store_poll (IngestStore *self)
{
  guint64 n_signals;

  if (read (self->fd, &n_signals, sizeof n_signals) < 0 && errno != EAGAIN)
    fw_warn_limited ("cannot read what wakes the door: %s", g_strerror (errno));
  fw_producer_poll (self->producer, 0);
}
