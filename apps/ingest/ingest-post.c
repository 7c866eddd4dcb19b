/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-post.h"

#include <string.h>

#include "fw-time.h"
#include "fw-i18n.h"

struct IngestPost
{
  IngestPostSetup setup;
  IngestStore *store;
  IngestIntake *intake;
  IngestIntake *phones; /* their words are ours by then: no [fields] */
  GString *said;        /* of a phone, as an event */
  IngestHttp *door;
  IngestRoom room;
  IngestHttp *own_door; /* the same, for its own thread, which may run before main has it */
  FwEventCounts counted, phones_counted; /* that the metrics have */
  FwHttpServerCounts server_counted;     /* admin thread, as the next */
  IngestHttpCounts door_counted;
};

static void
on_started (gpointer user, IngestHttp *door)
{
  ((IngestPost *) user)->own_door = door;
}

static void
on_stored (gpointer user, guint64 tag, gboolean ok)
{
  ingest_http_stored (((IngestPost *) user)->own_door, tag, ok);
}

/* The rejects of one host are one source, whatever ports its requests came from. */
static void
reject (IngestPost *post, guint refusal, const IngestOffer *offer)
{
  const char *port = strrchr (offer->peer, ':');
  char source[128];

  g_snprintf (source, sizeof source, "http/%.*s",
              (int) (port ? port - offer->peer : (gssize) strlen (offer->peer)), offer->peer);
  ingest_store_reject (post->store, source, refusal, offer->bytes, offer->len);
}

static guint
refusal_status (const IngestOffer *offer, guint refusal)
{
  if (offer->phone)
    return ingest_phone_refusal_status (refusal);
  return refusal == FW_REJECT_TOO_LARGE ? 413 : 400;
}

/* *ret_ignores: it is well, and no event. */
static guint
take (IngestPost *post, const IngestOffer *offer, IngestRecord *ret, gboolean *ret_ignores)
{
  IngestPhoneResult said;
  guint refusal;

  *ret_ignores = FALSE;
  if (!offer->phone)
    return ingest_intake_take (post->intake, offer->bytes, offer->len, offer->identity, ret);
  said = ingest_phone_read (offer->phone, offer->identity, offer->bytes, offer->len, post->said,
                            &refusal);
  *ret_ignores = said == INGEST_PHONE_NOTHING;
  if (said == INGEST_PHONE_EVENT)
    refusal
        = ingest_intake_take (post->phones, post->said->str, post->said->len, offer->identity, ret);
  return refusal;
}

static IngestVerdict
on_submit (gpointer user, const IngestOffer *offer, IngestRefusal *ret_refusal)
{
  static const IngestRefusal over_rate
      = { "rate", "This device sends too many events; send it again later.", 429 };
  IngestPost *post = user;
  IngestRecord record;
  gboolean ignores;
  guint refusal;

  if (ingest_store_turns_away (post->store))
    return INGEST_FULL;
  refusal = take (post, offer, &record, &ignores);
  if (refusal)
    {
      reject (post, refusal, offer);
      *ret_refusal = (IngestRefusal){ .code = ingest_refusal_names[refusal],
                                      .message = ingest_intake_sentence (refusal),
                                      .status = refusal_status (offer, refusal) };
      return INGEST_REFUSED;
    }
  if (ignores)
    {
      fw_metrics_add (post->setup.metrics, INGEST_METRIC_IGNORED, 0, 1);
      return INGEST_IGNORED;
    }
  if (!ingest_rates_take (post->setup.rates, record.key, record.key_len))
    {
      fw_metrics_add (post->setup.metrics, INGEST_METRIC_OVER_RATE, INGEST_DOOR_HTTP, 1);
      *ret_refusal = over_rate;
      return INGEST_REFUSED;
    }
  if (ingest_store_put (post->store, &record, fw_clock_wall_ms (fw_clock_system ()), offer->tag))
    return INGEST_TAKEN;
  ingest_rates_give_back (post->setup.rates, record.key, record.key_len);
  return INGEST_FULL;
}

static void
on_poll (gpointer user)
{
  IngestPost *post = user;

  ingest_store_poll (post->store);
  ingest_intake_count (post->intake, &post->counted, post->setup.metrics);
  ingest_intake_count (post->phones, &post->phones_counted, post->setup.metrics);
}

static IngestHttpOptions
door_options (IngestPost *post, const char *host, guint16 port)
{
  const IngestOptions *options = post->setup.options;

  return (IngestHttpOptions){
    .server = { .listen_host = host,
                .listen_port = port,
                .connections_max = (guint) options->connections_max,
                .connections_per_address_max = (guint) options->connections_per_address_max,
                .header_max_bytes = (gsize) options->header_max,
                .kept_max_bytes = (gsize) options->unfinished_max,
                .body_max_bytes = (guint64) options->body_max,
                .header_timeout_ms = (guint) options->header_timeout_ms,
                .body_timeout_ms = (guint) options->body_timeout_ms,
                .idle_timeout_ms = (guint) options->idle_timeout_ms,
                .has_extra_fd = TRUE,
                .extra_fd = ingest_store_fd (post->store) },
    .public_hosts = (const char *const *) options->public_hosts,
    .allow_origins = (const char *const *) options->allow_origins,
    .batch = { .event_max_bytes = (gsize) options->event_max,
               .errors_max = (guint) options->errors_max,
               .room = &post->room,
               .inflate = { (guint64) options->inflated_max, (guint) options->inflate_ratio_max } },
    .wait_max_ms = (guint) options->give_up_ms,
    .auth = post->setup.auth,
  };
}

IngestPost *
ingest_post_new (const IngestPostSetup *setup, const char *host, guint16 port, GError **error)
{
  static const IngestHttpSink sink = { on_submit, on_poll, on_started };
  g_autoptr (IngestPost) post = g_new0 (IngestPost, 1);
  const IngestStoreSetup store = { setup->conf, setup->options, setup->metrics, INGEST_DOOR_HTTP };
  IngestHttpOptions options;

  post->setup = *setup;
  post->intake = ingest_intake_new (setup->mapping);
  ingest_intake_set_event_max (post->intake, (gsize) setup->options->event_max);
  post->phones = ingest_intake_new (NULL);
  ingest_intake_set_event_max (post->phones, (gsize) setup->options->event_max);
  post->said = g_string_new (NULL);
  post->room.max = (gsize) setup->options->unfinished_max;
  post->store = ingest_store_new (&store, on_stored, post, error);
  if (!post->store)
    return NULL;
  options = door_options (post, host, port);
  post->door = ingest_http_new (&options, &sink, post, error);
  return post->door ? g_steal_pointer (&post) : NULL;
}

void
ingest_post_free (IngestPost *post)
{
  if (!post)
    return;
  ingest_http_free (post->door);
  ingest_store_free (post->store);
  ingest_intake_free (post->intake);
  ingest_intake_free (post->phones);
  if (post->said)
    g_string_free (post->said, TRUE);
  g_free (post);
}

guint16
ingest_post_port (IngestPost *post)
{
  return fw_http_server_port (ingest_http_server (post->door));
}

void
ingest_post_drain (IngestPost *post)
{
  fw_http_server_drain (ingest_http_server (post->door));
}

gboolean
ingest_post_is_drained (IngestPost *post)
{
  return fw_http_server_wait_drained (ingest_http_server (post->door), 0)
         && ingest_store_n_in_flight (post->store) == 0;
}

static void
add (IngestPost *post, guint row, guint label, guint64 now, guint64 before)
{
  fw_metrics_add (post->setup.metrics, row, label, now - before);
}

void
ingest_post_publish_metrics (IngestPost *post)
{
  FwHttpServerCounts now = fw_http_server_counts (ingest_http_server (post->door));
  FwHttpServerCounts *before = &post->server_counted;
  IngestHttpCounts door = ingest_http_counts (post->door);

  fw_metrics_set (post->setup.metrics, INGEST_METRIC_CONNECTIONS, INGEST_DOOR_HTTP,
                  (double) now.n_connections);
  fw_metrics_set (post->setup.metrics, INGEST_METRIC_IN_FLIGHT, INGEST_DOOR_HTTP,
                  ingest_store_n_in_flight (post->store));
  fw_metrics_set (post->setup.metrics, INGEST_METRIC_UNFINISHED, INGEST_DOOR_HTTP,
                  (double) ingest_room_used (&post->room));
  add (post, INGEST_METRIC_REFUSED_CONNECTIONS, INGEST_DOOR_HTTP, now.n_refused_limit,
       before->n_refused_limit);
  add (post, INGEST_METRIC_BYTES, INGEST_DOOR_HTTP, now.n_bytes_in, before->n_bytes_in);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_MALFORMED, now.n_malformed,
       before->n_malformed);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_MALFORMED, door.n_broken,
       post->door_counted.n_broken);
  add (post, INGEST_METRIC_REFUSED, FW_REJECT_TOO_LARGE, door.n_too_large,
       post->door_counted.n_too_large);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_TOO_LARGE, now.n_too_large,
       before->n_too_large);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_TIMEOUT, now.n_timeouts, before->n_timeouts);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_IDLE, now.n_idle, before->n_idle);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_BOMB, door.n_bombs,
       post->door_counted.n_bombs);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_UNFINISHED, now.n_crowded, before->n_crowded);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_UNFINISHED, door.n_crowded,
       post->door_counted.n_crowded);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_BUSY, door.n_busy, post->door_counted.n_busy);
  add (post, INGEST_METRIC_HTTP_REFUSED, INGEST_HTTP_TURNED_AWAY, door.n_turned_away,
       post->door_counted.n_turned_away);
  *before = now;
  post->door_counted = door;
}
